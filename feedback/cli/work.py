"""`feedback work`: what opens, sends, reminds and closes, in one process or several, on one machine or several."""

import logging
import os
import subprocess
import sys
import threading

import click
from flask.cli import with_appcontext

from feedback.cli.application import served_app, this_app
from feedback.cli.serving import Ending, Only, WebThread
from feedback.domain.errors import SettingsRefused
from feedback.resources import migrations_folder
from feedback.runtime import runtime
from feedback.services.installation.check_databases import check_databases
from feedback.services.installation.check_master_key import check_master_key
from feedback.worker.worker import Worker, WorkerThread, worker_context

log = logging.getLogger(__name__)

# Longer than a batch of a hundred mails or a close takes; a service manager should wait a little longer still.
SECONDS_TO_FINISH = 50


@click.command("work")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="How many on this machine.")
@click.option("--accept-clock", is_flag=True, help="Say that this machine's clock is right, if the worker doubts it.")
@click.option("--with-parent", is_flag=True, hidden=True)
@with_appcontext
def work(processes: int, *, accept_clock: bool, with_parent: bool) -> None:
    """Open, send, remind and close what is due, until Ctrl-C; what has begun is finished first.

    On PostgreSQL any number of machines may work at once. If one of the processes dies, all end with an error, so that
    whoever watches over them (systemd, compose) starts them anew.

    \b
    Example:  feedback work --processes 2
    """
    tools = runtime()
    check_databases(tools.engines, migrations_folder())
    check_master_key(tools.keys)
    is_shared = tools.settings.postgresql_url is not None
    if processes > 1 and not is_shared:
        raise SettingsRefused(
            "FEEDBACK_DATABASE_URL names no PostgreSQL database: on SQLite one process works, on one machine."
        )
    if tools.settings.pepper is not None and not tools.settings.embedded:
        raise SettingsRefused("FEEDBACK_PEPPER is set, but only the participants' process may hold it; remove it.")
    ending = Ending()
    working = (
        ProcessGroup(processes, ending, accepts_clock=accept_clock)
        if processes > 1
        else WorkerThread(Worker(worker_context(this_app()), accepts_clock=accept_clock), ending.fail)
    )
    tools.engines.dispose()
    watch = None if with_parent else _watch()
    working.start()
    if with_parent:
        threading.Thread(target=_end_with_parent, args=(ending,), daemon=True).start()
    else:
        log.info("working%s; Ctrl-C ends it", "" if is_shared else ", on SQLite: on this machine only")
    ending.wait()
    working.stop(SECONDS_TO_FINISH)
    if watch is not None:
        watch.stop()
    sys.exit(int(ending.is_failure))


def _watch() -> WebThread | None:
    """Answer whoever watches the worker, on this machine only, if FEEDBACK_METRICS_PORT is set."""
    port = runtime().settings.watching.port
    if port is None:
        return None
    only = Only(served_app(), "/healthz", "/readyz", "/metrics")
    watch = WebThread(only, "127.0.0.1", port, "FEEDBACK_METRICS_PORT")
    watch.start()
    return watch


class ProcessGroup:
    """Several workers, each in a process of its own."""

    def __init__(self, processes: int, ending: Ending, *, accepts_clock: bool) -> None:
        """Nothing runs before `start`."""
        self._processes, self._ending, self._accepts_clock = processes, ending, accepts_clock
        self._members: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Begin to work."""
        command = [sys.executable, "-m", "feedback", "work", "--with-parent"]
        command += ["--accept-clock"] if self._accepts_clock else []
        for _one in range(self._processes):
            # The pipe says nothing; it ends when this process does, however that happens.
            member = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603  # a fixed command
            self._members.append(member)
            threading.Thread(target=self._watch, args=(member,), daemon=True).start()

    def stop(self, seconds: float) -> None:
        """Let every process finish what it has begun."""
        for member in self._members:
            member.terminate()
        for member in self._members:
            try:
                member.wait(seconds + 5)
            except subprocess.TimeoutExpired:
                member.kill()

    def _watch(self, member: subprocess.Popen[bytes]) -> None:
        member.wait()
        if not self._ending.is_asked:
            self._ending.fail()


def _end_with_parent(ending: Ending) -> None:
    # Past Python's own buffer, whose lock this thread would still hold when the process ends.
    while os.read(sys.stdin.fileno(), 1):
        pass
    ending.ask()
