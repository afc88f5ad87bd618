"""Keep within the relay's quota: a batch begins when its turn has come, whichever process or machine it is on."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.pace import GRACE, Pace
from feedback.storage.deliveries import Batch, count_unsent, postpone, unsent_batches
from feedback.storage.relay_pace import next_turn_at, take_turn

# Turns are handed out so far ahead, and no farther: what is cancelled frees the rest.
_TURNS_AHEAD = timedelta(minutes=1)


def next_batches(session: Session, now: datetime, most: int, pace: Pace | None) -> list[int]:
    """Return the batches to work on now, the oldest first; with a `pace`, only those whose turn it is or may come."""
    next_turn = next_turn_at(session) if pace else None
    are_taken = next_turn is not None and next_turn > now + _TURNS_AHEAD
    return unsent_batches(session, now, most, with_turn_only=are_taken)


def has_turn(session: Session, batch: Batch, pace: Pace, now: datetime) -> bool:
    """Tell whether a portion of a batch may go out now; if not, it was given a turn and waits for it.

    A turn that passed unused, such as while no worker was running, is lost: otherwise everything that piled up would go
    at once.
    """
    if batch.has_turn and now < batch.not_before_at + GRACE:
        postpone(session, batch.id, batch.not_before_at)
        return True
    unsent = count_unsent(session, batch.id)
    begins_at = take_turn(session, now, pace.takes(min(unsent, pace.portion))) if unsent else now
    if begins_at > now:
        postpone(session, batch.id, begins_at, has_turn=True)
        session.commit()
        return False
    postpone(session, batch.id, batch.not_before_at)
    return True
