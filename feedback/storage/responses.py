"""Sealed responses: opaque blobs under random keys, with locks. Knows no people and no entitlements; holds no time."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, ForeignKey, LargeBinary, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.links import CONTESTED, ChangeLock, ResponseKey
from feedback.domain.sealing import SealedResponse
from feedback.domain.waves.states import WaveState
from feedback.storage.database import Base


class StoredResponse(Base):
    """One sealed response. The primary key is the once-only rule; nothing deletes a row before the close.

    `lock` is missing where the answer was given before there were locks.
    """

    __tablename__ = "sealed_responses"
    __table_args__ = {"sqlite_with_rowid": False}

    response_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), index=True)
    sealed: Mapped[bytes]
    lock: Mapped[bytes | None]


_PUT = text("SELECT feedback_put_response(:response_key, :wave_id, :lock, :shown, :sealed)")
_MAY_DESTROY = text("SELECT has_table_privilege('sealed_responses', 'DELETE')")
# The same as `feedback_put_response` on PostgreSQL.
_UPSERT = text(
    "INSERT INTO sealed_responses (response_key, wave_id, lock, sealed) "
    f"SELECT :response_key, id, :lock, :sealed FROM waves WHERE id = :wave_id AND state = '{WaveState.OPEN}' "
    "ON CONFLICT (response_key) DO UPDATE SET sealed = excluded.sealed, lock = CASE "
    "WHEN lock IN (excluded.lock, :shown) AND lock <> :contested THEN excluded.lock ELSE :contested END"
)


class Locks(NamedTuple):
    """The lock that a response gets, and the one of which the receipt was shown (any other, if none was)."""

    new: ChangeLock
    shown: ChangeLock


def put_response(connection: Connection, key: ResponseKey, wave_id: int, sealed: SealedResponse, locks: Locks) -> bool:
    """Store a sealed response in place of an earlier one under the same key; False if the wave is not open.

    Unless the earlier one's lock is among `locks`, the row is contested from then on, whatever comes after. One
    statement does all of it, so that nothing tells the cases apart. On PostgreSQL a function does it under the wave's
    lock: the participants' process has no other access to the table. On SQLite the transaction holds the only lock
    there is.
    """
    values = {"response_key": key, "wave_id": wave_id, "lock": locks.new, "shown": locks.shown, "sealed": sealed}
    if connection.dialect.name == "postgresql":
        return bool(connection.scalar(_PUT, values))
    return connection.execute(_UPSERT, {**values, "contested": CONTESTED}).rowcount == 1


def count_responses(session: Session, wave_id: int) -> int:
    """Return how many sealed responses a wave has."""
    query = select(func.count()).select_from(StoredResponse).where(StoredResponse.wave_id == wave_id)
    return session.scalar(query) or 0


def sealed_responses(session: Session, wave_id: int) -> Iterator[tuple[ResponseKey, ChangeLock | None, SealedResponse]]:
    """Yield a wave's responses, with their locks, in the order of their random keys, a thousand in memory at a time."""
    query = (
        select(StoredResponse.response_key, StoredResponse.lock, StoredResponse.sealed)
        .where(StoredResponse.wave_id == wave_id)
        .order_by(StoredResponse.response_key)
        .execution_options(yield_per=1000)
    )
    for key, lock, sealed in session.execute(query):
        yield ResponseKey(key), None if lock is None else ChangeLock(lock), SealedResponse(sealed)


def destroy_responses(session: Session, wave_id: int) -> None:
    """Delete all sealed responses of a wave."""
    session.execute(delete(StoredResponse).where(StoredResponse.wave_id == wave_id))


def may_destroy_responses(session: Session) -> bool:
    """Tell whether the database lets this process delete sealed responses."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(_MAY_DESTROY))
