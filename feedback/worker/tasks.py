"""The engine's tasks: one for each thing that can be due, the tick that defers them, the rescue of stalled jobs."""

import asyncio
import itertools
import logging
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.testing import InMemoryConnector
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from feedback.domain.errors import FeedbackError, MailRefused, ScrubUnfinished, WaveNotReady
from feedback.services.installation.clock_doubts import CLOCK_DOUBTS, MEND_CLOCK
from feedback.services.waves.destroy_keys import rewrite_files
from feedback.services.waves.enter_step import ANSWER, RESTORE_DOUBTS
from feedback.services.waves.find_due import Act
from feedback.services.waves.stop_lost_waves import resume_stopped_waves
from feedback.storage.database import reading
from feedback.storage.heartbeat import Halt
from feedback.worker.alarm import Alarm
from feedback.worker.clock_watch import ClockWatch
from feedback.worker.context import WorkerContext
from feedback.worker.due import TASKS, Due, Task, acts_due, do, what_is_due
from feedback.worker.engine import FIRST, WAVES, job_for, job_name, known_jobs, queue_of
from feedback.worker.halt_messenger import HaltMessenger
from feedback.worker.restore_watch import restore_doubts
from feedback.worker.throttled_log import ThrottledLog

_TICKS_TO_A_RESCUE = 3
_LONGEST_PAUSE_SECONDS = 30
_MOST_ATTEMPTS = 6

log = logging.getLogger(__name__)


class RetryPolicy(BaseRetryStrategy):
    """Retries a failed job after 1, 2, 4 … seconds; after a minute the tick decides whether it is still due."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Say when, or None."""
        if job.attempts >= _MOST_ATTEMPTS:
            return None
        return RetryDecision(retry_in={"seconds": min(2**job.attempts, _LONGEST_PAUSE_SECONDS)})


