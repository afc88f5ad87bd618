"""The chain over the audit log, in an order of its own: entries are committed in another than they are numbered."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import LargeBinary, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.log_chain import BEGINNING, Head, Link, LoggedAct, next_digest
from feedback.storage.audit_log import LogEntry
from feedback.storage.database import Base, lock_log

_AT_ONCE = 1000
# So many later entries may be chained before one whose transaction took so long.
_STRAGGLERS = 10_000


class ChainedEntry(Base):
    """A link of the chain; it stays when its entry is forgotten. `content` and `digest` are as `log_chain` says."""

    __tablename__ = "audit_log_chain"

    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    content: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


_IS_CHAINED = select(ChainedEntry.entry_id).where(ChainedEntry.entry_id == LogEntry.id).exists()


def as_covered(entry: LogEntry) -> LoggedAct:
    """Return an entry as its digest covers it."""
    return LoggedAct(entry.id, entry.at, entry.actor, entry.act, entry.subject, entry.organisation_id)


def any_to_chain(session: Session) -> bool:
    """Tell whether there is an entry with a higher number than any that is chained."""
    newest = session.scalar(select(func.max(LogEntry.id)))
    return newest is not None and newest > (session.scalar(select(func.max(ChainedEntry.entry_id))) or 0)


def count_unchained(session: Session) -> int:
    """Return how many entries are not chained."""
    return session.scalar(select(func.count(LogEntry.id)).where(~_IS_CHAINED)) or 0


def chain_entries(session: Session) -> Head | None:
    """Chain every entry that is not chained yet, by number, and return the head; commits nothing."""
    session.flush()
    lock_log(session)
    head = head_of(session) or Head(0, BEGINNING)
    from_id = (session.scalar(select(func.max(ChainedEntry.entry_id))) or 0) - _STRAGGLERS
    query = select(LogEntry).where(LogEntry.id > from_id, ~_IS_CHAINED).order_by(LogEntry.id)
    for entry in session.scalars(query).all():
        content = as_covered(entry).content
        head = Head(head.position + 1, next_digest(head.digest, entry.at, content))
        link = {"position": head.position, "made_at": entry.at, "content": content, "digest": head.digest}
        session.add(ChainedEntry(entry_id=entry.id, **link))
    session.flush()
    return head if head.position else None


def head_of(session: Session) -> Head | None:
    """Return the head of the chain, unless it is empty."""
    query = select(ChainedEntry.position, ChainedEntry.digest).order_by(ChainedEntry.position.desc()).limit(1)
    found = session.execute(query).one_or_none()
    return None if found is None else Head(*found)


def chained_until(session: Session) -> datetime | None:
    """Return the moment of the entry at the head."""
    return session.scalar(select(ChainedEntry.made_at).order_by(ChainedEntry.position.desc()).limit(1))


def links(session: Session) -> Iterator[Link]:
    """Yield the whole chain by position, each link with its entry while there is one."""
    columns = (ChainedEntry.position, ChainedEntry.made_at, ChainedEntry.content, ChainedEntry.digest)
    query = select(*columns, LogEntry).outerjoin(LogEntry, LogEntry.id == ChainedEntry.entry_id)
    rows = session.execute(query.order_by(ChainedEntry.position).execution_options(yield_per=_AT_ONCE))
    for position, made_at, content, digest, entry in rows:
        yield Link(position, made_at, content, digest, None if entry is None else as_covered(entry))


def oldest_entry_at(session: Session) -> datetime | None:
    """Return the moment of the chained entry that stands first of those that are left."""
    query = select(LogEntry.at).join(ChainedEntry, ChainedEntry.entry_id == LogEntry.id)
    return session.scalar(query.order_by(ChainedEntry.position).limit(1))


def newest_entry_at(session: Session, until: datetime) -> datetime | None:
    """Return the moment of the newest entry until a moment, if there is one."""
    return session.scalar(select(func.max(LogEntry.at)).where(LogEntry.at <= until))


def forget_entries(session: Session, *, before: datetime, now: datetime) -> int | None:
    """Delete the first entries of the chain made `before` a moment; return up to which position, or None.

    An entry that a clock set in the future has made keeps nothing before it. Hold the log's lock. Commits nothing.
    """
    last = None
    query = select(ChainedEntry.position, LogEntry.at).join(LogEntry, LogEntry.id == ChainedEntry.entry_id)
    for position, at in session.execute(query.order_by(ChainedEntry.position)):
        if before <= at <= now:
            break
        if at < before:
            last = position
    if last is not None:
        old = select(ChainedEntry.entry_id).where(ChainedEntry.entry_id == LogEntry.id, ChainedEntry.position <= last)
        session.execute(delete(LogEntry).where(old.exists()).execution_options(synchronize_session=False))
    return last
