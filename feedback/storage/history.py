"""Who was invited to which group of which wave, as digests that only the key store's holder can make (R11).

It outlives the roster, so that a later wave can still be kept from coming too close to an earlier one. Knows no
participant, no address and no order.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import ForeignKey, LargeBinary, Text, delete, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.bulk import insert_rows
from feedback.storage.database import Base


class HistoryEntry(Base):
    """Somebody was invited to a group of a wave, or in one role of a wave whose only group is everybody."""

    __tablename__ = "history"
    __table_args__ = {"sqlite_with_rowid": False}

    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), primary_key=True, autoincrement=False)
    group_name: Mapped[str] = mapped_column(Text, primary_key=True)
    person_digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


def add_history(session: Session, wave_id: int, members: Mapping[str, Iterable[bytes]]) -> None:
    """Write down who is invited to a wave, in the order of the digests."""
    rows = sorted((person, name) for name, people in members.items() for person in people)
    columns = ("wave_id", "group_name", "person_digest")
    insert_rows(session, HistoryEntry, columns, ((wave_id, name, person) for person, name in rows))


def drop_history(session: Session, wave_id: int) -> None:
    """Remove what is written down about a wave: it published nothing, or it is written anew."""
    session.execute(delete(HistoryEntry).where(HistoryEntry.wave_id == wave_id))


def history_of(session: Session, wave_id: int) -> dict[str, frozenset[bytes]]:
    """Return who was invited to a wave, by group."""
    query = select(HistoryEntry.group_name, HistoryEntry.person_digest).where(HistoryEntry.wave_id == wave_id)
    members: dict[str, set[bytes]] = {}
    for name, person in session.execute(query):
        members.setdefault(name, set()).add(person)
    return {name: frozenset(people) for name, people in members.items()}


def has_history(session: Session, wave_id: int) -> bool:
    """Tell whether it is written down who was invited to a wave."""
    return bool(session.scalar(select(exists().where(HistoryEntry.wave_id == wave_id))))
