"""An installation of an earlier release is upgraded in the middle of a wave: what it has promised is kept."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from feedback.app import create_app
from feedback.config import Serves
from feedback.demo.mailbox import plain_text
from feedback.domain.disclosure.statements import Distribution
from feedback.domain.waves.mails import MailKind, WaveMail
from feedback.storage.column_statistics import SAMPLED
from feedback.storage.grants import GroupRole
from feedback.storage.history import history_of
from feedback.storage.keys import Purpose
from feedback.storage.receipts import wave_counting
from feedback.storage.waves import groups_of
from tests.bouncing import mail_states, mail_to
from tests.cli.test_commands import output
from tests.databases import IN_TURN, LARGE, ON_POSTGRESQL, ON_SQLITE, Pair, PostgresServer, SqliteServer, first_of
from tests.promises.closing import document_of, rows_left, state_of
from tests.released import NEXT, RELEASES, release, restore
from tests.reviewing import review_of
from tests.storage.test_grants import as_role
from tests.world import FixedClock, World

pytestmark = pytest.mark.own_databases
CLOSED, OPEN, PLANNED = 1, 2, 3
"""Of the open wave's 15 links the first six were answered before the upgrade: two "no", four "yes"."""
REVIEWERS_ARE_ACCOUNTS = "0029"
LONGEST = "𐍈" * 100
"""A text as long as the questionnaires allow, of letters that take the most bytes."""


@pytest.fixture(params=[*first_of(1, RELEASES), pytest.param(NEXT, marks=LARGE)])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def old(name: str) -> dict[str, Any]:
    return release(name)


@pytest.fixture
def databases(name: str, server: SqliteServer | PostgresServer) -> Iterator[Pair]:
    with server.unmigrated_pair() as pair:
        restore(name, pair)
        yield pair


@pytest.fixture
def clock(old: dict[str, Any]) -> FixedClock:
    return FixedClock(datetime.fromisoformat(old["now"]) + timedelta(hours=1))


@pytest.fixture
def upgraded(unserved_world: World) -> World:
    output(unserved_world, "db", "upgrade")
    return unserved_world.begin_to_serve()


def answer(world: World, link: str, **said: str) -> None:
    assert world.answer(link, ("",), **said).status_code == 200


def answer_the_rest(world: World, links: list[str]) -> None:
    """Five more people answer: two "no", three "yes"; the first of them writes as much as fits."""
    for number, link in enumerate(links[7:12]):
        answer(world, link, C1="no" if number < 2 else "yes", **({} if number else {"F2": LONGEST}))


def let_it_close(world: World) -> None:
    world.clock.pass_time(days=15)
    world.do_what_is_due()


def counted(world: World) -> tuple[int | None, dict[str, int]]:
    """How many answered the open wave, and how, by its report."""
    report = document_of(world, OPEN)
    (shown,) = (one for one in report.statements if isinstance(one, Distribution))
    return report.rates[0].answered, {one.option: one.count for one in shown.counts}


@IN_TURN
def test_answers_from_before_and_after_an_upgrade_are_counted_together(upgraded: World, old: dict[str, Any]) -> None:
    answer_the_rest(upgraded, old["links"])
    let_it_close(upgraded)
    assert counted(upgraded) == (11, {"no": 4, "yes": 7, "so-so": 0})
    assert rows_left(upgraded, OPEN) == (0, 0)
    assert Purpose.RESPONSE not in upgraded.keys.purposes_held()[OPEN]


def test_people_who_were_invited_before_an_upgrade_are_in_the_history(upgraded: World) -> None:
    with upgraded.session() as session:
        for wave in (CLOSED, OPEN):
            members = {name: len(people) for name, people in history_of(session, wave).items()}
            assert members.items() >= {group.name: group.invited for group in groups_of(session, wave)}.items()
            assert members


@ON_SQLITE
def test_every_link_sent_before_an_upgrade_leads_to_the_questions_of_then(upgraded: World, old: dict[str, Any]) -> None:
    assert upgraded.links(OPEN) == old["links"]
    for link in old["links"]:
        assert "Do you talk about race and ethnicity?" in upgraded.client().get(f"/s/{link}/questions").text


@ON_SQLITE
def test_a_page_filled_in_before_an_upgrade_is_sent_or_asked_for_again(upgraded: World, old: dict[str, Any]) -> None:
    link = old["links"][6]
    reply = upgraded.client().post(f"/s/{link}/send", data={"state": old["begun"], "go": "send"})
    assert reply.status_code in {200, 400}
    answer(upgraded, link, C1="yes")


