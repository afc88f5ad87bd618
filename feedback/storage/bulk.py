"""Many rows in one go, inside the session's own transaction: written by `insert_rows`, found by `among`.

COPY on PostgreSQL, or batched INSERTs where row-level security applies, with which COPY refuses to work; one prepared
statement on SQLite. No statement has a parameter for each of many values, of which PostgreSQL takes 65,535.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ARRAY, ColumnElement, any_, insert, literal, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session

from feedback.storage.database import Base

_WATCHED = text("SELECT row_security_active(:name)")
_T = TypeVar("_T", int, str, bytes)
# Below the 999 parameters that an old build of SQLite takes.
_PART = 900


def insert_rows(
    session: Session, model: type[Base], columns: Sequence[str], rows: Iterable[Sequence[bytes | str | int | bool]]
) -> None:
    """Insert `rows` of plain values, in their order, into the `columns` of a model's table; others take defaults."""
    session.flush()
    if session.get_bind().dialect.name == "postgresql" and not _is_watched(session, model):
        _copy(session, model.__tablename__, columns, rows)
        return
    values = [dict(zip(columns, row, strict=True)) for row in rows]
    if values:
        session.execute(insert(model), values)


def among(session: Session, column: InstrumentedAttribute[_T], values: Iterable[_T]) -> Iterator[ColumnElement[bool]]:
    """Yield conditions, one a statement, that together find each row whose `column` is among `values`, in its order.

    On PostgreSQL it is one, with one array; SQLite has no arrays and gets the values in parts.
    """
    ordered = sorted(set(values))
    if session.get_bind().dialect.name == "postgresql":
        yield column == any_(literal(ordered, ARRAY(column.type)))
        return
    for start in range(0, len(ordered), _PART):
        yield column.in_(ordered[start : start + _PART])


def _is_watched(session: Session, model: type[Base]) -> bool:
    return bool(session.scalar(_WATCHED, {"name": model.__tablename__}))


def _copy(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    # Whoever works on SQLite has no use for PostgreSQL's driver.
    from psycopg import Error, sql

    driver: Any = session.connection().connection.driver_connection
    names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except Error as error:
        # The server quotes the offending row, and a row may be a person: pass on only its own message.
        bare = type(error)(error.diag.message_primary or type(error).__name__)
        raise DBAPIError.instance(f"COPY {table}", None, bare, Error, hide_parameters=True) from None
