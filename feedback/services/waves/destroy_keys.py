"""Destroy what a wave that is over no longer needs: its keys, and comments whose time is up. Safe at any time."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.epochs import StepAct
from feedback.domain.log_chain import SERVICE
from feedback.services.waves.enter_step import check_epochs, enter_step, follow_steps
from feedback.services.waves.find_spent_keys import find_spent_keys
from feedback.storage.audit_log import note
from feedback.storage.comments import destroy_comments
from feedback.storage.keys import KeyStore, Purpose
from feedback.storage.scrubbing import AT_ANY_TIME, AT_THE_END, scrub

Step = Callable[[str], None]

_KEY_STORE = "key store"
_REWROTE = "rewrote files"
_MAIN = "main database"


def destroy_spent_keys(session: Session, keys: KeyStore, *, now: datetime, step: Step = lambda _name: None) -> None:
    """Destroy the keys of every wave that is over; `step` is called after each step.

    The database is rewritten first: as long as a deleted response may lie in a file, its key must be left to show
    that it is due, so that the next run repeats an attempt that died here.
    """
    spent = find_spent_keys(session, keys.purposes_held(), now)
    session.rollback()
    if spent:
        check_epochs(session, keys)
    for wave_id, purposes in spent.items():
        if Purpose.COMMENT in purposes:
            destroy_comments(session, wave_id)
    session.commit()
    if not spent:
        if keys.scrub_is_due:
            rewrite_files(session, keys, now=now)
        return
    scrub(session.get_bind().engine, *AT_THE_END)
    _note(session, now, _REWROTE, _MAIN)
    step("scrubbed")
    for wave_id, purposes in spent.items():
        enter_step(session, keys, StepAct.DESTROYED, wave_id)
        session.commit()
        step("destruction noted")
        keys.destroy_wave_keys(wave_id, keep_comments=Purpose.COMMENT not in purposes)
        step("destroyed")
        follow_steps(session, keys)
        _note(session, now, f"destroyed keys: {', '.join(sorted(purposes))}", f"wave {wave_id}")
    _note(session, now, _REWROTE, _KEY_STORE)
    step("keys destroyed")


def rewrite_files(session: Session, keys: KeyStore, *, now: datetime) -> None:
    """Rewrite what another process may have died between deleting and rewriting, and which no key tells of."""
    scrub(session.get_bind().engine, *AT_ANY_TIME)
    _note(session, now, _REWROTE, _MAIN)
    keys.scrub_again()
    _note(session, now, _REWROTE, _KEY_STORE)


# After the act, which is in no transaction of the log's: an entry that a crash loses is better than one that is untrue.
def _note(session: Session, now: datetime, act: str, subject: str) -> None:
    note(session, now, SERVICE, act, subject)
    session.commit()
