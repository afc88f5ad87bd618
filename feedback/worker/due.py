"""What is due, read from the waves' own dates and the delivery ledger: nothing to remember between two looks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from feedback.domain.pace import Pace
from feedback.domain.waves.calendar import SHORTEST_OPENING
from feedback.domain.waves.states import MomentKind, WaveState
from feedback.services.mail.remind_participants import remind_participants
from feedback.services.mail.send_mail import send_batch
from feedback.services.mail.tell_news import tell_news
from feedback.services.support.serve_support_desks import serve_support_desks, support_is_due
from feedback.services.waves.cancel_wave import cancel_wave, finish_cancelling
from feedback.services.waves.close_wave import begin_closing, finish_closing
from feedback.services.waves.destroy_keys import destroy_spent_keys
from feedback.services.waves.look_at_wave import look_at_wave
from feedback.services.waves.open_wave import open_wave
from feedback.storage.database import reading
from feedback.storage.deliveries import unsent_batches
from feedback.storage.entitlements import cancelled_waves_with_rights
from feedback.storage.heartbeat import Heartbeat, record_heartbeat
from feedback.storage.quiet_times import hours_of
from feedback.storage.relay_pace import next_turn_at
from feedback.storage.waves import Moment, Wave, due_moments, wave_by_id, waves_in_state, waves_with_news
from feedback.worker.context import WorkerContext

MOST_BATCHES = 20
LONGEST_CLOSING = timedelta(days=7)
# Turns at a relay with a quota are handed out so far ahead, and no farther: what is cancelled frees the rest.
_TURNS_AHEAD = timedelta(minutes=1)
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
    READ_BOUNCES = "read-bounces"


@dataclass(frozen=True)
class Due:
    """One thing to do. `number` is a wave, a date of a calendar or a batch of mails, as the task says."""

    task: Task
    number: int


def what_is_due(session: Session, now: datetime, pace: Pace | None = None, *, reads_bounces: bool = False) -> list[Due]:
    """Return all that is due, the most urgent first; last a look into the mailbox of returned mails, if it is time."""
    with reading(session):
        closing = [wave.id for wave in waves_in_state(session, WaveState.CLOSING)]
        unfinished = [*waves_in_state(session, WaveState.CLOSING), *waves_in_state(session, WaveState.HELD)]
        stuck = [wave.id for wave in unfinished if _is_stuck(wave.closed_at, now)]
        ending = [wave.id for wave in waves_in_state(session, WaveState.OPEN) if wave.closes_at <= now]
        opening = [wave.id for wave in waves_in_state(session, WaveState.SCHEDULED) if _may_open(session, wave, now)]
        moments = [(moment.kind, moment.id) for moment in due_moments(session, now) if not _waits(session, moment, now)]
        batches = unsent_batches(session, now, MOST_BATCHES, with_turn_only=bool(pace) and _is_taken(session, now))
        cancelled, news = cancelled_waves_with_rights(session), waves_with_news(session, now)
        support = [Due(Task.SUPPORT, 0)] if support_is_due(session, now) else []
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
        *([Due(Task.READ_BOUNCES, 0)] if reads_bounces else []),
    ]


def do(due: Due, context: WorkerContext) -> None:
    """Do one due thing, in a session of its own."""
    now = context.clock()
    with context.scope() as session:
        match due.task:
            case Task.OPEN:
                open_wave(session, context.keys, due.number, now=now, actor=_SERVICE, defer=context.defer)
            case Task.REMIND:
                remind_participants(session, due.number, now=now, defer=context.defer)
            case Task.LOOK:
                look_at_wave(session, due.number, now=now)
            case Task.SEND:
                _send(session, context, due.number, now)
            case Task.CLOSE:
                _close(session, context, due.number, now)
            case Task.DISCARD:
                cancel_wave(session, context.keys, due.number, now=now, actor=_SERVICE)
            case Task.FINISH_CANCELLING:
                finish_cancelling(session, context.keys, due.number, now=now)
            case Task.TELL:
                _tell(session, context, due.number, now)
            case Task.SUPPORT | Task.DESTROY | Task.READ_BOUNCES:
                _keep_house(session, context, due.task, now)


def _keep_house(session: Session, context: WorkerContext, task: Task, now: datetime) -> None:
    if task is Task.SUPPORT:
        serve_support_desks(session, context.relay, sender_settings=context.sender_settings, now=now)
    elif task is Task.DESTROY:
        destroy_spent_keys(session, context.keys, now=now)
    else:
        context.bounces.read(session, context.keys, now=now)


def _may_open(session: Session, wave: Wave, now: datetime) -> bool:
    is_time = wave.opens_at is not None and wave.opens_at <= now <= wave.closes_at - SHORTEST_OPENING
    return is_time and not hours_of(session, wave.programme_id).are_quiet(now)


# A reminder is a mail and waits for the end of a quiet time; a look is none.
def _waits(session: Session, moment: Moment, now: datetime) -> bool:
    programme_id = wave_by_id(session, moment.wave_id).programme_id
    return moment.kind == MomentKind.REMINDER and hours_of(session, programme_id).are_quiet(now)


def _is_stuck(closed_at: datetime | None, now: datetime) -> bool:
    return closed_at is not None and closed_at + LONGEST_CLOSING <= now


def _is_taken(session: Session, now: datetime) -> bool:
    next_turn = next_turn_at(session)
    return next_turn is not None and next_turn > now + _TURNS_AHEAD


def _send(session: Session, context: WorkerContext, batch_id: int, now: datetime) -> None:
    # After the ledger is settled: a heartbeat that fails must not have a mail sent again.
    if send_batch(
        session,
        context.keys,
        context.relay,
        batch_id,
        sender_settings=context.sender_settings,
        now=now,
        pace=context.pace,
    ):
        record_heartbeat(session, Heartbeat.MAIL, context.clock())


def _tell(session: Session, context: WorkerContext, wave_id: int, now: datetime) -> None:
    tell_news(
        session,
        context.keys,
        context.relay,
        wave_id,
        sender_settings=context.sender_settings,
        now=now,
        defer=context.defer,
    )


def _close(session: Session, context: WorkerContext, wave_id: int, now: datetime) -> None:
    if wave_by_id(session, wave_id).state == WaveState.OPEN:
        begin_closing(session, wave_id, now=now, actor=_SERVICE, by_hand=False)
    finish_closing(session, context.keys, wave_id, now=now)
