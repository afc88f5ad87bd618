"""Bring a database's tables up to date, under a lock: two processes that start at once must not both do it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, text

from feedback.domain.errors import IntegrityBroken
from feedback.storage.column_statistics import stop_sampling

_LOCK = 0x66656566
NEWEST = "head"


def upgrade(engine: Engine, metadata: MetaData, folder: Path, revision: str = NEWEST) -> None:
    """Upgrade the database to `revision` of the Alembic tree in `folder`; all of it or nothing.

    On PostgreSQL no column is sampled from then on but those that may be, whatever the revision added.
    """
    with _locked(engine) as connection:
        command.upgrade(_config(connection, metadata, folder), revision)
        stop_sampling(connection)


def downgrade(engine: Engine, metadata: MetaData, folder: Path, revision: str) -> None:
    """Take the database back to `revision`."""
    with _locked(engine) as connection:
        command.downgrade(_config(connection, metadata, folder), revision)


@contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    if engine.dialect.name == "sqlite":
        with _file_lock(engine), _without_foreign_keys(engine) as connection:
            yield connection
        return
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield connection


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
