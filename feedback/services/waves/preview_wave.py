"""Show a wave before it is stored: its calendar, its forecast, its twins. Writes nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.disclosure.forecast import Forecast, forecast
from feedback.domain.disclosure.groups import partition
from feedback.domain.report.report import Twin
from feedback.domain.waves.calendar import WaveCalendar
from feedback.domain.waves.schedule import Hours
from feedback.services.waves.find_twins import find_twins, twins_of
from feedback.services.waves.plan_wave import WavePlan, planned_calendar, planned_survey
from feedback.storage.database import reading
from feedback.storage.people import roster_sizes
from feedback.storage.programmes import programme_by_id
from feedback.storage.quiet_times import hours_of
from feedback.storage.waves import wave_by_id


@dataclass(frozen=True)
class WavePreview:
    """The result of a plan. `twins` are the earlier waves of the sequence on nearly the same people."""

    calendar: WaveCalendar
    hours: Hours
    forecast: Forecast
    twins: tuple[Twin, ...]


def preview_wave(session: Session, plan: WavePlan, *, now: datetime) -> WavePreview:
    """Return what planning would store; raise PlanRefused where planning would."""
    with reading(session):
        programme = programme_by_id(session, plan.programme_id)
        calendar = planned_calendar(session, plan, now)
        survey = planned_survey(programme, plan)
        sizes = roster_sizes(session, programme.id)
        twins = twins_of(session, survey, partition(sizes, survey.k))
        seen = forecast(sizes, survey.questionnaires, survey.k)
        return WavePreview(calendar, hours_of(session, programme.id), seen, twins)


def twins_ahead(session: Session, wave_id: int) -> tuple[Twin, ...]:
    """Return the twins of a wave on the present roster; raise PlanRefused if it could not be opened now (R11)."""
    with reading(session):
        wave = wave_by_id(session, wave_id)
        sizes = roster_sizes(session, wave.programme_id)
        return find_twins(session, wave, partition(sizes, wave.minimum_group_size))
