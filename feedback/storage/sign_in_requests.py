"""Wishes for a sign-in link: an address that somebody has typed, until the worker has seen whether it has an account.

A page writes the same row, in one statement, whoever's the address is.
"""

from datetime import datetime, timedelta
from importlib import import_module

from sqlalchemy import String, bindparam, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.address import Address
from feedback.storage.database import Base

MOST_WAITING = 500
"""So many wait at most; whatever comes meanwhile is dropped. The worker takes them all within seconds."""
KEPT = timedelta(hours=1)
"""For how long a mail is tried: whoever still wants in has asked again by then."""


class SignInRequest(Base):
    """An address that wants a link, in the language of the page. The worker tries from `try_at` on."""

    __tablename__ = "sign_in_requests"

    email: Mapped[Address] = mapped_column(String(320), primary_key=True)
    language: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime]
    try_at: Mapped[datetime]


def put_request(session: Session, email: Address, language: str, now: datetime) -> None:
    """Note a wish, once for each address, unless too many wait already.

    It is written anew each time: one that waits for the relay must not be told, by the time it takes, from one that
    had no account and is gone.
    """
    # SQLAlchemy loads the dialect in use only, and so do we.
    insert = import_module(f"sqlalchemy.dialects.{session.get_bind().dialect.name}").insert
    is_room = select(func.count(SignInRequest.email)).scalar_subquery() < MOST_WAITING
    moment = SignInRequest.asked_at.type
    row = select(
        bindparam("email", email, String),
        bindparam("language", language, String),
        bindparam("asked", now, moment),
        bindparam("tried", now, moment),
    ).where(is_room)
    statement = insert(SignInRequest).from_select(["email", "language", "asked_at", "try_at"], row)
    again = {"asked_at": now, "language": language}
    session.execute(statement.on_conflict_do_update(index_elements=[SignInRequest.email], set_=again))


def next_requests(session: Session, now: datetime) -> list[SignInRequest]:
    """Return the wishes that are to be tried now, the longest waiting first."""
    waiting = select(SignInRequest).where(SignInRequest.try_at <= now)
    return list(session.scalars(waiting.order_by(SignInRequest.asked_at, SignInRequest.email)))


def any_request(session: Session, now: datetime) -> bool:
    """Tell whether any wish is to be tried now."""
    return session.scalar(select(SignInRequest.email).where(SignInRequest.try_at <= now).limit(1)) is not None


def try_again(session: Session, email: Address, at: datetime) -> None:
    """Put a wish off."""
    session.execute(update(SignInRequest).where(SignInRequest.email == email).values(try_at=at))


def drop_request(session: Session, email: Address) -> None:
    """Delete a wish."""
    session.execute(delete(SignInRequest).where(SignInRequest.email == email))
