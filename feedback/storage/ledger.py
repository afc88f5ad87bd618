"""One transaction for each mail: what the relay said of the last one, and the mark that the next one is being sent.

On PostgreSQL that is a single statement, and so a single exchange with the server.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, and_, bindparam, select, update
from sqlalchemy.orm import Session

from feedback.domain.address import Address
from feedback.domain.links import OptOutDigest
from feedback.domain.waves.states import WaveState
from feedback.storage.deliveries import UNSENT, Delivery, DeliveryState
from feedback.storage.opt_outs import OptOut
from feedback.storage.people import Participant
from feedback.storage.waves import Wave

# Built once: two of these run for every mail.
_MINE = (Delivery.id == bindparam("of"), Delivery.fence == bindparam("by"))
_IS_WRITTEN_TO = and_(
    Participant.id == Delivery.participant_id,
    Participant.email == bindparam("to"),
    Participant.has_left.is_(False),
)
_WANTS_NONE = and_(OptOut.digest == bindparam("stopped_by"), OptOut.wants_no_mail.is_(True))
_BEGIN = (
    update(Delivery)
    .where(*_MINE, Delivery.state.in_(UNSENT))
    .where(select(Wave.id).where(Wave.id == Delivery.wave_id, Wave.state == bindparam("in_state")).exists())
    .where(select(Participant.id).where(_IS_WRITTEN_TO).exists(), ~select(OptOut.digest).where(_WANTS_NONE).exists())
    .values(state=DeliveryState.SENDING, unanswered=Delivery.unanswered + 1)
)
_SETTLE = (
    update(Delivery)
    .where(*_MINE)
    .values(
        state=bindparam("becomes"),
        reply_code=bindparam("reply"),
        attempts=Delivery.attempts + 1,
        unanswered=Delivery.unanswered - bindparam("answers"),
    )
)
# In the driver's own words: SQLAlchemy's part of an exchange would cost as much processor time again.
_SETTLE_AND_BEGIN = """
WITH settled AS (
  UPDATE deliveries SET state = %(becomes)s, reply_code = %(reply)s, attempts = attempts + 1,
  unanswered = unanswered - %(answers)s
  WHERE id = %(last)s AND fence = %(by)s
)
UPDATE deliveries SET state = 'sending', unanswered = unanswered + 1
WHERE id = %(of)s AND fence = %(by)s AND state IN ('queued', 'sending')
AND EXISTS (SELECT FROM waves WHERE waves.id = deliveries.wave_id AND waves.state = %(in_state)s)
AND EXISTS (
  SELECT FROM participants WHERE participants.id = deliveries.participant_id AND email = %(to)s AND NOT has_left
)
AND NOT EXISTS (SELECT FROM opt_outs WHERE digest = %(stopped_by)s AND wants_no_mail)
"""


class Ledger:
    """The deliveries of one run, which a fence has claimed, on one connection."""

    def __init__(self, connection: Connection, fence: bytes) -> None:
        """`open_ledger` does it."""
        self._connection, self._fence = connection, fence
        self._heard: dict[str, object] | None = None

    def begin(
        self, delivery_id: int, in_state: WaveState, *, to: Address, stopped_by: OptOutDigest | None = None
    ) -> bool:
        """Settle the last mail and mark this one as being sent, together.

        False if the wave is not `in_state` any more, if whom it is for has left, has another address than `to` or wants
        no more mail (`stopped_by`), if another worker has fenced the mail off, or if it is accepted.
        """
        values = {"of": delivery_id, "by": self._fence, "in_state": in_state, "to": to, "stopped_by": stopped_by}
        if self._heard and self._connection.dialect.name == "postgresql":
            together = {**self._heard, **values, "last": self._heard["of"]}
            self._heard = None
            return self._connection.exec_driver_sql(_SETTLE_AND_BEGIN, together).rowcount == 1
        self._settle()
        is_mine = self._connection.execute(_BEGIN, values).rowcount == 1
        self._connection.commit()
        return is_mine

    def hear(self, delivery_id: int, state: DeliveryState, reply_code: int | None, *, is_answer: bool = True) -> None:
        """Take note of what the relay said of a mail; it is written with the next one, or at the end.

        `is_answer`: whether it is known now if the relay took it.
        """
        mine = {"of": delivery_id, "by": self._fence}
        self._heard = {**mine, "becomes": state, "reply": reply_code, "answers": int(is_answer)}

    def write(self) -> None:
        """Write what was heard last."""
        self._settle()
        self._connection.commit()

    def _settle(self) -> None:
        if self._heard:
            self._connection.execute(_SETTLE, self._heard)
        self._heard = None


@contextmanager
def open_ledger(engine: Engine, fence: bytes) -> Iterator[Ledger]:
    """Keep one connection for a run of mails, without a check before each mail that it is alive."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        ledger = Ledger(connection, fence)
        try:
            yield ledger
        finally:
            # Even if the next mail could not be written, what the relay said about the last one stands.
            ledger.write()


def settle_unbegun(session: Session, delivery_id: int, fence: bytes, state: DeliveryState) -> None:
    """Record what becomes of a mail that was not handed over, unless another worker has taken it over since."""
    values = {"of": delivery_id, "by": fence, "becomes": state, "reply": None, "answers": 0}
    session.connection().execute(_SETTLE, values)
