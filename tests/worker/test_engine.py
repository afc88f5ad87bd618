"""The job engine on PostgreSQL: what lies in its tables, what it does for jobs of the dead, and what it outlives."""

import asyncio
import logging
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.orm import Session

from feedback.domain.waves.mails import MailKind, WaveMail
from feedback.services.mail.queue_mails import queue_for
from feedback.services.mail.remind_participants import remind_participants
from feedback.services.waves.open_wave import open_wave
from feedback.storage.deliveries import Batch
from feedback.storage.job_queue import TABLES
from feedback.worker.engine import defer_batches, engine_for
from feedback.worker.worker import Worker, worker_context
from tests.answering import respond
from tests.databases import ON_POSTGRESQL, Pair
from tests.worker.test_worker import all_accepted, has_report, scheduled, until, working
from tests.workers import HASTY
from tests.world import World

pytestmark = [ON_POSTGRESQL, pytest.mark.own_databases]

LOCK = re.compile(r"tick|rescue|[a-z-]+:\d+")
_WATCH = """
CREATE TABLE watched AS SELECT args, lock, queueing_lock FROM procrastinate_jobs;
CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO watched VALUES (NEW.args, NEW.lock, NEW.queueing_lock); RETURN NEW; END $$;
CREATE TRIGGER watch AFTER INSERT ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION watch()
"""


def rows(session: Session, query: str) -> list[tuple]:
    return [tuple(row) for row in session.execute(text(query))]


def jobs(world: World) -> list[tuple]:
    """(task, payload) of each job, in order."""
    with world.session() as session:
        return rows(session, "SELECT task_name, args FROM procrastinate_jobs ORDER BY id")


def batches(world: World) -> list[int]:
    with world.session() as session:
        return list(session.scalars(select(Batch.id).order_by(Batch.id)))


def opened(world: World, **people: int) -> int:
    wave = world.planned_wave(world.programme(**people))
    with world.session() as session:
        open_wave(session, world.keys, wave, now=world.clock(), actor="test", defer=defer_batches)
    return wave


def test_a_worker_that_freezes_after_a_statement_holds_no_lock(world: World) -> None:
    async def after_a_statement() -> TransactionStatus:
        engine = engine_for(world.tools.settings.postgresql_url)
        async with engine.open_async(), engine.connector.pool.connection() as connection:
            await connection.execute("SELECT 1 FROM procrastinate_workers FOR UPDATE")
            return connection.info.transaction_status

    # A thread has no loop yet; this one may have, left by a browser's test.
    with ThreadPoolExecutor() as pool:
        assert pool.submit(asyncio.run, after_a_statement()).result() is TransactionStatus.IDLE


def test_an_opening_defers_its_batches(world: World) -> None:
    opened(world, mentors=150, mentees=100)
    assert jobs(world) == [("send", {"number": number}) for number in batches(world)]
    assert len(batches(world)) == 3


def test_a_reminder_defers_its_batches(world: World) -> None:
    at = world.clock().replace(day=9)
    wave = world.open(world.planned_wave(world.programme(), reminders_at=(at,)))
    world.clock.now = at
    with world.session() as session:
        remind_participants(session, 1, now=world.clock(), defer=defer_batches)
    assert jobs(world) == [("send", {"number": batches(world)[-1]})]
    assert wave == 1


def test_batches_that_are_rolled_back_leave_no_job(world: World) -> None:
    wave = world.open_wave()
    with world.session() as session:
        queue_for(session, wave, WaveMail(MailKind.REMINDER, 1), people=[1, 2], now=world.clock(), defer=defer_batches)
        session.rollback()
    assert (jobs(world), len(batches(world))) == ([], 1)


def test_a_batch_that_is_deferred_already_does_not_take_the_transaction_with_it(world: World) -> None:
    wave = opened(world)
    with world.session() as session:
        queue_for(
            session, wave, WaveMail(MailKind.REMINDER, 1), people=[1, 2], now=world.clock(), defer=lambda *_nobody: None
        )
        defer_batches(session, batches(world)[:1])
        session.commit()
    assert (len(jobs(world)), len(batches(world))) == (1, 2)


def test_a_job_carries_one_integer_at_most(world: World) -> None:
    with world.session() as session:
        session.execute(text(_WATCH))
        session.commit()
    live_a_whole_life(world)
    with world.session() as session:
        watched = rows(session, "SELECT args, lock, queueing_lock FROM watched")
    assert {"open:1", "end:1", "send:1", "tick"} <= {lock for _args, lock, _queueing in watched}
    for args, lock, queueing_lock in watched:
        assert [*args] in ([], ["number"])
        assert all(type(number) is int for number in args.values())
        assert all(one is None or LOCK.fullmatch(one) for one in (lock, queueing_lock))


