"""The databases: checks and writes are one step, readers cannot write, times have zones, deleted bytes are gone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, make_url, select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from feedback.domain.errors import ScrubUnfinished
from feedback.storage import scrubbing
from feedback.storage.audit_log import LogEntry, note
from feedback.storage.bulk import insert_rows
from feedback.storage.database import guard_engine, guard_reader, lock_wave, reading
from feedback.storage.organisations import Organisation
from feedback.storage.people import Participant
from feedback.storage.responses import StoredResponse
from feedback.storage.scrubbing import scrub
from feedback.storage.tables import Base
from tests.databases import ON_POSTGRESQL, ON_SQLITE, Pair
from tests.storage.rows import insert, main_rows
from tests.world import START

pytestmark = pytest.mark.own_databases

SECRET = b"bytes that must not stay" * 40


@pytest.fixture
def engine(databases: Pair) -> Iterator[Engine]:
    with ExitStack() as stack:
        made = create_engine(databases.main)
        guard_engine(made)
        stack.callback(made.dispose)
        yield made


def count_up(engine: Engine, times: int) -> None:
    """Read a number and write it back plus one, in two statements of one transaction."""
    for _turn in range(times):
        with Session(engine) as session:
            lock_wave(session, 1)
            read = int(session.scalar(select(Organisation.name)) or 0)
            session.execute(text("UPDATE organisations SET name = :name"), {"name": str(read + 1)})
            session.commit()


def test_concurrent_increments_lose_nothing(engine: Engine) -> None:
    with Session(engine) as session:
        insert(session, [Organisation(name="0")])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _worker: count_up(engine, 25), range(8)))
    with Session(engine) as session:
        assert session.scalar(select(Organisation.name)) == "200"


def count_organisations(engine: Engine) -> int:
    with Session(engine) as session:
        return len(list(session.scalars(select(Organisation))))


@ON_POSTGRESQL
def test_those_who_share_a_wave_do_not_wait_for_each_other(engine: Engine) -> None:
    with Session(engine) as one, Session(engine) as other:
        put(one, 1)
        impatient(other)
        put(other, 1)


@ON_POSTGRESQL
def test_who_seizes_a_wave_waits_for_those_who_share_it(engine: Engine) -> None:
    with Session(engine) as one, Session(engine) as other:
        put(one, 1)
        impatient(other)
        with pytest.raises(DBAPIError, match="lock timeout"):
            lock_wave(other, 1)


@ON_POSTGRESQL
def test_who_seizes_a_wave_leaves_other_waves_alone(engine: Engine) -> None:
    with Session(engine) as one, Session(engine) as other:
        lock_wave(one, 1)
        impatient(other)
        lock_wave(other, 2)


def put(session: Session, wave_id: int) -> None:
    """What an answer and a withdrawal call."""
    session.execute(text("SELECT feedback_put_response('none', :wave, 'l', 'm', 'sealed')"), {"wave": wave_id})


def impatient(session: Session) -> None:
    session.execute(text("SET LOCAL lock_timeout = '100ms'"))


def test_a_reader_is_refused_every_write_by_the_database(engine: Engine) -> None:
    with Session(engine) as session, reading(session):
        session.add(Organisation(name="written by a reader"))
        with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
            session.flush()


def test_a_change_that_a_reader_leaves_behind_is_refused_as_well(engine: Engine) -> None:
    with Session(engine) as session, pytest.raises(DBAPIError, match=r"(?i)read-?only"), reading(session):
        session.add(Organisation(name="written by a reader"))


def test_reading_within_another_transaction_is_refused_and_leaves_it_as_it_is(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Organisation(name="written by a writer"))
        session.flush()
        with pytest.raises(InvalidRequestError, match="already begun"), reading(session):
            pass
        session.commit()
    assert count_organisations(engine) == 1


def test_reading_within_reading_is_refused(engine: Engine) -> None:
    with Session(engine) as session, reading(session):
        with pytest.raises(InvalidRequestError, match="already begun"), reading(session):
            pass
        assert session.scalars(select(Organisation)).all() == []


@pytest.fixture
def reader(databases: Pair) -> Iterator[Engine]:
    with ExitStack() as stack:
        made = create_engine(databases.main, isolation_level="AUTOCOMMIT")
        guard_reader(made)
        stack.callback(made.dispose)
        yield made


def test_a_connection_for_reading_is_refused_every_write_whenever_it_is_used(reader: Engine) -> None:
    write = text("INSERT INTO organisations (name) VALUES ('written by a reader')")
    for _time in range(2):
        with reader.connect() as connection, pytest.raises(DBAPIError, match=r"(?i)read-?only"):
            connection.execute(write)
    assert count_organisations(reader) == 0


def test_a_connection_for_reading_sees_each_time_what_is_true_now(reader: Engine, engine: Engine) -> None:
    count = text("SELECT count(*) FROM organisations")
    with reader.connect() as connection:
        before = connection.scalar(count)
        with Session(engine) as session:
            insert(session, [Organisation(name="written meanwhile")])
        assert (before, connection.scalar(count)) == (0, 1)


def test_who_read_may_write_in_the_next_transaction(engine: Engine) -> None:
    with Session(engine) as session:
        with reading(session):
            pass
        insert(session, [Organisation(name="written by a writer")])
    assert count_organisations(engine) == 1


def test_a_scrub_works_on_a_connection_that_has_only_read(engine: Engine) -> None:
    with Session(engine) as session, reading(session):
        session.scalars(select(Organisation)).all()
    scrub(engine, "organisations")
    assert count_organisations(engine) == 0


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    with Session(engine) as session:
        note(session, START.replace(tzinfo=None), "test", "planned", "wave 1")
        with pytest.raises(StatementError, match="without a zone"):
            session.flush()


def test_a_time_comes_back_as_the_same_moment_in_utc(engine: Engine) -> None:
    local = START.astimezone(timezone(timedelta(hours=-9, minutes=-30)))
    with Session(engine) as session:
        note(session, local, "test", "planned", "wave 1")
        session.commit()
        found = session.scalars(select(LogEntry)).one().at
    assert (found, found.utcoffset()) == (local, timedelta(0))


@ON_SQLITE
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 10000),
        ("temp_store", 2),
    ],
)
def test_every_sqlite_connection_has_its_pragmas(engine: Engine, pragma: str, value: object) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == value


def test_a_row_that_belongs_to_nothing_is_refused(engine: Engine) -> None:
    with Session(engine) as session, pytest.raises(DBAPIError):
        insert(session, [StoredResponse(response_key=bytes(32), wave_id=99, sealed=b"")])


def files_of(databases: Pair) -> bytes:
    path = Path(make_url(databases.main).database or "")
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def store_and_delete(engine: Engine) -> None:
    with Session(engine) as session:
        insert(session, [*main_rows(), StoredResponse(response_key=b"r" * 32, wave_id=1, sealed=SECRET)])
        session.execute(text("DELETE FROM sealed_responses"))
        session.commit()


def rewritten(engine: Engine) -> bool:
    """Whether nothing of PostgreSQL's emptied table is left."""
    with engine.connect() as connection:
        return connection.scalar(text("SELECT pg_relation_size('sealed_responses')")) == 0


