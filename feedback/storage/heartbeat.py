"""When a worker last looked for what is due, when a relay last took a mail, and what workers have noted.

A row that is written every second would leave its old versions behind, each with a time and a transaction number: a
clock by which the owner of the database could tell when each sealed response came. So PostgreSQL keeps each moment in
a sequence that is not logged (written in place, without a transaction number), SQLite in the time of a file of its own,
or in the file itself.
"""

import os
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from feedback.domain.clocks import ClockDoubt, MachineRun


class Heartbeat(StrEnum):
    """What is recorded; the value names the sequence."""

    TICK = "worker_ticks"
    MAIL = "mails_accepted"


class WorkerMark(StrEnum):
    """What workers have noted, each as one number; the value names the sequence."""

    RUN = "machine_runs"
    DOUBT = "clock_doubts"
    TOLD = "halts_told"


class Halt(StrEnum):
    """Why workers do nothing until an operator has looked."""

    CLOCK = "clock"
    RESTORED = "restored"


_FILE_ENDING = {
    Heartbeat.TICK: "tick",
    Heartbeat.MAIL: "mail",
    WorkerMark.RUN: "run",
    WorkerMark.DOUBT: "doubt",
    WorkerMark.TOLD: "told",
}
_BITS_OF_A_MOMENT = 32


def record_heartbeat(session: Session, which: Heartbeat, now: datetime) -> None:
    """Record, to the second, that it happens now. Commits."""
    seconds = int(now.timestamp())
    if _is_postgresql(session):
        session.execute(text(f"SELECT setval('{which}', :seconds)"), {"seconds": seconds})
        session.commit()
        return
    path = _file(session, which)
    path.touch(mode=0o600)
    os.utime(path, (seconds, seconds))


def last_heartbeat(session: Session, which: Heartbeat) -> datetime | None:
    """Return when it last happened, or None if it never has (on PostgreSQL: since the server's last crash)."""
    if _is_postgresql(session):
        seconds = session.scalar(text(f"SELECT last_value FROM {which} WHERE is_called"))
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    try:
        return datetime.fromtimestamp(_file(session, which).stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def record_run(session: Session, run: MachineRun) -> None:
    """Record in which run of its machine a worker works, and when that began. Commits."""
    _record_mark(session, WorkerMark.RUN, run.id << _BITS_OF_A_MOMENT | int(run.began_at.timestamp()))


def last_run(session: Session) -> MachineRun | None:
    """Return what was recorded last, or None."""
    number = _last_mark(session, WorkerMark.RUN)
    if number is None:
        return None
    began_at = number & (1 << _BITS_OF_A_MOMENT) - 1
    return MachineRun(number >> _BITS_OF_A_MOMENT, datetime.fromtimestamp(began_at, UTC))


def record_doubt(session: Session, doubt: ClockDoubt | None) -> None:
    """Record why a worker does not trust its clock, or that it does. Commits."""
    _record_mark(session, WorkerMark.DOUBT, 1 if doubt is None else 2 + [*ClockDoubt].index(doubt))


def last_doubt(session: Session) -> ClockDoubt | None:
    """Return why a worker does not trust its clock, or None."""
    number = _last_mark(session, WorkerMark.DOUBT)
    return None if number is None or number == 1 else [*ClockDoubt][number - 2]


def record_told_halt(session: Session, halt: Halt | None) -> None:
    """Record of which halt administrators were told, or of none. Commits."""
    _record_mark(session, WorkerMark.TOLD, 1 if halt is None else 2 + [*Halt].index(halt))


def told_halt(session: Session) -> Halt | None:
    """Return of which halt administrators were told, or None."""
    number = _last_mark(session, WorkerMark.TOLD)
    return None if number is None or number == 1 else [*Halt][number - 2]


def database_clock(session: Session) -> datetime | None:
    """Return what time it is in the database; None on SQLite, which has no clock of its own."""
    if not _is_postgresql(session):
        return None
    now: datetime = session.scalars(text("SELECT clock_timestamp()")).one()
    return now


def _record_mark(session: Session, which: WorkerMark, number: int) -> None:
    if _is_postgresql(session):
        session.execute(text(f"SELECT setval('{which}', :number)"), {"number": number})
        session.commit()
        return
    path = _file(session, which)
    new = path.with_name(f"{path.name}-new")
    new.touch(mode=0o600)
    new.write_text(str(number), encoding="ascii")
    new.replace(path)


def _last_mark(session: Session, which: WorkerMark) -> int | None:
    if _is_postgresql(session):
        found = session.scalar(text(f"SELECT last_value FROM {which} WHERE is_called"))
        return None if found is None else int(found)
    try:
        return int(_file(session, which).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _file(session: Session, which: Heartbeat | WorkerMark) -> Path:
    return Path(f"{session.get_bind().engine.url.database}.{_FILE_ENDING[which]}")
