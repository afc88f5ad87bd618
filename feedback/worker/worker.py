"""The worker: runs the engine until it is told to stop, and begins again when the database was away.

In memory there is one worker on one machine; on PostgreSQL there may be any number on any machines.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from flask import Flask
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from sqlalchemy.orm import Session

from feedback.domain.pace import Pace
from feedback.mail.relay import Relay
from feedback.runtime import runtime_of
from feedback.storage.database import db
from feedback.worker.bounce_round import BounceRound
from feedback.worker.clock_watch import ClockWatch
from feedback.worker.context import WorkerContext
from feedback.worker.engine import HOOKS, MAIL, WAVES, defer_for, engine_for
from feedback.worker.idle_round import IdleRound
from feedback.worker.log_round import LogRound
from feedback.worker.tasks import Tasks

CONCURRENCY = 2
_LONGEST_PAUSE_SECONDS = 30

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WorkerTimings:
    """How often a worker looks for jobs and says that it is alive, and how long a silence means that it is dead."""

    poll_seconds: float = 0.25
    heartbeat_seconds: float = 3
    stalled_seconds: float = 12


def worker_context(app: Flask) -> WorkerContext:
    """Return what a worker of `app` needs; each job opens a database session of its own."""
    tools = runtime_of(app)
    settings = tools.settings

    @contextmanager
    def scope() -> Iterator[Session]:
        with app.app_context():
            yield db.session()

    return WorkerContext(
        **vars(tools),
        relay=Relay(settings.smtp),
        scope=scope,
        defer=defer_for(settings),
        pace=Pace(settings.mails_per_minute) if settings.mails_per_minute else None,
        bounces=BounceRound(settings.bounces.box),
        idle=IdleRound(settings.retention_days),
        log=LogRound(settings.audit_log_days),
    )


class EngineStopped(Exception):
    """The engine ended although nobody asked it to."""


class Worker:
    """Runs what is due until it is told to stop. A tick runs each second and looks at the database anew."""

    def __init__(
        self, context: WorkerContext, timings: WorkerTimings = WorkerTimings(), *, accepts_clock: bool = False
    ) -> None:
        """`context` is used from several threads, each with a session of its own.

        `accepts_clock`: somebody has said that this machine's clock is right as it is now.
        """
        self._context, self._timings = context, timings
        self._tasks = Tasks(context, timings.stalled_seconds, ClockWatch(context.clock, accepts=accepts_clock))
        self._engine = self._new_engine()

    async def run(self) -> None:
        """Work until cancelled. A job that has begun is finished first; of many mails, the one in hand.

        Outlives a database that is away.
        """
        asyncio.get_running_loop().set_exception_handler(_handle_exception)
        pause = 1
        while True:
            begun_at = asyncio.get_running_loop().time()
            try:
                await self._run_engine()
            except Exception as error:
                if self._context.settings.postgresql_url is None or not _is_outage(error):
                    raise
                _stop_if_told()
            lasted = asyncio.get_running_loop().time() - begun_at
            pause = 1 if lasted > 2 * _LONGEST_PAUSE_SECONDS else min(pause * 2, _LONGEST_PAUSE_SECONDS)
            log.error("The job queue cannot be reached in the database; trying again in %d seconds.", pause)
            await asyncio.sleep(pause)
            self._engine = self._new_engine()

    def _new_engine(self) -> App:
        engine = engine_for(self._context.settings.postgresql_url)
        self._tasks.add_to(engine)
        return engine

    async def _run_engine(self) -> None:
        try:
            await self._engine.open_async()
            await self._run_queues()
        finally:
            await self._engine.close_async()

    async def _run_queues(self) -> None:
        # Mail has slots of its own, and so have web hooks: what is slow elsewhere must not keep a wave from closing. No
        # TaskGroup: on Python 3.11 one that fails leaves its parent looking as if it had been told to stop.
        running = [asyncio.ensure_future(self._run_queue(queue)) for queue in (WAVES, MAIL, HOOKS)]
        over = asyncio.Event()
        running += [asyncio.ensure_future(self._tasks.keep_ticking(self._engine, over))]
        try:
            await asyncio.gather(*running)
        except asyncio.CancelledError:
            self._context.stopping.set()
            raise
        finally:
            over.set()
            for one in running:
                # Told a second time, a queue would leave its jobs unfinished.
                if not one.cancelling():
                    one.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _run_queue(self, queue: str) -> None:
        # Looked for and not listened for: in memory one listener only is woken, and a connection less can break.
        await self._engine.run_worker_async(
            queues=[queue],
            concurrency=CONCURRENCY,
            install_signal_handlers=False,
            listen_notify=False,
            fetch_job_polling_interval=self._timings.poll_seconds,
            update_heartbeat_interval=self._timings.heartbeat_seconds,
            stalled_worker_timeout=self._timings.stalled_seconds,
            delete_jobs="always",
        )
        raise EngineStopped


# A job whose end could not be recorded is rescued; an outage of the database is logged once, elsewhere.
def _handle_exception(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if not _is_outage(context.get("exception") or Exception()):
        loop.default_exception_handler(context)


# Told to stop, the engine says goodbye in the database; if that fails, its error takes the place of the cancellation.
def _stop_if_told() -> None:
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _is_outage(error: BaseException) -> bool:
    return isinstance(error, ConnectorException | psycopg.Error | OSError | EngineStopped)


class WorkerThread:
    """A worker on a thread and loop of its own. `died` is called if it ends without being asked to."""

    def __init__(self, worker: Worker, died: Callable[[], None]) -> None:
        """Nothing runs before `start`."""
        self._worker, self._died = worker, died
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()
        self._ready.wait()

    def stop(self, seconds: float = 30) -> None:
        """Let running jobs end, then stop."""
        if self._loop is not None and self._task is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            asyncio.run(self._work())
        except Exception:
            log.exception("the worker died")
            self._died()

    async def _work(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.ensure_future(self._worker.run())
        self._ready.set()
        try:
            await self._task
        except asyncio.CancelledError:
            return
