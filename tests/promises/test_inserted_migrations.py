"""A database that had passed the place of a migration before it was put in there gets it all the same, and closes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text

from feedback.resources import migrations_folder
from feedback.storage.database import guard_engine
from feedback.storage.migrate import upgrade
from feedback.storage.tables import Base
from tests.cli.test_commands import output
from tests.databases import IN_TURN, LARGE, Pair, PostgresServer, SqliteServer
from tests.promises.closing import HOW_MANY, document_of, newly_answered_wave
from tests.storage.test_migrations import shape
from tests.world import World

pytestmark = [IN_TURN, pytest.mark.own_databases]
FOLDER = migrations_folder() / "main"
COMMENTS, COMMENTS_LONG_AGO, QUIET = ("0002", "0004", "0004"), ("0002", "0004", "0022"), ("0004", "0006", "0006")
"""Up to which revision all was done, which one then came next, and how far the database went on since."""


def config(connection: Connection) -> Config:
    found = Config()
    found.set_main_option("script_location", str(FOLDER))
    found.attributes.update(connection=connection, metadata=Base.metadata)
    return found


@contextmanager
def engine_of(pair: Pair) -> Iterator[Engine]:
    engine = create_engine(pair.main)
    guard_engine(engine)
    yield engine
    engine.dispose()


def pass_by(engine: Engine, before: str, after: str, now: str) -> None:
    """Bring a database from `before` to `after` as if nothing lay between, and on to `now`, as Alembic alone does."""
    upgrade(engine, Base.metadata, FOLDER, before)
    with engine.begin() as connection:
        scripts = ScriptDirectory.from_config(config(connection))
        with Operations.context(MigrationContext.configure(connection)):
            scripts.get_revision(after).module.upgrade()
        connection.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": after})
        command.upgrade(config(connection), now)


@pytest.fixture
def databases(server: SqliteServer | PostgresServer, request: pytest.FixtureRequest) -> Iterator[Pair]:
    with server.unmigrated_pair() as pair:
        with engine_of(pair) as engine:
            pass_by(engine, *request.param)
        yield pair


@pytest.mark.parametrize("databases", [COMMENTS], indirect=True)
def test_a_wave_is_closed_on_a_database_that_missed_a_migration(unserved_world: World) -> None:
    output(unserved_world, "db", "upgrade")
    world = unserved_world.begin_to_serve()
    wave = newly_answered_wave(world)
    world.close(wave)
    assert document_of(world, wave).rates[0].answered == HOW_MANY // 2


@pytest.mark.parametrize("databases", [QUIET, pytest.param(COMMENTS_LONG_AGO, marks=LARGE)], indirect=True)
def test_what_was_missed_is_as_if_it_had_been_there_in_time(
    databases: Pair, server: SqliteServer | PostgresServer
) -> None:
    with engine_of(databases) as engine, server.pair() as pair, engine_of(pair) as right:
        upgrade(engine, Base.metadata, FOLDER)
        for table in Base.metadata.sorted_tables:
            assert shape(engine, table.name) == shape(right, table.name)


def test_a_database_made_before_terms_were_sealed_gets_their_column(
    server: SqliteServer | PostgresServer,
) -> None:
    with server.unmigrated_pair() as pair, engine_of(pair) as engine, server.pair() as whole, engine_of(whole) as right:
        upgrade(engine, Base.metadata, FOLDER, "0001")
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE waves DROP COLUMN terms_seal"))
        upgrade(engine, Base.metadata, FOLDER)
        ours, theirs = (sorted(shape(one, "waves")["columns"]) for one in (engine, right))  # type: ignore[call-overload]
        assert ours == theirs
