"""The worker: does what is due by itself, outlives every failure, and stops when it is told to."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from procrastinate.testing import InMemoryConnector
from sqlalchemy import create_engine, text, update

from feedback.app import create_app
from feedback.config import read_settings
from feedback.domain.waves.states import WaveState
from feedback.services.audit_log.check_log import check_log
from feedback.storage.database import db
from feedback.storage.deliveries import DeliveryState, delivery_counts
from feedback.storage.keys import KeyStore
from feedback.storage.reports import report_of
from feedback.storage.waves import Wave, wave_by_id
from feedback.worker.context import WorkerContext
from feedback.worker.worker import CONCURRENCY, Worker, WorkerThread, worker_context
from tests.answering import respond
from tests.databases import ON_SQLITE
from tests.services.mail.relays import ScriptedRelay
from tests.world import World

PATIENCE = 60


class Ticks:
    """The world's clock, which also counts how often the worker has looked at it."""

    def __init__(self, world: World) -> None:
        self._world, self._looked = world, threading.Semaphore(0)

    def __call__(self) -> datetime:
        self._looked.release()
        return self._world.clock()

    def wait_for(self, times: int) -> None:
        for _turn in range(times):
            assert self._looked.acquire(timeout=PATIENCE)


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; a worker that never gets there fails the test."""
    pause = threading.Event()
    for _turn in range(PATIENCE * 20):
        if is_so():
            return
        pause.wait(0.05)
    pytest.fail("the worker never got there")


@contextmanager
def working(worker: Worker) -> Iterator[WorkerThread]:
    deaths: list[str] = []
    thread = WorkerThread(worker, lambda: deaths.append("died"))
    thread.start()
    try:
        yield thread
    finally:
        thread.stop()
    assert deaths == []
    assert not thread._thread.is_alive()


def state_of(world: World, wave: int) -> str:
    with world.session() as session:
        return wave_by_id(session, wave).state


def has_report(world: World, wave: int) -> bool:
    with world.session() as session:
        return report_of(session, wave) is not None


def all_accepted(world: World, wave: int) -> bool:
    with world.session() as session:
        counts = delivery_counts(session, wave)
    return bool(counts) and {state for _mail, state in counts} == {DeliveryState.ACCEPTED}


def log_is_chained(world: World) -> bool:
    with world.session() as session:
        check = check_log(session, now=world.clock(), kept=None)
    return check.verdict.is_whole and check.verdict.present > 0 and check.unchained == 0


def scheduled(world: World) -> int:
    wave = world.planned_wave(world.programme())
    with world.session() as session:
        opening = {"state": WaveState.SCHEDULED, "opens_at": world.clock() + timedelta(hours=1)}
        session.execute(update(Wave).where(Wave.id == wave).values(**opening))
        session.commit()
    return wave


def test_a_wave_lives_its_whole_life_without_anybody(world: World) -> None:
    wave = scheduled(world)
    with working(Worker(worker_context(world.app))):
        world.clock.pass_time(hours=1)
        until(lambda: all_accepted(world, wave))
        respond(world, world.links(wave)[:20])
        world.clock.pass_time(days=14)
        until(lambda: has_report(world, wave) and world.keys.purposes_held() == {})
        until(lambda: world.mailbox.count() >= 54)
        until(lambda: log_is_chained(world))
    # Everybody is invited, and everybody is told of the results.
    assert world.mailbox.count() == 54


@ON_SQLITE
def test_a_worker_that_is_told_to_stop_stops(world: World) -> None:
    ticks = Ticks(world)
    with working(Worker(replace(worker_context(world.app), clock=ticks))) as thread:
        ticks.wait_for(2)
        thread.stop()
        assert not thread._thread.is_alive()


@ON_SQLITE
def test_a_worker_stops_even_where_a_wait_for_a_connection_hears_nothing_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = threading.Event()

    async def hear_nothing(*_tick: object) -> None:
        waits.set()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(PATIENCE)

    monkeypatch.setattr("feedback.worker.tasks._defer_alone", hear_nothing)
    with working(Worker(worker_context(world.app))):
        assert waits.wait(PATIENCE)


def test_a_worker_may_be_stopped_twice(world: World) -> None:
    with working(Worker(worker_context(world.app))) as thread:
        thread.stop()
        thread.stop()


@ON_SQLITE
def test_a_second_worker_goes_on_where_the_first_stopped(world: World) -> None:
    wave = scheduled(world)
    with working(Worker(worker_context(world.app))):
        world.clock.pass_time(hours=1)
        until(lambda: all_accepted(world, wave))
    respond(world, world.links(wave)[:20])
    world.clock.pass_time(days=14)
    with working(Worker(worker_context(world.app))):
        until(lambda: has_report(world, wave))


def test_two_workers_at_once_close_a_wave_once(world: World) -> None:
    wave = world.open_wave()
    respond(world, world.links(wave)[:20])
    world.clock.pass_time(days=14)
    with working(Worker(worker_context(world.app))), working(Worker(worker_context(world.app))):
        until(lambda: has_report(world, wave))


@ON_SQLITE
def test_the_engine_keeps_nothing_of_what_is_done(world: World) -> None:
    ticks = Ticks(world)
    worker = Worker(replace(worker_context(world.app), clock=ticks))
    with working(worker):
        ticks.wait_for(24)
    kept = worker._engine.connector
    assert isinstance(kept, InMemoryConnector)
    assert len(kept.queries) < 60
    assert len(kept.events) < 10
    assert len(kept.jobs) < 10


def test_a_wave_that_cannot_close_keeps_no_other_from_closing(world: World) -> None:
    stuck, sound = world.open_wave(), world.open_wave()
    respond(world, world.links(stuck)[:20] + world.links(sound)[:20])
    world.keys.destroy_wave_keys(stuck, keep_comments=False)
    world.clock.pass_time(days=14)
    with working(Worker(worker_context(world.app))):
        until(lambda: has_report(world, sound))
    assert state_of(world, stuck) == WaveState.CLOSING


def through(world: World, environment: dict[str, str], port: int) -> WorkerContext:
    """The world's context, with its mails going through another relay."""
    app = create_app(read_settings(environment | {"FEEDBACK_SMTP_PORT": str(port)}), world.clock)
    return replace(worker_context(world.app), relay=worker_context(app).relay)


