"""Copies of a database as files, by its own means: pg_dump, or SQLite's backup; each is checked before it counts.

A copy is written under another name first: what stands there under its own is whole.
"""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.engine import URL

from feedback.domain.errors import BackupFailed

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


def _dump(url: URL, target: Path) -> None:
    _run(url, "pg_dump", "--format=custom", f"--file={target}")
    # Its list of contents stands at the end of what was written.
    _run(url, "pg_restore", "--list", str(target))


def _run(url: URL, program: str, *options: str) -> None:
    """Run one of PostgreSQL's programs; the password is in its environment, not among its words."""
    plain = make_url(url).set(drivername="postgresql", password=None)
    words = [program, *options]
    if program != "pg_restore":
        words.append(f"--dbname={plain.render_as_string(hide_password=False)}")
    environ = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
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
