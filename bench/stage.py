"""What benchmarks stand on: databases, served processes, the processor time they take, tables of results."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import create_engine, text

from tests.browsing import free_port
from tests.databases import Pair, PostgresServer, SqliteServer
from tests.postgres import postgres_server

ROOT = Path(__file__).resolve().parents[1]
MASTER_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
PEPPER = "cGVwcGVycGVwcGVycGVwcGVycGVwcGVycGVwcGVycGU="


@contextmanager
def sqlite_server() -> Iterator[SqliteServer]:
    """Files, empty but for the tables."""
    folder = Path(tempfile.mkdtemp(prefix="feedback-bench-"))
    yield SqliteServer(folder)
    shutil.rmtree(folder)


@contextmanager
def database_servers(*, sqlite_only: bool = False) -> Iterator[dict[str, SqliteServer | PostgresServer]]:
    """Both kinds of database, or one, empty but for the tables."""
    with ExitStack() as kept:
        servers: dict[str, SqliteServer | PostgresServer] = {"SQLite": kept.enter_context(sqlite_server())}
        if not sqlite_only:
            servers["PostgreSQL"] = kept.enter_context(postgres_server())
        yield servers


def environment(pair: Pair, port: str = "8000") -> dict[str, str]:
    """The settings of a service on these databases."""
    return {
        **os.environ,
        "FEEDBACK_DATABASE_URL": pair.main,
        "FEEDBACK_KEYS_URL": pair.keys,
        "FEEDBACK_MASTER_KEY": MASTER_KEY,
        "FEEDBACK_SESSION_KEY": "s" * 32,
        "FEEDBACK_PEPPER": PEPPER,
        "FEEDBACK_BASE_URL": f"http://127.0.0.1:{port}",
        "FEEDBACK_LISTEN_PORT": port,
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def served(target: str, pair: Pair, interface: str = "asginl") -> Iterator[tuple[int, int]]:
    """Serve an application factory with one worker of granian; its port and the process's number."""
    port = free_port()
    command = [sys.executable, "-m", "granian", target, "--factory", "--interface", interface, "--port", port]
    command += ["--workers", "1", "--no-ws", "--log-level", "error"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(pair, port))
    try:
        _wait(f"http://127.0.0.1:{port}/healthz")
        yield int(port), process.pid
    finally:
        process.terminate()
        process.wait(30)


def server_of(pair: Pair) -> tuple[int, ...]:
    """The process of these databases' own server, if they have one on this machine."""
    if not pair.main.startswith("postgresql"):
        return ()
    engine = create_engine(pair.main)
    with engine.connect() as connection:
        backend = connection.scalar(text("SELECT pg_backend_pid()"))
        found = psutil.Process(backend).ppid()
    engine.dispose()
    return (found,)


def processor_seconds(processes: Sequence[int]) -> float:
    """Seconds of processor time that these processes and their children, ended ones included, have taken so far."""
    family = [one for number in processes for one in _family(psutil.Process(number))]
    total = 0.0
    for one in family:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


@dataclass(frozen=True)
class Load:
    """What a run of jobs took: jobs a second, and milliseconds of processor time each."""

    rate: float
    cpu_ms: float


def load(jobs: Sequence[Callable[[], None]], clients: int, processes: Sequence[int]) -> Load:
    """Do the jobs from so many clients at once."""
    queue = iter(jobs)
    lock = threading.Lock()

    def client() -> None:
        while True:
            with lock:
                job = next(queue, None)
            if job is None:
                return
            job()

    before, started = processor_seconds(processes), time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    return Load(len(jobs) / seconds, 1000 * (processor_seconds(processes) - before) / len(jobs))


def make_bare_table(pair: Pair) -> None:
    """Give the bare application its table."""
    engine = create_engine(pair.main)
    with engine.begin() as connection:
        serial = "INTEGER PRIMARY KEY" if engine.dialect.name == "sqlite" else "BIGSERIAL PRIMARY KEY"
        connection.exec_driver_sql(f"CREATE TABLE bare (id {serial}, body TEXT)")
    engine.dispose()


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table in Markdown."""
    sys.stdout.write(f"\n### {title}\n\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n")
    for row in rows:
        sys.stdout.write(f"| {' | '.join(_cell(cell) for cell in row)} |\n")
    sys.stdout.flush()


def _cell(value: object) -> str:
    return (
        f"{value:,.2f}"
        if isinstance(value, float) and value < 100
        else f"{value:,.0f}"
        if isinstance(value, int | float)
        else str(value)
    )


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers at {url}")
