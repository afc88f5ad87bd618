"""Sign in by a link that works once: whoever uses the link becomes the member of staff it was made for.

Only a link's digest is kept, so that a copy of the database signs nobody in.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.address import Address, read_address
from feedback.domain.errors import NameRefused, NotFound, SignInRefused
from feedback.domain.links import SECRET_BYTES, from_address, to_address
from feedback.domain.staff import StaffRole, actor_of
from feedback.storage.audit_log import note
from feedback.storage.organisations import known_organisation
from feedback.storage.staff import (
    SignIn,
    StaffMember,
    account_at,
    end_sessions,
    revoke_sign_ins,
    take_sign_in,
)

LINK_LIFETIME = timedelta(hours=24)
MOST_LETTERS = 200


@dataclass(frozen=True)
class Member:
    """A member of staff who is signed in."""

    id: int
    organisation_id: int
    name: str
    role: StaffRole
    email: Address

    @property
    def actor(self) -> str:
        """The member's name in the audit log."""
        return actor_of(self.id)


def invite_staff(
    session: Session, *, organisation: str, name: str, email: str, role: StaffRole, now: datetime, actor: str
) -> str:
    """Create a member of staff, or give a known one this name and role; return the token of a sign-in link.

    Links issued earlier stop working, and sessions end. Raises AddressRefused if `email` is none, NotFound if there
    is no organisation of that name, NameRefused if `name` cannot be shown on one line.
    """
    name = checked_name(name)
    organisation_id = known_organisation(session, organisation)
    if organisation_id is None:
        raise NotFound("There is no organisation of that name; it is created with its first programme.")
    member = _known_or_new(session, organisation_id, read_address(email))
    member.name, member.role, member.is_removed = name, role, False
    session.flush()
    revoke_sign_ins(session, member.id)
    # Whoever has used a link that was meant for somebody else is out, too.
    end_sessions(session, member.id)
    token = issue_link(session, member.id, expires_at=now + LINK_LIFETIME)
    note(session, now, actor, f"invited as {role}", f"staff {member.id}")
    session.commit()
    return token


def checked_name(name: str) -> str:
    """Return the name of a member of staff; raise NameRefused if it cannot be shown on one line."""
    if not name.strip() or not name.isprintable() or len(name) > MOST_LETTERS:
        raise NameRefused(f"The name is empty, longer than {MOST_LETTERS} characters, or cannot be shown on one line.")
    return name


def issue_link(session: Session, staff_id: int, *, expires_at: datetime) -> str:
    """Add a sign-in link for a member of staff and return its token; commits nothing."""
    token = secrets.token_bytes(SECRET_BYTES)
    session.add(SignIn(digest=_digest(token), staff_id=staff_id, expires_at=expires_at))
    return to_address(token)


def sign_in(session: Session, token: str, *, now: datetime) -> int:
    """Use up a sign-in link and return whose it was; raise SignInRefused if it is unknown, used or expired."""
    secret = from_address(token)
    taken = None if secret is None else take_sign_in(session, _digest(secret), now)
    if taken is None or not taken.is_in_time:
        note(session, now, "service", "refused a sign-in", f"staff {taken.staff_id}" if taken else "an unknown link")
        session.commit()
        raise SignInRefused("This sign-in link was used before, or it is too old. Ask for a new one.")
    # Somebody who asks twice gets two mails. Once in, the other is only good for whoever reads it later.
    revoke_sign_ins(session, taken.staff_id)
    note(session, now, actor_of(taken.staff_id), "signed in", f"staff {taken.staff_id}")
    session.commit()
    return taken.staff_id


def _known_or_new(session: Session, organisation_id: int, email: Address) -> StaffMember:
    member = account_at(session, organisation_id, email)
    if member is None:
        member = StaffMember(organisation_id=organisation_id, email=email)
        session.add(member)
    return member


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()
