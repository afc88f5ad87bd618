"""Kill the service before any statement or commit it makes, for real: SIGKILL, in a process of its own."""

import json
import multiprocessing
import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from feedback.app import create_app
from feedback.config import read_settings
from feedback.demo.mailbox import Mailbox
from feedback.services.comments.release_comments import release_comments
from feedback.services.mail.send_mail import send_batch
from feedback.services.waves.close_wave import close_wave
from feedback.services.waves.destroy_keys import destroy_spent_keys
from feedback.services.waves.open_wave import open_wave
from feedback.services.waves.submit_response import follow_link, read_link, submit_response
from feedback.worker.context import WorkerContext
from feedback.worker.worker import worker_context
from tests.answering import an_answer
from tests.databases import Pair, PostgresServer, SqliteServer
from tests.world import FixedClock, World

COMMIT = "COMMIT"
SPAWNER = multiprocessing.get_context("forkserver")
# Read once by the server, and not by each process that it makes.
SPAWNER.set_forkserver_preload(["tests.killing", "tests.workers"])


@dataclass(frozen=True)
class Deed:
    """Something to be killed in the middle of: what, on which wave or batch or link, at what time."""

    name: str
    subject: str
    environment: dict[str, str]
    now: datetime


def _open(tools: WorkerContext, subject: str, now: datetime) -> None:
    open_wave(tools.session(), tools.keys, int(subject), now=now, actor="test")


def _send(tools: WorkerContext, subject: str, now: datetime) -> None:
    send_batch(tools.session(), tools.keys, tools.relay, int(subject), sender_settings=tools.sender_settings, now=now)


def _submit(tools: WorkerContext, subject: str, now: datetime) -> None:
    with tools.reading() as connection:
        link = follow_link(connection, read_link(subject), now=now)
    with tools.writing() as connection:
        submit_response(connection, link, an_answer(link.survey.questionnaire, random.Random(1)))


def _close(tools: WorkerContext, subject: str, now: datetime) -> None:
    close_wave(tools.session(), tools.keys, int(subject), now=now, actor="test")


def _release(tools: WorkerContext, subject: str, now: datetime) -> None:
    session = tools.session()
    release_comments(session, tools.keys, int(subject), now=now, actor="test")
    destroy_spent_keys(session, tools.keys, now=now)


_DEEDS: dict[str, Callable[[WorkerContext, str, datetime], None]] = {
    "open": _open,
    "send": _send,
    "submit": _submit,
    "close": _close,
    "release": _release,
}


def _do(deed: Deed, kill_before: int, trace: str) -> None:
    """Runs in the process that dies. `kill_before` counts statements and commits from 0; -1 lets it live."""
    app = create_app(read_settings(deed.environment), FixedClock(deed.now))
    with app.app_context():
        steps = _watched(kill_before)
        _DEEDS[deed.name](worker_context(app), deed.subject, deed.now)
    Path(trace).write_text(json.dumps(steps))


def _watched(kill_before: int) -> list[str]:
    steps: list[str] = []

    def heard(step: str) -> None:
        if len(steps) == kill_before:
            os.kill(os.getpid(), signal.SIGKILL)
        steps.append(step)

    def statement(_connection, _cursor, words, _parameters, _context, _many) -> None:
        heard(words.split(None, 1)[0])

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", lambda _connection: heard(COMMIT))
    return steps


def run(deed: Deed, trace: Path, kill_before: int = -1) -> int:
    """Do the deed in a process of its own; its exit code, which is −9 if it was killed."""
    process = SPAWNER.Process(target=_do, args=(deed, kill_before, str(trace)))
    process.start()
    process.join()
    return process.exitcode or 0


def points(deed: Deed, trace: Path) -> list[int]:
    """Do the deed undisturbed; where it can be killed: before its first statement, and around each commit."""
    assert run(deed, trace) == 0
    steps = json.loads(trace.read_text())
    around = {near for place, step in enumerate(steps) if step == COMMIT for near in (place, place + 1)}
    return sorted({0, *around} & set(range(len(steps))))


@contextmanager
def fresh_world(
    server: SqliteServer | PostgresServer, environment: dict[str, str], mailbox: Mailbox, kind: str
) -> Iterator[tuple[World, dict[str, str], Pair]]:
    """A world on databases of its own, with the environment that reaches them."""
    with server.pair() as pair:
        reach = {**environment, "FEEDBACK_DATABASE_URL": pair.main, "FEEDBACK_KEYS_URL": pair.keys}
        clock = FixedClock()
        world = World(create_app(read_settings(reach), clock), clock, mailbox, kind)
        yield world, reach, pair
        world.dispose()
