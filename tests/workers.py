"""Workers in processes of their own, on a clock that the test sets: to be killed, paused and woken.

A worker can be told to die or to fall asleep by itself, just before it says a certain thing to the database.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import psutil
from sqlalchemy import event
from sqlalchemy.engine import Engine

from feedback.app import create_app_without_pages
from feedback.config import read_settings
from feedback.worker.worker import Worker, WorkerTimings, worker_context
from tests.killing import SPAWNER
from tests.world import World

# Who is silent for two seconds is taken for dead, on a busy machine now and then by mistake.
HASTY = WorkerTimings(poll_seconds=0.1, heartbeat_seconds=0.2, stalled_seconds=2)


@dataclass(frozen=True)
class Trap:
    """A signal that a worker sends itself before its first statement that begins with `words`."""

    words: str
    signal: signal.Signals

    def set(self) -> None:
        sprung: list[str] = []

        def heard(_connection, _cursor, statement, _parameters, _context, _many) -> None:
            if statement.startswith(self.words) and not sprung:
                sprung.append(statement)
                os.kill(os.getpid(), self.signal)

        event.listen(Engine, "before_cursor_execute", heard)


@dataclass(frozen=True)
class _SharedClock:
    """Says what the test has written down for all workers."""

    path: Path

    def __call__(self) -> datetime:
        return datetime.fromisoformat(self.path.read_text())


def _work(environment: dict[str, str], clock: Path, timings: WorkerTimings, trap: Trap | None) -> None:
    logging.disable()
    app = create_app_without_pages(read_settings(environment), _SharedClock(clock))
    if trap:
        trap.set()
    with suppress(asyncio.CancelledError):
        asyncio.run(_until_told(Worker(worker_context(app), timings)))


async def _until_told(worker: Worker) -> None:
    working = asyncio.ensure_future(worker.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, working.cancel)
    await working


@dataclass
class WorkerProcesses:
    """The workers of one world."""

    world: World
    environment: dict[str, str]
    clock: Path
    members: list[ForkServerProcess] = field(default_factory=list)

    def pass_time(self, **units: float) -> None:
        """Move the clock of the test and of all workers."""
        self.world.clock.pass_time(**units)
        self.show_time()

    def show_time(self) -> None:
        written = self.clock.with_suffix(".new")
        written.write_text(self.world.clock().isoformat())
        written.rename(self.clock)

    def begin(self, trap: Trap | None = None, timings: WorkerTimings = HASTY) -> ForkServerProcess:
        """Let one more work."""
        member = SPAWNER.Process(target=_work, args=(self.environment, self.clock, timings, trap))
        member.start()
        self.members.append(member)
        return member

    def end(self) -> None:
        """Let all finish what they have begun, and see that they do."""
        for member in self.members:
            member.terminate()
        for member in self.members:
            member.join(60)
            assert member.exitcode in {0, -signal.SIGKILL}


def is_asleep(member: ForkServerProcess) -> bool:
    return psutil.Process(member.pid).status() == psutil.STATUS_STOPPED


def signal_to(member: ForkServerProcess, number: signal.Signals) -> None:
    assert member.pid is not None
    os.kill(member.pid, number)


@contextmanager
def worker_processes_of(world: World, environment: dict[str, str], folder: Path) -> Iterator[WorkerProcesses]:
    """A workers without members; none of them outlives the test."""
    workers = WorkerProcesses(world, environment, folder / "clock")
    workers.show_time()
    try:
        yield workers
    finally:
        for member in workers.members:
            member.kill()
            member.join()
