"""An adversary who owns the main database: reads every column, hidden or not, and guesses who wrote what.

A guess pairs people with responses. Whoever pairs at random gets s or more pairs right less often than 1 / s!;
so many guesses together may reach `CommentVerdict.chance` pairs with a chance below one in a million.
"""

import math
import operator
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Orders = dict[tuple[Any, ...], str]
"""One value per person or response, in a fixed order of them, with where it was found."""

UNLUCKY = 1e-6
_PLACES = "tableoid::bigint AS sys_tableoid, xmin::text::bigint AS sys_xmin, xmax::text::bigint AS sys_xmax, "
_SYSTEM = _PLACES + "cmin::text::bigint AS sys_cmin, cmax::text::bigint AS sys_cmax, ctid::text AS sys_ctid"
_SHORTEST_MARK = 12


def read_everything(engine: Engine) -> Tables:
    """Return every row of every table as an unordered scan finds it, with all that the engine keeps beside it."""
    read = _read_sqlite if engine.dialect.name == "sqlite" else _read_postgres
    with engine.connect() as connection:
        names = sorted(inspect(connection).get_table_names())
        tables = {name: read(connection, name) for name in names}
        if engine.dialect.name == "sqlite":
            tables["sqlite_schema"] = _rows(connection, "SELECT rowid AS sys_rowid, * FROM sqlite_schema")
            _add_offsets(tables, Path(str(engine.url.database)))
    return tables


def _read_sqlite(connection: Connection, name: str) -> list[Row]:
    sql = connection.execute(text("SELECT sql FROM sqlite_schema WHERE name = :name"), {"name": name}).scalar_one()
    hidden = "" if "WITHOUT ROWID" in sql else "rowid AS sys_rowid, "
    return _rows(connection, f'SELECT {hidden}* FROM "{name}"')


def _read_postgres(connection: Connection, name: str) -> list[Row]:
    rows = _rows(connection, f'SELECT {_SYSTEM}, * FROM "{name}"')
    toast = connection.execute(
        text("SELECT nullif(reltoastrelid, 0)::regclass::text FROM pg_class WHERE oid = CAST(:name AS regclass)"),
        {"name": f'"{name}"'},
    ).scalar()
    if toast:
        _add_toast(rows, _rows(connection, f"SELECT {_SYSTEM}, * FROM {toast} WHERE chunk_seq = 0"))
    return rows


def _add_toast(rows: list[Row], chunks: list[Row]) -> None:
    for row in rows:
        large = [value for value in row.values() if isinstance(value, str) and len(value) > 1000]
        own = [chunk for chunk in chunks for value in large if value.startswith(chunk["chunk_data"])]
        for chunk in own[:1]:
            row.update({f"toast_{name}": value for name, value in chunk.items() if name != "chunk_data"})


def _rows(connection: Connection, query: str) -> list[Row]:
    found = connection.execute(text(query)).mappings()
    return [
        {"sys_scan": place, **{name: _plain(value) for name, value in row.items()}}
        for place, row in enumerate(found, start=1)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, str) and value.startswith("(") and value.endswith(")") and value[1:-1].count(",") == 1:
        block, item = value[1:-1].split(",")
        return int(block) * 100_000 + int(item) if block.isdigit() and item.isdigit() else value
    return value if isinstance(value, int | str | None) else str(value)


def _add_offsets(tables: Tables, path: Path) -> None:
    log = path.with_name(path.name + "-wal")
    _add_places(tables, "log", log.read_bytes() if log.exists() else b"")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    connection.close()
    _add_places(tables, "file", path.read_bytes())


def _add_places(tables: Tables, name: str, raw: bytes) -> None:
    for row in (row for rows in tables.values() for row in rows):
        for column, value in list(row.items()):
            for end, mark in _marks(value):
                row[f"{end}_of_{column}_in_{name}"] = raw.find(mark)


def _marks(value: Any) -> Iterator[tuple[str, bytes]]:
    if isinstance(value, str) and len(value) >= _SHORTEST_MARK:
        try:
            mark = bytes.fromhex(value)
        except ValueError:
            mark = value.encode()
        yield "head", mark[:32]
        yield "tail", mark[-32:]


def dump(tables: Tables, *, without: Iterable[str] = ()) -> list[str]:
    """Return all rows as text, but for those of some tables."""
    return [f"{name}: {row}" for name, rows in sorted(tables.items()) if name not in without for row in rows]


def orders(rows: list[Row], tables: Tables) -> Orders:
    """Return every value that can be had for each of `rows`: its own columns, and those of rows that share a value."""
    found: Orders = {}
    _note(found, "", rows)
    for values, name in list(found.items()):
        for table, others in tables.items():
            for column in others[0] if others else ():
                for matched in _matches(values, others, column):
                    _note(found, f"{name} = {table}.{column} > {table}.", matched)
    return found


