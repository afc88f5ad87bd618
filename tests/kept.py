"""What many tests begin with is made once by each process, and put row by row into the empty databases of others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, or_, select

from feedback.storage.database import db
from feedback.storage.pepper import KnownPepper
from feedback.storage.tables import Base, KeyBase
from tests.world import World

Rows = list[tuple[Table, list[dict[str, Any]]]]


@dataclass(frozen=True)
class _Kept:
    """A number that leads to it, the time at which it was done, and all that both databases held."""

    number: int
    now: datetime
    main: Rows
    keys: Rows


# All but what a participants' process leaves when it begins to serve.
_DONE = [table for table in Base.metadata.sorted_tables if table is not KnownPepper.__table__]
_TOUCHED = select(or_(*(select(table).exists() for table in _DONE)))
_KEPT: dict[tuple[object, ...], _Kept] = {}


def kept(world: World, name: str, make: Callable[[], int]) -> int:
    """Return what `make` returns, which it is asked but once for worlds alike in which nothing has been done."""
    main, keys = _engines(world)
    if _is_touched(main):
        return make()
    vault = world.tools.settings.vault
    which = (name, world.kind, world.clock(), world.tools.settings.pepper, vault and vault.master_keys)
    if which not in _KEPT:
        number = make()
        _KEPT[which] = _Kept(number, world.clock(), *everything(world))
        return number
    found = _KEPT[which]
    _put(main, found.main)
    _put(keys, found.keys)
    world.clock.now = found.now
    return found.number


def everything(world: World) -> tuple[Rows, Rows]:
    """All that has been done, as both databases hold it."""
    main, keys = _engines(world)
    return _rows(main, _DONE), _rows(keys, KeyBase.metadata.sorted_tables)


def _engines(world: World) -> tuple[Engine, Engine]:
    with world.app.app_context():
        return db.engine, db.engines["keys"]


def _is_touched(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.scalar(_TOUCHED))


def _rows(engine: Engine, tables: Iterable[Table]) -> Rows:
    with engine.connect() as connection:
        found = ((table, connection.execute(select(table)).mappings().all()) for table in tables)
        return [(table, [dict(row) for row in rows]) for table, rows in found if rows]


def _put(engine: Engine, held: Rows) -> None:
    with engine.begin() as connection:
        for table, rows in held:
            connection.execute(table.insert(), rows)
            _count_on(connection, table)


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL give the next row the next number; SQLite does so by itself."""
    column = table.autoincrement_column
    if column is not None and connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(select(func.setval(sequence, select(func.max(column)).scalar_subquery())))
