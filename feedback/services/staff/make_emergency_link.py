"""Make a link by which one administrator gets in while their organisation's provider is away."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.errors import AccessRefused, NotFound
from feedback.domain.staff import StaffRole
from feedback.services.staff.manage_access import number_of_account
from feedback.services.staff.sign_in import issue_link
from feedback.storage.audit_log import note
from feedback.storage.staff import staff_by_id

LIFETIME = timedelta(minutes=15)


def make_emergency_link(session: Session, *, organisation: str, email: str, now: datetime, actor: str) -> str:
    """Return the token of a link that signs one administrator in, once, without any provider.

    Raises NotFound if nobody with this address has access, AccessRefused for whoever is no administrator.
    """
    number = number_of_account(session, organisation, email)
    member = staff_by_id(session, number)
    if member is None or member.is_removed:
        raise NotFound("Nobody with this address has access. `feedback staff list` says who has.")
    if member.role != StaffRole.ADMINISTRATOR:
        raise AccessRefused(
            "Only an administrator gets a link for an emergency. `feedback staff list` says who is one."
        )
    token = issue_link(session, number, expires_at=now + LIFETIME, is_emergency=True)
    note(session, now, actor, "made an emergency link", f"staff {number}")
    session.commit()
    return token
