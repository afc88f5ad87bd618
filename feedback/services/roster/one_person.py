"""What is held about one person who asks, and their wish to be taken off; never an answer: nobody can find one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.address import address_or_none
from feedback.domain.errors import NotFound, sentence
from feedback.domain.waves.states import LIVE
from feedback.services.roster.note_roster_change import note_roster_change
from feedback.services.staff.sign_in import Member
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme
from feedback.storage.erasures import ask_to_erase, seats_in_organisation, waves_that_invited
from feedback.storage.people import Participant
from feedback.storage.programmes import programme_by_id

_NOBODY = sentence("Nobody stands at that address in a programme that you may see.")


@dataclass(frozen=True)
class Invitation:
    """A survey that somebody was sent emails of. `until`: when it ends, if it is under way."""

    stage: str
    opened_at: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Seat:
    """One row of a roster, with what is kept beside it."""

    programme_id: int
    programme: str
    contact: str
    time_zone: str
    name: str
    role: str
    cohort: str
    language: str
    has_left: bool
    is_to_be_erased: bool
    invitations: tuple[Invitation, ...]

    @property
    def waits_until(self) -> datetime | None:
        """When the last survey under way that invited them ends; None if there is none."""
        return max((one.until for one in self.invitations if one.until), default=None)


def what_is_held(session: Session, member: Member, email: str, *, now: datetime) -> tuple[Seat, ...]:
    """Return each seat of an address in the programmes that a member of staff may see; that they looked is noted."""
    found = [_seat(session, one) for one in _seats(session, member, email)]
    note(session, now, member.actor, "looked up what is held about somebody", f"organisation {member.organisation_id}")
    session.commit()
    return tuple(found)


def take_off(session: Session, member: Member, email: str, *, now: datetime) -> tuple[Seat, ...]:
    """Have an address erased from every programme that a member of staff may see; return the seats, or raise NotFound.

    They have left at once. Whoever is put in again before that is done stays.
    """
    programmes = sorted({one.programme_id for one in _seats(session, member, email)})
    for programme_id in programmes:
        lock_programme(session, programme_id)
    seats = _seats(session, member, email)
    if not seats:
        raise NotFound(_NOBODY)
    ask_to_erase(session, [one.id for one in seats])
    for programme_id in programmes:
        note_roster_change(session, programme_id, member.actor, now=now)
        note(session, now, member.actor, "asked to erase somebody", f"programme {programme_id}")
    session.commit()
    return tuple(_seat(session, one) for one in _seats(session, member, email))


def _seats(session: Session, member: Member, email: str) -> list[Participant]:
    address = address_or_none(email)
    found = seats_in_organisation(session, member.organisation_id, address) if address else []
    return [one for one in found if member.may_see(one.programme_id)]


def _seat(session: Session, one: Participant) -> Seat:
    programme = programme_by_id(session, one.programme_id)
    waves = waves_that_invited(session, one.id)
    return Seat(
        programme_id=programme.id,
        programme=programme.name,
        contact=programme.contact_name,
        time_zone=programme.time_zone,
        name=one.name,
        role=one.role,
        cohort=one.cohort,
        language=one.language,
        has_left=one.has_left,
        is_to_be_erased=one.is_to_be_erased,
        invitations=tuple(
            Invitation(wave.stage, wave.opened_at, wave.closes_at if wave.state in LIVE else None) for wave in waves
        ),
    )
