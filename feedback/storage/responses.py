"""Sealed responses: opaque blobs under random keys. Knows neither people nor entitlements; holds no time."""

from collections.abc import Iterator

from sqlalchemy import Connection, ForeignKey, LargeBinary, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.links import ResponseKey
from feedback.domain.sealing import SealedResponse
from feedback.domain.waves.states import WaveState
from feedback.storage.database import Base


class StoredResponse(Base):
    """One sealed response. The primary key is the once-only rule: a second answer replaces the first."""

    __tablename__ = "sealed_responses"
    __table_args__ = {"sqlite_with_rowid": False}

    response_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), index=True)
    sealed: Mapped[bytes]


_PUT = text("SELECT feedback_put_response(:response_key, :wave_id, :sealed)")
_MAY_DESTROY = text("SELECT has_table_privilege('sealed_responses', 'DELETE')")
_WITHDRAW = text("SELECT feedback_withdraw_response(:response_key, :wave_id)")
_UPSERT = text(
    "INSERT INTO sealed_responses (response_key, wave_id, sealed) "
    f"SELECT :response_key, id, :sealed FROM waves WHERE id = :wave_id AND state = '{WaveState.OPEN}' "
    "ON CONFLICT (response_key) DO UPDATE SET sealed = excluded.sealed"
)


def put_response(connection: Connection, key: ResponseKey, wave_id: int, sealed: SealedResponse) -> bool:
    """Store a sealed response in place of an earlier one under the same key; False if the wave is not open.

    On PostgreSQL a function does it under the wave's lock: the participants' process has no other access to the table.
    On SQLite the transaction holds the only lock there is.
    """
    values = {"response_key": key, "wave_id": wave_id, "sealed": sealed}
    if connection.dialect.name == "postgresql":
        return bool(connection.scalar(_PUT, values))
    return connection.execute(_UPSERT, values).rowcount == 1


def withdraw_response(connection: Connection, key: ResponseKey, wave_id: int) -> bool:
    """Delete the response under `key`, if there is one; False if the wave is not open.

    Comes after `put_response` in one transaction.
    """
    if connection.dialect.name == "postgresql":
        return bool(connection.scalar(_WITHDRAW, {"response_key": key, "wave_id": wave_id}))
    mine = (StoredResponse.response_key == key, StoredResponse.wave_id == wave_id)
    connection.execute(delete(StoredResponse).where(*mine))
    return True


def count_responses(session: Session, wave_id: int) -> int:
    """Return how many sealed responses a wave has."""
    query = select(func.count()).select_from(StoredResponse).where(StoredResponse.wave_id == wave_id)
    return session.scalar(query) or 0


def sealed_responses(session: Session, wave_id: int) -> Iterator[tuple[ResponseKey, SealedResponse]]:
    """Yield a wave's responses in the order of their random keys, a thousand in memory at a time."""
    query = (
        select(StoredResponse.response_key, StoredResponse.sealed)
        .where(StoredResponse.wave_id == wave_id)
        .order_by(StoredResponse.response_key)
        .execution_options(yield_per=1000)
    )
    for key, sealed in session.execute(query):
        yield ResponseKey(key), SealedResponse(sealed)


def destroy_responses(session: Session, wave_id: int) -> None:
    """Delete all sealed responses of a wave."""
    session.execute(delete(StoredResponse).where(StoredResponse.wave_id == wave_id))


def may_destroy_responses(session: Session) -> bool:
    """Tell whether the database lets this process delete sealed responses."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(_MAY_DESTROY))
