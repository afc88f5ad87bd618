"""`feedback audit-log`: shows, checks and hands out what staff and the service did."""

import csv
import json
from pathlib import Path

import pytest

from feedback.domain.errors import HeadRefused, LogFileRefused, NotFound
from feedback.services.audit_log.keep_log import chain_log
from feedback.storage.audit_log import LogEntry, note
from tests.cli.test_commands import output, refusal, run
from tests.databases import ON_SQLITE
from tests.world import World, noted

pytestmark = ON_SQLITE
FORMULA = "=cmd()"


@pytest.fixture
def logged(world: World) -> World:
    world.programme(0, 0)
    with world.session() as session:
        note(session, world.clock(), "staff 1", FORMULA, "programme 1")
        note(session, world.clock(), "service", "did", "main database")
        session.commit()
        chain_log(session)
    return world


def alter(world: World) -> None:
    with world.session() as session:
        entry = session.get(LogEntry, 1)
        assert entry is not None
        entry.act = "looked"
        session.commit()


def test_the_log_is_shown_by_organisation_by_actor_and_by_day(logged: World) -> None:
    day = f"{logged.clock():%Y-%m-%d}"
    assert f"{day} 09:00 UTC  staff 1  {FORMULA}  programme 1" in output(logged, "audit-log", "show").splitlines()
    mine = output(logged, "audit-log", "show", "--organisation", "Example Organisation", "--since", day, "--until", day)
    assert FORMULA in mine
    assert "main database" not in mine
    told = json.loads(output(logged, "audit-log", "show", "--actor", "service", "--last", "1", "--json"))
    assert [one["subject"] for one in told] == ["main database"]
    assert output(logged, "audit-log", "show", "--since", "2999-01-01") == ""
    assert isinstance(refusal(logged, "audit-log", "show", "--organisation", "Nobody"), NotFound)


def test_a_check_says_where_the_log_ends_and_ends_with_1_if_it_is_not_whole(logged: World) -> None:
    said = output(logged, "audit-log", "verify")
    assert "Nothing is wrong with" in said
    head = said.rpartition("Head: ")[2].strip()
    output(logged, "audit-log", "verify", "--head", head)
    alter(logged)
    for words in ([], ["--head", head]):
        result = run(logged, "audit-log", "verify", *words)
        assert (result.exit_code, "Wrong at position 1: the entry was altered." in result.output) == (1, True)
    assert isinstance(refusal(logged, "audit-log", "verify", "--head", "1:abc"), HeadRefused)


def test_what_is_not_chained_yet_is_counted(logged: World) -> None:
    with logged.session() as session:
        note(session, logged.clock(), "service", "did", "key store")
        session.commit()
    assert "1 more entry is not chained yet" in output(logged, "audit-log", "verify")


def test_a_file_is_checked_apart_from_the_database(logged: World, tmp_path: Path) -> None:
    file = tmp_path / "log.json"
    output(logged, "audit-log", "export", str(file))
    said = output(logged, "audit-log", "verify")
    alter(logged)
    assert output(logged, "audit-log", "verify", "--file", str(file)).splitlines()[0] == said.splitlines()[0]
    file.write_text(file.read_text().replace(FORMULA, "=cmd(1)"))
    assert run(logged, "audit-log", "verify", "--file", str(file)).exit_code == 1
    file.write_text("{")
    assert isinstance(refusal(logged, "audit-log", "verify", "--file", str(file)), LogFileRefused)


def test_a_table_runs_nothing_and_that_it_was_taken_is_noted(logged: World, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    output(logged, "audit-log", "export", str(file))
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert [row["act"] for row in rows][-2:] == [f"'{FORMULA}", "did"]
    assert noted(logged, "exported the audit log") == [("command line", "audit log")]
    assert isinstance(refusal(logged, "audit-log", "export", str(tmp_path / "log.xlsx")), LogFileRefused)
