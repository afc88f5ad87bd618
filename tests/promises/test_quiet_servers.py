"""A PostgreSQL server that was told what deploy/postgresql says writes nothing down that somebody wrote or sent."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from tests.house.test_container import conf
from tests.postgres import mortal_server

WRITTEN = "the words of somebody"
FAULTS = (
    "INSERT INTO said VALUES (:written), (:written)",
    f"INSERT INTO said VALUES ('{WRITTEN}'), ('{WRITTEN}')",
    f"SELECT '{WRITTEN}' FROM nothing",
    "INSERT INTO said SELECT NULL WHERE :written <> ''",
)


def told(connection: Connection, settings: dict[str, str], error_statement: str) -> None:
    """Have a server set as these files say, and nothing else."""
    connection.execute(text("ALTER SYSTEM RESET ALL"))
    for name, value in settings.items():
        connection.execute(text(f"ALTER SYSTEM SET {name} = '{value}'"))
    connection.execute(text("SELECT pg_reload_conf()"))
    while connection.scalar(text("SHOW log_min_error_statement")) != error_statement:
        pass


def provoked(connection: Connection) -> str:
    """Make each fault, and a checkpoint; return what the server's log says of them."""
    log = Path(connection.scalar(text("SHOW data_directory")) or "") / "log"
    before = log.stat().st_size
    for fault in FAULTS:
        with pytest.raises(DBAPIError):
            connection.execute(text(fault), {"written": WRITTEN} if ":written" in fault else {})
    connection.execute(text("CHECKPOINT"))
    return log.read_bytes()[before:].decode(errors="replace")


def test_what_was_sent_is_in_the_log_of_no_server_that_was_told() -> None:
    with mortal_server() as (server, _life), server.unmigrated_pair() as pair:
        engine = create_engine(pair.main, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE TABLE said (words text PRIMARY KEY)"))
            told(connection, {}, "error")
            by_itself = provoked(connection)
            told(connection, conf("quiet.conf"), "panic")
            quiet = provoked(connection)
        engine.dispose()
    assert WRITTEN in by_itself
    assert "checkpoint complete" in by_itself
    assert "duplicate key" in quiet
    assert WRITTEN not in quiet
    assert "checkpoint" not in quiet
