"""What SQLAlchemy works out about a kind of database is worked out once by each process, for all its engines.

Nearly every test makes engines of its own; each would ask the database anew what it can do, and compile every
statement anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_STATEMENTS = 5000


class _MadeOnce(type):
    """Of dialects that are asked for in the same way there is one."""

    _made: ClassVar[dict[str, Any]] = {}

    def __call__(cls, **asked: object) -> Any:
        key = f"{cls.__name__} {sorted(asked.items())}"
        if key not in cls._made:
            cls._made[key] = super().__call__(**asked)
        return cls._made[key]


class _Shared:
    """Remembers that it knows its database, and gives what it has compiled to every engine."""

    _statements: ClassVar[LRUCache[Any, Any]] = LRUCache(_STATEMENTS)
    _knows_database = False

    def initialize(self, connection: Connection) -> None:
        if not self._knows_database:
            super().initialize(connection)  # type: ignore[misc]
            self._knows_database = True

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=cls._statements)


class SharedSqlite(_Shared, SQLiteDialect_pysqlite, metaclass=_MadeOnce):
    """SQLite's."""

    supports_statement_cache = True


class SharedPostgres(_Shared, PGDialect_psycopg, metaclass=_MadeOnce):
    """PostgreSQL's."""

    supports_statement_cache = True


@contextmanager
def shared_dialects() -> Iterator[None]:
    """Let every engine that is made meanwhile use them."""
    shared = {"sqlite": SharedSqlite, "postgresql.psycopg": SharedPostgres}
    for name, dialect in shared.items():
        registry.register(name, __name__, dialect.__name__)
    yield
    for name in shared:
        registry.deregister(name)
