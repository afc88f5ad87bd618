"""Bring a database's tables up to date, under a lock: two processes that start at once must not both do it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text
from sqlalchemy.exc import OperationalError

from feedback.domain.errors import IntegrityBroken, MigrationGivenUp
from feedback.storage.column_statistics import stop_sampling
from feedback.storage.inserted_migrations import add_what_was_inserted

_LOCK = 0x66656566
NEWEST = "head"
_GIVEN_UP = {
    "55P03": "Somebody uses the tables that the upgrade changes; nothing was changed. Stop the worker and the pages, "
    "end whatever else is at work in the database, and try again.",
    "57014": "A step of the upgrade took too long; nothing was changed. See what else is at work in the database, and "
    "try again.",
}
"""By PostgreSQL's code for the error: lock_not_available, query_canceled."""


@dataclass(frozen=True)
class MigrationTimeouts:
    """How long a migration waits for a table, and works on one statement, as PostgreSQL writes durations.

    Whoever wants a table that a migration waits for waits behind it, so it must not wait for long.
    """

    lock: str = "10s"
    statement: str = "5min"


def upgrade(
    engine: Engine,
    metadata: MetaData,
    folder: Path,
    revision: str = NEWEST,
    timeouts: MigrationTimeouts = MigrationTimeouts(),
) -> None:
    """Upgrade the database to `revision` of the Alembic tree in `folder`; all of it or nothing.

    On PostgreSQL no column is sampled from then on but those that may be, whatever the revision added; there
    MigrationGivenUp is raised if a time-out ends it.
    """
    with _locked(engine, timeouts) as connection:
        config = _config(connection, metadata, folder)
        add_what_was_inserted(connection, ScriptDirectory.from_config(config))
        command.upgrade(config, revision)
        stop_sampling(connection)


def downgrade(engine: Engine, metadata: MetaData, folder: Path, revision: str) -> None:
    """Take the database back to `revision`."""
    with _locked(engine, MigrationTimeouts()) as connection:
        command.downgrade(_config(connection, metadata, folder), revision)


@contextmanager
def _locked(engine: Engine, timeouts: MigrationTimeouts) -> Iterator[Connection]:
    if engine.dialect.name == "sqlite":
        with _file_lock(engine), _without_foreign_keys(engine) as connection:
            yield connection
        return
    with _giving_up_in_words(), engine.begin() as connection:
        # Another migration is waited for: it has the same time-outs.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        for name, value in (("lock_timeout", timeouts.lock), ("statement_timeout", timeouts.statement)):
            connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})
        yield connection


@contextmanager
def _giving_up_in_words() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        sentence = _GIVEN_UP.get(getattr(error.orig, "sqlstate", ""))
        if sentence is None:
            raise
        raise MigrationGivenUp(sentence) from None


# SQLite changes a table by creating it again: meanwhile references to it point nowhere.
@contextmanager
def _without_foreign_keys(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        # Set through the driver: the pragma has no effect inside a transaction.
        raw = connection.connection.cursor()
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise IntegrityBroken("The migration would leave rows that refer to nothing; nothing was changed.")
        finally:
            raw.execute("PRAGMA foreign_keys=ON")
            raw.close()


@contextmanager
def _file_lock(engine: Engine) -> Iterator[None]:
    path = Path(f"{engine.url.database}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _config(connection: Connection, metadata: MetaData, folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes.update(connection=connection, metadata=metadata)
    return config
