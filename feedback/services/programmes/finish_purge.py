"""Finish what the deletion of a programme's names has begun: its files, its keys, its support desk. Knows no person.

The files are rewritten before the end says so, and a key is destroyed before its desk is deleted: as long as
anything may be left, something shows that it is due, and the next run repeats an attempt that died here.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.log_chain import SERVICE
from feedback.services.programmes.find_purges import desks_to_delete
from feedback.storage.api_keys import drop_keys_of_programme
from feedback.storage.audit_log import note
from feedback.storage.hint_bits import freeze_links
from feedback.storage.keys import KeyStore, Purpose
from feedback.storage.programme_endings import ending_of
from feedback.storage.scrubbing import AT_A_PURGE, scrub
from feedback.storage.support import delete_desk, move_desk


def finish_purge(session: Session, keys: KeyStore, programme_id: int, *, now: datetime) -> None:
    """Do what is left to do once names are deleted, or nothing. Safe to repeat."""
    ending = ending_of(session, programme_id)
    if ending is None or ending.purged_at is None:
        session.rollback()
        return
    is_rewritten = ending.rewritten_at is not None
    session.rollback()
    if not is_rewritten:
        _rewrite(session, keys, programme_id, now)
    _close_desk(session, keys, programme_id, now)


def _rewrite(session: Session, keys: KeyStore, programme_id: int, now: datetime) -> None:
    # Nobody writes there to a programme that knows nobody; what was written is read until its day.
    move_desk(session, programme_id)
    session.commit()
    engine = session.get_bind().engine
    scrub(engine, *AT_A_PURGE)
    # A rewrite takes the marks away that keep a look at somebody else's link from being one.
    freeze_links(engine)
    # It leads from a number to a person's mails: nobody has the numbers any more, but mail archives have the mails.
    keys.destroy_programme_key(Purpose.OPT_OUT, programme_id)
    ending = ending_of(session, programme_id)
    if ending is not None:
        ending.rewritten_at = now
    drop_keys_of_programme(session, programme_id)
    note(session, now, SERVICE, "rewrote files: main database", f"programme {programme_id}")
    note(session, now, SERVICE, "destroyed keys: opt-out", f"programme {programme_id}")
    session.commit()


def _close_desk(session: Session, keys: KeyStore, programme_id: int, now: datetime) -> None:
    if programme_id not in desks_to_delete(session):
        session.rollback()
        return
    session.rollback()
    keys.destroy_programme_key(Purpose.SUPPORT, programme_id)
    delete_desk(session, programme_id)
    note(session, now, SERVICE, "destroyed keys: support", f"programme {programme_id}")
    session.commit()
