"""A full disk and a database that is read-only are seen before somebody's answer is refused, and no row is touched."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from feedback.storage.database import guard_engine
from feedback.storage.room import can_be_written
from tests.databases import BOTH, ON_POSTGRESQL, ON_SQLITE
from tests.promises.visits import engine_of
from tests.world import World

pytestmark = [BOTH, pytest.mark.own_databases]


@contextmanager
def without_room() -> Iterator[None]:
    """Let this process write to no file, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def set_so(world: World, setting: str) -> Engine:
    """The database of `world` on PostgreSQL, with a setting of the server."""
    return create_engine(engine_of(world).url, connect_args={"options": f"-c {setting}"})


def counted(world: World) -> list[object]:
    """What PostgreSQL has counted of changes to rows."""
    if world.kind == "sqlite":
        return []
    with engine_of(world).connect() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        rows = text("SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY relname")
        return list(connection.execute(rows).all())


def test_a_database_with_room_can_be_written_to_and_nothing_shows_that_somebody_asked(world: World) -> None:
    world.programme()
    # A connection says what it has changed when it ends.
    world.dispose()
    before = counted(world)
    assert can_be_written(engine_of(world))
    world.dispose()
    assert counted(world) == before


@ON_SQLITE
def test_a_full_disk_is_seen(world: World) -> None:
    engine = engine_of(world)
    with without_room():
        seen = can_be_written(engine)
    assert not seen
    assert can_be_written(engine)


@ON_POSTGRESQL
def test_a_server_whose_disk_takes_no_file_is_seen(world: World) -> None:
    # Its own limit stands for the disk's: the server is another user's process, which a test cannot limit.
    engine = set_so(world, "temp_file_limit=0")
    assert not can_be_written(engine)
    engine.dispose()


def test_a_database_that_may_only_be_read_is_seen(world: World) -> None:
    if world.kind == "sqlite":
        path = engine_of(world).url.database
        engine = create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
        guard_engine(engine)
    else:
        engine = set_so(world, "default_transaction_read_only=on")
    assert not can_be_written(engine)
    engine.dispose()


def test_a_database_that_another_one_writes_to_can_be_written_to(world: World) -> None:
    engine = engine_of(world)
    with engine.connect() as busy:
        busy.execute(text("UPDATE organisations SET name = name"))
        assert can_be_written(engine)


def test_a_database_that_cannot_be_asked_is_another_thing(world: World) -> None:
    nowhere = {"database": "/nowhere/main.db"} if world.kind == "sqlite" else {"port": 1}
    engine = create_engine(engine_of(world).url.set(**nowhere))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("SELECT 1"))
    if world.kind == "sqlite":
        assert not can_be_written(engine)
    else:
        with pytest.raises(OperationalError):
            can_be_written(engine)
