"""When a worker last looked for what is due, and when a relay last took a mail: moments that date no other event.

A row that is written every second would leave its old versions behind, each with a time and a transaction number: a
clock by which the owner of the database could tell when each sealed response came. So PostgreSQL keeps each moment in
a sequence that is not logged (written in place, without a transaction number), SQLite in the time of a file of its own.
"""

import os
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session


class Heartbeat(StrEnum):
    """What is recorded; the value names the sequence."""

    TICK = "worker_ticks"
    MAIL = "mails_accepted"


_FILE_ENDING = {Heartbeat.TICK: "tick", Heartbeat.MAIL: "mail"}


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


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _file(session: Session, which: Heartbeat) -> Path:
    return Path(f"{session.get_bind().engine.url.database}.{_FILE_ENDING[which]}")
