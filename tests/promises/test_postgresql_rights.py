"""What PostgreSQL lets every role do beyond tables: refused by deploy/initdb/refuse.sql and `feedback db grants`."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from feedback.app import create_app
from feedback.config import Serves
from feedback.services.installation.check_databases import Engines
from feedback.services.installation.find_traces import find_traces
from feedback.storage.grants import GroupRole
from tests.answering import respond
from tests.databases import ON_POSTGRESQL, Pair
from tests.promises.closing import document_of
from tests.storage.test_grants import as_role, assert_denied
from tests.world import FixedClock, World

pytestmark = [ON_POSTGRESQL, pytest.mark.own_databases, pytest.mark.usefixtures("sound_server")]
REFUSE = Path(__file__).parents[2] / "deploy/initdb/refuse.sql"


@pytest.fixture
def refused(databases: Pair, roles: dict[GroupRole, Pair]) -> dict[GroupRole, Pair]:
    """The logins, after a superuser has run the file in the main database."""
    engine = create_engine(databases.main)
    with engine.begin() as connection:
        connection.exec_driver_sql(REFUSE.read_text(), execution_options={"no_parameters": True})
    engine.dispose()
    return roles


def traces(databases: Pair) -> tuple[str, ...]:
    engine = create_engine(databases.main)
    found = find_traces(Engines(engine, None))
    engine.dispose()
    return found


def test_the_participants_process_keeps_nothing_where_no_close_looks(refused: dict[GroupRole, Pair]) -> None:
    for kept in (
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SELECT lo_from_bytea(0, 'who said what')",
        "CREATE TEMPORARY TABLE kept (who text)",
        "CREATE TABLE kept (who text)",
    ):
        assert_denied(refused[GroupRole.PARTICIPANTS].main, kept)


def test_the_staff_process_cannot_ask_which_survey_was_answered_when(refused: dict[GroupRole, Pair]) -> None:
    for asked in (
        "SELECT * FROM pg_locks WHERE locktype = 'advisory'",
        "SELECT last_idx_scan FROM pg_stat_user_tables WHERE relname = 'sealed_responses'",
        "SELECT last_idx_scan FROM pg_stat_user_indexes WHERE relname = 'entitlements'",
        "SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'sealed_responses'",
        "SELECT tup_inserted FROM pg_stat_database WHERE datname = current_database()",
        "SELECT pg_total_relation_size('sealed_responses')",
    ):
        assert_denied(refused[GroupRole.STAFF].main, asked)


def test_status_asks_for_what_only_a_superuser_can_refuse(roles: dict[GroupRole, Pair], databases: Pair) -> None:
    (sentence,) = traces(databases)
    assert "lo_creat and" in sentence
    assert "run deploy/initdb/refuse.sql in it as a superuser" in sentence


def test_status_is_content_once_it_is_refused(refused: dict[GroupRole, Pair], databases: Pair) -> None:
    assert traces(databases) == ()
    engine = create_engine(databases.main, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"GRANT TEMPORARY ON DATABASE {engine.url.database} TO PUBLIC"))
    engine.dispose()
    (sentence,) = traces(databases)
    assert "(temporary tables)" in sentence


def test_each_process_does_its_part_with_what_is_left(
    refused: dict[GroupRole, Pair], world: World, clock: FixedClock
) -> None:
    settings = replace(world.tools.settings, database_url=refused[GroupRole.PARTICIPANTS].main, vault=None)
    pages = World(create_app(replace(settings, serves=Serves.PARTICIPANTS), clock), clock, world.mailbox, world.kind)
    desk, worker = (as_role(world, refused[role], clock) for role in (GroupRole.STAFF, GroupRole.WORKER))
    wave = worker.open(desk.planned_wave(desk.programme()))
    worker.send_mails()
    respond(pages, worker.links(wave)[:20])
    worker.close(wave)
    assert sum(rate.answered or 0 for rate in document_of(world, wave).rates) == 20
    for one in (pages, desk, worker):
        one.dispose()
