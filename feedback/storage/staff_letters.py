"""Mails to staff that have not gone out, about waves and requests for support. Whose row is gone has been told."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.waves.staff_mails import StaffMail
from feedback.storage.claims import claim
from feedback.storage.database import Base

_KINDS = ", ".join(f"'{kind}'" for kind in StaffMail)


class StaffLetter(Base):
    """One mail, tried from `tell_at` on: to the account `staff_id`, or while that is None to all whom it will concern.

    It is about a wave, or about some programme's requests for support. `told_count` is of how many people who are not
    reached staff were told already; `drop_at` is when a letter to one account is given up.
    """

    __tablename__ = "staff_letters"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint("(wave_id IS NULL) <> (programme_id IS NULL)", name="subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("waves.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    tell_at: Mapped[datetime]
    drop_at: Mapped[datetime | None]
    told_count: Mapped[int] = mapped_column(default=0)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))


def tell_staff_at(session: Session, wave_id: int, kind: StaffMail, at: datetime) -> None:
    """Have those whom it will concern told at a moment, in place of one that was named before."""
    drop_letters(session, wave_id, [kind])
    session.add(StaffLetter(wave_id=wave_id, kind=kind, tell_at=at))


def tell_contact_at(session: Session, programme_id: int, at: datetime) -> None:
    """Have a programme's contact told at a moment that somebody asks for support, in place of what waits already."""
    drop_contact_letters(session, programme_id)
    session.add(StaffLetter(programme_id=programme_id, kind=StaffMail.SUPPORT, tell_at=at))


def drop_contact_letters(session: Session, programme_id: int) -> None:
    """Forget what a programme's contact was to be told of requests for support."""
    session.execute(delete(StaffLetter).where(StaffLetter.programme_id == programme_id))


def address_letters(session: Session, letter: StaffLetter, staff_ids: Iterable[int], *, drop_at: datetime) -> None:
    """Make of a mail that is due one letter to each of these accounts."""
    for staff_id in staff_ids:
        about = {"wave_id": letter.wave_id, "programme_id": letter.programme_id, "kind": letter.kind}
        session.add(StaffLetter(staff_id=staff_id, tell_at=letter.tell_at, drop_at=drop_at, **about))


def letter_by_id(session: Session, letter_id: int) -> StaffLetter | None:
    """Return a letter as it is now, if it has not gone out."""
    return session.get(StaffLetter, letter_id, populate_existing=True)


def unaddressed_letters(session: Session, now: datetime) -> list[tuple[int, int | None, int | None]]:
    """Return (id, wave, programme) of each mail that is due and of which nobody has said yet to whom it goes."""
    columns = select(StaffLetter.id, StaffLetter.wave_id, StaffLetter.programme_id).where(StaffLetter.tell_at <= now)
    query = columns.where(StaffLetter.staff_id.is_(None)).order_by(StaffLetter.tell_at, StaffLetter.id)
    return [(letter_id, wave_id, programme_id) for letter_id, wave_id, programme_id in session.execute(query)]


def next_letters(session: Session, now: datetime, most: int) -> list[StaffLetter]:
    """Return the letters to one account each that are to be tried now, those that have waited longest first."""
    due = select(StaffLetter).where(StaffLetter.tell_at <= now, StaffLetter.staff_id.is_not(None))
    return list(session.scalars(due.order_by(StaffLetter.tell_at, StaffLetter.id).limit(most)))


def any_staff_letter(session: Session, now: datetime) -> bool:
    """Tell whether any mail is due."""
    return session.scalar(select(StaffLetter.id).where(StaffLetter.tell_at <= now).limit(1)) is not None


def claim_letter(session: Session, letter_id: int, *, now: datetime, until: datetime) -> StaffLetter | None:
    """Put a letter off before it is tried, and return it as it is; None if it is not to be sent any more."""
    is_claimed = claim(session, StaffLetter.tell_at, StaffLetter.id == letter_id, now=now, until=until)
    return letter_by_id(session, letter_id) if is_claimed else None


def drop_letter(session: Session, letter_id: int) -> None:
    """Forget a letter that has gone out, or that says what is no longer so."""
    session.execute(delete(StaffLetter).where(StaffLetter.id == letter_id))


def drop_letters(session: Session, wave_id: int, kinds: Iterable[StaffMail]) -> None:
    """Forget what was to be told of a wave and is done with."""
    for kind in kinds:
        session.execute(delete(StaffLetter).where(StaffLetter.wave_id == wave_id, StaffLetter.kind == kind))
