"""A worker's tick says when it was, and leaves nothing by which anything else could be dated."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from feedback.storage.heartbeat import Heartbeat, last_heartbeat, record_heartbeat
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.promises.visits import engine_of
from tests.world import START, World

pytestmark = [pytest.mark.parametrize("which", Heartbeat), pytest.mark.own_databases]


def test_before_the_first_tick_there_is_none(session: Session, which: Heartbeat) -> None:
    assert last_heartbeat(session, which) is None


def test_the_last_tick_is_told_to_the_second(session: Session, which: Heartbeat) -> None:
    for seconds in (0, 1, 7):
        record_heartbeat(session, which, START + timedelta(seconds=seconds))
    assert last_heartbeat(session, which) == START + timedelta(seconds=7)


def test_a_clock_that_was_wrong_and_is_put_right_is_believed(session: Session, which: Heartbeat) -> None:
    record_heartbeat(session, which, START + timedelta(days=365))
    record_heartbeat(session, which, START)
    assert last_heartbeat(session, which) == START


@ON_POSTGRESQL
def test_a_tick_takes_no_number_of_a_transaction(world: World, which: Heartbeat) -> None:
    with engine_of(world).connect() as connection:
        connection.execute(text(f"SELECT setval('{which}', 1772355600)"))
        assert connection.scalar(text("SELECT pg_current_xact_id_if_assigned()")) is None


@ON_POSTGRESQL
def test_a_tick_leaves_no_earlier_one_behind(world: World, session: Session, which: Heartbeat) -> None:
    for seconds in range(500):
        record_heartbeat(session, which, START + timedelta(seconds=seconds))
    row = text(f"SELECT pg_relation_size('{which}'), (SELECT count(*) FROM {which})")
    path = text("SELECT pg_read_binary_file(pg_relation_filepath(:name))")
    with engine_of(world).connect() as connection:
        assert connection.execute(row).one() == (8192, 1)
        connection.execute(text("CHECKPOINT"))
        stored = bytes(connection.scalar(path, {"name": which}))
    seconds = [(int(START.timestamp()) + number).to_bytes(8, "little") for number in range(500)]
    assert [number for number, raw in enumerate(seconds) if raw in stored] in ([], [499])


@ON_SQLITE
def test_a_tick_touches_no_database_file(world: World, session: Session, which: Heartbeat) -> None:
    folder = engine_of(world).url.database.rpartition("/")[0]
    files = text("PRAGMA data_version")
    with engine_of(world).connect() as connection:
        before = connection.scalar(files)
        record_heartbeat(session, which, START)
        assert connection.scalar(files) == before
    assert folder in str(engine_of(world).url.database)
