"""Keys by which programs of an organisation use the service: digests of them, never the keys."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, ForeignKey, LargeBinary, String, bindparam, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.api_keys import ApiKeyDigest, key_id_in
from feedback.domain.staff import actor_of, principal_of
from feedback.storage.database import Base, RawRead


class ApiKey(Base):
    """One key. `purpose` is what people call it by; `scopes` are words with blanks between them.

    Without `programme_id` it sees every programme of its organisation. Of its use no more is kept than the day.
    """

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    purpose: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[str] = mapped_column(String(100))
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]


class WorkingKey(NamedTuple):
    """What is asked of a key whenever it is shown."""

    id: int
    organisation_id: int
    programme_id: int | None
    scopes: str
    used_on: date | None
    expires_at: datetime


_KEYS = ApiKey.__table__.c
_SHOWN = RawRead(
    select(_KEYS.id, _KEYS.organisation_id, _KEYS.programme_id, _KEYS.scopes, _KEYS.used_on, _KEYS.expires_at).where(
        _KEYS.digest == bindparam("digest"), _KEYS.revoked_at.is_(None)
    )
)


def key_by_digest(connection: Connection, digest: ApiKeyDigest, now: datetime) -> WorkingKey | None:
    """Return a key that works now."""
    row = _SHOWN.row(connection, digest=digest)
    found = None if row is None else WorkingKey(*row)
    return found if found and found.expires_at > now else None


def keys_of_organisation(session: Session, organisation_id: int) -> list[ApiKey]:
    """Return all keys of an organisation, those too that work no more, the oldest first."""
    mine = select(ApiKey).where(ApiKey.organisation_id == organisation_id)
    return list(session.scalars(mine.order_by(ApiKey.id).execution_options(populate_existing=True)))


def note_key_used(session: Session, key_id: int, today: date) -> bool:
    """Record that a key was used today; tell whether that is news."""
    earlier = or_(ApiKey.used_on.is_(None), ApiKey.used_on < today)
    used = update(ApiKey).where(ApiKey.id == key_id, earlier).values(used_on=today)
    return session.execute(used.returning(ApiKey.id)).first() is not None


def revoke(session: Session, organisation_id: int, key_id: int, now: datetime) -> bool:
    """Let one key of an organisation work no more; False if none of its keys has this number and works."""
    mine = (ApiKey.id == key_id, ApiKey.organisation_id == organisation_id, ApiKey.revoked_at.is_(None))
    revoked = update(ApiKey).where(*mine).values(revoked_at=now).returning(ApiKey.id)
    return session.execute(revoked).first() is not None


def drop_keys_of_programme(session: Session, programme_id: int) -> None:
    """Delete the keys that see this programme and no other."""
    session.execute(delete(ApiKey).where(ApiKey.programme_id == programme_id))


def principals_behind(session: Session, actor: str) -> set[str]:
    """Return who acted: of a key, also whoever has made it, since nobody else can have given it away."""
    principal = principal_of(actor)
    key_id = key_id_in(principal)
    maker = None if key_id is None else session.scalar(select(ApiKey.made_by).where(ApiKey.id == key_id))
    return {principal} if maker is None else {principal, actor_of(maker)}
