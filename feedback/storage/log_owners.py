"""Whose an entry of the audit log is: the organisation of what it is about, else of whoever acted."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from feedback.domain.staff import principal_of
from feedback.storage.programmes import Programme
from feedback.storage.staff import StaffMember
from feedback.storage.waves import Wave


def owner_of(session: Session, actor: str, subject: str) -> int | None:
    """Return the organisation that an entry belongs to; None if it belongs to the installation alone.

    `subject` begins with what it is about, such as "wave 2, participant 5"; what follows a comma says no more of that.
    """
    # What the caller has changed is the caller's to write.
    with session.no_autoflush:
        for name in (subject.partition(",")[0], principal_of(actor)):
            owner = _owner(session, *name.partition(" ")[::2])
            if owner is not None:
                return owner
    return None


def _owner(session: Session, kind: str, number: str) -> int | None:
    if not (number.isascii() and number.isdecimal()):
        return None
    if kind == "organisation":
        return int(number)
    query = _query(kind, int(number))
    found: int | None = None if query is None else session.scalar(query)
    return found


def _query(kind: str, number: int) -> Select[Any] | None:
    if kind == "wave":
        return select(Programme.organisation_id).join(Wave, Wave.programme_id == Programme.id).where(Wave.id == number)
    if kind == "programme":
        return select(Programme.organisation_id).where(Programme.id == number)
    if kind == "staff":
        return select(StaffMember.organisation_id).where(StaffMember.id == number)
    if kind == "key":
        # Participants' processes know of no keys, and need not load what does.
        from feedback.storage.api_keys import ApiKey

        return select(ApiKey.organisation_id).where(ApiKey.id == number)
    return None
