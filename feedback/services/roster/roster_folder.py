"""A folder into which another system puts rosters, one file for each programme, named by its number.

Whoever may write there need not be whoever runs the service: a name that leads elsewhere is not followed, since what is
refused is quoted beside the file.
"""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from feedback.domain.errors import FeedbackError

KINDS = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".ods"})
REPORT = ".report.txt"
LARGEST = 64 * 1024 * 1024
_NAME = re.compile(r"([1-9][0-9]{0,8})(?:[ ._-].*)?")


class FileRefused(FeedbackError):
    """A file in a folder of rosters cannot be used. The message says why, and names nobody."""


class StillWritten(FeedbackError):
    """Somebody may still write to a file, so it is left for the next time."""


@dataclass(frozen=True)
class FoundRoster:
    """A file by whose name a programme is meant. `rivals` are other files of the same programme."""

    path: Path
    programme_id: int
    rivals: tuple[str, ...]

    @property
    def report(self) -> Path:
        """Where is said what became of it."""
        return self.path.with_name(self.path.name + REPORT)


def rosters_in(folder: Path) -> tuple[FoundRoster, ...]:
    """Return the rosters in a folder by programme; hidden files and those of other kinds are left alone."""
    named = sorted((number, path) for path in folder.iterdir() if (number := _programme_of(path.name)))
    return tuple(
        FoundRoster(path, number, tuple(other.name for one, other in named if one == number and other != path))
        for number, path in named
    )


def _programme_of(name: str) -> int | None:
    path = Path(name)
    found = _NAME.fullmatch(path.stem)
    is_roster = path.suffix.casefold() in KINDS and not name.endswith(REPORT)
    return int(found[1]) if found and is_roster else None


def read_settled(found: FoundRoster, *, settled: timedelta, now: float) -> bytes:
    """Return what is in a file that nobody has written to for `settled`; `now` in seconds since 1970.

    Raises StillWritten if somebody has, or does while it is read, FileRefused if it is no plain file, too large or not
    to be read.
    """
    if found.rivals:
        raise FileRefused(f"There are several files of programme {found.programme_id}: leave one of them.")
    try:
        # A name that leads elsewhere, or a pipe that nobody fills, would be followed else.
        handle = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        raise FileRefused("It is no plain file that this process may read.") from None
    with os.fdopen(handle, "rb") as file:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode) or before.st_nlink != 1:
            raise FileRefused("It is no plain file of one name.")
        if before.st_size > LARGEST:
            raise FileRefused(f"It is larger than {LARGEST // 1024 // 1024} MB.")
        if now - before.st_mtime < settled.total_seconds():
            raise StillWritten("Somebody may still write to it: it was changed a moment ago, or its time lies ahead.")
        data = file.read(LARGEST + 1)
        after = os.fstat(handle)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != before.st_size:
        raise StillWritten("Somebody wrote to it while it was read.")
    return data


def write_report(found: FoundRoster, lines: Iterator[str]) -> bool:
    """Say beside a file what became of it, to whoever may read the file; return False if that cannot be written.

    Whole or not at all. What is said already is not written again.
    """
    text = "".join(f"{line}\n" for line in lines).encode()
    partial = found.path.with_name(f".{found.report.name}.{os.getpid()}")
    try:
        if _plain_bytes(found.report) == text:
            return True
        mode = stat.S_IMODE(os.lstat(found.path).st_mode) & 0o666 | 0o600
        with suppress(FileNotFoundError):
            partial.unlink()
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            os.fchmod(handle, mode)
        partial.replace(found.report)
    except OSError:
        return False
    return True


def _plain_bytes(path: Path) -> bytes | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read(LARGEST) if stat.S_ISREG(os.fstat(handle).st_mode) else None
