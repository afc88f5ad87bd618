"""Wishes for no more mail, under digests that lead to a person only with the programme's opt-out key."""

from collections.abc import Iterable

from sqlalchemy import ForeignKey, LargeBinary, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.links import OptOutDigest
from feedback.storage.bulk import among, insert_rows
from feedback.storage.database import Base


class OptOut(Base):
    """One participant's wish; says nothing about answering."""

    __tablename__ = "opt_outs"
    __table_args__ = {"sqlite_with_rowid": False}

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    wants_no_mail: Mapped[bool]


def add_opt_outs(session: Session, programme_id: int, digests: Iterable[OptOutDigest]) -> None:
    """Insert one row a participant, in the order of the digests."""
    rows = ((digest, programme_id, False) for digest in sorted(digests))
    insert_rows(session, OptOut, ("digest", "programme_id", "wants_no_mail"), rows)


def set_wish(session: Session, digest: OptOutDigest, *, wants_no_mail: bool) -> bool:
    """Record a wish; False, and no change, if the digest is unknown."""
    result = session.execute(update(OptOut).where(OptOut.digest == digest).values(wants_no_mail=wants_no_mail))
    return bool(getattr(result, "rowcount", 0))


def unwilling(session: Session, digests: Iterable[OptOutDigest]) -> set[OptOutDigest]:
    """Return those of `digests` whose owners want no more mail."""
    query = select(OptOut.digest).where(OptOut.wants_no_mail.is_(True))
    found = (session.scalars(query.where(mine)) for mine in among(session, OptOut.digest, digests))
    return {OptOutDigest(digest) for digests_found in found for digest in digests_found}


def delete_opt_outs(session: Session, programme_id: int) -> None:
    """Delete the wishes of everybody in a programme."""
    session.execute(delete(OptOut).where(OptOut.programme_id == programme_id))