@ON_SQLITE
def test_a_reminder_after_an_upgrade_carries_the_link_of_before(upgraded: World, old: dict[str, Any]) -> None:
    upgraded.clock.pass_time(days=7)
    upgraded.do_what_is_due()
    upgraded.do_what_is_due()
    assert f"/s/{old['links'][0]}" in plain_text(mail_to(upgraded, "mentor.0@example.com"))
    assert set(mail_states(upgraded, WaveMail(MailKind.REMINDER, 1)).values()) == {"accepted"}


@ON_SQLITE
def test_an_answer_from_before_an_upgrade_is_replaced_where_it_lies(upgraded: World, old: dict[str, Any]) -> None:
    before = rows_left(upgraded, OPEN)
    for link in old["links"][:3]:
        answer(upgraded, link, C1="yes")
    assert rows_left(upgraded, OPEN) == before == (6, 15)


@ON_SQLITE
def test_who_wanted_no_mail_before_an_upgrade_gets_none_after_it(unserved_world: World) -> None:
    world = unserved_world
    with main_of(world).begin() as connection:
        of_one = "(SELECT min(digest) FROM opt_outs)"
        connection.execute(text(f"UPDATE opt_outs SET wants_no_mail = true WHERE digest = {of_one}"))
    output(world, "db", "upgrade")
    world.clock.pass_time(days=7)
    world.do_what_is_due()
    world.do_what_is_due()
    states = Counter(mail_states(world, WaveMail(MailKind.REMINDER, 1)).values())
    assert states == {"accepted": 14, "skipped": 1}


def main_of(world: World) -> Engine:
    with world.app.app_context():
        return world.tools.engines.main


@IN_TURN
def test_a_wave_planned_before_an_upgrade_opens_after_it_once_its_reviewer_has_access(
    upgraded: World, old: dict[str, Any]
) -> None:
    answer_the_rest(upgraded, old["links"])
    let_it_close(upgraded)
    upgraded.clock.pass_time(days=20)
    upgraded.do_what_is_due()
    if old["revisions"]["main"] < REVIEWERS_ARE_ACCOUNTS:
        assert state_of(upgraded, PLANNED) == "scheduled"
        reviewer = ["--name", "Rea Viewer", "--email", "rea@example.com", "--role", "reviewer"]
        output(upgraded, "staff", "invite", "--organisation", "Example Organisation", *reviewer)
        output(upgraded, "programme", "set", "1", "--reviewer-email", "rea@example.com")
        upgraded.do_what_is_due()
    assert state_of(upgraded, PLANNED) == "open"
    answer(upgraded, upgraded.links(PLANNED)[0], C1="yes")


@ON_SQLITE
def test_what_was_reported_before_an_upgrade_can_be_read_after_it(upgraded: World) -> None:
    assert document_of(upgraded, CLOSED).rates[0].answered == 12
    (question,) = review_of(upgraded, CLOSED).questions
    assert sorted(one.comment.text for one in question.comments)[0] == "Help number 0."


@ON_SQLITE
def test_every_receipt_listed_before_an_upgrade_is_found_after_it(upgraded: World) -> None:
    listed = document_of(upgraded, CLOSED).receipts
    with upgraded.reading() as connection:
        found = [wave_counting(connection, bytes.fromhex(one)) for one in listed]
    assert found == [CLOSED] * 12


@ON_POSTGRESQL
def test_after_an_upgrade_and_its_grants_each_process_does_its_part(
    upgraded: World, roles: dict[GroupRole, Pair], clock: FixedClock, old: dict[str, Any]
) -> None:
    settings = replace(upgraded.tools.settings, database_url=roles[GroupRole.PARTICIPANTS].main, vault=None)
    app = create_app(replace(settings, serves=Serves.PARTICIPANTS), clock)
    pages = World(app, clock, upgraded.mailbox, upgraded.kind)
    worker = as_role(upgraded, roles[GroupRole.WORKER], clock)
    answer_the_rest(pages, old["links"])
    let_it_close(worker)
    assert counted(upgraded)[0] == 11
    pages.dispose()
    worker.dispose()


@ON_POSTGRESQL
def test_what_an_earlier_release_let_be_sampled_is_gone_after_its_upgrade(unserved_world: World) -> None:
    world = unserved_world
    engine = main_of(world)
    sampled = text("SELECT DISTINCT tablename || '.' || attname FROM pg_stats WHERE schemaname = 'public'")
    with engine.connect() as connection:
        assert "sealed_responses.response_key" in set(connection.scalars(sampled))
    assert "run deploy/initdb/scrub.sql in it once" in output(world, "db", "upgrade")
    output(world, "db", "scrub-statistics")
    with engine.connect() as connection:
        left = set(connection.scalars(sampled))
    assert left <= {f"{table}.{column}" for table, columns in SAMPLED.items() for column in columns}
