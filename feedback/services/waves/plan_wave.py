"""Plan a wave: what it asks, when it opens, reminds, looks and closes. Refuses what its opening would refuse."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.disclosure.groups import Grouping
from feedback.domain.survey.questionnaire_json import with_words
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.domain.waves.calendar import WaveCalendar, Wishes, draw_calendar
from feedback.domain.waves.schedule import Offset
from feedback.domain.waves.states import MomentKind, WaveState
from feedback.services.waves.check_history import PlannedSurvey, check_history
from feedback.services.waves.count_invited import count_invited
from feedback.services.waves.form_groups import FormedGroups, form_groups
from feedback.storage.audit_log import note
from feedback.storage.database import reading
from feedback.storage.keys import KeyStore
from feedback.storage.programmes import Programme, programme_by_id, words_of
from feedback.storage.quiet_times import hours_of
from feedback.storage.waves import Wave, add_moments, add_questionnaires


@dataclass(frozen=True)
class WavePlan:
    """A wave as requested. Without `opens_at` somebody opens it by hand; without `look_at` the look is half-way.

    `reminders` are offsets, `reminders_at` fixed moments. `may_close_early` is fixed here and shown to participants:
    unless it is set, nobody can close early. `grouping` is for a first wave with a small role; None: what shows more.
    """

    programme_id: int
    stage: str
    questionnaires: Mapping[Role, Questionnaire]
    opens_at: datetime | None
    closes_at: datetime
    reminders_at: tuple[datetime, ...] = ()
    look_at: datetime | None = None
    may_close_early: bool = False
    reminders: tuple[Offset, ...] = ()
    grouping: Grouping | None = None


def plan_wave(
    session: Session,
    keys: KeyStore,
    plan: WavePlan,
    *,
    key_backup_days: int,
    comment_days: int,
    now: datetime,
    actor: str,
) -> int:
    """Store the wave and return its id, or raise PlanRefused naming what cannot be: a date, or an overlap (R11)."""
    # Only read, so that nobody waits for the search; the opening does it again, under the organisation's lock.
    with reading(session):
        programme = programme_by_id(session, plan.programme_id)
        planned_calendar(session, plan, now)
        formed = planned_groups(session, programme, plan)
        check_history(session, keys, planned_survey(programme, plan, formed), formed.groups, now=now)
    programme = programme_by_id(session, plan.programme_id)
    calendar = planned_calendar(session, plan, now)
    wave = Wave(
        programme_id=programme.id,
        stage=plan.stage,
        state=WaveState.DRAFT if calendar.opens_at is None else WaveState.SCHEDULED,
        opens_at=calendar.opens_at,
        closes_at=calendar.closes_at,
        may_close_early=plan.may_close_early,
        minimum_group_size=programme.minimum_group_size,
        key_backup_days=key_backup_days,
        comment_days=comment_days,
        reviewer_name=programme.reviewer_name,
        reviewer_id=programme.reviewer_id,
        calendar_changed_at=now,
        grouping=plan.grouping,
    )
    session.add(wave)
    session.flush()
    add_questionnaires(session, wave.id, _asked_in_words(programme, plan.questionnaires))
    offsets = {one.at: None if one.offset is None else str(one.offset) for one in calendar.reminders}
    add_moments(session, wave.id, MomentKind.REMINDER, offsets)
    add_moments(session, wave.id, MomentKind.LOOK, dict.fromkeys(calendar.looks))
    number = wave.id
    note(session, now, actor, "planned", f"wave {number}")
    session.commit()
    return number


def planned_calendar(session: Session, plan: WavePlan, now: datetime) -> WaveCalendar:
    """Return the calendar of a plan, or raise PlanRefused."""
    invited = count_invited(session, plan.programme_id).people
    wishes = Wishes(plan.opens_at, plan.closes_at, (*plan.reminders, *plan.reminders_at), plan.look_at)
    return draw_calendar(wishes, hours_of(session, plan.programme_id), now=now, invited=invited)


def planned_groups(session: Session, programme: Programme, plan: WavePlan) -> FormedGroups:
    """Return the groups of a plan on the present roster, or raise PlanRefused."""
    asked = _asked_in_words(programme, plan.questionnaires)
    return form_groups(session, programme.id, asked, programme.minimum_group_size, plan.grouping)


def planned_survey(programme: Programme, plan: WavePlan, formed: FormedGroups) -> PlannedSurvey:
    """Return what a plan asks of whom, as `check_history` compares it."""
    return PlannedSurvey(programme.id, plan.stage, programme.minimum_group_size, formed.forecast.asked, None)


def _asked_in_words(programme: Programme, questionnaires: Mapping[Role, Questionnaire]) -> dict[Role, Questionnaire]:
    """Return questionnaires in the programme's own words."""
    words = words_of(programme)
    return {role: with_words(one, words) for role, one in questionnaires.items()}
