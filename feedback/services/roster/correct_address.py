"""Correct a participant's address. The link stays the same, so a mail that went to the old address still holds it."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.address import Address, address_or_none, read_address
from feedback.domain.errors import AddressRefused, NotFound, sentence
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme
from feedback.storage.people import Participant, people_at
from feedback.storage.programmes import programme_by_id
from feedback.storage.roster_approvals import note_change


def correct_address(session: Session, programme_id: int, old: str, new: str, *, now: datetime, actor: str) -> None:
    """Give the person at the address `old` the address `new`, in every role.

    Raises NotFound if nobody in the programme has the old address, AddressRefused if the new one is no address, is the
    old one, or belongs to somebody else.
    """
    programme_by_id(session, programme_id)
    change_address(session, programme_id, address_or_none(old), wanted_address(new), now=now, actor=actor)
    session.commit()


def change_address(
    session: Session, programme_id: int, old: Address | None, address: Address, *, now: datetime, actor: str
) -> None:
    """Do what `correct_address` does, in a transaction that the caller ends."""
    lock_programme(session, programme_id)
    people = people_at(session, programme_id, old)
    if not people:
        raise NotFound("Nobody in this programme has that address.")
    if address == people[0].email:
        raise AddressRefused(sentence("That is the address that the roster has already."))
    if any(not _is_same_person(holder, people) for holder in people_at(session, programme_id, address)):
        raise AddressRefused(
            sentence(
                "Somebody else in this programme has that address, or had it before leaving. Nothing was changed: "
                "two people with one mailbox would answer in each other’s name."
            )
        )
    for person in people:
        person.email = address
    note_change(session, programme_id, actor)
    note(session, now, actor, "corrected an address", f"programme {programme_id}")


def wanted_address(text: str) -> Address:
    """Return the address that somebody is to have; raise AddressRefused if it is none."""
    try:
        return read_address(text)
    except AddressRefused as wrong:
        raise AddressRefused(f"The new address cannot be used: {wrong}") from None


# Somebody in both roles may have a wrong address in one of them only.
def _is_same_person(holder: Participant, people: list[Participant]) -> bool:
    same_name = {person.name.casefold() for person in people} == {holder.name.casefold()}
    return same_name and holder.role not in {person.role for person in people}
