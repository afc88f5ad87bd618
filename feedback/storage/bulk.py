"""Many rows in one go, inside the session's own transaction.

COPY on PostgreSQL, or batched INSERTs where row-level security applies, with which COPY refuses to work; one prepared
statement on SQLite.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from feedback.storage.database import Base

_WATCHED = text("SELECT row_security_active(:name)")


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
