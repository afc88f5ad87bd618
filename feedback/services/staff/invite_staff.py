"""Invite staff from the command line: whoever runs the service hands over the link that signs in."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.address import Address, read_address
from feedback.domain.errors import NotFound
from feedback.domain.staff import StaffRole, checked_name
from feedback.services.staff.cut_connections import shut_out
from feedback.services.staff.end_duties import end_review
from feedback.services.staff.name_people import rename_wherever_named
from feedback.services.staff.sign_in import issue_link
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation
from feedback.storage.organisations import known_organisation
from feedback.storage.staff import StaffMember, account_at

LINK_LIFETIME = timedelta(hours=24)


def invite_staff(
    session: Session, *, organisation: str, name: str, email: str, role: StaffRole, now: datetime, actor: str
) -> str:
    """Create a member of staff, or give a known one this name and role; return the token of a sign-in link.

    Links issued earlier stop working, sessions end, passkeys are removed, and no provider signs them in. Raises
    AddressRefused if `email` is none, NotFound if there is no organisation of that name, NameRefused if `name` cannot
    be shown on one line, AccessRefused if comments that only this reviewer may read would be destroyed.
    """
    name = checked_name(name)
    organisation_id = known_organisation(session, organisation)
    if organisation_id is None:
        raise NotFound("There is no organisation of that name. `feedback organisation create` makes it.")
    lock_organisation(session, organisation_id)
    member = _known_or_new(session, organisation_id, read_address(email))
    if member.id is not None and member.role != role:
        end_review(session, member.id, destroys=(), now=now)
    member.name, member.role, member.is_removed = name, role, False
    member.is_limited = bool(member.is_limited) and role is not StaffRole.ADMINISTRATOR
    session.flush()
    rename_wherever_named(session, member)
    # Whoever has used a link that was meant for somebody else is out, too; and whoever had the address before.
    shut_out(session, member.id)
    token = issue_link(session, member.id, expires_at=now + LINK_LIFETIME)
    note(session, now, actor, f"invited as {role}", f"staff {member.id}")
    session.commit()
    return token


def _known_or_new(session: Session, organisation_id: int, email: Address) -> StaffMember:
    member = account_at(session, organisation_id, email)
    if member is None:
        member = StaffMember(organisation_id=organisation_id, email=email)
        session.add(member)
    return member
