"""Change a wave that has not opened: its dates, whether it may close early, and how small roles are counted.

By the rules of planning. What it asks stays; participants have not heard of it yet.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.disclosure.groups import Grouping
from feedback.domain.errors import PlanRefused, WaveNotReady, sentence
from feedback.domain.waves.calendar import Wishes, draw_calendar
from feedback.domain.waves.order import OpenSpan, out_of_order
from feedback.domain.waves.schedule import Anchor, Offset, days_between, read_offset
from feedback.domain.waves.states import NOT_OPENED, MomentKind, WaveState
from feedback.services.waves.count_invited import count_invited
from feedback.services.waves.plan_wave import WavePlan, add_calendar, check_plan, planned_calendar, spans_of
from feedback.storage.audit_log import note
from feedback.storage.database import lock_wave, reading
from feedback.storage.keys import KeyStore
from feedback.storage.quiet_times import hours_of
from feedback.storage.waves import (
    Moment,
    Wave,
    count_calendar_change,
    drop_moments,
    moments_of,
    questionnaires_of,
    wave_by_id,
)


@dataclass(frozen=True)
class KnownPlan:
    """A stored plan, and the moment of its look, if it is not where it would be by itself."""

    plan: WavePlan
    time_zone: ZoneInfo

    def local(self, moment: datetime) -> tuple[date, time]:
        """Return the day and the time that clocks of the programme show."""
        shown = moment.astimezone(self.time_zone)
        return shown.date(), shown.time().replace(microsecond=0)


def show_plan(session: Session, wave_id: int, *, now: datetime) -> KnownPlan:
    """Return the plan of a wave that has not opened; raise NotFound, or WaveNotReady if it has."""
    with reading(session):
        wave = _unopened(wave_by_id(session, wave_id))
        hours = hours_of(session, wave.programme_id)
        moments = moments_of(session, wave_id)
        reminders = tuple(_offset(one, wave, hours.zone) for one in moments if one.kind == MomentKind.REMINDER)
        looks = tuple(one.due_at for one in moments if one.kind == MomentKind.LOOK)
        plan = WavePlan(
            programme_id=wave.programme_id,
            stage=wave.stage,
            questionnaires=questionnaires_of(session, wave_id),
            opens_at=wave.opens_at,
            closes_at=wave.closes_at,
            reminders=reminders,
            look_at=looks[0] if len(looks) == 1 and looks != _usual_looks(session, wave, now) else None,
            may_close_early=wave.may_close_early,
            grouping=None if wave.grouping is None else Grouping(wave.grouping),
        )
        return KnownPlan(plan, hours.zone)


def change_plan(session: Session, keys: KeyStore, wave_id: int, plan: WavePlan, *, now: datetime, actor: str) -> None:
    """Give a wave that has not opened the dates and choices of `plan`.

    Raises WaveNotReady if it has opened, and PlanRefused as planning would, or where it would no longer come in its
    place among the programme's surveys; then nothing is changed.
    """
    check_plan(session, keys, plan, now=now, wave_id=wave_id)
    lock_wave(session, wave_id)
    wave = _unopened(wave_by_id(session, wave_id))
    calendar = planned_calendar(session, plan, now)
    span = OpenSpan(wave.stage, calendar.opens_at, calendar.closes_at)
    refusal = out_of_order(span, spans_of(session, wave.programme_id, but=wave_id))
    if refusal is not None:
        raise refusal
    wave.state = WaveState.DRAFT if calendar.opens_at is None else WaveState.SCHEDULED
    wave.opens_at, wave.closes_at, wave.opening_was_refused = calendar.opens_at, calendar.closes_at, False
    wave.may_close_early, wave.grouping = plan.may_close_early, plan.grouping
    drop_moments(session, wave_id)
    add_calendar(session, wave_id, calendar)
    count_calendar_change(wave, now)
    note(session, now, actor, "changed the plan of", f"wave {wave_id}")
    session.commit()


def _unopened(wave: Wave) -> Wave:
    if wave.state not in NOT_OPENED:
        raise WaveNotReady(sentence("Only a survey that has not opened can be changed."))
    return wave


def _offset(reminder: Moment, wave: Wave, zone: ZoneInfo) -> Offset:
    """Return the offset that a reminder was planned with; if it was planned for a moment, the days to the close."""
    if reminder.wish is not None:
        return read_offset(reminder.wish)
    local = reminder.due_at.astimezone(zone)
    days = days_between(reminder.due_at, wave.closes_at, zone)
    return Offset(Anchor.CLOSING, days, local.time().replace(microsecond=0))


def _usual_looks(session: Session, wave: Wave, now: datetime) -> tuple[datetime, ...]:
    """Return when the looks would be if nobody had chosen."""
    begins = (wave.calendar_changed_at or now) if wave.opens_at is None else min(now, wave.opens_at)
    wishes, hours = Wishes(wave.opens_at, wave.closes_at), hours_of(session, wave.programme_id)
    try:
        invited = count_invited(session, wave.programme_id).people
        return draw_calendar(wishes, hours, now=begins, invited=invited).looks
    except PlanRefused:
        return ()
