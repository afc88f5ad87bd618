"""Whether a database can be written to: that its disk has room, and that nothing keeps it from being changed.

Asked of the disk itself, without a change to any row: a trial write to a table would be counted by the database.
"""

import tempfile
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

# Half a megabyte: more than the largest answer, with its page of every index and of the log.
_BYTES = 512 * 1024
_IS_READ_ONLY = text("SELECT current_setting('transaction_read_only') = 'on'")
# What does not fit into the memory for a sort goes to a temporary file on the disk of the database.
_LITTLE_MEMORY = text("SET LOCAL work_mem = '64kB'")
_SORT = text(
    "SELECT sum(length(line)) FROM "
    f"(SELECT repeat('x', 512) AS line FROM generate_series(1, {_BYTES // 512}) n ORDER BY n DESC OFFSET 0) lines"
)


def can_be_written(engine: Engine) -> bool:
    """Tell whether a row could be written now; raise SQLAlchemyError if the database cannot be asked."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection, connection.begin():
            return _has_room_on_postgresql(connection)
    return _has_room_beside(engine.url.database) and _may_begin_to_write(engine)


def _has_room_on_postgresql(connection: Connection) -> bool:
    if connection.scalar(_IS_READ_ONLY):
        return False
    connection.execute(_LITTLE_MEMORY)
    try:
        connection.execute(_SORT)
    except OperationalError:
        return False
    return True


def _has_room_beside(path: str | None) -> bool:
    if not path or path == ":memory:":
        return True
    try:
        with tempfile.TemporaryFile(dir=Path(path).parent) as file:
            file.write(bytes(_BYTES))
    except OSError:
        return False
    return True


def _may_begin_to_write(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            connection.begin()
    except OperationalError as error:
        # Who finds it locked knows that somebody can.
        return "locked" in str(error.orig)
    return True
