"""Settings under which PostgreSQL would keep what nobody may keep are named; one for all of them would not do."""

import pytest
from sqlalchemy import create_engine, text

from feedback.storage.server_settings import telling_settings
from tests.databases import PostgresServer


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("log_statement", "all"),
        ("log_min_duration_statement", "0"),
        ("log_min_duration_sample", "0"),
        ("log_transaction_sample_rate", "1"),
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


def test_extended_statistics_are_named(postgres: PostgresServer) -> None:
    with postgres.pair() as pair:
        engine = create_engine(pair.main)
        with engine.begin() as connection:
            connection.execute(text("CREATE STATISTICS telling ON wave_id, role FROM entitlements"))
            assert telling_settings(connection) == ("extended statistics telling",)
        engine.dispose()


def test_nothing_is_asked_of_sqlite() -> None:
    with create_engine("sqlite://").connect() as connection:
        assert telling_settings(connection) == ()
