"""The two databases: the main one and the key store, on SQLite or PostgreSQL, with the same guarantees.

SQLite begins every writing transaction with BEGIN IMMEDIATE, so a check and a write are one step; a read-only
transaction, and every connection of a reader, is refused any write by the database itself.
"""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from importlib import import_module
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Executable,
    LargeBinary,
    MetaData,
    Select,
    Text,
    TypeDecorator,
    event,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, registry

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
READ_ONLY = {"feedback_read_only": True, "postgresql_readonly": True}
READER = "reader"
_WAVE_LOCKS = 0x66656564
_PROGRAMME_LOCKS = 0x66656565
_ORGANISATION_LOCKS = 0x66656566
_LOG_LOCK = 0x66656567
_EPOCH_LOCK = 0x66656568
# A process that is paused in the middle of a transaction must not keep all others from its wave for ever.
_LONGEST_IDLE = "5min"


class UtcTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: which zone they meant cannot be known later."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonText(TypeDecorator[Any]):
    """A small JSON value, written the same way on both engines."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Write canonical JSON."""
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read it back."""
        return None if value is None else json.loads(value)


class Base(DeclarativeBase):
    """Tables of the main database."""

    # A registry of its own: Flask-SQLAlchemy's subclass would refuse a type map on the class.
    registry = registry(
        metadata=MetaData(naming_convention=_NAMES), type_annotation_map={datetime: UtcTime(), bytes: LargeBinary()}
    )


class KeyBase(DeclarativeBase):
    """Tables of the key store, which is another database."""

    metadata = MetaData(naming_convention=_NAMES, info={"bind_key": "keys"})


db = SQLAlchemy(model_class=Base)
db.metadatas["keys"] = KeyBase.metadata


def guard_engine(engine: Engine) -> None:
    """Set the pragmas of `engine` and how it begins a transaction. Call once, before the first connection."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)


def guard_reader(engine: Engine) -> None:
    """Let `engine`, made with AUTOCOMMIT, only read. Each of its statements is a transaction of its own."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "connect", _refuse_writes_sqlite)
    else:
        event.listen(engine, "connect", _refuse_writes_postgresql)


@contextmanager
def reading(session: Session) -> Iterator[None]:
    """Run a transaction in which the database itself refuses every write.

    It does not nest: inside any other transaction of the session it raises InvalidRequestError, for that one may write.
    """
    with session.begin():
        session.connection(execution_options=READ_ONLY)
        yield


class RawRead:
    """A SELECT of at most one row that every page asks for: compiled once, and run by the driver itself.

    SQLAlchemy's events do not tell of it.
    """

    def __init__(self, statement: Select[Any]) -> None:
        """Compile the statement once for each kind of database."""
        self._statement, self._compiled = statement, lru_cache(4)(self._compile)

    def row(self, connection: Connection, **values: object) -> list[Any] | None:
        """Return the row that is found with these values, which the driver takes as they are, or None.

        It fails as any other statement does.
        """
        sql, names, literals, readers = self._compiled(connection.dialect)
        values = {**literals, **values}
        driver = connection.dialect.loaded_dbapi
        try:
            with closing(connection.connection.cursor()) as cursor:
                cursor.execute(sql, values if names is None else [values[name] for name in names])
                found = cursor.fetchone()
        except driver.Error as error:
            connection.invalidate(error)
            raise DBAPIError.instance(sql, None, error, driver.Error, hide_parameters=True) from error
        return None if found is None else [read(said) for read, said in zip(readers, found, strict=True)]

    def _compile(self, dialect: Dialect) -> tuple[str, list[str] | None, dict[str, Any], list[Any]]:
        compiled = self._statement.compile(dialect=dialect)
        types = [column.type.dialect_impl(dialect) for column in self._statement.selected_columns]
        readers = [one.result_processor(dialect, None) or (lambda said: said) for one in types]
        return str(compiled), compiled.positiontup, dict(compiled.params), readers


def insert_or_keep(dialect: Dialect, model: type[DeclarativeBase], **values: object) -> Executable:
    """Return an INSERT of one row that leaves a row of the same key as it is."""
    # SQLAlchemy loads the dialect in use only, and so do we.
    insert = import_module(f"sqlalchemy.dialects.{dialect.name}").insert
    statement: Executable = insert(model).values(**values).on_conflict_do_nothing()
    return statement


def lock_wave(session: Session, wave_id: int) -> None:
    """Wait until nobody writes to the wave, and let nobody write until the transaction ends.

    On PostgreSQL a submission takes the same lock, shared, inside `feedback_put_response`; on SQLite BEGIN IMMEDIATE
    does it.
    """
    _advisory_lock(session, _WAVE_LOCKS, wave_id)


def lock_programme(session: Session, programme_id: int) -> None:
    """Let one transaction at a time add to a programme's roster or chain of reports."""
    _advisory_lock(session, _PROGRAMME_LOCKS, programme_id)


def lock_organisation(session: Session, organisation_id: int) -> None:
    """Let one transaction at a time open a wave of an organisation: two may not each overlook the other."""
    _advisory_lock(session, _ORGANISATION_LOCKS, organisation_id)


def lock_log(session: Session) -> None:
    """Let one transaction at a time add to the chain of the audit log."""
    _advisory_lock(session, _LOG_LOCK, 0)


def lock_epochs(session: Session) -> None:
    """Let one transaction at a time take a step that cannot be undone. The last lock that is taken, right before it."""
    _advisory_lock(session, _EPOCH_LOCK, 0)


def _advisory_lock(session: Session, kind: int, number: int) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:kind, :number)"), {"kind": kind, "number": number})


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "busy_timeout=10000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _prepare_postgresql(connection: Any, _record: object) -> None:
    connection.autocommit = True
    connection.execute(f"SET idle_in_transaction_session_timeout = '{_LONGEST_IDLE}'").close()
    connection.autocommit = False


def _refuse_writes_sqlite(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON").close()


def _refuse_writes_postgresql(connection: Any, _record: object) -> None:
    connection.autocommit = True
    connection.execute("SET default_transaction_read_only = on").close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    read_only = bool(options.get("feedback_read_only"))
    # Set every time: the connection may come back from a read-only transaction, and VACUUM writes too.
    connection.exec_driver_sql(f"PRAGMA query_only={int(read_only)}")
    if options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
