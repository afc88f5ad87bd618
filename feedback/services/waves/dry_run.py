"""Dry-run a wave: who would get which mail when, who would not, and why. Sends nothing and writes nothing.

It reads only the roster, invitations and opt-outs, so it cannot tell who has answered. It counts those who want no
mail and does not name them: many stop the reminders just after they have answered.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from feedback.domain.address import Address
from feedback.domain.errors import WaveNotReady
from feedback.domain.links import opt_out_digest, opt_out_token
from feedback.domain.waves.mails import INVITATION, MailKind, WaveMail
from feedback.domain.waves.states import MomentKind, WaveState
from feedback.storage.database import reading
from feedback.storage.deliveries import invited_to
from feedback.storage.keys import KeyStore
from feedback.storage.opt_outs import unwilling
from feedback.storage.people import Participant, known_people
from feedback.storage.quiet_times import hours_of
from feedback.storage.waves import Wave, moments_of, wave_by_id

_AHEAD = {WaveState.DRAFT, WaveState.SCHEDULED, WaveState.OPEN}


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

    `unwilling`: how many of those not left out want no mail.
    """

    programme_id: int
    mails: tuple[MailAhead, ...]
    people: tuple[Addressee, ...]
    unwilling: int

    @property
    def reached(self) -> int:
        """How many people get each of the mails."""
        return sum(person.left_out is None for person in self.people) - self.unwilling


def dry_run_wave(session: Session, keys: KeyStore, wave_id: int, *, now: datetime) -> DryRun:
    """Return what a wave would send from now on; raise WaveNotReady if it sends nothing any more."""
    with reading(session):
        wave = wave_by_id(session, wave_id)
        if WaveState(wave.state) not in _AHEAD:
            raise WaveNotReady(f"Wave {wave_id} is {wave.state}; it sends no more invitations or reminders.")
        people = _people(session, wave)
        wanted = [number for number, person in people if person.left_out is None]
        return DryRun(
            wave.programme_id,
            _mails(session, wave, now),
            tuple(person for _number, person in people),
            _unwilling(session, keys, wave, wanted),
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


def _people(session: Session, wave: Wave) -> list[tuple[int, Addressee]]:
    roster = known_people(session, wave.programme_id).values()
    invited = set(invited_to(session, wave.id)) if wave.opened_at else {person.id for person in roster}
    people = [(person.id, _addressee(person, person.id in invited)) for person in roster]
    return sorted(people, key=lambda one: (one[1].role != "mentor", one[1].name, one[1].email))


def _unwilling(session: Session, keys: KeyStore, wave: Wave, people: list[int]) -> int:
    key = keys.opt_out_key(wave.programme_id)
    return len(unwilling(session, [opt_out_digest(opt_out_token(key, number)) for number in people]))


def _addressee(person: Participant, is_invited: bool) -> Addressee:
    reason = None
    if person.has_left:
        reason = LeftOut.HAS_LEFT
    elif not is_invited:
        reason = LeftOut.JOINED_LATER
    return Addressee(person.name, person.email, person.role, person.cohort, reason)