@dataclass
class Tasks:
    """What the engine of one worker can do.

    A worker that is silent for `stalled_seconds` is taken for dead, and its jobs are done again.
    """

    context: WorkerContext
    stalled_seconds: float
    clock_watch: ClockWatch
    problems: ThrottledLog = field(default_factory=lambda: ThrottledLog(log))
    alarm: Alarm = field(init=False)
    messenger: HaltMessenger = field(init=False)

    def __post_init__(self) -> None:
        """Set the alarm according to the settings."""
        self.messenger = HaltMessenger(self.context)
        self.alarm = Alarm(self.context.settings.watching.alarm_after)

    def add_to(self, engine: App) -> None:
        """Register all tasks with `engine`."""

        @engine.task(name="tick", lock="tick", queueing_lock="tick", queue=WAVES, priority=FIRST)
        async def tick() -> None:
            await self._try("tick", self._tick(engine))

        for task in TASKS:
            self._add_task(engine, task)
        if self._outlives_workers:
            self._add_rescue(engine)

    @property
    def _outlives_workers(self) -> bool:
        """Whether jobs do: in memory they die with their worker."""
        return self.context.settings.postgresql_url is not None

    async def keep_ticking(self, engine: App, over: asyncio.Event) -> None:
        """Defer the tick each second, and the rescue of stalled jobs now and then, until cancelled or `over`.

        By the time that passes, and not as the engine's own cron does: after a clock was set ahead, or a machine slept,
        that defers what it missed, second by second; after one was set back it waits until the old time comes again.
        """
        for turn in itertools.count():
            # Whoever waits for a connection may not hear that it is cancelled (`asyncio.wait_for` before Python 3.12).
            if over.is_set():
                return
            await _defer_alone(engine, "tick")
            if self._outlives_workers and turn % _TICKS_TO_A_RESCUE == 0:
                await _defer_alone(engine, "rescue")
            await asyncio.sleep(1)

    def _add_rescue(self, engine: App) -> None:
        # No lock: that of a rescuer who died would keep all others from coming.
        @engine.task(name="rescue", queueing_lock="rescue", queue=WAVES, priority=FIRST)
        async def rescue() -> None:
            await self._try("rescue", self._rescue(engine))

    def _add_task(self, engine: App, task: Task) -> None:
        @engine.task(name=task.value, retry=RetryPolicy(), queue=queue_of(task))
        def perform(number: int) -> None:
            self._perform(Due(task, number))

    async def _try(self, name: str, step: Coroutine[None, None, None]) -> None:
        try:
            await step
        except Exception as error:  # noqa: BLE001  # whatever it was, the next one comes soon
            self.problems.report(name, f"The {name} failed, and comes again: {type(error).__name__}.", _traced(error))
        else:
            self.problems.resolve(name)

    async def _tick(self, engine: App) -> None:
        due = {job_name(one): one for one in await asyncio.to_thread(self._what_is_due)}
        known = await known_jobs(engine, due)
        for name, one in due.items():
            if name not in known:
                await _defer(engine, one)
        _trim(engine)

    def _what_is_due(self) -> list[Due]:
        with self.context.scope() as session:
            halt = self._halt(session)
            self.messenger.tell(session, halt)
            if halt is not None:
                return []
            now = self.clock_watch.now()
            resume_stopped_waves(session, now=now)
            due = what_is_due(
                session,
                now,
                self.context.pace,
                reads_bounces=self.context.bounces.is_due(now),
                looks_for_idle=self.context.idle.is_due(now),
                chains_log=True,
                forgets_log=self.context.log.is_due(now),
            )
            self.alarm.report(session, now)
        return due

    def _must_not_act(self, session: Session) -> bool:
        """Tell, and log, that nothing may be done now that cannot be undone."""
        return self._halt(session) is not None

    def _halt(self, session: Session) -> Halt | None:
        doubt = self.clock_watch.doubt(session)
        if self._is_stopped_by(Halt.CLOCK, f"{CLOCK_DOUBTS[doubt]} {MEND_CLOCK}" if doubt else None):
            return Halt.CLOCK
        doubts = restore_doubts(session, self.context.keys, self.clock_watch.now)
        if self._is_stopped_by(Halt.RESTORED, f"{RESTORE_DOUBTS[doubts[0]]} {ANSWER}" if doubts else None):
            return Halt.RESTORED
        return None

    def _is_stopped_by(self, halt: Halt, why: str | None) -> bool:
        if why is None:
            self.problems.resolve(halt)
            return False
        self.problems.report(halt, f"Nothing is done: {why}")
        return True

    async def _rescue(self, engine: App) -> None:
        stalled = list(await engine.job_manager.get_stalled_jobs(seconds_since_heartbeat=self.stalled_seconds))
        for job in stalled:
            await _put_back(engine, job)
        await engine.job_manager.prune_stalled_workers(self.stalled_seconds)
        if stalled:
            log.warning("A worker fell silent; %d jobs of it are done again.", len(stalled))
            # It may have died between deleting keys and rewriting the files that they lay in.
            with suppress(ScrubUnfinished):
                await asyncio.to_thread(self._rewrite_files)

    def _rewrite_files(self) -> None:
        with self.context.scope() as session:
            rewrite_files(session, self.context.keys, now=self.clock_watch.now())

    def _is_overtaken(self, session: Session, due: Due) -> bool:
        """Tell whether a job waited until its act was due no longer, such as beyond the week in which a wave may close.

        A job outlives its worker, and meanwhile a wave may be planned anew. Mails and chores look for themselves.
        """
        if due.task is Act.SEND or not isinstance(due.task, Act):
            return False
        with reading(session):
            return due not in acts_due(session, self.clock_watch.now())

    def _is_still_due(self, due: Due) -> bool:
        with self.context.scope() as session:
            return due in what_is_due(session, self.clock_watch.now())

    def _perform(self, due: Due) -> None:
        try:
            with self.context.scope() as session:
                if self._must_not_act(session) or self._is_overtaken(session, due):
                    return
            # By the time that was checked: what cannot be undone must not be dated by a clock that has jumped since.
            do(due, replace(self.context, clock=self.clock_watch.now))
        except MailRefused as error:
            # The ledger says when to try again.
            self.problems.report(due.task, str(error))
        except WaveNotReady as error:
            # Trying again would change nothing: somebody else has done it, and all is well, or must do something first.
            if due.task is Act.SEND or self._is_still_due(due):
                self.problems.report(due, f"{due.task} {due.number}: {error}")
        except FeedbackError as error:
            self.problems.report(due, f"{due.task} {due.number}: {error}")
            raise
        except Exception as error:
            text = f"{due.task} {due.number} failed, and is tried again: {type(error).__name__}."
            self.problems.report(due, text, _traced(error))
            raise
        else:
            self.problems.resolve(due)
            self.problems.resolve(due.task)


async def _defer_alone(engine: App, name: str) -> None:
    # One waits already.
    with suppress(AlreadyEnqueued):
        await engine.tasks[name].defer_async()


async def _defer(engine: App, due: Due) -> None:
    # Another process may have been faster.
    with suppress(AlreadyEnqueued):
        await job_for(engine, due).defer_async(number=due.number)


async def _put_back(engine: App, job: Job) -> None:
    # Another rescuer may have been faster with this one.
    with suppress(ConnectorException):
        try:
            await engine.job_manager.retry_job(job)
        except UniqueViolation:
            # A twin waits already, which does the same.
            await engine.job_manager.finish_job(job, Status.FAILED, delete_job=True)


# Where a database failed is no news; where the program failed is.
def _traced(error: Exception) -> Exception | None:
    return None if isinstance(error, DBAPIError | ConnectorException) else error


def _trim(engine: App) -> None:
    # The connector in memory was made for tests and keeps every event and query; a service runs for months.
    if isinstance(engine.connector, InMemoryConnector):
        engine.connector.queries.clear()
        for number in [number for number in engine.connector.events if number not in engine.connector.jobs]:
            del engine.connector.events[number]
