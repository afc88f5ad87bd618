"""Reads past most of SQLAlchemy: the same values, and the same errors, as those that go through it."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import Engine, bindparam, create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from feedback.storage.audit_log import LogEntry, note
from feedback.storage.database import RawRead, guard_engine
from tests.databases import Pair
from tests.world import START

pytestmark = pytest.mark.own_databases

STATEMENT = select(LogEntry.at, LogEntry.actor, LogEntry.subject).where(LogEntry.actor == bindparam("actor"))
SECRET = "somebody-nobody-knows"


@pytest.fixture
def engine(databases: Pair) -> Iterator[Engine]:
    with ExitStack() as stack:
        made = create_engine(databases.main, hide_parameters=True, pool_size=1, max_overflow=0)
        guard_engine(made)
        stack.callback(made.dispose)
        with Session(made) as session:
            note(session, START, "test", "did", "main database")
            session.commit()
        yield made


def test_a_raw_read_returns_what_sqlalchemy_would(engine: Engine) -> None:
    with engine.connect() as connection:
        expected = connection.execute(STATEMENT, {"actor": "test"}).one()
        assert RawRead(STATEMENT).row(connection, actor="test") == list(expected)


def test_a_raw_read_finds_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        assert RawRead(STATEMENT).row(connection, actor="nobody") is None


def test_a_raw_read_that_fails_tells_no_value_and_leaves_no_connection_behind(engine: Engine) -> None:
    broken = RawRead(STATEMENT.where(text("no_such_function(1) = 1")))
    with pytest.raises(DBAPIError) as caught, engine.connect() as connection:
        broken.row(connection, actor=SECRET)
    assert SECRET not in str(caught.value)
    with engine.connect() as connection:
        assert RawRead(STATEMENT).row(connection, actor="test") is not None
