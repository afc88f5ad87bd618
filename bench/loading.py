"""What commands and processes load, beside an interpreter that imports the five libraries and nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from bench.stage import database_servers, environment, table
from bench.submit import submission
from bench.world import world_on
from tests.browsing import free_port
from tests.databases import Pair
from tests.loaded import Spy
from tests.processes import ROOT, running, wait_until_served

LIBRARIES = "import flask, sqlalchemy.orm, wtforms, flask_babel, flask_mail"
REFERENCE = "Flask, SQLAlchemy with its ORM, WTForms, Babel, Mail"
COMMANDS = {
    "Python alone": ["-c", "pass"],
    REFERENCE: ["-c", LIBRARIES],
    "the same without the ORM": ["-c", LIBRARIES.replace(".orm", "")],
    "`feedback --help`": ["-m", "feedback", "--help"],
    "`feedback wave status 1`": ["-m", "feedback", "wave", "status", "1"],
}
SECRETS = {"FEEDBACK_KEYS_URL", "FEEDBACK_MASTER_KEY", "FEEDBACK_SESSION_KEY"}
MEGABYTE = 2**20


@dataclass(frozen=True)
class Run:
    """One run of a command: seconds of processor time, and modules at its end."""

    cpu: float
    modules: int


def commands(pair: Pair, times: int, spy: Spy) -> list[list[object]]:
    """Return a row for each command: the least of `times` runs, since other work on the machine only adds."""
    runs = [{name: _run(words, _settings(pair), spy) for name, words in COMMANDS.items()} for _turn in range(times)]
    least = {name: min((one[name] for one in runs), key=lambda run: run.cpu) for name in COMMANDS}
    return [[name, run.modules, run.cpu, run.cpu / least[REFERENCE].cpu] for name, run in least.items()]


def _run(words: list[str], settings: dict[str, str], spy: Spy) -> Run:
    command = [sys.executable, *words]
    process = subprocess.Popen(command, cwd=ROOT, env=spy.environment(settings), stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{words} ended with {process.returncode}")
    return Run(usage.ru_utime + usage.ru_stime, len(spy.last_words(process.pid)))


def _settings(pair: Pair, port: str = "8000") -> dict[str, str]:
    return {name: value for name, value in environment(pair, port).items() if name.startswith("FEEDBACK_")}


def processes(pair: Pair, kind: str, links: list[str], spy: Spy) -> Iterator[list[object]]:
    """Yield a row for each kind of process that serves participants, after a submission each."""
    for serves, link in zip(("participants", "all"), links, strict=True):
        port = free_port()
        settings = {**_settings(pair, port), "FEEDBACK_SERVES": serves}
        if serves == "participants":
            settings = {name: value for name, value in settings.items() if name not in SECRETS}
        with running(spy.environment(settings), "serve", "--workers", "1", log=spy.folder / "log") as server:
            wait_until_served(f"http://127.0.0.1:{port}/readyz")
            submission(int(port), link, 1)()
            (worker,) = psutil.Process(server.pid).children()
            yield [kind, serves, len(spy.modules(worker.pid)), worker.memory_info().rss / MEGABYTE]


def main(small: bool) -> None:
    """Print both tables."""
    ran: list[list[object]] = []
    served: list[list[object]] = []
    with TemporaryDirectory() as folder, database_servers(sqlite_only=small) as servers:
        spy = Spy(Path(folder))
        for kind, server in servers.items():
            with server.pair() as pair:
                with world_on(pair, kind) as world:
                    links = world.links(world.open_wave(mentors=10, mentees=10))[:2]
                served += processes(pair, kind, links, spy)
                ran = ran or commands(pair, 1 if small else 15, spy)
    heads = ["", "modules", "CPU s", "÷ the libraries"]
    table("Commands, on SQLite (aim: at most 1.3 times importing the libraries)", heads, ran)
    heads = ["database", "serves", "modules", "MB"]
    table("A web process after one submission (aim for participants: at most 750 modules, 95 MB)", heads, served)


if __name__ == "__main__":
    main("--small" in sys.argv)
