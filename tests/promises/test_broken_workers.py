"""Promise: no mail is lost, hardly one is doubled, and each wave is opened, reminded and closed once, whoever dies.

Workers in processes of their own are killed and paused in the middle of their work; others go on with it. On
PostgreSQL they work beside each other, on SQLite one after the other.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError

from feedback.demo.mailbox import Mailbox
from feedback.domain.waves.mails import INVITATION, MailKind, WaveMail
from feedback.domain.waves.states import WaveState
from feedback.services.waves.show_wave import show_wave
from feedback.storage.audit_log import LogEntry
from feedback.storage.deliveries import DeliveryState, delivery_counts
from feedback.storage.waves import Wave
from feedback.worker.worker import WorkerTimings
from tests.answering import respond
from tests.databases import IN_TURN, LARGE, ON_POSTGRESQL, first_of
from tests.killing import fresh_world
from tests.postgres import mortal_server
from tests.promises.closing import answered_wave, rows_left, state_of
from tests.services.mail.relays import ScriptedRelay
from tests.worker.test_worker import has_report, until
from tests.workers import HASTY, Trap, WorkerProcesses, is_asleep, signal_to, worker_processes_of
from tests.world import START, World

pytestmark = IN_TURN
PATIENCE = 60


class HeldRelay(ScriptedRelay):
    """Takes mails, but keeps whoever sends the n-th waiting for an answer until it is let go."""

    def __init__(self, hold_at: int) -> None:
        self._count, self._hold_at, self._counting = 0, hold_at, threading.Lock()
        self.in_the_middle, self._let_go = threading.Event(), threading.Event()
        super().__init__()
        self.before_it_takes = self._hold

    def let_go(self) -> None:
        self._let_go.set()

    def _hold(self, _recipient: str) -> None:
        with self._counting:
            self._count += 1
            is_held = self._count == self._hold_at
        if is_held:
            self.in_the_middle.set()
            self._let_go.wait(PATIENCE)


@pytest.fixture
def relay() -> Iterator[HeldRelay]:
    relay = HeldRelay(hold_at=10)
    yield relay
    relay.let_go()
    relay.goes_down()


@pytest.fixture
def smtp_port(relay: HeldRelay) -> int:
    return relay.port


@pytest.fixture
def workers(world: World, environment: dict[str, str], tmp_path: Path) -> Iterator[WorkerProcesses]:
    with worker_processes_of(world, environment, tmp_path) as workers:
        yield workers


def is_sent(world: World, wave: int, mail: WaveMail = INVITATION) -> bool:
    with world.session() as session:
        states = {state for kind, state in delivery_counts(session, wave) if kind == mail}
    return states == {DeliveryState.ACCEPTED}


def assert_hardly_doubled(relay: ScriptedRelay, people: int, in_flight: int) -> None:
    """Everybody got the mail; at most so many got it again, and then the very same."""
    assert len(set(relay.recipients)) == people
    assert len(relay.received) <= people + in_flight
    assert len({mail["Message-ID"] for _recipient, mail in relay.received}) == people


def assert_hardly_doubled_mails(relay: ScriptedRelay, mails: int) -> None:
    """At least so many went out, for the next ones may have begun to; at most one of them went out again."""
    names = {mail["Message-ID"] for _recipient, mail in relay.received}
    assert len(names) >= mails
    assert len(relay.received) <= len(names) + 1


def test_a_worker_killed_while_it_sends_loses_no_mail(world: World, workers: WorkerProcesses, relay: HeldRelay) -> None:
    wave = world.open_wave()
    first = workers.begin()
    assert relay.in_the_middle.wait(PATIENCE)
    signal_to(first, SIGKILL)
    workers.begin()
    relay.let_go()
    until(lambda: is_sent(world, wave))
    assert_hardly_doubled(relay, people=27, in_flight=1)


@LARGE
@ON_POSTGRESQL
def test_several_workers_killed_while_they_send_lose_no_mail(
    world: World, workers: WorkerProcesses, relay: HeldRelay
) -> None:
    wave = world.open_wave(mentors=110, mentees=110)
    doomed = [workers.begin(), workers.begin()]
    assert relay.in_the_middle.wait(PATIENCE)
    for member in doomed:
        signal_to(member, SIGKILL)
    workers.begin()
    relay.let_go()
    until(lambda: is_sent(world, wave))
    # Three batches, each with a mail in flight.
    assert_hardly_doubled(relay, people=220, in_flight=3)


@ON_POSTGRESQL
def test_a_worker_paused_while_it_sends_finds_its_batch_taken_over(
    world: World, workers: WorkerProcesses, relay: HeldRelay
) -> None:
    wave = world.open_wave()
    sleeper = workers.begin()
    assert relay.in_the_middle.wait(PATIENCE)
    signal_to(sleeper, SIGSTOP)
    workers.begin()
    until(lambda: is_sent(world, wave))
    relay.let_go()
    signal_to(sleeper, SIGCONT)
    workers.end()
    assert_hardly_doubled(relay, people=27, in_flight=1)


# ---- opening, reminding, closing


def opening(world: World, **changes: object) -> int:
    """A wave whose time to open has come."""
    wave = world.planned_wave(world.programme(), **changes)
    with world.session() as session:
        due = {"state": WaveState.SCHEDULED, "opens_at": world.clock()}
        session.execute(update(Wave).where(Wave.id == wave).values(**due))
        session.commit()
    return wave


def reminding(world: World) -> int:
    """An open wave whose reminder is due; everybody has been invited."""
    wave = world.open(world.planned_wave(world.programme(), reminders_at=(START.replace(day=3),)))
    world.send_mails()
    world.clock.pass_time(days=2)
    return wave


def closing(world: World) -> int:
    """An open wave that 20 have answered and whose time is over."""
    wave = answered_wave(world)
    world.send_mails()
    world.clock.pass_time(days=15)
    return wave


def was_noted(world: World, act: str) -> int:
    with world.session() as session:
        acts = session.scalars(select(LogEntry.act).where(LogEntry.act.startswith(act)))
        return len(list(acts))


def check_opened(world: World, wave: int) -> None:
    until(lambda: is_sent(world, wave))
    assert rows_left(world, wave) == (0, 27)
    assert was_noted(world, "opened") == 1


def check_reminded(world: World, wave: int) -> None:
    until(lambda: is_sent(world, wave, WaveMail(MailKind.REMINDER, 1)))
    assert was_noted(world, "queued reminder") == 1


def check_looked(world: World, _wave: int) -> None:
    until(lambda: was_noted(world, "took look") > 0)


def check_closed(world: World, wave: int) -> None:
    until(lambda: has_report(world, wave) and state_of(world, wave) == WaveState.CLOSED)
    assert rows_left(world, wave) == (0, 0)
    assert (was_noted(world, "stopped accepting"), was_noted(world, "published")) == (1, 1)


Stage = tuple[str, Callable[[World], int], Callable[[World, int], None], int]
CLOSING: Stage = ("INSERT INTO reports", closing, check_closed, 27)
STAGES: list[Stage] = [
    CLOSING,
    ("INSERT INTO mail_batches", opening, check_opened, 27),
    ("INSERT INTO mail_batches", reminding, check_reminded, 54),
]
NAMES = ["closing", "opening", "reminding"]
EACH_STAGE = pytest.mark.parametrize(
    "stage", [CLOSING, *(pytest.param(one, marks=LARGE) for one in STAGES[1:])], ids=NAMES
)


@EACH_STAGE
def test_what_a_killed_worker_had_begun_the_next_one_does_once(
    world: World, workers: WorkerProcesses, relay: HeldRelay, stage: Stage
) -> None:
    words, prepare, check, mails = stage
    relay.let_go()
    wave = prepare(world)
    workers.show_time()
    killed = workers.begin(Trap(words, SIGKILL))
    killed.join(PATIENCE)
    assert killed.exitcode == -SIGKILL
    workers.begin()
    check(world, wave)
    assert_hardly_doubled_mails(relay, mails)


@ON_POSTGRESQL
@EACH_STAGE
def test_what_a_paused_worker_had_begun_is_done_once_when_it_wakes(
    world: World, workers: WorkerProcesses, relay: HeldRelay, stage: Stage
) -> None:
    words, prepare, check, mails = stage
    relay.let_go()
    wave = prepare(world)
    workers.show_time()
    sleeper = workers.begin(Trap(words, SIGSTOP))
    until(lambda: is_asleep(sleeper))
    workers.begin()
    until(lambda: someone_waits(world))
    signal_to(sleeper, SIGCONT)
    check(world, wave)
    workers.end()
    assert_hardly_doubled_mails(relay, mails)


def test_a_worker_killed_at_each_try_to_close_is_a_wave_that_does_not_close(
    world: World, workers: WorkerProcesses, relay: HeldRelay
) -> None:
    relay.let_go()
    wave = closing(world)
    workers.show_time()
    for _try in range(2):
        killed = workers.begin(Trap("INSERT INTO reports", SIGKILL))
        killed.join(PATIENCE)
        assert killed.exitcode == -SIGKILL
        assert state_of(world, wave) == WaveState.CLOSING
        workers.pass_time(minutes=20)
    with world.session() as session:
        seen = show_wave(session, wave, now=world.clock())
    assert seen.fails_since == world.clock() - timedelta(minutes=40)
    assert seen.gives_up_at == seen.fails_since + timedelta(days=6)
    workers.pass_time(days=7)
    workers.begin()
    until(lambda: state_of(world, wave) == WaveState.CANCELLED)
    workers.end()


def someone_waits(world: World) -> bool:
    """Tell whether a worker has come to the wave that the sleeper holds."""
    with world.session() as session:
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


@ON_POSTGRESQL
def test_many_workers_at_once_do_everything_once(world: World, workers: WorkerProcesses, relay: HeldRelay) -> None:
    relay.let_go()
    wave = opening(world, reminders_at=(START.replace(day=3),))
    for _one in range(3):
        workers.begin(timings=WorkerTimings())
    check_opened(world, wave)
    respond(world, world.links(wave)[:20])
    for days, check in ((3, check_reminded), (5, check_looked), (7, check_closed)):
        workers.pass_time(days=days)
        check(world, wave)
    workers.end()
    assert Counter(relay.recipients) == dict.fromkeys(relay.recipients, 2)
    assert (len(relay.received), was_noted(world, "opened"), was_noted(world, "took look")) == (54, 1, 1)


# ---- the database


@ON_POSTGRESQL
def test_a_database_killed_while_workers_send_finds_them_back_at_work(
    environment: dict[str, str], mailbox: Mailbox, relay: HeldRelay, tmp_path: Path
) -> None:
    with (
        mortal_server(keeps_commits=True) as (server, life),
        fresh_world(server, environment, mailbox, "postgresql") as (world, reach),
    ):
        wave = world.open_wave()
        with worker_processes_of(world, reach, tmp_path) as workers:
            workers.begin()
            assert relay.in_the_middle.wait(PATIENCE)
            life.end()
            relay.let_go()
            life.begin()
            until(lambda: is_sent_after_all(world, wave))
            workers.end()
    assert_hardly_doubled(relay, people=27, in_flight=1)


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("stage", "fate"),
    first_of(1, [*((stage, "killed") for stage in STAGES), (CLOSING, "paused")]),
    ids=[*(f"{name}-killed" for name in NAMES), "closing-paused"],
)
def test_what_was_under_way_when_the_database_fell_is_done_once(
    environment: dict[str, str], mailbox: Mailbox, relay: HeldRelay, tmp_path: Path, stage: Stage, fate: str
) -> None:
    words, prepare, check, mails = stage
    relay.let_go()
    with (
        mortal_server(keeps_commits=True) as (server, life),
        fresh_world(server, environment, mailbox, "postgresql") as (world, reach),
    ):
        wave = prepare(world)
        world.dispose()
        with worker_processes_of(world, reach, tmp_path) as workers:
            sleeper = workers.begin(Trap(words, SIGSTOP))
            until(lambda: is_asleep(sleeper))
            with life.interrupted(fate):
                signal_to(sleeper, SIGCONT)
                time.sleep(HASTY.stalled_seconds + 1)
            check(world, wave)
            workers.end()
    assert_hardly_doubled_mails(relay, mails)


def is_sent_after_all(world: World, wave: int) -> bool:
    """Like `is_sent`, of a database that may not be there yet."""
    try:
        return is_sent(world, wave)
    except OperationalError:
        return False
