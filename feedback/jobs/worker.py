"""The worker, embedded form: one process, jobs in memory, rebuilt from the database at every tick.

Only the tick defers, on the worker's own loop; pages and commands write rows and leave the rest to it.
"""

import asyncio
import logging
import threading
from collections.abc import Callable

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.testing import InMemoryConnector

from feedback.domain.errors import FeedbackError
from feedback.jobs.alarm import Alarm
from feedback.jobs.bench import Bench
from feedback.jobs.due import Due, Task, do, what_is_due

CONCURRENCY = 2
_EVERY_SECOND = "* * * * * */1"
_POLL_SECONDS = 0.25
_FIRST = 100
_WAVES, _MAIL = "waves", "mail"

log = logging.getLogger(__name__)


class Worker:
    """Runs what is due until it is told to stop. A `tick` runs each second and looks at the database anew."""

    def __init__(self, bench: Bench) -> None:
        """`bench` is used from several threads, each with a session of its own."""
        self._bench = bench
        self._alarm = Alarm(bench.alarm_after)
        self._complaints: dict[Due, str] = {}
        self._connector = InMemoryConnector()
        self._engine = App(connector=self._connector)
        self._add_tasks()

    async def run(self) -> None:
        """Work until cancelled; a job that has begun is finished first."""
        async with self._engine.open_async():
            # Mail has slots of its own: a slow relay must not keep a wave from closing.
            await asyncio.gather(*(self._run_queue(queue) for queue in (_WAVES, _MAIL)))

    async def _run_queue(self, queue: str) -> None:
        # The connector wakes one listener only, so that both queues look for jobs by themselves.
        await self._engine.run_worker_async(
            queues=[queue],
            concurrency=CONCURRENCY,
            install_signal_handlers=False,
            listen_notify=False,
            fetch_job_polling_interval=_POLL_SECONDS,
            delete_jobs="always",
        )

    def _add_tasks(self) -> None:
        @self._engine.periodic(cron=_EVERY_SECOND)
        @self._engine.task(name="tick", queueing_lock="tick", lock="tick", queue=_WAVES, priority=_FIRST)
        async def tick(timestamp: int) -> None:  # noqa: ARG001
            await self._tick()

        for task in Task:
            self._add_task(task)

    def _add_task(self, task: Task) -> None:
        @self._engine.task(name=task.value, queue=_MAIL if task in (Task.SEND, Task.TELL) else _WAVES)
        def perform(number: int) -> None:
            self._perform(Due(task, number))

    async def _tick(self) -> None:
        try:
            due = await asyncio.to_thread(self._what_is_due)
        except Exception:
            log.exception("the database could not be asked what is due; asking again")
            return
        for one in due:
            await self._defer(one)
        self._trim()

    def _what_is_due(self) -> list[Due]:
        now = self._bench.clock()
        with self._bench.scope() as session:
            due = what_is_due(session, now)
            self._alarm.report(session, now)
        return due

    async def _defer(self, due: Due) -> None:
        name = f"{due.task}:{due.number}"
        job = self._engine.configure_task(due.task.value, lock=name, queueing_lock=name)
        try:
            await job.defer_async(number=due.number)
        except AlreadyEnqueued:
            return

    def _perform(self, due: Due) -> None:
        try:
            do(due, self._bench)
        except FeedbackError as error:
            self._complain_once(due, str(error))
        except Exception:
            log.exception("%s %d failed; it is tried again", due.task, due.number)
        else:
            self._complaints.pop(due, None)

    def _complain_once(self, due: Due, complaint: str) -> None:
        if self._complaints.get(due) != complaint:
            self._complaints[due] = complaint
            log.warning("%s %d: %s", due.task, due.number, complaint)

    def _trim(self) -> None:
        # The connector was made for tests and keeps every event and query; a service runs for months.
        self._connector.queries.clear()
        for number in [number for number in self._connector.events if number not in self._connector.jobs]:
            del self._connector.events[number]


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