@ON_SQLITE
def test_deleted_bytes_lie_in_the_files_until_they_are_scrubbed(engine: Engine, databases: Pair) -> None:
    store_and_delete(engine)
    before = files_of(databases)
    scrub(engine)
    assert SECRET in before
    assert SECRET not in files_of(databases)


@ON_SQLITE
def test_a_scrub_that_a_reader_blocks_says_so(engine: Engine) -> None:
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout=1").close())
    store_and_delete(engine)
    with Session(engine) as reader, reading(reader):
        reader.scalars(select(Organisation)).all()
        with Session(engine) as writer:
            insert(writer, [Organisation(name="second")])
        with pytest.raises(ScrubUnfinished):
            scrub(engine)


@pytest.fixture
def one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrubbing, "_LOOKS", 1)


@ON_POSTGRESQL
def test_a_scrub_that_an_older_reader_could_undo_says_so(engine: Engine, one_look: None) -> None:
    with Session(engine) as reader:
        reader.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        reader.scalars(select(Organisation)).all()
        store_and_delete(engine)
        with pytest.raises(ScrubUnfinished):
            scrub(engine, "sealed_responses")


@ON_POSTGRESQL
@pytest.mark.parametrize("where", ["main", "keys"])
def test_a_scrub_that_an_older_writer_could_undo_says_so(
    engine: Engine, databases: Pair, one_look: None, where: str
) -> None:
    with create_engine(getattr(databases, where), poolclass=NullPool).connect() as writer:
        writer.execute(text("SELECT pg_current_xact_id()"))
        store_and_delete(engine)
        with pytest.raises(ScrubUnfinished):
            scrub(engine, "sealed_responses")


@ON_POSTGRESQL
def test_a_scrub_waits_for_an_older_reader_that_ends(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with Session(engine) as reader:
        reader.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        reader.scalars(select(Organisation)).all()
        store_and_delete(engine)

        @event.listens_for(engine, "after_cursor_execute")
        def end_the_reader(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if statement == scrubbing._PAUSE:
                reader.rollback()

        scrub(engine, "sealed_responses")
    assert rewritten(engine)


@ON_POSTGRESQL
def test_a_scrub_does_not_mind_who_began_after_the_deletion(engine: Engine, one_look: None) -> None:
    store_and_delete(engine)
    with Session(engine) as reader:
        reader.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        reader.scalars(select(Organisation)).all()
        scrub(engine, "sealed_responses")
    assert rewritten(engine)


@ON_POSTGRESQL
def test_a_scrub_rewrites_the_table(engine: Engine) -> None:
    store_and_delete(engine)
    scrub(engine, "sealed_responses")
    assert rewritten(engine)


def test_every_constraint_has_a_name() -> None:
    nameless = [
        f"{table.name}: {constraint}"
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert nameless == []


@ON_POSTGRESQL
def test_a_row_that_is_refused_is_not_quoted(engine: Engine) -> None:
    columns = ("programme_id", "name", "email", "role", "cohort", "language", "has_left")
    with Session(engine) as session:
        insert(session, main_rows())
        with pytest.raises(DBAPIError) as refused:
            insert_rows(session, Participant, columns, [(1, "Mia", "mia@example.com", "nobody", "", "en", False)])
    assert "ck_participants_role" in str(refused.value)
    assert "mia" not in f"{refused.value!r} {refused.value} {refused.value.orig!r}".casefold()
