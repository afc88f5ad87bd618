"""Destroy what a wave that is over no longer needs: its keys, and comments whose time is up. Safe at any time."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.services.waves.find_spent_keys import find_spent_keys
from feedback.storage.comments import CommentSummary, StoredComment, destroy_comments
from feedback.storage.entitlements import Entitlement
from feedback.storage.keys import KeyStore, Purpose
from feedback.storage.responses import StoredResponse
from feedback.storage.scrubbing import scrub

Step = Callable[[str], None]

_SCRUBBED = tuple(table.__tablename__ for table in (StoredResponse, Entitlement, StoredComment, CommentSummary))


def destroy_spent_keys(session: Session, keys: KeyStore, *, now: datetime, step: Step = lambda _name: None) -> None:
    """Destroy the keys of every wave that is over; `step` is called after each step.

    The database is rewritten first: as long as a deleted response may lie in a file, its key must be left to show
    that it is due, so that the next run repeats an attempt that died here.
    """
    spent = find_spent_keys(session, keys.purposes_held(), now)
    for wave_id, purposes in spent.items():
        if Purpose.COMMENT in purposes:
            destroy_comments(session, wave_id)
    session.commit()
    if not spent:
        keys.scrub_if_due()
        return
    scrub(session.get_bind().engine, *_SCRUBBED)
    step("scrubbed")
    for wave_id, purposes in spent.items():
        keys.destroy_wave_keys(wave_id, keep_comments=Purpose.COMMENT not in purposes)
    step("keys destroyed")