def live_a_whole_life(world: World) -> None:
    wave = scheduled(world)
    with working(Worker(worker_context(world.app), HASTY)):
        world.clock.pass_time(hours=1)
        until(lambda: all_accepted(world, wave))
        respond(world, world.links(wave)[:20])
        world.clock.pass_time(days=14)
        until(lambda: has_report(world, wave) and world.keys.purposes_held() == {})


def test_what_is_done_leaves_nothing_in_the_tables_of_the_engine(world: World) -> None:
    live_a_whole_life(world)
    with world.session() as session:
        left = {table: session.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES}
    # A tick may wait for the next worker.
    assert all(count <= 4 for count in left.values()), left


STALLED = """
WITH dead AS (
  INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id
)
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status, worker_id)
SELECT :queue, :task, :lock, :lock, '{"number": 1}', 'doing', id FROM dead
"""
WAITING = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)
VALUES (:queue, :task, :lock, :lock, '{"number": 1}')
"""


def leave_a_job(world: World, task: str, lock: str, *, twin: bool = False) -> None:
    """A job in the hands of a worker that died, perhaps with a second one that waits for it."""
    values = {"queue": "mail" if task == "send" else "waves", "task": task, "lock": lock}
    with world.session() as session:
        session.execute(text(STALLED), values)
        if twin:
            session.execute(text(WAITING), values)
        session.commit()


@pytest.mark.parametrize("twin", [False, True])
def test_what_a_dead_worker_had_begun_is_done_again(world: World, twin: bool) -> None:
    wave = world.open_wave()
    leave_a_job(world, "send", "send:1", twin=twin)
    with working(Worker(worker_context(world.app), HASTY)):
        until(lambda: all_accepted(world, wave))
    assert world.mailbox.count() == 27


@pytest.mark.parametrize("task", ["tick", "rescue"])
def test_a_worker_that_died_while_it_looked_keeps_nobody_from_looking(world: World, task: str) -> None:
    wave = world.open_wave()
    leave_a_job(world, task, task)
    with working(Worker(worker_context(world.app), HASTY)):
        until(lambda: all_accepted(world, wave))


@contextmanager
def database_away(databases: Pair) -> Iterator[None]:
    """Nobody can reach the main database, and who had reached it is thrown out."""
    url = make_url(databases.main)
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    throw_out = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    with admin.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false'))
        connection.execute(throw_out, {"name": url.database})
        yield
        connection.execute(text(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS true'))
    admin.dispose()


class Cries(logging.Handler):
    """Keeps what is logged, and tells when the worker has cried that it cannot reach its jobs."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self.heard = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
        if "cannot be reached" in record.getMessage():
            self.heard.set()


@pytest.fixture
def cries() -> Iterator[Cries]:
    cries, loggers = Cries(), [logging.getLogger(name) for name in ("feedback", "asyncio")]
    for logger in loggers:
        logger.addHandler(cries)
    yield cries
    for logger in loggers:
        logger.removeHandler(cries)


def test_a_database_that_was_away_finds_the_worker_back_at_work(world: World, databases: Pair, cries: Cries) -> None:
    wave = scheduled(world)
    with working(Worker(worker_context(world.app), HASTY)):
        with database_away(databases):
            assert cries.heard.wait(60)
        world.clock.pass_time(hours=1)
        until(lambda: all_accepted(world, wave))
    assert world.mailbox.count() == 27


def test_a_worker_stops_when_told_even_if_the_database_is_away(world: World, databases: Pair, cries: Cries) -> None:
    with working(Worker(worker_context(world.app), HASTY)) as thread, database_away(databases):
        thread.stop()
        assert not thread._thread.is_alive()


def test_a_worker_that_waits_for_the_database_stops_when_told(world: World, databases: Pair, cries: Cries) -> None:
    with working(Worker(worker_context(world.app), HASTY)) as thread, database_away(databases):
        assert cries.heard.wait(60)
        thread.stop()
        assert not thread._thread.is_alive()


def test_a_database_that_is_away_is_cried_over_in_single_lines(world: World, databases: Pair, cries: Cries) -> None:
    world.open_wave()
    with working(Worker(worker_context(world.app), HASTY)), database_away(databases):
        assert cries.heard.wait(60)
        threading.Event().wait(4)
    assert len(cries.records) <= 12
    assert [record for record in cries.records if record.exc_info] == []
