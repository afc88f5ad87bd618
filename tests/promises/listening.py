"""What a database is asked, heard at its driver: SQLAlchemy does not tell of every statement."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

# SQLite's driver tells a statement with its values in it.
_VALUE = re.compile(r"x'[0-9a-f]*'", re.IGNORECASE)


@contextmanager
def statements_heard() -> Iterator[list[str]]:
    """Note every statement, without the bytes that are sent along."""
    asked: list[str] = []

    def note(statement: object) -> None:
        asked.append(_VALUE.sub("?", str(statement)))

    def listen(connection: Any, *_rest: object) -> None:
        if hasattr(connection, "set_trace_callback"):
            connection.set_trace_callback(note)
            return

        class Heard(connection.cursor_factory):  # type: ignore[misc]
            def execute(self, query: object, *rest: object, **more: object) -> Any:
                note(query)
                return super().execute(query, *rest, **more)

        connection.cursor_factory = Heard

    def forget(connection: Any, *_rest: object) -> None:
        if hasattr(connection, "set_trace_callback"):
            connection.set_trace_callback(None)
        else:
            connection.cursor_factory = connection.cursor_factory.__base__

    event.listen(Pool, "checkout", listen)
    event.listen(Pool, "checkin", forget)
    yield asked
    event.remove(Pool, "checkout", listen)
    event.remove(Pool, "checkin", forget)
