"""Note for the web hooks that something has happened, in the transaction in which it does.

Never reads who or how many have answered. What is noted is sent by the worker.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.hooks import HookEvent, new_message_id, told_at
from feedback.storage.web_hooks import HookDelivery, hooks_told


def announce(
    session: Session, event: HookEvent, programme_id: int, wave_id: int | None = None, *, now: datetime
) -> None:
    """Have all addresses that are told of such an event told of this one."""
    at = told_at(event, now)
    for hook_id in hooks_told(session, programme_id, event):
        session.add(
            HookDelivery(
                hook_id=hook_id,
                message_id=new_message_id(),
                event=event,
                programme_id=programme_id,
                wave_id=wave_id,
                happened_at=at,
                tell_at=at,
            )
        )
