"""Delete the names of a programme that has ended, and all that is known of mails to them. Knows no key.

What outlives it knows no person: reports and what was released, the sizes of groups, and the history's digests (R11).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.ending import PurgeAct
from feedback.domain.log_chain import SERVICE
from feedback.services.programmes.purge_calendar import act_due
from feedback.storage.address_corrections import forget_all
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme
from feedback.storage.deliveries import delete_mails
from feedback.storage.opt_outs import delete_opt_outs
from feedback.storage.people import delete_people
from feedback.storage.programme_endings import ending_of
from feedback.storage.roster_approvals import delete_approval
from feedback.storage.waves import waves_of
from feedback.storage.web_hooks import delete_hooks_of_programme


def purge_names(session: Session, programme_id: int, *, now: datetime) -> None:
    """Do what there is to do about a programme's names: note that their day is near, or delete them. Safe to repeat."""
    lock_programme(session, programme_id)
    ending = ending_of(session, programme_id)
    act = act_due(session, ending, now) if ending else None
    if ending is None or act is None:
        session.rollback()
        return
    if act is PurgeAct.DELETE:
        _delete(session, programme_id)
        ending.purged_at = now
        note(session, now, SERVICE, "deleted the names", f"programme {programme_id}")
    else:
        ending.due_at = now if act is PurgeAct.NOTICE else None
    session.commit()


def _delete(session: Session, programme_id: int) -> None:
    # What points to somebody goes before them.
    forget_all(session, programme_id)
    for wave in waves_of(session, programme_id):
        delete_mails(session, wave.id)
        # News that no relay took in time reaches nobody any more.
        wave.news = wave.news_due_at = None
    delete_opt_outs(session, programme_id)
    delete_approval(session, programme_id)
    delete_people(session, programme_id)
    delete_hooks_of_programme(session, programme_id)
