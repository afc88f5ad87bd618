"""Take a request for support: seal it for the contact and store it, apart from surveys, links and answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound, sentence
from feedback.domain.links import SHORT_SECRET_BYTES, from_address
from feedback.domain.sealing import seal_request
from feedback.domain.support import LARGEST_REQUEST, Request, write_request
from feedback.storage.notices import help_contacts_of
from feedback.storage.programmes import programme_by_id
from feedback.storage.support import SupportDesk, add_request, desk_behind

_TOLD_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class Desk:
    """Who receives a request, how long it is kept, and where else to find help."""

    organisation: str
    programme: str
    contact_name: str
    contact_email: str
    days: int
    help_contacts: str


def find_desk(connection: Connection, address: str) -> Desk:
    """Return the desk behind an address, or raise NotFound."""
    with Session(connection) as session:
        desk = _desk(session, address)
        programme = programme_by_id(session, desk.programme_id)
        contact = (programme.contact_name, programme.contact_email)
        help_contacts = help_contacts_of(session, programme.id)
        return Desk(programme.organisation.name, programme.name, *contact, desk.days, help_contacts)


def ask_for_support(session: Session, address: str, request: Request, *, now: datetime) -> None:
    """Store a request that its form has checked, or raise NotFound.

    The contact is told at the next full ten minutes, so that the mail reveals no time.
    """
    desk = _desk(session, address)
    sealed = seal_request(write_request(request), desk.key, desk.programme_id, LARGEST_REQUEST)
    rest = timedelta(seconds=now.timestamp() % _TOLD_EVERY.total_seconds())
    expires_on, tell_at = now.date() + timedelta(days=desk.days), now - rest + _TOLD_EVERY
    add_request(session, desk.programme_id, sealed, expires_on=expires_on, tell_at=tell_at)
    session.commit()


def _desk(session: Session, address: str) -> SupportDesk:
    desk = desk_behind(session, from_address(address, SHORT_SECRET_BYTES) or bytes(SHORT_SECRET_BYTES))
    if desk is None:
        raise NotFound(sentence("This address leads to nobody. Write to the contact named in your email."))
    return desk
