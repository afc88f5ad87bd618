"""Sign in by a link that works once: whoever uses the link becomes the member of staff it was made for.

Only a link's digest is kept, so that a copy of the database signs nobody in.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.address import Address
from feedback.domain.errors import SignInRefused
from feedback.domain.links import SECRET_BYTES, from_address, to_address
from feedback.domain.log_chain import SERVICE
from feedback.domain.staff import BY_EMERGENCY, BY_LINK, PLANNERS, StaffRole, actor_of
from feedback.services.staff.begin_sessions import NewSession, add_session
from feedback.storage.audit_log import note
from feedback.storage.staff import SignIn, TakenSignIn, revoke_sign_ins, staff_by_id, take_sign_in


@dataclass(frozen=True)
class Member:
    """A member of staff who is signed in. `programmes` are the ids of those they may see, None for all."""

    id: int
    organisation_id: int
    name: str
    role: StaffRole
    email: Address
    programmes: frozenset[int] | None = None

    @property
    def actor(self) -> str:
        """The member's name in the audit log."""
        return actor_of(self.id)

    @property
    def is_planner(self) -> bool:
        """Whether they plan surveys, and see rosters."""
        return self.role in PLANNERS

    def may_see(self, programme_id: int) -> bool:
        """Tell whether a programme of their organisation is theirs to see."""
        return self.programmes is None or programme_id in self.programmes


def issue_link(session: Session, staff_id: int, *, expires_at: datetime, is_emergency: bool = False) -> str:
    """Add a sign-in link for a member of staff and return its token; commits nothing."""
    token = secrets.token_bytes(SECRET_BYTES)
    row = SignIn(digest=_digest(token), staff_id=staff_id, expires_at=expires_at, is_emergency=is_emergency)
    session.add(row)
    return to_address(token)


def sign_in(session: Session, token: str, *, now: datetime, begun_at: datetime) -> NewSession:
    """Use up a sign-in link and begin the session of whoever it was for; `begun_at` is the clock of sessions.

    Raises SignInRefused if it is unknown, used or expired, or one for an emergency of who is no administrator any more.
    """
    secret = from_address(token)
    taken = None if secret is None else take_sign_in(session, _digest(secret), now)
    if taken is None or not taken.is_in_time or not _may_use(session, taken):
        note(session, now, SERVICE, "refused a sign-in", f"staff {taken.staff_id}" if taken else "an unknown link")
        session.commit()
        raise SignInRefused("This sign-in link was used before, or it is too old. Ask for a new one.")
    # Somebody who asks twice gets two mails. Once in, the other is only good for whoever reads it later.
    revoke_sign_ins(session, taken.staff_id)
    act = "signed in by an emergency link" if taken.is_emergency else "signed in"
    note(session, now, actor_of(taken.staff_id), act, f"staff {taken.staff_id}")
    begun = add_session(session, taken.staff_id, BY_EMERGENCY if taken.is_emergency else BY_LINK, now=begun_at)
    session.commit()
    return begun


def _may_use(session: Session, taken: TakenSignIn) -> bool:
    if not taken.is_emergency:
        return True
    member = staff_by_id(session, taken.staff_id)
    return member is not None and not member.is_removed and member.role == StaffRole.ADMINISTRATOR


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()
