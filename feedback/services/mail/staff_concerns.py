"""Whom a mail to staff about a wave concerns, and whether what it says is so. Never reads how many have answered."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.staff import PLANNERS, StaffRole
from feedback.domain.waves.staff_mails import ABOUT_COMMENTS, StaffMail
from feedback.domain.waves.states import WaveState
from feedback.services.waves.show_wave import may_be_extended
from feedback.storage.deliveries import undelivered
from feedback.storage.programmes import programme_by_id
from feedback.storage.staff import StaffMember, staff_in_role
from feedback.storage.waves import Wave, moments_of

_PAGES = {
    StaffMail.UNREACHED: "/undeliverable",
    StaffMail.REPORT: "/report",
    StaffMail.COMMENTS: "/comments",
    StaffMail.COMMENTS_EXPIRE: "/comments",
}


def page_for(kind: StaffMail, wave_id: int) -> str:
    """Return the path of the page on which a mail's reader does what it is about."""
    return f"/staff/waves/{wave_id}{_PAGES.get(kind, '')}"


def concerned(session: Session, wave: Wave, kind: StaffMail, now: datetime) -> list[StaffMember]:
    """Return who is to be told, all of whom may open the mail's page; nobody if what it says is not so any more."""
    if not _is_so(session, wave, kind, now):
        return []
    organisation_id = programme_by_id(session, wave.programme_id).organisation_id
    roles = (StaffRole.REVIEWER,) if kind in ABOUT_COMMENTS else PLANNERS
    found = [one for role in roles for one in staff_in_role(session, organisation_id, role, wave.programme_id)]
    return [one for one in found if kind not in ABOUT_COMMENTS or one.id == wave.reviewer_id]


def count_unreached(session: Session, wave: Wave) -> int:
    """Return how many people no mail of an open wave has reached, as far as is known."""
    return len(undelivered(session, wave.id)) if wave.state == WaveState.OPEN else 0


def _is_so(session: Session, wave: Wave, kind: StaffMail, now: datetime) -> bool:
    is_open = wave.state == WaveState.OPEN and now < wave.closes_at
    match kind:
        case StaffMail.OPENED | StaffMail.CLOSES_SOON:
            return is_open
        case StaffMail.UNREACHED:
            return is_open and count_unreached(session, wave) > 0
        case StaffMail.TOO_FEW:
            return may_be_extended(wave, moments_of(session, wave.id), now)
        case StaffMail.REPORT:
            return wave.state == WaveState.CLOSED
        case StaffMail.COMMENTS | StaffMail.COMMENTS_EXPIRE:
            return _waits_for_review(wave, now)


def _waits_for_review(wave: Wave, now: datetime) -> bool:
    until = wave.comments_expire_at
    return wave.state == WaveState.CLOSED and until is not None and now < until and not wave.reviewer_left
