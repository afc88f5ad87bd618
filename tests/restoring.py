"""Copies of databases that a test puts back later: all rows of one of them, as a dump holds them."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select, text

from feedback.storage.database import db
from feedback.storage.tables import Base, KeyBase
from tests.world import World


@dataclass(frozen=True)
class Copy:
    """The rows of a database as they were."""

    is_keys: bool
    rows: list[tuple[object, list[dict[str, object]]]]


def copy_main(world: World) -> Copy:
    """A backup of the main database."""
    return _copy(world, is_keys=False)


def copy_keys(world: World) -> Copy:
    """A backup of the key store."""
    return _copy(world, is_keys=True)


def put_back(world: World, copy: Copy) -> None:
    """Restore a backup in place of what is there."""
    engine = _engine(world, copy.is_keys)
    tables = _base(copy.is_keys).metadata.sorted_tables
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        for table in reversed(tables):
            connection.execute(table.delete())
        for table, rows in copy.rows:
            if rows:
                connection.execute(table.insert(), rows)


def _copy(world: World, *, is_keys: bool) -> Copy:
    tables = _base(is_keys).metadata.sorted_tables
    with _engine(world, is_keys).connect() as connection:
        rows = [(table, [dict(row) for row in connection.execute(select(table)).mappings()]) for table in tables]
    return Copy(is_keys, rows)


def _base(is_keys: bool) -> type[Base] | type[KeyBase]:
    return KeyBase if is_keys else Base


def _engine(world: World, is_keys: bool) -> Engine:
    with world.bare.app_context():
        return db.engines["keys"] if is_keys else db.engine


def journal_of(world: World) -> Path:
    """Where the journal lies."""
    found = world.tools.settings.journal
    assert found is not None
    return found
