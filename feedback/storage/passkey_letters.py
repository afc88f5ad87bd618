"""Who is still to be told by mail what was done with their passkeys, or that a provider signs them in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.claims import claim
from feedback.storage.database import Base


class PasskeyNews(StrEnum):
    """What was done: by an administrator with all of them, or with this account; its value names the mail."""

    ALL_REMOVED = "passkeys-removed"
    MADE = "passkey-made"
    REMOVED = "passkey-removed"
    CONNECTED = "account-connected"


class PasskeyLetter(Base):
    """A mail to a member of staff that has not gone out, tried from `tell_at` on. Holds no link that signs in.

    `removed_by` is the administrator who removed them all.
    """

    __tablename__ = "passkey_letters"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    tell_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)


def tell_of_passkeys_at(
    session: Session, staff_id: int, news: PasskeyNews, at: datetime, removed_by: int | None = None
) -> None:
    """Have somebody told at a moment, in place of the same that waits already."""
    session.execute(delete(PasskeyLetter).where(*_of(staff_id, news)))
    session.add(PasskeyLetter(staff_id=staff_id, kind=news, removed_by=removed_by, tell_at=at))


def next_passkey_letters(session: Session, now: datetime) -> list[tuple[int, PasskeyNews]]:
    """Return (account, news) of each mail that is to be tried now."""
    waiting = select(PasskeyLetter.staff_id, PasskeyLetter.kind).where(PasskeyLetter.tell_at <= now)
    found = session.execute(waiting.order_by(PasskeyLetter.staff_id, PasskeyLetter.kind))
    return [(staff_id, PasskeyNews(kind)) for staff_id, kind in found]


def any_passkey_letter(session: Session, now: datetime) -> bool:
    """Tell whether any mail is to be tried now."""
    return session.scalar(select(PasskeyLetter.staff_id).where(PasskeyLetter.tell_at <= now).limit(1)) is not None


def claim_passkey_letter(
    session: Session, staff_id: int, news: PasskeyNews, *, now: datetime, until: datetime
) -> PasskeyLetter | None:
    """Put a mail off before it is tried, and return it as it is; None if it is not to be sent any more."""
    if not claim(session, PasskeyLetter.tell_at, *_of(staff_id, news), now=now, until=until):
        return None
    return session.get_one(PasskeyLetter, (staff_id, news), populate_existing=True)


def drop_passkey_letter(session: Session, staff_id: int, news: PasskeyNews, until: datetime) -> None:
    """Forget a mail that has gone out; the same that was done once more since it was claimed is still to be told."""
    session.execute(delete(PasskeyLetter).where(*_of(staff_id, news), PasskeyLetter.tell_at == until))


def drop_passkey_letters(session: Session, staff_id: int) -> None:
    """Forget all mails to somebody who has lost access."""
    session.execute(delete(PasskeyLetter).where(PasskeyLetter.staff_id == staff_id))


def _of(staff_id: int, news: PasskeyNews) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return PasskeyLetter.staff_id == staff_id, PasskeyLetter.kind == news
