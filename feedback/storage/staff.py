"""Staff: the people who plan waves, review comments and read reports, and their sign-in links."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.address import Address
from feedback.domain.staff import StaffRole
from feedback.storage.database import Base

_ROLES = ", ".join(f"'{role}'" for role in StaffRole)


class StaffMember(Base):
    """One member of staff of one organisation."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("organisation_id", "email"),
        CheckConstraint(f"role IN ({_ROLES})", name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[Address] = mapped_column(String(320))
    role: Mapped[str] = mapped_column(String(20))


class SignIn(Base):
    """A sign-in link that was issued and not used yet; only its digest is kept."""

    __tablename__ = "sign_ins"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]


def staff_by_email(session: Session, organisation_id: int, email: Address | None) -> StaffMember | None:
    """Return a member of staff by address."""
    mine = (StaffMember.organisation_id == organisation_id, StaffMember.email == email)
    return session.scalar(select(StaffMember).where(*mine))


def staff_in_role(session: Session, organisation_id: int, role: StaffRole) -> list[StaffMember]:
    """Return the organisation's members of staff in one role, by id."""
    mine = (StaffMember.organisation_id == organisation_id, StaffMember.role == role)
    return list(session.scalars(select(StaffMember).where(*mine).order_by(StaffMember.id)))


def staff_by_id(session: Session, staff_id: int) -> StaffMember | None:
    """Return a member of staff."""
    return session.get(StaffMember, staff_id)


def take_sign_in(session: Session, digest: bytes, now: datetime) -> int | None:
    """Use up a sign-in link; return whose it was, or None if it is unknown, used or expired."""
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    taken = delete(SignIn).where(SignIn.digest == digest).returning(SignIn.staff_id)
    return session.scalar(taken)


def revoke_sign_ins(session: Session, staff_id: int) -> None:
    """Delete the unused sign-in links of a member of staff."""
    session.execute(delete(SignIn).where(SignIn.staff_id == staff_id))
