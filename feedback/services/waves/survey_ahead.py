"""What people will be told of a survey before it opens: composed of the present roster, and storing nothing."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.disclosure.groups import Group, sizes_of_roles
from feedback.domain.report.report import Twin
from feedback.domain.sealing import Place
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.services.waves.count_invited import count_invited
from feedback.services.waves.form_groups import FormedGroups
from feedback.storage.database import reading
from feedback.storage.notices import help_contacts_of
from feedback.storage.programmes import programme_by_id
from feedback.storage.waves import Wave, wave_by_id


@dataclass(frozen=True)
class TermsAhead:
    """What would be fixed if a wave opened now, as the pages of one role show it."""

    questionnaire: Questionnaire
    organisation: str
    programme: str
    stage: str
    minimum_group_size: int
    invited: int
    groups: tuple[Group, ...]
    has_sides: bool
    may_close_early: bool
    key_backup_days: int
    comment_days: int
    reviewer_name: str | None
    time_zone: ZoneInfo
    twin_stages: tuple[str, ...]
    roster_was_approved: bool
    place: Place


@dataclass(frozen=True)
class ToldNow:
    """What pages say of a wave that may change while it is open."""

    closes_at: datetime
    contact_name: str
    contact_email: str
    help_contacts: str
    reviewer_left: bool


def told_now(session: Session, wave_id: int) -> ToldNow:
    """Return it as it is now; raise NotFound if there is no such wave."""
    with reading(session):
        wave = wave_by_id(session, wave_id)
        programme = programme_by_id(session, wave.programme_id)
        contact = (programme.contact_name, programme.contact_email)
        return ToldNow(wave.closes_at, *contact, help_contacts_of(session, programme.id), wave.reviewer_left)


def terms_ahead(
    session: Session, wave_id: int, role: Role, formed: FormedGroups, twins: tuple[Twin, ...]
) -> TermsAhead:
    """Return what would be fixed of a wave with these groups, and surveys that it could be compared with."""
    with reading(session):
        wave, stages = wave_by_id(session, wave_id), tuple(sorted({twin.stage for twin in twins}))
        return _composed(session, wave, formed.forecast.asked[role], formed, stages)


def _composed(
    session: Session, wave: Wave, asked: Questionnaire, formed: FormedGroups, twin_stages: tuple[str, ...]
) -> TermsAhead:
    programme = programme_by_id(session, wave.programme_id)
    are_one_group = any(group.role is None for group in formed.groups)
    return TermsAhead(
        questionnaire=asked,
        organisation=programme.organisation.name,
        programme=programme.name,
        stage=wave.stage,
        minimum_group_size=wave.minimum_group_size,
        invited=count_invited(session, programme.id).people,
        groups=formed.groups,
        has_sides=are_one_group and len(sizes_of_roles(formed.forecast.sizes)) > 1,
        may_close_early=wave.may_close_early,
        key_backup_days=wave.key_backup_days,
        comment_days=wave.comment_days,
        reviewer_name=wave.reviewer_name,
        time_zone=ZoneInfo(programme.time_zone),
        twin_stages=twin_stages,
        roster_was_approved=programme.organisation.approves_rosters,
        place=Place(programme.id, wave.id),
    )
