"""Open a programme's requests for support for those who help, and mark those that are done."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound, SealBroken, sentence
from feedback.domain.sealing import SealedRequest, open_request
from feedback.domain.staff import Reviewer, check_is_owner
from feedback.domain.support import Request, read_request
from feedback.storage.audit_log import note
from feedback.storage.database import reading
from feedback.storage.keys import KeyStore
from feedback.storage.programmes import programme_by_id
from feedback.storage.staff_letters import drop_contact_letters
from feedback.storage.support import SupportRequest, mark_done, request_waits, requests_of

_UNREADABLE = Request("", "", "")


@dataclass(frozen=True)
class OpenedRequest:
    """One request in clear; `request` is empty if it cannot be opened. `number` is its id in hexadecimal."""

    number: str
    request: Request
    expires_on: date
    is_done: bool


def read_support_requests(
    session: Session, keys: KeyStore, programme_id: int, *, now: datetime, reader: Reviewer
) -> tuple[OpenedRequest, ...]:
    """Return a programme's requests, those not done first; the audit log notes who read them.

    Raises NotFound if it is unknown, NotNamed if it may be somebody else than the account's owner who asks.
    """
    check_is_owner(reader)
    programme_by_id(session, programme_id)
    found = tuple(_opened(keys, one) for one in requests_of(session, programme_id))
    note(session, now, reader.actor, f"read {len(found)} requests for support", f"programme {programme_id}")
    session.commit()
    return found


def support_waits(session: Session, programme_id: int) -> bool:
    """Tell whether a request of a programme is not done yet. Opens none, and so notes nothing."""
    with reading(session):
        return request_waits(session, programme_id)


def finish_support_request(session: Session, programme_id: int, number: str, *, now: datetime, actor: str) -> None:
    """Mark a request as done, or raise NotFound; it is destroyed on its day as before.

    Once none is left the contact is told of none.
    """
    try:
        found = mark_done(session, programme_id, bytes.fromhex(number))
    except ValueError:
        found = False
    if not found:
        raise NotFound(sentence("There is no such request for support. It may have been destroyed on its day."))
    if not request_waits(session, programme_id):
        drop_contact_letters(session, programme_id)
    note(session, now, actor, "finished a request for support", f"programme {programme_id}")
    session.commit()


def _opened(keys: KeyStore, stored: SupportRequest) -> OpenedRequest:
    try:
        key = keys.support_key(stored.programme_id)
        request = read_request(open_request(SealedRequest(stored.sealed), key, stored.programme_id))
    except SealBroken:
        request = _UNREADABLE
    return OpenedRequest(stored.id.hex(), request, stored.expires_on, stored.is_done)
