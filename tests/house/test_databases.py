"""The databases that tests share on PostgreSQL are as good as new each time, and refuse what would outlast a test."""

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from feedback.resources import migrations_folder
from feedback.services.installation.check_databases import Engines, check_databases
from feedback.storage.heartbeat import Heartbeat
from tests.databases import ON_POSTGRESQL, Pair, PostgresServer
from tests.world import World

pytestmark = ON_POSTGRESQL


def engines_of(pair: Pair) -> Engines:
    return Engines(create_engine(pair.main), create_engine(pair.keys))


def rows_in(pair: Pair) -> int:
    """How many there are, but for the two that name the revisions."""
    engines, rows = engines_of(pair), 0
    for engine in (engines.main, engines.keys):
        with engine.connect() as connection:
            for table in inspect(connection).get_table_names():
                rows += connection.scalar(text(f'SELECT count(*) FROM "{table}"'))
    engines.dispose()
    return rows - 2


def test_what_a_test_leaves_is_gone_before_the_next(world: World, postgres: PostgresServer) -> None:
    world.open_wave()
    left = world.session()
    left.execute(text("UPDATE participants SET name = 'Somebody who is written to for ever'"))
    with world.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'another'"))
        session.execute(text(f"SELECT setval('{Heartbeat.TICK}', 99)"))
        session.commit()
    with postgres.shared_pair() as pair:
        assert rows_in(pair) == 0
        engines = engines_of(pair)
        check_databases(engines, migrations_folder())
        with engines.main.begin() as connection:
            assert not connection.scalar(text(f"SELECT is_called FROM {Heartbeat.TICK}"))
            assert connection.scalar(text("SELECT nextval('participants_id_seq')")) == 1
        engines.dispose()
    left.invalidate()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE waves RENAME TO ripples",
        "CREATE INDEX ON participants (name)",
        "CREATE POLICY nobody ON deliveries FOR SELECT USING (false)",
        "CREATE TABLE loot (a int)",
        "DROP TABLE sealed_responses CASCADE",
        "DROP SEQUENCE worker_ticks",
        "GRANT SELECT ON sealed_responses TO PUBLIC",
    ],
)
def test_what_would_outlast_a_test_is_refused(world: World, statement: str) -> None:
    with world.session() as session, pytest.raises(DBAPIError, match="own_databases"):
        session.execute(text(statement))
