"""Copies of a database as files, by its own means: pg_dump, or SQLite's backup; each is checked before it counts.

A copy is written under another name first: what stands there under its own is whole.
"""

import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ProgrammingError

from feedback.domain.errors import BackupFailed
from feedback.storage.database import guard_engine

_SECONDS = 6 * 3600


def ending_of(engine: Engine) -> str:
    """Return how the names of this database's copies end."""
    return ".dump" if engine.dialect.name == "postgresql" else ".sqlite"


def copy_database(engine: Engine, file: Path) -> None:
    """Write a copy of a whole database to `file`, readable by its owner only; raise BackupFailed, leaving nothing."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if engine.dialect.name == "postgresql":
            _dump(engine.url, unfinished)
        else:
            _copy_file(Path(str(engine.url.database)), unfinished)
        unfinished.replace(file)
    except OSError as error:
        raise BackupFailed(f"{file} cannot be written: {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def restored(engine: Engine, copy: Path) -> Iterator[Engine]:
    """Restore a copy of this database into one beside it that is thrown away at the end; raise BackupFailed."""
    with _on_the_server(engine.url, copy) if engine.dialect.name == "postgresql" else _in_a_folder(copy) as url:
        found = create_engine(url, hide_parameters=True)
        guard_engine(found)
        try:
            yield found
        finally:
            found.dispose()


@contextmanager
def _on_the_server(url: URL, copy: Path) -> Iterator[URL]:
    name = f"feedback_drill_{secrets.token_hex(6)}"
    server = create_engine(url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        with server.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        try:
            _run(url.set(database=name), "pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", str(copy))
            yield url.set(database=name)
        finally:
            with server.connect() as connection:
                connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    except ProgrammingError:
        raise BackupFailed(
            "This role may not make a database to try the copy in: `ALTER ROLE … CREATEDB` lets it."
        ) from None
    finally:
        server.dispose()


@contextmanager
def _in_a_folder(copy: Path) -> Iterator[URL]:
    with TemporaryDirectory(prefix="drill-", dir=copy.parent) as folder:
        shutil.copyfile(copy, Path(folder) / copy.name)
        yield make_url(f"sqlite:///{folder}/{copy.name}")


def _copy_file(source: Path, target: Path) -> None:
    try:
        address = f"{source.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
            found = new.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise BackupFailed(f"{source.name} cannot be copied: {error}.") from None
    if found != ("ok",):
        raise BackupFailed(
            f"The copy of {source.name} is not whole: the database itself is damaged. Keep older copies."
        )


# Without rights: the owner may not give back those on PostgreSQL's own functions, and `db grants` gives the rest anew.
def _dump(url: URL, target: Path) -> None:
    _run(url, "pg_dump", "--format=custom", "--no-privileges", f"--file={target}")
    # Its list of contents stands at the end of what was written.
    _run(None, "pg_restore", "--list", str(target))


def _run(url: URL | None, program: str, *options: str) -> None:
    """Run one of PostgreSQL's programs, on a database or on none; the password is in its environment, not a word."""
    words, environ = [program, *options], dict(os.environ)
    if url is not None:
        plain = make_url(url).set(drivername="postgresql", password=None)
        words.append(f"--dbname={plain.render_as_string(hide_password=False)}")
    if url is not None and url.password:
        environ["PGPASSWORD"] = str(url.password)
    try:
        done = subprocess.run(  # noqa: S603  # fixed words, and an address of our own settings
            words, env=environ, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except FileNotFoundError:
        raise BackupFailed(
            f"{program} is not installed here: install PostgreSQL's client of the server's version."
        ) from None
    except subprocess.TimeoutExpired:
        raise BackupFailed(f"{program} did not end within six hours.") from None
    if done.returncode:
        raise BackupFailed(f"{program} failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else '?'}")
