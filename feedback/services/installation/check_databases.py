"""Say whether the databases of this process are up to date, and can be used at all."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from feedback.domain.errors import DatabaseOutdated
from feedback.storage.revision import is_current
from feedback.storage.room import can_be_written

KEY_STORE = "key store"
OLDEST_POSTGRESQL = 17


class DatabaseState(StrEnum):
    """Whether a database can be used as it is."""

    CURRENT = "up to date"
    OUTDATED = "not up to date"
    UNWRITABLE = "cannot be written to"
    UNUSABLE = "cannot be used"
    TOO_OLD = f"on a server older than PostgreSQL {OLDEST_POSTGRESQL}"

    @property
    def can_be_read(self) -> bool:
        """Whether what is in it can be shown."""
        return self in {DatabaseState.CURRENT, DatabaseState.UNWRITABLE}


@dataclass(frozen=True)
class Engines:
    """The main database, and the key store where this process has it."""

    main: Engine
    keys: Engine | None

    @property
    def named(self) -> dict[str, Engine]:
        """Each database by what people call it."""
        return {"main database": self.main, **({} if self.keys is None else {KEY_STORE: self.keys})}

    def trees(self, folder: Path) -> list[tuple[Engine, Path]]:
        """Return each database with its tree of migrations in `folder`."""
        return [(engine, folder / tree) for engine, tree in zip(self.named.values(), ("main", "keys"), strict=False)]

    def dispose(self) -> None:
        """Close all connections, so that a process that is forked off inherits none."""
        for engine in self.named.values():
            engine.dispose()


def check_databases(engines: Engines, folder: Path) -> None:
    """Raise DatabaseOutdated unless both databases are at the newest revision, on a server that is new enough."""
    check_servers(engines)
    if not all(is_current(engine, tree) for engine, tree in engines.trees(folder)):
        raise DatabaseOutdated("The databases are not up to date: run `feedback db upgrade` first.")


def check_servers(engines: Engines) -> None:
    """Raise DatabaseOutdated if a server is too old to keep what is promised."""
    for name, engine in engines.named.items():
        if is_too_old(engine):
            raise DatabaseOutdated(
                f"The {name} is on a server older than PostgreSQL {OLDEST_POSTGRESQL}, which lacks rights that its "
                "processes need: move it to a newer one. Nothing has changed."
            )


def is_too_old(engine: Engine) -> bool:
    """Tell whether a server has no right to rewrite a table without owning it; raise SQLAlchemyError if it is away."""
    if engine.dialect.name != "postgresql":
        return False
    with engine.connect() as connection:
        version = connection.dialect.server_version_info
    return version is not None and version < (OLDEST_POSTGRESQL,)


def database_states(engines: Engines, folder: Path) -> tuple[DatabaseState, ...]:
    """Return the state of the main database, and then of the key store where this process has it."""
    return tuple(_state(engine, tree) for engine, tree in engines.trees(folder))


def _state(engine: Engine, tree: Path) -> DatabaseState:
    try:
        if is_too_old(engine):
            return DatabaseState.TOO_OLD
        if not is_current(engine, tree):
            return DatabaseState.OUTDATED
        return DatabaseState.CURRENT if can_be_written(engine) else DatabaseState.UNWRITABLE
    except SQLAlchemyError:
        return DatabaseState.UNUSABLE