def _note(found: Orders, prefix: str, rows: list[Row]) -> None:
    for column in rows[0]:
        values = tuple(row.get(column) for row in rows)
        if len(set(values)) > 1:
            found.setdefault(values, prefix + column)


def _matches(values: tuple[Any, ...], others: list[Row], column: str) -> Iterator[list[Row]]:
    """Yield the first, and the last, row that shares each value; nothing if a value has none or all have one."""
    by_value: dict[Any, list[Row]] = {}
    for other in others:
        by_value.setdefault(other.get(column), []).append(other)
    if None not in values and len(set(values)) > len(values) // 2 and all(value in by_value for value in values):
        yield [by_value[value][0] for value in values]
        yield [by_value[value][-1] for value in values]


def guesses(people: Orders, responses: Orders) -> dict[tuple[int | None, ...], str]:
    """Return every distinct pairing by equal values or equal ranks: for each person the place of a response."""
    found: dict[tuple[int | None, ...], str] = {}
    for left, left_name in people.items():
        for right, right_name in responses.items():
            for way, guess in (("equals", _by_value), ("ranks as", _by_rank), ("ranks against", _by_reverse_rank)):
                found.setdefault(guess(left, right), f"{left_name} {way} {right_name}")
    return found


def _by_value(left: tuple[Any, ...], right: tuple[Any, ...]) -> tuple[int | None, ...]:
    free: dict[Any, list[int]] = {}
    for place, value in enumerate(right):
        free.setdefault(value, []).append(place)
    return tuple(free[value].pop() if value is not None and free.get(value) else None for value in left)


def _by_rank(left: tuple[Any, ...], right: tuple[Any, ...]) -> tuple[int | None, ...]:
    pairs = dict(zip(ranking(left), ranking(right), strict=True))
    return tuple(pairs[place] for place in range(len(left)))


def _by_reverse_rank(left: tuple[Any, ...], right: tuple[Any, ...]) -> tuple[int | None, ...]:
    pairs = dict(zip(ranking(left), reversed(ranking(right)), strict=True))
    return tuple(pairs[place] for place in range(len(left)))


def ranking(values: tuple[Any, ...]) -> list[int]:
    """Return places from the least value to the greatest; numbers stand before words, equals as they came."""
    return sorted(range(len(values)), key=lambda place: (isinstance(values[place], str), _sortable(values[place])))


def _sortable(value: Any) -> Any:
    return -1 if value is None else value


@dataclass(frozen=True)
class CommentVerdict:
    """How many pairs the best of all guesses has right, how it was made, and what luck alone stays below."""

    right: int
    how: str
    chance: int

    @property
    def is_luck(self) -> bool:
        """Whether somebody who knows nothing does as well, but for one case in a million."""
        return self.right < self.chance


def accuse(people: Orders, responses: Orders, truth: list[int]) -> CommentVerdict:
    """Make every guess there is and keep the one that has most of the `truth`: for each person a response's place."""
    tried = guesses(people, responses)
    right, how = max((sum(map(operator.eq, guess, truth)), how) for guess, how in tried.items())
    return CommentVerdict(right, how, most_by_chance(len(tried)))


def most_by_chance(tried: int) -> int:
    """Return how many right pairs the best of so many guesses stays below, but for one case in a million."""
    return next(right for right in range(100) if tried / math.factorial(right) < UNLUCKY)


def likelihood_of_order(values: tuple[Any, ...], true_order: list[int]) -> float:
    """Return how often a random order agrees, or disagrees, with `true_order` as much as `values` do: exactly.

    Counts the pairs that stand the wrong way round (Kendall's rank correlation), whose distribution is known.
    """
    rank = {place: number for number, place in enumerate(ranking(values))}
    seen = [rank[place] for place in true_order]
    wrong = sum(seen[i] > seen[j] for i in range(len(seen)) for j in range(i + 1, len(seen)))
    all_pairs = len(seen) * (len(seen) - 1) // 2
    as_extreme = sum(_orders_with(len(seen))[: min(wrong, all_pairs - wrong) + 1])
    return min(1.0, 2 * as_extreme / math.factorial(len(seen)))


def _orders_with(length: int) -> list[int]:
    """Return how many orders of `length` things have 0, 1, 2 … pairs the wrong way round."""
    counts = [1]
    for size in range(2, length + 1):
        counts = [sum(counts[max(0, n - size + 1) : n + 1]) for n in range(len(counts) + size - 1)]
    return counts
