"""What many tests begin with is made once by each process, and put row by row into the empty databases of others."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, func, or_, select
from sqlalchemy.exc import ProgrammingError

from feedback.demo.mailbox import Mailbox
from feedback.storage.database import db
from feedback.storage.pepper import KnownPepper
from feedback.storage.tables import Base, KeyBase
from tests.world import START, World

T = TypeVar("T")
Rows = list[tuple[Table, list[dict[str, Any]]]]
Mails = list[tuple[str, bytes]]


@dataclass(frozen=True)
class _Kept:
    """What leads to it, the time at which it was done, the chance that was left, the mails, and all rows."""

    found: Any
    now: datetime
    chance: tuple[Any, ...]
    mails: Mails
    main: Rows
    keys: Rows


# All but what a participants' process leaves when it begins to serve.
_DONE = [table for table in Base.metadata.sorted_tables if table is not KnownPepper.__table__]
_TOUCHED = select(or_(*(select(table).exists() for table in _DONE)))
_KEPT: dict[tuple[object, ...], _Kept] = {}


def kept(world: World, name: str, make: Callable[[], T]) -> T:
    """Return what `make` returns, which it is asked but once for worlds alike in which nothing has been done.

    What a test's own relay has got meanwhile is not kept, nor what a process remembers.
    """
    main, keys = _engines(world)
    if _is_touched(main):
        return make()
    vault = world.tools.settings.vault
    has_journal = world.tools.settings.journal is not None
    which = (name, world.kind, world.clock(), world.tools.settings.pepper, vault and vault.master_keys, has_journal)
    if which not in _KEPT:
        made = make()
        left, mails = world.chance.getstate(), _mails(world.mailbox)
        _KEPT[which] = _Kept(deepcopy(made), world.clock(), left, mails, *everything(world))
        return made
    old = _KEPT[which]
    _put(main, old.main)
    _put(keys, old.keys)
    world.clock.now = old.now
    world.chance.setstate(old.chance)
    for to, mail in old.mails:
        world.mailbox.deliver(to, mail)
    return deepcopy(old.found)


def _mails(mailbox: Mailbox) -> Mails:
    """For whom each mail is, and what was handed over: all but the line that the mailbox puts before it."""
    files = ((mailbox.read(serial), mailbox.folder / f"{serial:08}.eml") for serial in mailbox.serials())
    return [(str(mail["Delivered-To"]), file.read_bytes().partition(b"\r\n")[2]) for mail, file in files]


def small_wave(world: World) -> int:
    """An open wave of six people whose invitations are queued, with a reminder on its third day."""
    return kept(world, "a small wave", lambda: _new_small_wave(world))


def _new_small_wave(world: World) -> int:
    return world.open(world.planned_wave(world.programme(3, 3), reminders_at=(START.replace(day=4),)))


def everything(world: World) -> tuple[Rows, Rows]:
    """All that has been done, as both databases hold it."""
    main, keys = _engines(world)
    return _rows(main, _DONE), _rows(keys, KeyBase.metadata.sorted_tables)


def _engines(world: World) -> tuple[Engine, Engine]:
    with world.bare.app_context():
        return db.engine, db.engines["keys"]


def _is_touched(engine: Engine) -> bool:
    """Tell whether anything has been done; whoever may not see every table is not told, and makes it anew."""
    with engine.connect() as connection:
        try:
            return bool(connection.scalar(_TOUCHED))
        except ProgrammingError:
            return True


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
