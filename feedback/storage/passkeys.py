"""Passkeys of staff: their public halves, the handle by which devices know an account, and challenges on their way."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base


class Passkey(Base):
    """One passkey of a member of staff, under the name that they gave it. Its private half is on their device alone.

    It `is_owners` if the session in which it was made was.
    """

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    is_owners: Mapped[bool]


class PasskeyHandle(Base):
    """Random bytes by which a device knows an account: neither its number nor its address."""

    __tablename__ = "passkey_handles"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    handle: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)


class PasskeyChallenge(Base):
    """What one browser was asked to sign. Its cookie holds the secret of which `digest` is kept.

    `session_digest` names the session in which it was asked; None before there is one.
    """

    __tablename__ = "passkey_challenges"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    challenge: Mapped[bytes] = mapped_column(LargeBinary(32))
    session_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    expires_at: Mapped[datetime] = mapped_column(index=True)


def passkeys_of(session: Session, staff_id: int) -> list[Passkey]:
    """Return the passkeys of a member of staff, the oldest first."""
    mine = select(Passkey).where(Passkey.staff_id == staff_id)
    return list(session.scalars(mine.order_by(Passkey.made_at, Passkey.id)))


def passkey_by_credential(session: Session, credential: bytes) -> Passkey | None:
    """Return a passkey by what its device calls it, as it is now; nobody else uses it until the transaction ends."""
    known = select(Passkey).where(Passkey.credential == credential)
    return session.scalar(known.with_for_update().execution_options(populate_existing=True))


def note_used(session: Session, passkey_id: int, sign_count: int, now: datetime) -> None:
    """Record that a passkey was used, and how far its device has counted."""
    session.execute(update(Passkey).where(Passkey.id == passkey_id).values(sign_count=sign_count, used_at=now))


def drop_passkey(session: Session, passkey_id: int) -> None:
    """Delete a passkey."""
    session.execute(delete(Passkey).where(Passkey.id == passkey_id))


def drop_passkeys(session: Session, staff_id: int) -> int:
    """Delete all passkeys of a member of staff, and their handle; return how many there were."""
    dropped = session.execute(delete(Passkey).where(Passkey.staff_id == staff_id).returning(Passkey.id)).all()
    session.execute(delete(PasskeyHandle).where(PasskeyHandle.staff_id == staff_id))
    return len(dropped)


def drop_passkeys_of_others(session: Session, staff_id: int) -> bool:
    """Delete those of a member of staff that were made in no session of the owner's; tell whether there were any."""
    theirs = delete(Passkey).where(Passkey.staff_id == staff_id, Passkey.is_owners.is_(False))
    return bool(session.execute(theirs.returning(Passkey.id)).all())


def handle_of(session: Session, staff_id: int) -> bytes | None:
    """Return by what a device knows an account; None if it has had no passkey."""
    return session.scalar(select(PasskeyHandle.handle).where(PasskeyHandle.staff_id == staff_id))


def put_challenge(session: Session, challenge: PasskeyChallenge, *, most: int) -> None:
    """Keep a challenge in place of those of the same session; of all, the `most` that were made last."""
    if challenge.session_digest is not None:
        same = PasskeyChallenge.session_digest == challenge.session_digest
        session.execute(delete(PasskeyChallenge).where(same))
    session.add(challenge)
    session.flush()
    newest = select(PasskeyChallenge.digest).order_by(PasskeyChallenge.expires_at.desc(), PasskeyChallenge.digest)
    for digest in session.scalars(newest.offset(most)).all():
        session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.digest == digest))


def take_challenge(session: Session, digest: bytes, session_digest: bytes | None, now: datetime) -> bytes | None:
    """Use a challenge up; None if it is unknown, was used, is too old or was made in another session."""
    taken = delete(PasskeyChallenge).where(PasskeyChallenge.digest == digest)
    columns = (PasskeyChallenge.challenge, PasskeyChallenge.session_digest, PasskeyChallenge.expires_at)
    found = session.execute(taken.returning(*columns)).one_or_none()
    if found is None or found.session_digest != session_digest or found.expires_at <= now:
        return None
    challenge: bytes = found.challenge
    return challenge


def any_expired_challenge(session: Session, now: datetime) -> bool:
    """Tell whether any challenge has become too old."""
    query = select(PasskeyChallenge.expires_at).where(PasskeyChallenge.expires_at <= now).limit(1)
    return session.scalar(query) is not None


def forget_challenges(session: Session, now: datetime) -> None:
    """Delete the challenges that have become too old."""
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= now))
