"""Keep within the relay's quota: a batch begins when its turn has come, whichever process or machine it is on."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.pace import GRACE, Pace
from feedback.storage.deliveries import Batch, count_unsent, postpone
from feedback.storage.relay_pace import take_turn


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
