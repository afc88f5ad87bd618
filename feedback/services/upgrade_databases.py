"""Bring both databases up to date, or say that they are not."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, MetaData

from feedback.domain.errors import DatabaseOutdated
from feedback.storage.migrate import is_current, upgrade
from feedback.storage.tables import Base, KeyBase


@dataclass(frozen=True)
class Engines:
    """The main database and the key store."""

    main: Engine
    keys: Engine

    def trees(self, folder: Path) -> tuple[tuple[Engine, MetaData, Path], ...]:
        """Return each database with its tables and its tree of migrations in `folder`."""
        return (self.main, Base.metadata, folder / "main"), (self.keys, KeyBase.metadata, folder / "keys")


def upgrade_databases(engines: Engines, folder: Path) -> None:
    """Upgrade both databases to the newest revision; another process that does so is waited for."""
    for engine, metadata, tree in engines.trees(folder):
        upgrade(engine, metadata, tree)


def check_databases(engines: Engines, folder: Path) -> None:
    """Raise DatabaseOutdated unless both databases are at the newest revision."""
    if not all(is_current(engine, tree) for engine, _metadata, tree in engines.trees(folder)):
        raise DatabaseOutdated("The databases are not up to date: run `feedback db upgrade` first.")
