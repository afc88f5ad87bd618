"""What the relay says of whoever sends, kept with the batch and never with a person."""

from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback.storage.deliveries import UNSENT, Batch, Delivery, DeliveryState


class WaitsForSender(NamedTuple):
    """How many mails of a wave the relay does not take because of whoever sends them, and the code it gives."""

    wave_id: int
    mails: int
    code: int | None


def note_refusal_of_the_sender(session: Session, batch_id: int, code: int | None) -> int:
    """Record that the relay refuses whoever sends, or with None that it does no longer; return how often in a row."""
    refusals = Batch.sender_refusals + 1 if code else 0
    changed = update(Batch).where(Batch.id == batch_id).values(sender_refusals=refusals, refusal_code=code)
    return session.scalar(changed.returning(Batch.sender_refusals)) or 0


def take_back_refusals(session: Session, batch_id: int, fence: bytes) -> None:
    """Queue again what was refused in this run of a batch."""
    refused = (Delivery.batch_id == batch_id, Delivery.fence == fence, Delivery.state == DeliveryState.REFUSED)
    session.execute(update(Delivery).where(*refused).values(state=DeliveryState.QUEUED))


def waits_for_the_sender(session: Session) -> list[WaitsForSender]:
    """Return the waves with mails that the relay does not take because of whoever sends them, by wave."""
    waiting = (Delivery.state.in_(UNSENT), Batch.sender_refusals > 0)
    query = (
        select(Batch.wave_id, func.count(), func.max(Batch.refusal_code))
        .join(Delivery, Delivery.batch_id == Batch.id)
        .where(*waiting)
        .group_by(Batch.wave_id)
        .order_by(Batch.wave_id)
    )
    return [WaitsForSender(*row) for row in session.execute(query)]
