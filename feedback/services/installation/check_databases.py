"""Say whether the databases of this process are up to date, and can be used at all."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from feedback.domain.errors import DatabaseOutdated
from feedback.storage.revision import is_current

KEY_STORE = "key store"


class DatabaseState(StrEnum):
    """Whether a database can be used as it is."""

    CURRENT = "up to date"
    OUTDATED = "not up to date"
    UNUSABLE = "cannot be used"


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
    """Raise DatabaseOutdated unless both databases are at the newest revision."""
    if not all(is_current(engine, tree) for engine, tree in engines.trees(folder)):
        raise DatabaseOutdated("The databases are not up to date: run `feedback db upgrade` first.")


def database_states(engines: Engines, folder: Path) -> tuple[DatabaseState, ...]:
    """Return the state of the main database, and then of the key store where this process has it."""
    return tuple(_state(engine, tree) for engine, tree in engines.trees(folder))


def _state(engine: Engine, tree: Path) -> DatabaseState:
    try:
        return DatabaseState.CURRENT if is_current(engine, tree) else DatabaseState.OUTDATED
    except SQLAlchemyError:
        return DatabaseState.UNUSABLE
