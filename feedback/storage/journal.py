"""The journal's file: written whole and at once, so that a crash leaves the old one or the new one."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from feedback.domain.epochs import JournalRead, JournalState, Steps
from feedback.domain.journal import read_journal, write_journal

_Seen = tuple[int, int, int]


def folder_of(engine: Engine) -> Path | None:
    """Return where a database's files lie, if that is on this machine and can be told."""
    if engine.dialect.name != "postgresql":
        return Path(str(engine.url.database)).parent
    try:
        with engine.connect() as connection:
            folder = Path(str(connection.scalar(text("SHOW data_directory"))))
    except DBAPIError:
        # Only the server's superuser is told.
        return None
    return folder if folder.is_dir() else None


class Journal:
    """A journal at a path; what was read of it is remembered as long as the file is the same."""

    def __init__(self, path: Path) -> None:
        """Nothing is read or written yet."""
        self._path = path
        self._known: tuple[tuple[_Seen, bytes | None], JournalRead] | None = None

    def read(self, public_key: bytes | None) -> JournalRead:
        """Return what it says, if the holder of the key has signed it."""
        try:
            found = self._path.stat()
            which = (found.st_mtime_ns, found.st_size, found.st_ino), public_key
            if self._known is None or self._known[0] != which:
                self._known = which, read_journal(self._path.read_bytes(), public_key)
        except FileNotFoundError:
            return JournalRead(JournalState.MISSING)
        except OSError:
            return JournalRead(JournalState.UNREADABLE)
        return self._known[1]

    def write(self, steps: Steps, key: Ed25519PrivateKey) -> None:
        """Put these steps in place of what it says; may raise OSError, and then says what it said."""
        new = self._path.with_name(f"{self._path.name}.new")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(write_journal(steps, key))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
