"""People who are taken off for good: with their name goes everything by which the service could find them.

What is left on purpose is in no row of theirs: digests of who was in which group, and what nobody can tell is theirs.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from feedback.domain.address import Address, local_part_of, one_address
from feedback.domain.links import OptOutDigest
from feedback.domain.waves.states import LIVE
from feedback.storage.address_corrections import AddressNotice
from feedback.storage.bulk import among
from feedback.storage.deliveries import Delivery
from feedback.storage.opt_outs import OptOut
from feedback.storage.organisations import Organisation
from feedback.storage.people import Participant
from feedback.storage.programmes import Programme
from feedback.storage.roster_approvals import RosterApproval, approval_of
from feedback.storage.waves import Wave

_MODELS = (Participant, Delivery, AddressNotice, OptOut, RosterApproval)
ERASED_FROM = tuple(model.__tablename__ for model in _MODELS)
"""The tables of which rows are deleted or emptied here."""


class PersonToErase(NamedTuple):
    """Somebody who is to be erased; `is_blank` once nothing but an empty row is left of them."""

    participant_id: int
    programme_id: int
    is_blank: bool


def seats_in_organisation(session: Session, organisation_id: int, email: Address) -> list[Participant]:
    """Return who has or had an address, however it is spelt, in any programme of an organisation; oldest first."""
    same = session.get_one(Organisation, organisation_id).same_domains
    person = one_address(email, same)
    local_part = local_part_of(person)
    query = select(Participant).join(Programme, Programme.id == Participant.programme_id)
    near = (Programme.organisation_id == organisation_id, Participant.email.istartswith(local_part, autoescape=True))
    found = session.scalars(query.where(*near).order_by(Participant.programme_id, Participant.id))
    return [one for one in found if one_address(one.email, same) == person]


def waves_that_invited(session: Session, participant_id: int) -> list[Wave]:
    """Return the waves of which somebody was sent anything, oldest first."""
    return list(session.scalars(_waves_that_invited(participant_id).order_by(Wave.id)))


def ask_to_erase(session: Session, participant_ids: Collection[int]) -> None:
    """Record that people have left and are to be erased."""
    for mine in among(session, Participant.id, participant_ids):
        session.execute(update(Participant).where(mine).values(has_left=True, is_to_be_erased=True))


def any_to_erase(session: Session) -> bool:
    """Tell whether somebody can be erased now."""
    return session.scalars(_to_erase().limit(1)).first() is not None


def people_to_erase(session: Session) -> list[PersonToErase]:
    """Return those who can be erased now, by id: no wave that invited them is under way."""
    return [PersonToErase(one.id, one.programme_id, not one.name) for one in session.scalars(_to_erase())]


def blank(session: Session, people: Iterable[PersonToErase], wishes: Iterable[OptOutDigest]) -> None:
    """Delete what leads to people, `wishes` among it, and leave of themselves an empty row, in no role's way."""
    for digest in wishes:
        session.execute(delete(OptOut).where(OptOut.digest == digest))
    for one in people:
        session.execute(delete(Delivery).where(Delivery.participant_id == one.participant_id))
        session.execute(delete(AddressNotice).where(AddressNotice.participant_id == one.participant_id))
        _forget_approval_of(session, one)
        empty = {"name": "", "email": str(one.participant_id), "cohort": "", "language": ""}
        session.execute(update(Participant).where(Participant.id == one.participant_id).values(empty))


def drop_blanks(session: Session, people: Iterable[PersonToErase]) -> None:
    """Delete the empty rows."""
    for one in people:
        session.execute(delete(Participant).where(Participant.id == one.participant_id))


def _to_erase() -> Select[Participant]:
    is_asked = select(Delivery.id).join(Wave, Wave.id == Delivery.wave_id)
    is_asked = is_asked.where(Delivery.participant_id == Participant.id, Wave.state.in_(LIVE))
    query = select(Participant).where(Participant.is_to_be_erased.is_(True), Participant.has_left.is_(True))
    return query.where(~is_asked.exists()).order_by(Participant.id)


def _waves_that_invited(participant_id: int) -> Select[Wave]:
    return select(Wave).where(
        select(Delivery.id).where(Delivery.wave_id == Wave.id, Delivery.participant_id == participant_id).exists()
    )


def _forget_approval_of(session: Session, one: PersonToErase) -> None:
    approval = approval_of(session, one.programme_id)
    if approval is not None and approval.entries:
        approval.entries = [entry for entry in approval.entries if entry[0] != one.participant_id]
