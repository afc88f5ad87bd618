"""Keep staff signed in: a session is a row, so it ends when it is ended, whoever has a copy of its cookie.

The cookie holds 32 random bytes and the row their digest, so that a copy of the database signs nobody in.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.links import from_address
from feedback.domain.staff import BY_PROVIDER, Beginning, BegunBy, StaffRole
from feedback.services.staff.begin_sessions import IDLE, LONGEST, PRECISION, session_digest
from feedback.services.staff.sign_in import Member
from feedback.storage.audit_log import note
from feedback.storage.database import reading
from feedback.storage.staff import (
    KnownSession,
    StaffSession,
    end_sessions,
    note_seen,
    programmes_allowed,
    session_by_digest,
    sessions_of,
)

_BY_OTHERS = {BegunBy.PROVIDER, BegunBy.EMERGENCY}


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, by which session, and how and when that began."""

    member: Member
    digest: bytes
    beginning: Beginning
    begun_at: datetime


@dataclass(frozen=True)
class HalfSignedIn:
    """Who has begun to sign in where more is demanded, by which session. Opens no page but the one on what is lacking.

    If it `lacks_provider` that is their organisation's provider, else a passkey.
    """

    member: Member
    digest: bytes
    beginning: Beginning
    begun_at: datetime
    lacks_provider: bool = False


@dataclass(frozen=True)
class OpenSession:
    """One browser in which somebody is signed in. `name` tells it from others and opens nothing."""

    name: str
    begun_at: datetime
    seen_at: datetime
    is_this_one: bool


# The one place where a session becomes somebody who may see pages: what lacks what is demanded never does.
def find_session(session: Session, secret: str, *, now: datetime) -> SignedIn | HalfSignedIn | None:
    """Return who is signed in by what a cookie holds; None if that is no session, or one that has run out."""
    data = from_address(secret)
    if data is None:
        return None
    digest = session_digest(data)
    with reading(session):
        found = session_by_digest(session, digest)
        sees = programmes_allowed(session, found.staff_id) if found and found.is_limited else None
    if found is None or not _lasts(found, now):
        return None
    if now - found.seen_at >= PRECISION:
        note_seen(session, digest, now)
        session.commit()
    role = StaffRole(found.role)
    member = Member(found.staff_id, found.organisation_id, found.name, role, found.email, sees)
    beginning = Beginning(BegunBy(found.begun_by), bool(found.is_owners), bool(found.has_passkey))
    lacks_provider = found.demands_provider and role in BY_PROVIDER and beginning.begun_by not in _BY_OTHERS
    if lacks_provider or (found.demands_passkeys and not found.has_passkey):
        return HalfSignedIn(member, digest, beginning, found.begun_at, lacks_provider)
    return SignedIn(member, digest, beginning, found.begun_at)


def is_still_in(session: Session, who: SignedIn | HalfSignedIn) -> bool:
    """Tell whether a session was not ended meanwhile, and is still of the same role.

    Whoever cuts somebody off holds the organisation's lock: ask under it before anything is made that outlives it.
    """
    found = session_by_digest(session, who.digest)
    return found is not None and found.role == who.member.role


def show_sessions(session: Session, signed_in: SignedIn, *, now: datetime) -> list[OpenSession]:
    """Return the sessions of whoever is signed in, the one used last first."""
    with reading(session):
        return [
            OpenSession(one.digest.hex(), one.begun_at, one.seen_at, one.digest == signed_in.digest)
            for one in sessions_of(session, signed_in.member.id)
            if _lasts(one, now)
        ]


def end_session(session: Session, member: Member, digest: bytes, *, now: datetime) -> None:
    """End one session of a member of staff; what is ended already, or somebody else's, stays as it is."""
    if end_sessions(session, member.id, digest):
        note(session, now, member.actor, "signed out", f"staff {member.id}")
    session.commit()


def end_all_sessions(session: Session, member: Member, *, now: datetime) -> None:
    """End every session of a member of staff."""
    if end_sessions(session, member.id):
        note(session, now, member.actor, "signed out everywhere", f"staff {member.id}")
    session.commit()


def _lasts(one: StaffSession | KnownSession, now: datetime) -> bool:
    return now - one.begun_at < LONGEST and now - one.seen_at < IDLE + PRECISION
