"""What is due, read from the waves' own dates and the delivery ledger: nothing to remember between two looks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from feedback.domain.waves import MomentKind, WaveState
from feedback.jobs.bench import Bench
from feedback.services.cancel_wave import cancel_wave, finish_cancelling
from feedback.services.close_wave import begin_closing, finish_closing
from feedback.services.destroy_keys import destroy_spent_keys
from feedback.services.look_at_wave import look_at_wave
from feedback.services.open_wave import open_wave
from feedback.services.remind_participants import remind_participants
from feedback.services.send_mail import send_batch
from feedback.services.tell_news import tell_news
from feedback.services.tend_support_desks import support_is_due, tend_support_desks
from feedback.storage.database import begin_read_only
from feedback.storage.deliveries import unsent_batches
from feedback.storage.entitlements import cancelled_waves_with_rights
from feedback.storage.waves import due_moments, wave_by_id, waves_in_state, waves_with_news

MOST_BATCHES = 20
LONGEST_CLOSING = timedelta(days=7)
_SERVICE = "service"


class Task(StrEnum):
    """What a job can do. Each is idempotent: doing it again, or half-way after a crash, changes nothing more."""

    OPEN = "open"
    REMIND = "remind"
    LOOK = "look"
    SEND = "send"
    CLOSE = "close"
    DISCARD = "discard"
    FINISH_CANCELLING = "finish-cancelling"
    TELL = "tell"
    SUPPORT = "support"
    DESTROY = "destroy"


@dataclass(frozen=True)
class Due:
    """One thing to do. `number` is a wave, a date of a calendar or a batch of mails, as the task says."""

    task: Task
    number: int


def what_is_due(session: Session, now: datetime) -> list[Due]:
    """Return all that is due, the most urgent first."""
    begin_read_only(session)
    closing = [wave.id for wave in waves_in_state(session, WaveState.CLOSING)]
    unfinished = [*waves_in_state(session, WaveState.CLOSING), *waves_in_state(session, WaveState.HELD)]
    stuck = [wave.id for wave in unfinished if _is_stuck(wave.closed_at, now)]
    ending = [wave.id for wave in waves_in_state(session, WaveState.OPEN) if wave.closes_at <= now]
    opening = [
        wave.id for wave in waves_in_state(session, WaveState.SCHEDULED) if wave.opens_at and wave.opens_at <= now
    ]
    moments = [(moment.kind, moment.id) for moment in due_moments(session, now)]
    batches = unsent_batches(session, now, MOST_BATCHES)
    cancelled, news = cancelled_waves_with_rights(session), waves_with_news(session, now)
    support = [Due(Task.SUPPORT, 0)] if support_is_due(session, now) else []
    session.rollback()
    return [
        *(Due(Task.DISCARD, number) for number in stuck),
        *(Due(Task.CLOSE, number) for number in [*closing, *ending] if number not in stuck),
        *(Due(Task.FINISH_CANCELLING, number) for number in cancelled),
        *(Due(Task.OPEN, number) for number in opening),
        *(Due(Task.TELL, number) for number in news),
        *support,
        *(Due(Task.REMIND if kind == MomentKind.REMINDER else Task.LOOK, number) for kind, number in moments),
        *(Due(Task.SEND, number) for number in batches),
        Due(Task.DESTROY, 0),
    ]


def do(due: Due, bench: Bench) -> None:
    """Do one due thing, in a session of its own."""
    now = bench.clock()
    with bench.scope() as session:
        match due.task:
            case Task.OPEN:
                open_wave(session, bench.keys, due.number, now=now, actor=_SERVICE)
            case Task.REMIND:
                remind_participants(session, due.number, now=now)
            case Task.LOOK:
                look_at_wave(session, due.number, now=now)
            case Task.SEND:
                send_batch(session, bench.keys, bench.relay, due.number, postmark=bench.postmark, now=now)
            case Task.CLOSE:
                _close(session, bench, due.number, now)
            case Task.DISCARD:
                cancel_wave(session, bench.keys, due.number, now=now, actor=_SERVICE)
            case Task.FINISH_CANCELLING:
                finish_cancelling(session, bench.keys, due.number, now=now)
            case Task.TELL:
                tell_news(session, bench.keys, bench.relay, due.number, postmark=bench.postmark, now=now)
            case Task.SUPPORT | Task.DESTROY:
                _tidy(session, bench, due.task, now)


def _tidy(session: Session, bench: Bench, task: Task, now: datetime) -> None:
    if task is Task.SUPPORT:
        tend_support_desks(session, bench.relay, postmark=bench.postmark, now=now)
    else:
        destroy_spent_keys(session, bench.keys, now=now)


def _is_stuck(closed_at: datetime | None, now: datetime) -> bool:
    return closed_at is not None and closed_at + LONGEST_CLOSING <= now


def _close(session: Session, bench: Bench, wave_id: int, now: datetime) -> None:
    if wave_by_id(session, wave_id).state == WaveState.OPEN:
        begin_closing(session, wave_id, now=now, actor=_SERVICE, by_hand=False)
    finish_closing(session, bench.keys, wave_id, now=now)
