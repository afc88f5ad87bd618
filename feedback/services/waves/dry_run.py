"""Dry-run a wave: who would get which mail when, who would not, and why. Sends nothing and writes nothing.

It reads only the roster and the mails, so it cannot tell who has answered. Many stop the reminders just after they have
answered: so it counts those who want no mail as they were at their last mail, and names nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from feedback.domain.address import Address
from feedback.domain.errors import WaveNotReady
from feedback.domain.waves.mails import INVITATION, MailKind, WaveMail
from feedback.domain.waves.states import NOT_OPENED, MomentKind, WaveState
from feedback.storage.database import reading
from feedback.storage.deliveries import count_unwilling, invited_to
from feedback.storage.people import Participant, known_people
from feedback.storage.quiet_times import hours_of
from feedback.storage.waves import Wave, moments_of, wave_by_id

_STILL_SENDS = NOT_OPENED | {WaveState.OPEN}


class LeftOut(StrEnum):
    """Why somebody gets no mail of a wave."""

    HAS_LEFT = "has-left"
    JOINED_LATER = "joined-later"


@dataclass(frozen=True)
class MailAhead:
    """One mail that is still to go out; `at` is None if somebody opens the wave by hand."""

    mail: WaveMail
    at: datetime | None


@dataclass(frozen=True)
class Addressee:
    """One person of the roster; `left_out` says why they get no mail; None if they get all, unless they opted out."""

    name: str
    email: Address
    role: str
    cohort: str
    left_out: LeftOut | None


@dataclass(frozen=True)
class DryRun:
    """The mails of a wave that are ahead, and everybody on the roster, by role and name.

    `unwilling`: how many of those not left out wanted no mail when the last one to everybody went out.
    """

    programme_id: int
    mails: tuple[MailAhead, ...]
    people: tuple[Addressee, ...]
    unwilling: int

    @property
    def reached(self) -> int:
        """How many people get each of the mails."""
        return sum(person.left_out is None for person in self.people) - self.unwilling


def dry_run_wave(session: Session, wave_id: int, *, now: datetime) -> DryRun:
    """Return what a wave would send from now on; raise WaveNotReady if it sends nothing any more."""
    with reading(session):
        wave = wave_by_id(session, wave_id)
        if WaveState(wave.state) not in _STILL_SENDS:
            raise WaveNotReady(f"Wave {wave_id} is {wave.state}; it sends no more invitations or reminders.")
        invited_by = wave_id if wave.opened_at else None
        return DryRun(
            wave.programme_id,
            _mails(session, wave, now),
            _people(session, wave),
            count_unwilling(session, wave.programme_id, invited_by),
        )


def _mails(session: Session, wave: Wave, now: datetime) -> tuple[MailAhead, ...]:
    hours = hours_of(session, wave.programme_id)
    reminders = [one for one in moments_of(session, wave.id) if one.kind == MomentKind.REMINDER and not one.is_done]
    ahead = [
        MailAhead(WaveMail(MailKind.REMINDER, one.number), hours.next_allowed(max(one.due_at, now)))
        for one in reminders
    ]
    if wave.state == WaveState.OPEN:
        return tuple(ahead)
    opening = None if wave.opens_at is None else hours.next_allowed(max(wave.opens_at, now))
    return (MailAhead(INVITATION, opening), *ahead)


def _people(session: Session, wave: Wave) -> tuple[Addressee, ...]:
    roster = known_people(session, wave.programme_id).values()
    invited = set(invited_to(session, wave.id)) if wave.opened_at else {person.id for person in roster}
    people = (_addressee(person, person.id in invited) for person in roster)
    return tuple(sorted(people, key=lambda one: (one.role != "mentor", one.name, one.email)))


def _addressee(person: Participant, is_invited: bool) -> Addressee:
    reason = None
    if person.has_left:
        reason = LeftOut.HAS_LEFT
    elif not is_invited:
        reason = LeftOut.JOINED_LATER
    return Addressee(person.name, person.email, person.role, person.cohort, reason)
