"""Entitlements: rights to one response each. Knows neither people nor responses; holds no time and no number."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ForeignKey, LargeBinary, String, Text, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.links import EntitlementDigest
from feedback.storage.database import Base


class Entitlement(Base):
    """The right to one response. `role` says which questionnaire to show, `group_name` where the answer counts."""

    __tablename__ = "entitlements"
    __table_args__ = {"sqlite_with_rowid": False}

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), index=True)
    role: Mapped[str] = mapped_column(String(10))
    group_name: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Right:
    """One entitlement as a value."""

    digest: EntitlementDigest
    wave_id: int
    role: str
    group_name: str


def add_entitlements(session: Session, rights: Iterable[Right]) -> None:
    """Insert a wave's entitlements in the order of their digests, which says nothing about anybody."""
    values = [
        {"digest": right.digest, "wave_id": right.wave_id, "role": right.role, "group_name": right.group_name}
        for right in sorted(rights, key=lambda right: right.digest)
    ]
    if values:
        session.execute(insert(Entitlement), values)


def right_to_answer(session: Session, digest: EntitlementDigest) -> Right | None:
    """Return the entitlement with this digest, if there is one."""
    columns = (Entitlement.wave_id, Entitlement.role, Entitlement.group_name)
    row = session.execute(select(*columns).where(Entitlement.digest == digest)).one_or_none()
    return None if row is None else Right(digest, row.wave_id, row.role, row.group_name)


def rights_of_wave(session: Session, wave_id: int) -> dict[EntitlementDigest, tuple[str, str]]:
    """Return (role, group) of each entitlement of a wave."""
    columns = (Entitlement.digest, Entitlement.role, Entitlement.group_name)
    query = select(*columns).where(Entitlement.wave_id == wave_id).order_by(Entitlement.digest)
    return {EntitlementDigest(digest): (role, group_name) for digest, role, group_name in session.execute(query)}


def destroy_entitlements(session: Session, wave_id: int) -> None:
    """Delete all entitlements of a wave."""
    session.execute(delete(Entitlement).where(Entitlement.wave_id == wave_id))
