"""Correct a participant's address. The link stays the same, so a mail that went to the old address still holds it.

Whoever was invited to a wave that is not over keeps their address unless the last mail to it was lost: else their link
could be led elsewhere. The old address is told.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.address import Address, address_or_none, one_address, read_address
from feedback.domain.errors import AddressRefused, NotFound, sentence
from feedback.domain.roster.likeness import name_key
from feedback.domain.waves.states import LIVE
from feedback.services.programmes.check_running import check_running
from feedback.services.roster.note_roster_change import note_roster_change
from feedback.storage.address_corrections import correct
from feedback.storage.database import lock_programme
from feedback.storage.deliveries import invited_to, undelivered
from feedback.storage.people import Participant, known_people, people_at
from feedback.storage.programmes import programme_by_id
from feedback.storage.waves import waves_of


def correct_address(session: Session, programme_id: int, old: str, new: str, *, now: datetime, actor: str) -> None:
    """Give the person at the address `old` the address `new`, in every role.

    Raises NotFound if nobody in the programme has the old address, AddressRefused if the new one is no address, is the
    old one, or belongs to somebody else, or if mails reach the old one while a wave is not over.
    """
    programme_by_id(session, programme_id)
    change_address(session, programme_id, address_or_none(old), wanted_address(new), now=now, actor=actor)
    session.commit()


def change_address(
    session: Session, programme_id: int, old: Address | None, address: Address, *, now: datetime, actor: str
) -> None:
    """Do what `correct_address` does, in a transaction that the caller ends."""
    lock_programme(session, programme_id)
    check_running(session, programme_id)
    people = people_at(session, programme_id, old)
    if not people:
        raise NotFound("Nobody in this programme has that address.")
    if address == people[0].email:
        raise AddressRefused(sentence("That is the address that the roster has already."))
    if any(not _is_same_person(holder, people) for holder in _holders(session, programme_id, address, people)):
        raise AddressRefused(
            sentence(
                "Somebody else in this programme has that address, or had it before leaving. Nothing was changed: "
                "two people with one mailbox would answer in each other’s name."
            )
        )
    note_roster_change(session, programme_id, actor, now=now)
    session.flush()
    may_move = not _are_reached(session, programme_id, {person.id for person in people})
    if not may_move or not correct(session, programme_id, people[0].email, address, now, actor):
        session.rollback()
        raise AddressRefused(
            sentence(
                "A survey is open, and no email to that person is known to be lost: somebody else could be given their "
                "link. Correct the address when an email has come back, or when the survey is over."
            )
        )


def _are_reached(session: Session, programme_id: int, people: set[int]) -> bool:
    live = [wave.id for wave in waves_of(session, programme_id) if wave.state in LIVE]
    lost = {number: {one.participant_id for one in undelivered(session, number)} for number in live}
    return any(people & set(invited_to(session, number)) and not people & lost[number] for number in live)


def _holders(session: Session, programme_id: int, address: Address, people: list[Participant]) -> Iterator[Participant]:
    """Yield who else has, or had, the mailbox of an address, whatever is written behind a "+"."""
    domains = programme_by_id(session, programme_id).organisation.same_domains
    mailbox, own = one_address(address, domains), {person.id for person in people}
    for holder in known_people(session, programme_id).values():
        if holder.id not in own and one_address(holder.email, domains) == mailbox:
            yield holder


def wanted_address(text: str) -> Address:
    """Return the address that somebody is to have; raise AddressRefused if it is none."""
    if address_or_none(text) is None:
        raise AddressRefused(sentence("The new address cannot be used. Write it like name@example.com."))
    return read_address(text)


# Somebody in both roles may have a wrong address in one of them only.
def _is_same_person(holder: Participant, people: list[Participant]) -> bool:
    same_name = {name_key(person.name) for person in people} == {name_key(holder.name)}
    return same_name and holder.role not in {person.role for person in people}
