"""Plan a wave: what it asks, when it opens, reminds, looks and closes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused
from feedback.domain.frozen_questionnaires import with_words
from feedback.domain.questionnaires import Questionnaire, Role
from feedback.domain.waves import SIZE_FOR_WEEKLY_BANDS, MomentKind, WaveState
from feedback.services.open_wave import SHORTEST_OPENING
from feedback.storage.audit_log import note
from feedback.storage.people import roster_sizes
from feedback.storage.programmes import programme_by_id, words_of
from feedback.storage.waves import Wave, add_moments, add_questionnaires

MOST_REMINDERS = 3
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class WavePlan:
    """A wave as it is asked for. Without `opens_at` somebody opens it by hand; without `look_at` it is half-way.

    `may_close_early` is fixed here and shown to participants: unless it is set, nobody can close before the time.
    """

    programme_id: int
    stage: str
    questionnaires: Mapping[Role, Questionnaire]
    opens_at: datetime | None
    closes_at: datetime
    reminders_at: tuple[datetime, ...] = ()
    look_at: datetime | None = None
    may_close_early: bool = False


def plan_wave(
    session: Session, plan: WavePlan, *, key_backup_days: int, comment_days: int, now: datetime, actor: str
) -> int:
    """Write the wave down and return its id, or raise PlanRefused naming the date that cannot be."""
    programme = programme_by_id(session, plan.programme_id)
    _check_dates(plan, now)
    wave = Wave(
        programme_id=programme.id,
        stage=plan.stage,
        state=WaveState.DRAFT if plan.opens_at is None else WaveState.SCHEDULED,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        may_close_early=plan.may_close_early,
        minimum_group_size=programme.minimum_group_size,
        key_backup_days=key_backup_days,
        comment_days=comment_days,
        reviewer_name=programme.reviewer_name,
    )
    session.add(wave)
    session.flush()
    words = words_of(programme)
    add_questionnaires(session, wave.id, {role: with_words(one, words) for role, one in plan.questionnaires.items()})
    add_moments(session, wave.id, MomentKind.REMINDER, list(plan.reminders_at))
    add_moments(session, wave.id, MomentKind.LOOK, _looks(plan, now, sum(roster_sizes(session, programme.id).values())))
    note(session, now, actor, "planned", f"wave {wave.id}")
    session.commit()
    return wave.id


def _check_dates(plan: WavePlan, now: datetime) -> None:
    opening = max(plan.opens_at or now, now)
    if plan.opens_at is not None and plan.opens_at < now:
        raise PlanRefused("The opening lies in the past; name a later time, or none to open the wave by hand.")
    if plan.closes_at < opening + SHORTEST_OPENING:
        raise PlanRefused("The wave would close before people can answer; close it at least an hour after the opening.")
    if len(plan.reminders_at) > MOST_REMINDERS:
        raise PlanRefused(f"A wave has at most {MOST_REMINDERS} reminders.")
    between = [*plan.reminders_at, *([plan.look_at] if plan.look_at else [])]
    if not all(opening < moment < plan.closes_at for moment in between):
        raise PlanRefused("Reminders and the look must lie between opening and closing.")


def _looks(plan: WavePlan, now: datetime, invited: int) -> list[datetime]:
    opening = plan.opens_at or now
    if plan.look_at is not None:
        return [plan.look_at]
    if invited < SIZE_FOR_WEEKLY_BANDS or plan.closes_at - opening <= _WEEK:
        return [opening + (plan.closes_at - opening) / 2]
    weeks = (plan.closes_at - opening) // _WEEK
    return [moment for week in range(1, weeks + 1) if (moment := opening + week * _WEEK) < plan.closes_at]
