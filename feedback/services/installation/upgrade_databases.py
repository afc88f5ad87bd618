"""Bring both databases up to date, or say that they are not; give each process its rights on PostgreSQL."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Engine, MetaData
from sqlalchemy.exc import SQLAlchemyError

from feedback.domain.errors import DatabaseOutdated, PlanRefused
from feedback.storage.grants import grant_keys, grant_main
from feedback.storage.migrate import is_current, upgrade
from feedback.storage.tables import Base, KeyBase


class Condition(StrEnum):
    """How a database is."""

    CURRENT = "up to date"
    OUTDATED = "not up to date"
    UNUSABLE = "cannot be used"


@dataclass(frozen=True)
class Engines:
    """The main database, and the key store where this process has it."""

    main: Engine
    keys: Engine | None

    def trees(self, folder: Path) -> list[tuple[Engine, MetaData, Path]]:
        """Return each database with its tables and its tree of migrations in `folder`."""
        trees = [(self.main, Base.metadata, folder / "main")]
        return trees if self.keys is None else [*trees, (self.keys, KeyBase.metadata, folder / "keys")]

    def dispose(self) -> None:
        """Close all connections, so that a process that is forked off inherits none."""
        for engine in (self.main, self.keys):
            if engine is not None:
                engine.dispose()


def upgrade_databases(engines: Engines, folder: Path) -> None:
    """Upgrade both databases to the newest revision; another process that does so is waited for."""
    for engine, metadata, tree in engines.trees(folder):
        upgrade(engine, metadata, tree)


def check_databases(engines: Engines, folder: Path) -> None:
    """Raise DatabaseOutdated unless both databases are at the newest revision."""
    if not all(is_current(engine, tree) for engine, _metadata, tree in engines.trees(folder)):
        raise DatabaseOutdated("The databases are not up to date: run `feedback db upgrade` first.")


def conditions(engines: Engines, folder: Path) -> tuple[Condition, ...]:
    """Return how the main database is, and then the key store where this process has it."""
    return tuple(_condition(engine, tree) for engine, _metadata, tree in engines.trees(folder))


def _condition(engine: Engine, tree: Path) -> Condition:
    try:
        return Condition.CURRENT if is_current(engine, tree) else Condition.OUTDATED
    except SQLAlchemyError:
        return Condition.UNUSABLE


def grant_rights(engines: Engines) -> None:
    """Make the three group roles on PostgreSQL and give each its rights; raises PlanRefused on SQLite."""
    if engines.keys is None or engines.main.dialect.name != "postgresql":
        raise PlanRefused("Roles are PostgreSQL's: set FEEDBACK_DATABASE_URL and FEEDBACK_KEYS_URL to its databases.")
    grant_main(engines.main)
    grant_keys(engines.keys)
