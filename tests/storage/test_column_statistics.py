"""PostgreSQL's samples: of no column but those named, whatever a migration adds; what was sampled is dropped."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from feedback.resources import migrations_folder
from feedback.storage.column_statistics import SAMPLED, samples_are_left, scrub_statistics, stop_sampling
from feedback.storage.migrate import upgrade
from feedback.storage.tables import Base, KeyBase
from tests.databases import PostgresServer

TARGETS = """
SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
AND a.attstattarget IS DISTINCT FROM 0 ORDER BY 1, 2
"""
SAMPLES = text("SELECT count(*) FROM pg_stats WHERE tablename = 'keys' AND attname = :name")
KEY = secrets.token_bytes(40)
SCRUB = Path(__file__).parents[2] / "deploy/initdb/scrub.sql"


@pytest.fixture
def main(postgres: PostgresServer) -> Iterator[Engine]:
    with postgres.pair() as pair:
        engine = create_engine(pair.main)
        yield engine
        engine.dispose()


@pytest.fixture
def keys(postgres: PostgresServer) -> Iterator[Engine]:
    with postgres.unmigrated_pair() as pair:
        engine = create_engine(pair.keys)
        bring_up_to_date(engine)
        yield engine
        engine.dispose()


def bring_up_to_date(keys: Engine) -> None:
    upgrade(keys, KeyBase.metadata, migrations_folder() / "keys")


def sampled(connection: Connection) -> set[tuple[str, str]]:
    return {(table, name) for table, name in connection.execute(text(TARGETS))}


def test_no_column_is_sampled_but_those_that_are_named(main: Engine, keys: Engine) -> None:
    with main.connect() as connection, connection.begin():
        assert sampled(connection) == {(table, name) for table, names in SAMPLED.items() for name in names}
    with keys.connect() as connection:
        assert sampled(connection) == set()


def test_what_is_sampled_exists_and_counts_nothing_of_those_who_answer() -> None:
    tables = Base.metadata.tables
    assert all(set(names) <= set(tables[table].columns.keys()) for table, names in SAMPLED.items())
    assert not {"entitlements", "sealed_responses", "opt_outs"} & set(SAMPLED)


def test_a_column_that_a_later_migration_adds_is_not_sampled(main: Engine) -> None:
    with main.begin() as connection:
        connection.execute(text("ALTER TABLE waves ADD COLUMN newcomer bytea"))
        assert ("waves", "newcomer") in sampled(connection)
        stop_sampling(connection)
        assert ("waves", "newcomer") not in sampled(connection)


def sample_as_before(keys: Engine) -> None:
    """Store a key, and let PostgreSQL sample it as an earlier version did."""
    with keys.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for column in ("wrapped", "purpose"):
            connection.execute(text(f"ALTER TABLE keys ALTER COLUMN {column} SET STATISTICS -1"))
        row = "INSERT INTO keys VALUES ('link', :owner, :id, 'master', :wrapped)"
        # The same twice, since a value that stands alone is no common one; a histogram keeps others.
        for owner in range(2):
            connection.execute(text(row), {"owner": owner, "id": bytes(8), "wrapped": KEY})
        connection.execute(text("ANALYZE keys"))
        connection.execute(text("DELETE FROM keys"))


def catalogue(keys: Engine) -> bytes:
    with keys.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        path = "SELECT pg_read_binary_file(pg_relation_filepath('pg_catalog.pg_statistic'))"
        return bytes(connection.execute(text(path)).scalar_one())


def test_an_upgrade_drops_what_was_sampled_and_a_superuser_wipes_it(keys: Engine) -> None:
    sample_as_before(keys)
    assert KEY in catalogue(keys)
    bring_up_to_date(keys)
    with keys.connect() as connection:
        assert (
            connection.scalar(text("SELECT count(*) FROM pg_stats WHERE tablename = 'keys' AND attname = 'wrapped'"))
            == 0
        )
        assert samples_are_left(connection)
    scrub_statistics(keys)
    assert KEY not in catalogue(keys)
    with keys.connect() as connection:
        assert not samples_are_left(connection)


def test_the_file_for_superusers_wipes_the_same(keys: Engine) -> None:
    sample_as_before(keys)
    bring_up_to_date(keys)
    with keys.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in SCRUB.read_text().split(";\n"):
            connection.execute(text(statement or "SELECT 1"))
        assert not samples_are_left(connection)
    assert KEY not in catalogue(keys)


def test_what_a_view_or_a_policy_keeps_from_being_dropped_goes_with_the_rest(keys: Engine) -> None:
    sample_as_before(keys)
    bring_up_to_date(keys)
    with keys.connect() as connection:
        assert connection.scalar(SAMPLES, {"name": "purpose"}) == 1  # the view of the keys that are held names it
    scrub_statistics(keys)
    with keys.connect() as connection:
        assert connection.scalar(SAMPLES, {"name": "purpose"}) == 0


def test_a_fresh_database_has_nothing_to_be_wiped(keys: Engine) -> None:
    bring_up_to_date(keys)
    with keys.connect() as connection:
        assert not samples_are_left(connection)
