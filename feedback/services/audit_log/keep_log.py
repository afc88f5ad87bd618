"""Chain what was noted in the audit log, and forget what is older than is stated.

A clock that jumps ahead deletes nothing at once: entries are old by the newest entry that was made at least a day ago.
Where none was made meanwhile, the worker makes one, and deletes a day later.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.log_chain import FORGOT, SERVICE, SUBJECT
from feedback.storage.audit_log import note
from feedback.storage.audit_log_chain import chain_entries, forget_entries, newest_entry_at, oldest_entry_at
from feedback.storage.database import lock_log

NOTICE = timedelta(days=1)
AT_MOST_LATER = timedelta(days=7)
"""What is old enough waits for so long, that not each day of the log is forgotten by itself."""


def chain_log(session: Session) -> None:
    """Chain every entry that is not chained yet."""
    chain_entries(session)
    session.commit()


def forget_log(session: Session, *, days: int, now: datetime) -> None:
    """Delete the entries that were made more than `days` days ago once the first is a week older; note how far."""
    chain_entries(session)
    lock_log(session)
    oldest_at, seen_at = oldest_entry_at(session), newest_entry_at(session, now - NOTICE)
    kept = timedelta(days=days)
    if oldest_at is None or seen_at is None or oldest_at >= now - kept - AT_MOST_LATER:
        session.commit()
        return
    if oldest_at < seen_at - kept - AT_MOST_LATER:
        last = forget_entries(session, before=seen_at - kept, now=now)
        if last is not None:
            note(session, now, SERVICE, f"{FORGOT} {last}", SUBJECT)
    elif newest_entry_at(session, now) == seen_at:
        note(session, now, SERVICE, "saw that entries are old", SUBJECT)
    session.commit()
