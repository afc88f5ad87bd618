"""Settings under which PostgreSQL would keep what nobody may keep are named; one for all of them would not do."""

import pytest
from sqlalchemy import create_engine, text

from feedback.storage.server_settings import keeping_settings, losing_settings, server_of, telling_settings
from tests.databases import PostgresServer


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("log_statement", "all"),
        ("log_min_duration_statement", "0"),
        ("log_min_duration_sample", "0"),
        ("log_transaction_sample_rate", "1"),
        ("log_parameter_max_length", "-1"),
        ("log_parameter_max_length_on_error", "-1"),
        ("log_min_error_statement", "error"),
        ("log_error_verbosity", "default"),
        ("debug_print_plan", "on"),
    ],
)
def test_a_setting_that_tells_is_named(postgres: PostgresServer, setting: str, value: str) -> None:
    with postgres.pair() as pair:
        engine = create_engine(pair.main)
        with engine.connect() as connection:
            assert telling_settings(connection) == ()
            connection.execute(text(f"SET {setting} = '{value}'"))
            assert telling_settings(connection) == (f"{setting} = {value}",)
        engine.dispose()


def test_a_server_that_may_lose_what_was_acknowledged_is_named(postgres: PostgresServer) -> None:
    with postgres.pair() as pair, postgres.told(fsync="on", synchronous_commit="on"):
        engine = create_engine(pair.main)
        with engine.connect() as connection:
            assert losing_settings(connection) == ()
            connection.execute(text("SET synchronous_commit = off"))
            assert losing_settings(connection) == ("synchronous_commit = off",)
        engine.dispose()
        with postgres.told(fsync="off"), engine.connect() as connection:
            assert losing_settings(connection) == ("fsync = off",)
        engine.dispose()


def test_a_log_that_outlives_destroyed_keys_is_named_on_a_server_of_both_only_where_both_can_do_without(
    postgres: PostgresServer,
) -> None:
    with postgres.pair() as pair:
        main, keys = create_engine(pair.main), create_engine(pair.keys)
        with main.connect() as one, keys.connect() as other:
            assert server_of(one) == server_of(other) is not None
            assert keeping_settings(other, is_alone=False) == ()
            assert keeping_settings(other, is_alone=True) == ("max_wal_senders = 10", "wal_level = replica")
        with postgres.told(wal_recycle="on"), keys.connect() as other:
            assert keeping_settings(other, is_alone=False) == ("wal_recycle = on",)
        main.dispose()
        keys.dispose()


def test_extended_statistics_are_named(postgres: PostgresServer) -> None:
    with postgres.pair() as pair:
        engine = create_engine(pair.main)
        with engine.begin() as connection:
            connection.execute(text("CREATE STATISTICS telling ON wave_id, role FROM entitlements"))
            assert telling_settings(connection) == ("extended statistics telling",)
        engine.dispose()


def test_nothing_is_asked_of_sqlite() -> None:
    with create_engine("sqlite://").connect() as connection:
        assert telling_settings(connection) == losing_settings(connection) == ()
        assert keeping_settings(connection, is_alone=True) == ()
        assert server_of(connection) is None
