"""The audit log: what staff and the service did, and when. Never what a participant did.

Entries are added and, years later, forgotten; nobody changes one. `audit_log_chain` shows whether somebody did.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, String, cast, exists, func, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.log_filter import LogFilter
from feedback.storage.database import Base
from feedback.storage.log_owners import owner_of
from feedback.storage.waves import Wave

_AT_ONCE = 1000


class LogEntry(Base):
    """One act. `actor` is "staff 3", "command line" or "service"; `subject` is such as "wave 2".

    `organisation_id` is whose it is; None for what belongs to the installation alone. It has no foreign key: an entry
    says what was done, whatever became of it.
    """

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_organisation_id", "organisation_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(60))
    act: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(120))
    organisation_id: Mapped[int | None]


def note(session: Session, at: datetime, actor: str, act: str, subject: str) -> None:
    """Record one act, in the transaction that performs it."""
    owner = owner_of(session, actor, subject)
    session.add(LogEntry(at=at, actor=actor, act=act, subject=subject, organisation_id=owner))


def entries(session: Session, wanted: LogFilter, *, most: int | None = None, offset: int = 0) -> Iterator[LogEntry]:
    """Yield the entries that are asked for, the newest first: `most` of them from `offset` on, or all."""
    query = _of(wanted, select(LogEntry)).order_by(LogEntry.id.desc())
    query = query.limit(most).offset(offset).execution_options(yield_per=_AT_ONCE)
    yield from session.scalars(query)


def count_entries(session: Session, wanted: LogFilter) -> int:
    """Return how many entries are asked for."""
    return session.scalar(_of(wanted, select(func.count(LogEntry.id)))) or 0


def any_entry(session: Session, organisation_id: int, act: str) -> bool:
    """Tell whether an organisation's log says that something was ever done."""
    mine = (LogEntry.organisation_id == organisation_id, LogEntry.act == act)
    return session.scalar(select(LogEntry.id).where(*mine).limit(1)) is not None


def actors_of(session: Session, organisation_id: int) -> list[str]:
    """Return who stands in an organisation's log, each once, as it is written there."""
    mine = select(LogEntry.actor).where(LogEntry.organisation_id == organisation_id).distinct()
    return list(session.scalars(mine.order_by(LogEntry.actor)))


def _of(wanted: LogFilter, query: Select[Any]) -> Select[Any]:
    if wanted.organisation_id is not None:
        query = query.where(LogEntry.organisation_id == wanted.organisation_id)
    if wanted.actor is not None:
        query = query.where((LogEntry.actor == wanted.actor) | LogEntry.actor.startswith(f"{wanted.actor} by "))
    if wanted.programme_id is not None:
        wave = exists().where(Wave.programme_id == wanted.programme_id, _is_about("wave " + cast(Wave.id, String)))
        query = query.where(wave | _is_about(literal(f"programme {wanted.programme_id}")))
    if wanted.since is not None:
        query = query.where(LogEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(LogEntry.at < wanted.until)
    return query


def _is_about(name: ColumnElement[str]) -> ColumnElement[bool]:
    return (LogEntry.subject == name) | LogEntry.subject.startswith(name + ",")
