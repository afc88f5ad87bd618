"""Note that a roster was changed: its approval is void, and where one is asked for, web hooks tell that it is wanted.

They tell so once, and again after the next approval: not of each change.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.hooks import HookEvent
from feedback.services.hooks.announce import announce
from feedback.storage.programmes import programme_by_id
from feedback.storage.roster_approvals import note_change


def note_roster_change(session: Session, programme_id: int, actor: str, *, now: datetime) -> None:
    """Void the approval of a roster in the caller's transaction, and remember who changed it."""
    is_first = note_change(session, programme_id, actor)
    if is_first and programme_by_id(session, programme_id).organisation.approves_rosters:
        announce(session, HookEvent.APPROVAL, programme_id, now=now)
