"""When a worker last looked for what is due: one moment, kept where it dates nothing else.

A row that is written every second would leave its old versions behind, each with a time and a transaction number: a
clock by which the owner of the database could tell when each sealed response came. So PostgreSQL keeps the moment in
a sequence that is not logged (written in place, without a transaction number), SQLite in the time of a file of its own.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

SEQUENCE = "worker_ticks"
_BEAT = text(f"SELECT setval('{SEQUENCE}', :seconds)")
_LAST = text(f"SELECT last_value FROM {SEQUENCE} WHERE is_called")


def beat(session: Session, now: datetime) -> None:
    """Note that a worker looks for what is due, to the second. Commits."""
    seconds = int(now.timestamp())
    if _is_postgresql(session):
        session.execute(_BEAT, {"seconds": seconds})
        session.commit()
        return
    path = _file(session)
    path.touch(mode=0o600)
    os.utime(path, (seconds, seconds))


def last_beat(session: Session) -> datetime | None:
    """Return when a worker last looked, or None if none has (on PostgreSQL: since the server's last crash)."""
    if _is_postgresql(session):
        seconds = session.scalar(_LAST)
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    try:
        return datetime.fromtimestamp(_file(session).stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _file(session: Session) -> Path:
    return Path(f"{session.get_bind().engine.url.database}.tick")
