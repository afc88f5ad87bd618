"""Plan a wave: what it asks, when it opens, reminds, looks and closes. Refuses what its opening would refuse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.disclosure.groups import Grouping
from feedback.domain.errors import PlanRefused
from feedback.domain.survey.questionnaire_json import in_common_languages, with_words
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.domain.waves.calendar import WaveCalendar, Wishes, draw_calendar
from feedback.domain.waves.order import OpenSpan, all_out_of_order
from feedback.domain.waves.schedule import Offset
from feedback.domain.waves.states import MomentKind, WaveState
from feedback.services.programmes.check_running import check_running
from feedback.services.waves.check_history import PlannedSurvey, check_history
from feedback.services.waves.count_invited import count_invited
from feedback.services.waves.form_groups import FormedGroups, form_groups
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme, reading
from feedback.storage.keys import KeyStore
from feedback.storage.programmes import Programme, programme_by_id, words_of
from feedback.storage.quiet_times import hours_of
from feedback.storage.waves import Wave, add_moments, add_questionnaires, waves_of


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
    check_plan(session, keys, plan, now=now)
    number = _store(session, plan, key_backup_days, comment_days, now, actor)
    session.commit()
    return number


def plan_waves(
    session: Session,
    keys: KeyStore,
    plans: Sequence[WavePlan],
    *,
    key_backup_days: int,
    comment_days: int,
    now: datetime,
    actor: str,
) -> tuple[int, ...]:
    """Store all of one programme's waves and return their ids, or none of them and raise PlanRefused.

    More than `plan_wave` does, it keeps the waves in order, one after another.
    """
    for plan in plans:
        check_plan(session, keys, plan, now=now)
    for refusal in planned_out_of_order(session, plans, now):
        if refusal is not None:
            raise refusal
    numbers = tuple(_store(session, plan, key_backup_days, comment_days, now, actor) for plan in plans)
    session.commit()
    return numbers


def check_plan(session: Session, keys: KeyStore, plan: WavePlan, *, now: datetime, wave_id: int | None = None) -> None:
    """Raise PlanRefused if a wave cannot be as planned; `wave_id` is its own if it is stored already."""
    # Only read, so that nobody waits for the search; the opening does it again, under the organisation's lock.
    with reading(session):
        programme = programme_by_id(session, plan.programme_id)
        check_running(session, programme.id)
        planned_calendar(session, plan, now)
        formed = planned_groups(session, programme, plan)
        survey = replace(planned_survey(programme, plan, formed), wave_id=wave_id)
        check_history(session, keys, survey, formed.groups, now=now)


def planned_out_of_order(session: Session, plans: Sequence[WavePlan], now: datetime) -> list[PlanRefused | None]:
    """Return for each of one programme's plans why it does not fit beside the others and those that are stored."""
    with reading(session):
        spans = [_span(session, plan, now) for plan in plans]
        others = spans_of(session, plans[0].programme_id) if plans else []
        return all_out_of_order(spans, others)


def spans_of(session: Session, programme_id: int, but: int | None = None) -> list[OpenSpan]:
    """Return when the waves of a programme are open, without cancelled ones and the one with the id `but`."""
    waves = [one for one in waves_of(session, programme_id) if one.state != WaveState.CANCELLED and one.id != but]
    return [OpenSpan(one.stage, one.opened_at or one.opens_at, one.closed_at or one.closes_at) for one in waves]


def _span(session: Session, plan: WavePlan, now: datetime) -> OpenSpan:
    try:
        calendar = planned_calendar(session, plan, now)
    except PlanRefused:
        return OpenSpan(plan.stage, plan.opens_at, plan.closes_at)
    return OpenSpan(plan.stage, calendar.opens_at, calendar.closes_at)


def _store(session: Session, plan: WavePlan, key_backup_days: int, comment_days: int, now: datetime, actor: str) -> int:
    programme = programme_by_id(session, plan.programme_id)
    lock_programme(session, programme.id)
    check_running(session, programme.id)
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
    add_calendar(session, wave.id, calendar)
    note(session, now, actor, "planned", f"wave {wave.id}")
    return wave.id


def add_calendar(session: Session, wave_id: int, calendar: WaveCalendar) -> None:
    """Store the reminders and looks of a wave."""
    offsets = {one.at: None if one.offset is None else str(one.offset) for one in calendar.reminders}
    add_moments(session, wave_id, MomentKind.REMINDER, offsets)
    add_moments(session, wave_id, MomentKind.LOOK, dict.fromkeys(calendar.looks))


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
    """Return questionnaires in the programme's own words, in the languages in which both roles can be asked."""
    words = words_of(programme)
    return in_common_languages({role: with_words(one, words) for role, one in questionnaires.items()})
