"""Erase people who asked to be taken off, once no survey that invited them is under way. Safe to repeat."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.links import opt_out_digest, opt_out_token
from feedback.domain.log_chain import SERVICE
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme
from feedback.storage.erasures import ERASED_FROM, PersonToErase, blank, drop_blanks, people_to_erase
from feedback.storage.hint_bits import freeze_links
from feedback.storage.keys import KeyStore
from feedback.storage.scrubbing import scrub


def erase_people(session: Session, keys: KeyStore, *, now: datetime) -> None:
    """Delete them and all that leads to them, rewrite the files, and only then drop the empty rows.

    The empty rows say that the files are to be rewritten, if a run dies before it has. Raises ScrubUnfinished.
    """
    doomed = people_to_erase(session)
    session.rollback()
    for programme_id in sorted({one.programme_id for one in doomed}):
        lock_programme(session, programme_id)
        # Somebody may have come back meanwhile.
        still = [one for one in people_to_erase(session) if one.programme_id == programme_id and not one.is_blank]
        wishes = [opt_out_digest(opt_out_token(keys.opt_out_key(programme_id), one.participant_id)) for one in still]
        blank(session, still, wishes)
        session.commit()
    engine = session.get_bind().engine
    scrub(engine, *ERASED_FROM)
    # A rewrite takes the marks away that keep a look at somebody else's link from being one.
    freeze_links(engine)
    blanks = [one for one in people_to_erase(session) if one.is_blank]
    drop_blanks(session, blanks)
    _note(session, blanks, now)
    session.commit()


def _note(session: Session, erased: list[PersonToErase], now: datetime) -> None:
    for programme_id in sorted({one.programme_id for one in erased}):
        note(session, now, SERVICE, "erased somebody who asked for it", f"programme {programme_id}")
