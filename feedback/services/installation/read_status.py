"""The state of the service in figures that name nobody: what is due, what is late, mails, waves, what should be gone.

Everything comes from the waves' dates, the delivery ledger and the names of the keys that are held, so that every
process sees the same. Never reads entitlements or responses: while a wave is open nothing here moves when somebody
answers, takes an answer back or replaces it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from feedback.domain.clocks import ClockDoubt, ClockReading, LastReading, doubt_about
from feedback.domain.epochs import EpochComparison, RestoreDoubt
from feedback.domain.waves.states import WaveState
from feedback.services.installation.check_restored import compare_epochs
from feedback.services.waves.find_due import DueAct, find_due
from feedback.services.waves.find_spent_keys import find_spent_keys
from feedback.services.waves.late_closes import fails_since, gives_up_at
from feedback.storage.comments import waves_with_expired_comments
from feedback.storage.database import reading
from feedback.storage.deliveries import DeliveryState
from feedback.storage.heartbeat import Heartbeat, last_doubt, last_heartbeat
from feedback.storage.keys import KeyStore, Purpose
from feedback.storage.sender_refusals import WaitsForSender, waits_for_the_sender
from feedback.storage.waves import Wave, waves_in_state
from feedback.storage.workload import (
    NextMoment,
    mails_by_state,
    mails_put_off,
    mails_that_may_go,
    next_moments,
    programme_names,
    waves_by_state,
)

_RUNNING = (WaveState.SCHEDULED, WaveState.OPEN, WaveState.CLOSING, WaveState.HELD)


@dataclass(frozen=True)
class RunningWave:
    """One wave that is not over. `next_act` is a word for readers; `next_at` is None if somebody must decide.

    `fails_since`: it has been trying to close since then without success, and gives up at `gives_up_at`.
    """

    id: int
    programme: str
    stage: str
    state: WaveState
    next_act: str
    next_at: datetime | None
    fails_since: datetime | None
    gives_up_at: datetime | None


@dataclass(frozen=True)
class ServiceStatus:
    """The figures at `now`. `overdue_keys` (waves with a key that should be gone) is None without a key store.

    `sender_refused`: waves with mails that the relay does not take because of whoever sends them. `clock_doubt`: why a
    worker does nothing, if it does not trust its clock. `epochs`: the databases compared; None without a key store.
    """

    now: datetime
    last_tick: datetime | None
    clock_doubt: ClockDoubt | None
    epochs: EpochComparison | None
    alarm_after: timedelta
    due: tuple[DueAct, ...]
    batches_waiting: int
    batches_put_off: int
    sender_refused: tuple[WaitsForSender, ...]
    mails: dict[DeliveryState, int]
    waves: dict[WaveState, int]
    overdue_keys: int | None
    overdue_comments: int
    lines: tuple[RunningWave, ...]

    @property
    def late(self) -> tuple[DueAct, ...]:
        """What has been due for longer than `alarm_after`, the longest first."""
        return tuple(one for one in self.due if one.age(self.now) > self.alarm_after)

    @property
    def restored(self) -> tuple[RestoreDoubt, ...]:
        """What speaks of a database that was restored from a copy, so that nothing is done."""
        return self.epochs.doubts if self.epochs else ()

    @property
    def worker_is_silent(self) -> bool:
        """Whether no worker has looked for what is due for longer than `alarm_after`, or ever."""
        return is_silent(self.last_tick, self.now, self.alarm_after)


def read_status(session: Session, keys: KeyStore, *, now: datetime, alarm_after: timedelta) -> ServiceStatus:
    """Return the state of the service now."""
    held, epochs = _keys_held(keys), compare_epochs(session, keys)
    with reading(session):
        return ServiceStatus(
            now=now,
            last_tick=last_heartbeat(session, Heartbeat.TICK),
            clock_doubt=_doubt(session, now),
            epochs=epochs,
            alarm_after=alarm_after,
            due=find_due(session, now),
            batches_waiting=sum(one.batches for one in mails_that_may_go(session, now)),
            batches_put_off=sum(one.batches for one in mails_put_off(session, now)),
            sender_refused=tuple(waits_for_the_sender(session)),
            mails=mails_by_state(session),
            waves=waves_by_state(session),
            overdue_keys=None if held is None else len(find_spent_keys(session, held, now)),
            overdue_comments=waves_with_expired_comments(session, now),
            lines=_lines(session, now),
        )


def _doubt(session: Session, now: datetime) -> ClockDoubt | None:
    """Return the worker's own doubt; and whoever asks sees by itself that a last tick lies ahead."""
    return last_doubt(session) or doubt_about(
        ClockReading(now, None, None), LastReading(last_heartbeat(session, Heartbeat.TICK), None)
    )


def see_clock_doubt(session: Session, now: datetime) -> ClockDoubt | None:
    """Return why a worker does nothing, if it does not trust its clock."""
    with reading(session):
        return _doubt(session, now)


def see_last_tick(session: Session) -> datetime | None:
    """Return when a worker last looked for what is due, or None if none has."""
    with reading(session):
        return last_heartbeat(session, Heartbeat.TICK)


def is_silent(last_tick: datetime | None, now: datetime, alarm_after: timedelta) -> bool:
    """Tell whether a worker that was last seen then has been silent for longer than the alarm waits."""
    return last_tick is None or now - last_tick > alarm_after


def _keys_held(keys: KeyStore) -> dict[int, set[Purpose]] | None:
    try:
        return keys.purposes_held()
    except SQLAlchemyError:
        return None


def _lines(session: Session, now: datetime) -> tuple[RunningWave, ...]:
    names, moments = programme_names(session), next_moments(session)
    running = sorted((wave for state in _RUNNING for wave in waves_in_state(session, state)), key=lambda wave: wave.id)
    return tuple(
        RunningWave(
            wave.id,
            names[wave.programme_id],
            wave.stage,
            WaveState(wave.state),
            *_next(wave, moments.get(wave.id)),
            fails_since(wave, now),
            gives_up_at(wave),
        )
        for wave in running
    )


def _next(wave: Wave, moment: NextMoment | None) -> tuple[str, datetime | None]:
    match WaveState(wave.state):
        case WaveState.SCHEDULED:
            return "open", wave.opens_at
        case WaveState.OPEN if moment and moment.due_at < wave.closes_at:
            return moment.kind, moment.due_at
        case WaveState.HELD:
            return "discard", gives_up_at(wave)
        case WaveState.CLOSING:
            return "close", wave.closed_at
        case _:
            return "close", wave.closes_at
