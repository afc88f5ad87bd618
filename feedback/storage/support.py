"""Requests for support: sealed to their programme's own key, apart from everything about surveys and answers.

Knows no wave, no link and no participant. Holds no time of its own: the contact is told at rounded times.
"""

import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, LargeBinary, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.sealing import PublicKey, SealedRequest
from feedback.storage.bulk import among
from feedback.storage.database import Base

_ID_BYTES = 16


class SupportDesk(Base):
    """Where a programme's participants ask for support: the handle in its address, its public key, the days kept."""

    __tablename__ = "support_desks"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True, autoincrement=False)
    handle: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    key_id: Mapped[bytes] = mapped_column(LargeBinary(8))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    days: Mapped[int]

    @property
    def key(self) -> PublicKey:
        """The public key that requests are sealed to."""
        return PublicKey(self.key_id, self.public_key)


class SupportRequest(Base):
    """One request. `tell_at`: when the contact is mailed that there is one, or that it still waits; None once done."""

    __tablename__ = "support_requests"
    __table_args__ = {"sqlite_with_rowid": False}

    id: Mapped[bytes] = mapped_column(LargeBinary(_ID_BYTES), primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    sealed: Mapped[bytes]
    expires_on: Mapped[date]
    tell_at: Mapped[datetime | None]
    is_done: Mapped[bool]


def desk_of(session: Session, programme_id: int) -> SupportDesk | None:
    """Return a programme's desk; a programme older than desks gets one at its next opening."""
    return session.get(SupportDesk, programme_id)


def desk_behind(session: Session, handle: bytes) -> SupportDesk | None:
    """Return the desk that an address leads to."""
    return session.scalar(select(SupportDesk).where(SupportDesk.handle == handle))


def add_request(
    session: Session, programme_id: int, sealed: SealedRequest, *, expires_on: date, tell_at: datetime
) -> None:
    """Store a request under a random id. Reads nothing back: the participants' process may not."""
    values = {"programme_id": programme_id, "sealed": sealed, "expires_on": expires_on, "tell_at": tell_at}
    session.execute(insert(SupportRequest).values(id=secrets.token_bytes(_ID_BYTES), is_done=False, **values))


def requests_of(session: Session, programme_id: int) -> list[SupportRequest]:
    """Return a programme's requests, those not done first, then by the day on which they are destroyed."""
    order = (SupportRequest.is_done, SupportRequest.expires_on, SupportRequest.id)
    return list(
        session.scalars(select(SupportRequest).where(SupportRequest.programme_id == programme_id).order_by(*order))
    )


def request_waits(session: Session, programme_id: int) -> bool:
    """Tell whether a programme has a request that is not done."""
    waits = (SupportRequest.programme_id == programme_id, SupportRequest.is_done.is_(False))
    return session.scalar(select(SupportRequest.id).where(*waits).limit(1)) is not None


def mark_done(session: Session, programme_id: int, request_id: bytes) -> bool:
    """Mark a request of a programme as done; False if there is no such request."""
    mine = (SupportRequest.id == request_id, SupportRequest.programme_id == programme_id)
    result = session.execute(update(SupportRequest).where(*mine).values(is_done=True))
    return bool(getattr(result, "rowcount", 0) == 1)


def programmes_to_tell(session: Session, now: datetime) -> list[int]:
    """Return the programmes whose contact is to be told of requests by now."""
    waits = (SupportRequest.tell_at <= now, SupportRequest.is_done.is_(False))
    return sorted(session.scalars(select(SupportRequest.programme_id).where(*waits).distinct()))


def untold_requests(session: Session, programme_id: int, now: datetime) -> dict[bytes, date]:
    """Return the requests of which the contact is to be told by now, by id, with the day on which each was made."""
    waits = (SupportRequest.tell_at <= now, SupportRequest.is_done.is_(False))
    query = select(SupportRequest.id, SupportRequest.expires_on, SupportDesk.days).order_by(SupportRequest.id)
    found = query.join(SupportDesk, SupportDesk.programme_id == SupportRequest.programme_id)
    mine = found.where(SupportRequest.programme_id == programme_id, *waits)
    return {key: until - timedelta(days=days) for key, until, days in session.execute(mine)}


def tell_again(session: Session, ids: list[bytes], at: datetime | None) -> None:
    """Record when the contact is to be told of these requests, or with None that it is done."""
    for mine in among(session, SupportRequest.id, ids):
        session.execute(update(SupportRequest).where(mine).values(tell_at=at))


def expired_requests(session: Session, today: date) -> bool:
    """Tell whether any request has reached its day."""
    return session.scalar(select(SupportRequest.id).where(SupportRequest.expires_on <= today).limit(1)) is not None


def destroy_expired(session: Session, today: date) -> None:
    """Delete the requests that have reached their day."""
    session.execute(delete(SupportRequest).where(SupportRequest.expires_on <= today))


def idle_desks(session: Session) -> set[int]:
    """Return the programmes whose desk has no request."""
    asked = select(SupportRequest.id).where(SupportRequest.programme_id == SupportDesk.programme_id)
    return set(session.scalars(select(SupportDesk.programme_id).where(~asked.exists())))


def move_desk(session: Session, programme_id: int) -> None:
    """Have the address of a programme's desk lead nowhere: what was asked there can still be read."""
    handle = secrets.token_bytes(_ID_BYTES)
    session.execute(update(SupportDesk).where(SupportDesk.programme_id == programme_id).values(handle=handle))


def delete_desk(session: Session, programme_id: int) -> None:
    """Delete a programme's desk, which has no requests."""
    session.execute(delete(SupportDesk).where(SupportDesk.programme_id == programme_id))
