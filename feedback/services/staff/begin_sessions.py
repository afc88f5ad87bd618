"""Begin sessions of staff: each in the transaction that uses what shows who it is, and never by what was revoked.

Whoever revokes a link, a passkey or a connection ends sessions after that: what began by it just before ends as well.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from feedback.domain.links import SECRET_BYTES, to_address
from feedback.domain.staff import Beginning
from feedback.storage.staff import StaffSession, forget_sessions

LONGEST = timedelta(hours=8)
IDLE = timedelta(hours=2)
PRECISION = timedelta(minutes=1)
"""A visit is a write no more often than that: so much later a session ends, and never earlier than its pages say."""


class NewSession(NamedTuple):
    """Whose session has begun, and what its cookie must hold."""

    staff_id: int
    secret: str


def add_session(
    session: Session, staff_id: int, beginning: Beginning, *, now: datetime, begun_at: datetime | None = None
) -> NewSession:
    """Add a session; sessions of everybody that have run out are forgotten. Commits nothing.

    One that goes on from another, which began at `begun_at`, lasts no longer than that one.
    """
    forget_sessions(session, **ends_before(now))
    secret = secrets.token_bytes(SECRET_BYTES)
    times = {"begun_at": begun_at or now, "seen_at": now}
    session.add(StaffSession(digest=session_digest(secret), staff_id=staff_id, **times, **vars(beginning)))
    return NewSession(staff_id, to_address(secret))


def ends_before(now: datetime) -> dict[str, datetime]:
    """Return by when a session that has run out had begun, or was seen last: either is enough."""
    return {"begun_before": now - LONGEST, "seen_before": now - IDLE - PRECISION}


def session_digest(secret: bytes) -> bytes:
    """Return what the database keeps of what a cookie holds."""
    return hashlib.sha256(secret).digest()
