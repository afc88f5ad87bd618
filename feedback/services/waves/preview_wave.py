"""Show a wave before it is stored: its calendar, its forecast, its twins. Writes nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused
from feedback.domain.report.report import Twin
from feedback.domain.waves.calendar import WaveCalendar
from feedback.domain.waves.schedule import Hours
from feedback.services.staff.name_people import check_named
from feedback.services.waves.check_history import check_history, check_wave, known_twice
from feedback.services.waves.count_invited import check_invited
from feedback.services.waves.form_groups import FormedGroups, groups_of_wave
from feedback.services.waves.plan_wave import (
    WavePlan,
    planned_calendar,
    planned_groups,
    planned_out_of_order,
    planned_survey,
)
from feedback.storage.database import reading
from feedback.storage.keys import KeyStore
from feedback.storage.programmes import programme_by_id
from feedback.storage.quiet_times import hours_of
from feedback.storage.waves import wave_by_id


@dataclass(frozen=True)
class WavePreview:
    """The result of a plan. `twins` are the earlier surveys with which it may speak of a few people.

    `namesakes` are names that the organisation knows at several addresses.
    """

    calendar: WaveCalendar
    hours: Hours
    formed: FormedGroups
    twins: tuple[Twin, ...]
    namesakes: tuple[str, ...]


def preview_wave(
    session: Session, keys: KeyStore, plan: WavePlan, *, sees: Collection[int] | None = None, now: datetime
) -> WavePreview:
    """Return what planning would store, to somebody who `sees` some programmes or all; PlanRefused as planning."""
    with reading(session):
        programme = programme_by_id(session, plan.programme_id)
        calendar = planned_calendar(session, plan, now)
        formed = planned_groups(session, programme, plan)
        twins = check_history(session, keys, planned_survey(programme, plan, formed), formed.groups, now=now)
        named = known_twice(session, programme.id, sees)
        return WavePreview(calendar, hours_of(session, programme.id), formed, twins, named)


@dataclass(frozen=True)
class PlannedOne:
    """One of several plans: what it comes to, or why it cannot be."""

    preview: WavePreview | None
    refusal: PlanRefused | None


def preview_waves(
    session: Session, keys: KeyStore, plans: Sequence[WavePlan], *, sees: Collection[int] | None = None, now: datetime
) -> tuple[PlannedOne, ...]:
    """Return what each of one programme's plans comes to, beside each other and what is stored."""

    def preview(plan: WavePlan, refusal: PlanRefused | None) -> PlannedOne:
        try:
            return PlannedOne(preview_wave(session, keys, plan, sees=sees, now=now), refusal)
        except PlanRefused as found:
            return PlannedOne(None, found)

    return tuple(map(preview, plans, planned_out_of_order(session, plans, now)))


@dataclass(frozen=True)
class WaveAhead:
    """A wave that has not opened, on the present roster. `refusal` is why it could not open, if it could not.

    `formed` is None if there can be no groups.
    """

    formed: FormedGroups | None = None
    twins: tuple[Twin, ...] = ()
    refusal: PlanRefused | None = None


def look_ahead(session: Session, keys: KeyStore, wave_id: int, *, now: datetime) -> WaveAhead:
    """Return what would come of a wave if it opened now."""
    formed = None
    with reading(session):
        wave = wave_by_id(session, wave_id)
        try:
            formed = groups_of_wave(session, wave)
            programme = programme_by_id(session, wave.programme_id)
            # The people whom an example names are invented like all others.
            if not programme.is_example:
                check_named(session, programme, wave)
            check_invited(session, wave.programme_id, wave.minimum_group_size)
            return WaveAhead(formed, check_wave(session, keys, wave, formed, now=now, opens=True))
        except PlanRefused as refusal:
            return WaveAhead(formed, refusal=refusal)
