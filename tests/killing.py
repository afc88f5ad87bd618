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

from feedback.app import create_app, create_app_without_pages
from feedback.config import read_settings
from feedback.demo.mailbox import Mailbox
from feedback.domain.links import new_receipt
from feedback.domain.staff import OPERATOR
from feedback.services.comments.release_comments import release_comments
from feedback.services.mail.send_mail import send_batch
from feedback.services.programmes.finish_purge import finish_purge
from feedback.services.programmes.purge_names import purge_names
from feedback.services.waves.close_wave import close_wave
from feedback.services.waves.destroy_keys import destroy_spent_keys
from feedback.services.waves.open_wave import open_wave
from feedback.services.waves.submit_response import follow_link, read_link, submit_response
from feedback.worker.context import WorkerContext
from feedback.worker.worker import worker_context
from tests.answering import an_answer
from tests.databases import Pair, PostgresServer, SqliteServer
from tests.world import START, FixedClock, World

# After so many commits: before the first thing said to the database, or before the next commit. Statements are not
# counted, for how many of them upkeep needs depends on who else is at work.
Point = tuple[int, bool]
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
        link = follow_link(connection, read_link(subject), now=now, pepper=tools.settings.pepper)
    with tools.writing() as connection:
        submit_response(connection, link, an_answer(link.survey.questionnaire, random.Random(1)), new_receipt())


def _close(tools: WorkerContext, subject: str, now: datetime) -> None:
    close_wave(tools.session(), tools.keys, int(subject), now=now, actor="test")


def _release(tools: WorkerContext, subject: str, now: datetime) -> None:
    session = tools.session()
    release_comments(session, tools.keys, int(subject), now=now, reviewer=OPERATOR)
    destroy_spent_keys(session, tools.keys, now=now)


def _purge(tools: WorkerContext, subject: str, now: datetime) -> None:
    purge_names(tools.session(), int(subject), now=now)
    finish_purge(tools.session(), tools.keys, int(subject), now=now)


_DEEDS: dict[str, Callable[[WorkerContext, str, datetime], None]] = {
    "open": _open,
    "send": _send,
    "submit": _submit,
    "close": _close,
    "release": _release,
    "purge": _purge,
}


def _do(deed: Deed, kill_at: Point | None, trace: str) -> None:
    """Runs in the process that dies, if there is a point to die at."""
    app = create_app_without_pages(read_settings(deed.environment), FixedClock(deed.now))
    with app.app_context():
        passed = _watched(kill_at)
        _DEEDS[deed.name](worker_context(app), deed.subject, deed.now)
    Path(trace).write_text(json.dumps(sorted(passed)))


def _watched(kill_at: Point | None) -> set[Point]:
    passed: set[Point] = set()
    commits = 0

    def heard(*, is_commit: bool) -> None:
        nonlocal commits
        here = {(commits, False), (commits, is_commit)} - passed
        if kill_at in here:
            os.kill(os.getpid(), signal.SIGKILL)
        passed.update(here)
        commits += is_commit

    event.listen(Engine, "before_cursor_execute", lambda *_what: heard(is_commit=False))
    event.listen(Engine, "commit", lambda _connection: heard(is_commit=True))
    return passed


def run(deed: Deed, trace: Path, kill_at: Point | None = None) -> int:
    """Do the deed in a process of its own; its exit code, which is −9 if it was killed."""
    process = SPAWNER.Process(target=_do, args=(deed, kill_at, str(trace)))
    process.start()
    process.join()
    return process.exitcode or 0


def points(deed: Deed, trace: Path) -> list[Point]:
    """Do the deed undisturbed; where it can be killed: before its first statement, and around each commit."""
    assert run(deed, trace) == 0
    return [(commits, is_commit) for commits, is_commit in json.loads(trace.read_text())]


@contextmanager
def world_on(
    pair: Pair, environment: dict[str, str], mailbox: Mailbox, kind: str, now: datetime = START
) -> Iterator[tuple[World, dict[str, str]]]:
    """A world on a pair of databases, with the environment that reaches them."""
    reach = {**environment, "FEEDBACK_DATABASE_URL": pair.main, "FEEDBACK_KEYS_URL": pair.keys}
    clock = FixedClock(now)
    world = World(create_app(read_settings(reach), clock), clock, mailbox, kind)
    try:
        yield world.begin_to_serve(), reach
    finally:
        world.dispose()


@contextmanager
def fresh_world(
    server: SqliteServer | PostgresServer, environment: dict[str, str], mailbox: Mailbox, kind: str
) -> Iterator[tuple[World, dict[str, str]]]:
    """A world on databases of its own, with the environment that reaches them."""
    with server.pair() as pair, world_on(pair, environment, mailbox, kind) as made:
        yield made
