"""What is due for waves and since when: the worker does it; status, metrics and the alarm show it.

Never reads entitlements or responses, so that staff may ask. What has no time of its own (such as destroying what a
cancelled wave holds) the worker looks for by itself, and status shows in the keys that are left.

Mails wait in one line. They count from when they may go, or from when mails of any wave last went out, if that was
later: a line that moves is not late, however long it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused
from feedback.domain.waves.calendar import SHORTEST_OPENING
from feedback.domain.waves.states import MomentKind, WaveState
from feedback.services.waves.late_closes import gives_up_at, is_stopped
from feedback.storage.heartbeat import Heartbeat, last_heartbeat
from feedback.storage.programmes import programme_by_id
from feedback.storage.quiet_times import hours_of
from feedback.storage.waves import due_moments, wave_by_id, waves_in_state, waves_with_news
from feedback.storage.workload import mails_put_off, mails_that_may_go


class Act(StrEnum):
    """What can be due for a wave."""

    OPEN = "open"
    REMIND = "remind"
    LOOK = "look"
    SEND = "send"
    CLOSE = "close"
    DISCARD = "discard"
    TELL = "tell"


# To participants, who get none in a quiet time. What is told of a wave waits in the queue.
_SEND_MAILS = frozenset({Act.OPEN, Act.REMIND, Act.SEND})


@dataclass(frozen=True)
class DueAct:
    """One thing that is due for a wave, or for the date `moment_id` of its calendar.

    `is_put_off`: it was tried, and the mail relay did not take it. `is_missed`: it is too late to do it.
    """

    act: Act
    wave_id: int
    since: datetime
    is_put_off: bool = False
    is_missed: bool = False
    moment_id: int | None = None

    def age(self, now: datetime) -> timedelta:
        """Return for how long it has been due, never less than nothing."""
        return max(now - self.since, timedelta())


def find_due(session: Session, now: datetime) -> tuple[DueAct, ...]:
    """Return all that is due, the longest first. What waits for the end of a quiet time is not due."""
    return _in_order(session, [*_acts_of_waves(session, now), *_mails(session, now)], now)


def find_due_but_mails(session: Session, now: datetime) -> tuple[DueAct, ...]:
    """Return what is due besides the mails that are queued already, the longest first."""
    return _in_order(session, _acts_of_waves(session, now), now)


def find_quiet(session: Session, now: datetime) -> dict[DueAct, datetime]:
    """Return what is due but for a quiet time, each with the end of it; without those that never end."""
    found: dict[DueAct, datetime] = {}
    for act in (*_acts_of_waves(session, now), *_mails(session, now)):
        ends_at = _end_of_quiet(session, act, now)
        if ends_at is not None:
            found[act] = ends_at
    return found


def _end_of_quiet(session: Session, act: DueAct, now: datetime) -> datetime | None:
    if act.act not in _SEND_MAILS or act.is_missed:
        return None
    hours = hours_of(session, wave_by_id(session, act.wave_id).programme_id)
    try:
        return hours.next_allowed(now) if hours.are_quiet(now) else None
    except PlanRefused:
        return None


def _in_order(session: Session, acts: Iterable[DueAct], now: datetime) -> tuple[DueAct, ...]:
    ready = (one for act in acts for one in _outside_quiet_times(session, act, now))
    return tuple(sorted(ready, key=lambda one: (one.since, one.wave_id, one.act, one.moment_id or 0)))


def _acts_of_waves(session: Session, now: datetime) -> Iterator[DueAct]:
    yield from _closes(session, now)
    for wave in waves_in_state(session, WaveState.SCHEDULED):
        if wave.opens_at and wave.opens_at <= now and not programme_by_id(session, wave.programme_id).is_example:
            yield DueAct(Act.OPEN, wave.id, wave.opens_at, is_missed=now > wave.closes_at - SHORTEST_OPENING)
    for moment in due_moments(session, now):
        act = Act.REMIND if moment.kind == MomentKind.REMINDER else Act.LOOK
        yield DueAct(act, moment.wave_id, moment.due_at, moment_id=moment.id)
    for wave_id in waves_with_news(session, now):
        yield DueAct(Act.TELL, wave_id, wave_by_id(session, wave_id).news_due_at or now)


def _closes(session: Session, now: datetime) -> Iterator[DueAct]:
    for wave in waves_in_state(session, WaveState.OPEN):
        if wave.closes_at <= now:
            yield DueAct(Act.CLOSE, wave.id, wave.closes_at)
    for state in (WaveState.CLOSING, WaveState.HELD):
        for wave in waves_in_state(session, state):
            given_up_at = gives_up_at(wave)
            if given_up_at is not None and given_up_at <= now:
                yield DueAct(Act.DISCARD, wave.id, given_up_at)
            elif state is WaveState.CLOSING and not is_stopped(wave, now):
                yield DueAct(Act.CLOSE, wave.id, wave.closed_at or now)


def _mails(session: Session, now: datetime) -> Iterator[DueAct]:
    moved_at = last_heartbeat(session, Heartbeat.MAIL)
    for waiting in mails_that_may_go(session, now):
        yield DueAct(Act.SEND, waiting.wave_id, _later(waiting.since, moved_at, now))
    for waiting in mails_put_off(session, now):
        yield DueAct(Act.SEND, waiting.wave_id, _later(waiting.since, moved_at, now), is_put_off=True)


def _later(since: datetime, moved_at: datetime | None, now: datetime) -> datetime:
    return since if moved_at is None else max(since, min(moved_at, now))


def _outside_quiet_times(session: Session, act: DueAct, now: datetime) -> Iterator[DueAct]:
    if act.act not in _SEND_MAILS:
        yield act
        return
    hours = hours_of(session, wave_by_id(session, act.wave_id).programme_id)
    since = hours.waited_since(act.since, now)
    if since is not None:
        yield replace(act, since=since)
