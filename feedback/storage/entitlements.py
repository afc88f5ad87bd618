"""Entitlements: rights to one response each. Knows neither people nor responses; holds no time and no number."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, ForeignKey, LargeBinary, String, Text, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.links import EntitlementDigest
from feedback.domain.waves.states import WaveState
from feedback.storage.bulk import insert_rows
from feedback.storage.database import Base, RawRead
from feedback.storage.notices import Notice
from feedback.storage.pepper import KnownPepper
from feedback.storage.programmes import Programme
from feedback.storage.waves import Wave


class Entitlement(Base):
    """The right to one response. `role` says which questionnaire to show, `group_name` where the answer counts."""

    __tablename__ = "entitlements"
    __table_args__ = {"sqlite_with_rowid": False}

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), index=True)
    role: Mapped[str] = mapped_column(String(10))
    group_name: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Right:
    """One entitlement as a value."""

    digest: EntitlementDigest
    wave_id: int
    role: str
    group_name: str


_RIGHTS, _WAVES = Entitlement.__table__.c, Wave.__table__.c
_PROGRAMMES, _NOTICES = Programme.__table__.c, Notice.__table__.c
_OPEN_RIGHT = RawRead(
    select(_RIGHTS.wave_id, _RIGHTS.role, _RIGHTS.group_name, _WAVES.state, _WAVES.closes_at)
    .add_columns(_WAVES.reviewer_left)
    .add_columns(_PROGRAMMES.contact_name, _PROGRAMMES.contact_email, _NOTICES.help_contacts)
    .add_columns(select(KnownPepper.fingerprint).scalar_subquery())
    .join_from(Entitlement.__table__, Wave.__table__)
    .join(Programme.__table__, _WAVES.programme_id == _PROGRAMMES.id)
    .outerjoin(Notice.__table__, _NOTICES.programme_id == _PROGRAMMES.id)
    .where(_RIGHTS.digest == bindparam("digest"))
)


def add_entitlements(session: Session, rights: Iterable[Right]) -> None:
    """Insert a wave's entitlements in the order of their digests, which says nothing about anybody."""
    ordered = sorted(rights, key=lambda right: right.digest)
    rows = ((right.digest, right.wave_id, str(right.role), right.group_name) for right in ordered)
    insert_rows(session, Entitlement, ("digest", "wave_id", "role", "group_name"), rows)


class OpenRight(NamedTuple):
    """One entitlement with all that may change while its wave is open.

    `help_contacts` are the programme's own words on where help is, a line each; `fingerprint` is the known pepper's.
    """

    wave_id: int
    role: str
    group_name: str
    state: str
    closes_at: datetime
    reviewer_left: bool
    contact_name: str
    contact_email: str
    help_contacts: str | None
    fingerprint: bytes | None


def open_right(connection: Connection, digest: EntitlementDigest) -> OpenRight | None:
    """Return the entitlement with this digest and the state of its wave, in one statement."""
    row = _OPEN_RIGHT.row(connection, digest=digest)
    return None if row is None else OpenRight(*row)


def rights_of_wave(session: Session, wave_id: int) -> dict[EntitlementDigest, tuple[str, str]]:
    """Return (role, group) of each entitlement of a wave."""
    columns = (Entitlement.digest, Entitlement.role, Entitlement.group_name)
    query = select(*columns).where(Entitlement.wave_id == wave_id).order_by(Entitlement.digest)
    return {EntitlementDigest(digest): (role, group_name) for digest, role, group_name in session.execute(query)}


def cancelled_waves_with_rights(session: Session) -> list[int]:
    """Return the ids of cancelled waves whose entitlements, and so perhaps responses, are not destroyed yet."""
    rights = select(Entitlement.digest).where(Entitlement.wave_id == Wave.id).exists()
    return list(session.scalars(select(Wave.id).where(Wave.state == WaveState.CANCELLED, rights).order_by(Wave.id)))


def destroy_entitlements(session: Session, wave_id: int) -> None:
    """Delete all entitlements of a wave."""
    session.execute(delete(Entitlement).where(Entitlement.wave_id == wave_id))
