"""Whom a mail to staff concerns, and whether what it says is so. Never reads how many have answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.staff import PLANNERS, StaffRole
from feedback.domain.waves.staff_mails import ABOUT_COMMENTS, StaffMail
from feedback.domain.waves.states import WaveState
from feedback.services.waves.show_wave import may_be_extended
from feedback.storage.deliveries import undelivered
from feedback.storage.programmes import Programme, programme_by_id
from feedback.storage.staff import StaffMember, staff_by_id, staff_in_role
from feedback.storage.staff_letters import StaffLetter
from feedback.storage.waves import Wave, moments_of, wave_by_id

_PAGES = {
    StaffMail.UNREACHED: "/undeliverable",
    StaffMail.REPORT: "/report",
    StaffMail.COMMENTS: "/comments",
    StaffMail.COMMENTS_EXPIRE: "/comments",
}


@dataclass(frozen=True)
class Matter:
    """What a mail to staff is about: a wave, or with None a programme's requests for support."""

    kind: StaffMail
    programme: Programme
    wave: Wave | None


def matter_of(session: Session, letter: StaffLetter) -> Matter:
    """Return what a letter is about, as it is now."""
    wave = None if letter.wave_id is None else wave_by_id(session, letter.wave_id)
    programme_id = (wave.programme_id if wave else letter.programme_id) or 0
    return Matter(StaffMail(letter.kind), programme_by_id(session, programme_id), wave)


def page_for(matter: Matter) -> str:
    """Return the path of the page on which a mail's reader does what it is about."""
    if matter.wave is None:
        return f"/staff/programmes/{matter.programme.id}/support"
    return f"/staff/waves/{matter.wave.id}{_PAGES.get(matter.kind, '')}"


def concerned(session: Session, matter: Matter, now: datetime) -> list[StaffMember]:
    """Return who is to be told, all of whom may open the mail's page; nobody if what it says is not so any more.

    Of an example nobody is told anything.
    """
    if matter.programme.is_example:
        return []
    if matter.wave is None:
        return _helpers(session, matter.programme)
    return _readers(session, matter, matter.wave) if _is_so(session, matter.wave, matter.kind, now) else []


def count_unreached(session: Session, wave: Wave | None) -> int:
    """Return how many people no mail of an open wave has reached, as far as is known."""
    return len(undelivered(session, wave.id)) if wave and wave.state == WaveState.OPEN else 0


def _readers(session: Session, matter: Matter, wave: Wave) -> list[StaffMember]:
    if matter.kind in ABOUT_COMMENTS:
        return [one for one in _in_role(session, matter.programme, StaffRole.REVIEWER) if one.id == wave.reviewer_id]
    roles = (StaffRole.ADMINISTRATOR,) if matter.kind is StaffMail.HELD else PLANNERS
    return [one for role in roles for one in _in_role(session, matter.programme, role)]


def _helpers(session: Session, programme: Programme) -> list[StaffMember]:
    """Return the contact or, if that account has no access, who else may read requests for support."""
    contact = staff_by_id(session, programme.contact_id or 0)
    if contact is not None and not contact.is_removed:
        return [contact]
    return _in_role(session, programme, StaffRole.ADMINISTRATOR)


def _in_role(session: Session, programme: Programme, role: StaffRole) -> list[StaffMember]:
    return staff_in_role(session, programme.organisation_id, role, programme.id)


def _is_so(session: Session, wave: Wave, kind: StaffMail, now: datetime) -> bool:
    is_open = wave.state == WaveState.OPEN and now < wave.closes_at
    match kind:
        case StaffMail.POSTPONED:
            return wave.state == WaveState.SCHEDULED
        case StaffMail.REFUSED:
            return wave.state == WaveState.SCHEDULED and wave.opening_was_refused
        case StaffMail.OPENED | StaffMail.CLOSES_SOON:
            return is_open
        case StaffMail.UNREACHED:
            return is_open and count_unreached(session, wave) > 0
        case StaffMail.TOO_FEW:
            return may_be_extended(wave, moments_of(session, wave.id), now)
        case StaffMail.HELD:
            return wave.state == WaveState.HELD
        case StaffMail.REPORT:
            return wave.state == WaveState.CLOSED
        case StaffMail.COMMENTS | StaffMail.COMMENTS_EXPIRE:
            return _waits_for_review(wave, now)
        case StaffMail.SUPPORT:
            return False


def _waits_for_review(wave: Wave, now: datetime) -> bool:
    return wave.state == WaveState.CLOSED and wave.comments_may_be_read(now)