def test_a_relay_that_never_comes_to_the_point_keeps_no_wave_from_closing(
    world: World, environment: dict[str, str]
) -> None:
    wave, *_others = (world.open_wave(days=days) for days in (1, 9, 9, 9))
    respond(world, world.links(wave)[:20])
    relay = socket.create_server(("127.0.0.1", 0))
    relay.settimeout(PATIENCE)
    with relay, working(Worker(through(world, environment, relay.getsockname()[1]))):
        callers = [relay.accept()[0] for _slot in range(CONCURRENCY)]
        world.clock.pass_time(days=1)
        until(lambda: is_held(callers) and has_report(world, wave))
        for connection in (relay, *callers):
            connection.close()


def is_held(callers: list[socket.socket]) -> bool:
    """Say hello to every caller, once more, and not yet for the last time."""
    return all(caller.send(b"220-Hello\r\n") for caller in callers)


def test_a_worker_that_is_told_to_stop_leaves_every_mail_sent_once_or_to_the_next(
    world: World, environment: dict[str, str]
) -> None:
    wave, relay, begun, stopping = world.open_wave(), ScriptedRelay(), threading.Event(), threading.Event()
    relay.before_it_takes = lambda _recipient: (begun.set(), stopping.wait(PATIENCE))
    with working(Worker(through(world, environment, relay.port))) as thread, ThreadPoolExecutor(1) as pool:
        assert begun.wait(PATIENCE)
        stopped = pool.submit(thread.stop)
        stopping.set()
        stopped.result()
    with working(Worker(through(world, environment, relay.port))):
        until(lambda: all_accepted(world, wave))
    assert len(relay.received) == len(set(relay.recipients)) == 27
    relay.goes_down()


@ON_SQLITE
def test_a_complaint_is_logged_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    stuck, ticks = world.open_wave(), Ticks(world)
    respond(world, world.links(stuck)[:20])
    world.keys.destroy_wave_keys(stuck, keep_comments=False)
    world.clock.pass_time(days=14)
    with working(Worker(replace(worker_context(world.app), clock=ticks))):
        ticks.wait_for(12)
    said = [record.getMessage() for record in caplog.records if "no response key" in record.getMessage()]
    assert said == [f"close {stuck}: The key store has no response key for number {stuck}."]


def rename(world: World, before: str, after: str) -> None:
    with world.session() as session:
        session.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))
        session.commit()


@pytest.mark.own_databases
def test_a_database_that_fails_for_a_while_does_not_kill_the_worker(world: World) -> None:
    wave, ticks = scheduled(world), Ticks(world)
    rename(world, "waves", "waves_away")
    with working(Worker(replace(worker_context(world.app), clock=ticks))):
        ticks.wait_for(2)
        rename(world, "waves_away", "waves")
        world.clock.pass_time(hours=1)
        until(lambda: all_accepted(world, wave))


@pytest.mark.own_databases
def test_a_job_that_fails_for_a_while_is_tried_again(world: World) -> None:
    wave, ticks = world.open_wave(), Ticks(world)
    rename(world, "opt_outs", "opt_outs_away")
    with working(Worker(replace(worker_context(world.app), clock=ticks))):
        ticks.wait_for(4)
        rename(world, "opt_outs_away", "opt_outs")
        until(lambda: all_accepted(world, wave))
    assert world.mailbox.count() == 27


class Mortal(Worker):
    """A worker whose engine breaks down."""

    async def run(self) -> None:
        raise OSError


@ON_SQLITE
def test_a_worker_that_ends_unasked_says_so(world: World) -> None:
    died = threading.Event()
    thread = WorkerThread(Mortal(worker_context(world.app)), died.set)
    thread.start()
    assert died.wait(PATIENCE)
    thread.stop()
    assert not thread._thread.is_alive()


@ON_SQLITE
def test_a_key_store_that_is_not_there_does_not_kill_the_worker(world: World) -> None:
    ticks, nowhere = Ticks(world), KeyStore(create_engine("sqlite:////nowhere/keys.sqlite"), (b"k" * 32,))
    with working(Worker(replace(worker_context(world.app), clock=ticks, key_store=lambda: nowhere))):
        ticks.wait_for(4)


@ON_SQLITE
def test_a_worker_that_begins_leaves_no_destroyed_key_in_a_file(world: World) -> None:
    wave = world.open_new_wave()
    with world.app.app_context():
        engine = db.engines["keys"]
    path = Path(engine.url.database or "")
    with engine.begin() as connection:
        (wrapped,) = connection.execute(text("SELECT wrapped FROM keys WHERE purpose = 'link'")).one()
        connection.execute(text("DELETE FROM keys WHERE owner_id = :wave"), {"wave": wave})
    with working(Worker(worker_context(world.app))):
        until(lambda: wrapped not in b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*")))
