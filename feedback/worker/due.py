"""What the worker does: what is due by the waves' own dates, and chores. Nothing is remembered between two looks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from feedback.domain.errors import ExampleRefused, PlanRefused, RosterNotApproved
from feedback.domain.log_chain import SERVICE
from feedback.domain.pace import Pace
from feedback.domain.waves.states import WaveState
from feedback.runtime import system_clock
from feedback.services.audit_log.keep_log import chain_log
from feedback.services.hooks.send_hooks import hooks_due, send_hooks
from feedback.services.mail.await_turn import next_batches
from feedback.services.mail.remind_participants import remind_participants
from feedback.services.mail.send_mail import send_batch
from feedback.services.mail.tell_former_addresses import tell_former_addresses
from feedback.services.mail.tell_news import tell_news
from feedback.services.mail.tell_of_endings import endings_to_tell, tell_of_ending
from feedback.services.mail.tell_staff import tell_staff
from feedback.services.mail.try_mails import try_mails
from feedback.services.programmes.find_purges import purges_due
from feedback.services.programmes.finish_purge import finish_purge
from feedback.services.programmes.purge_names import purge_names
from feedback.services.roster.erase_people import erase_people
from feedback.services.staff.forget_expired import any_expired, forget_expired
from feedback.services.staff.mail_connections import mail_connections
from feedback.services.staff.mail_links import mail_links
from feedback.services.staff.tell_invited import tell_invited
from feedback.services.staff.tell_of_passkeys import tell_of_passkeys
from feedback.services.support.serve_support_desks import serve_support_desks, support_is_due
from feedback.services.waves.cancel_wave import cancel_wave, finish_cancelling
from feedback.services.waves.close_wave import begin_closing, finish_closing
from feedback.services.waves.destroy_keys import destroy_spent_keys
from feedback.services.waves.find_due import Act, find_due_but_mails
from feedback.services.waves.look_at_wave import look_at_wave
from feedback.services.waves.open_wave import note_refused_opening, open_wave
from feedback.storage.address_corrections import addresses_to_tell
from feedback.storage.audit_log_chain import any_to_chain
from feedback.storage.database import reading
from feedback.storage.entitlements import cancelled_waves_with_rights
from feedback.storage.erasures import any_to_erase
from feedback.storage.heartbeat import Heartbeat, record_heartbeat
from feedback.storage.passkey_letters import any_passkey_letter
from feedback.storage.sign_in_providers import any_connection_to_mail
from feedback.storage.sign_in_requests import any_request
from feedback.storage.staff_invitations import any_invitation
from feedback.storage.staff_letters import any_staff_letter
from feedback.storage.trial_mails import any_trial_mail
from feedback.storage.waves import wave_by_id
from feedback.worker.context import WorkerContext

MOST_BATCHES = 20


class Chore(StrEnum):
    """What has no time of its own, and is looked for at every tick."""

    FINISH_CANCELLING = "finish-cancelling"
    SUPPORT = "support"
    TELL_FORMER = "tell-former-addresses"
    TELL_STAFF = "tell-staff"
    ERASE = "erase-people"
    DESTROY = "destroy"
    PURGE = "purge-names"
    TELL_OF_END = "tell-of-end"
    END_IDLE = "end-idle-programmes"
    READ_BOUNCES = "read-bounces"
    MAIL_LINKS = "mail-sign-in-links"
    TRY_MAILS = "try-mails"
    FORGET = "forget-sign-ins"
    CHAIN_LOG = "chain-audit-log"
    FORGET_LOG = "forget-audit-log"
    CALL_HOOK = "call-web-hook"


_OF_PROGRAMMES = frozenset({Chore.PURGE, Chore.TELL_OF_END, Chore.END_IDLE})
# What a job can do. Each is idempotent: doing it again, or half-way after a crash, changes nothing more.
Task = Act | Chore
TASKS: tuple[Task, ...] = (*Act, *Chore)
# First what somebody sits and waits for; what ends something that people wait for comes before what begins something.
PRIORITIES: dict[Task, int] = {
    Chore.MAIL_LINKS: 60,
    Chore.TRY_MAILS: 55,
    Act.DISCARD: 50,
    Act.CLOSE: 50,
    Chore.FINISH_CANCELLING: 40,
    Act.OPEN: 30,
    Act.TELL: 20,
}


@dataclass(frozen=True)
class Due:
    """One thing to do. `number` is a wave, a date of a calendar, a batch of mails or a web hook, as the task says."""

    task: Task
    number: int


def acts_due(session: Session, now: datetime) -> list[Due]:
    """Return what is due for waves, but for the mails that are queued."""
    acts = (one for one in find_due_but_mails(session, now) if not one.is_missed)
    return [Due(one.act, one.moment_id or one.wave_id) for one in acts]


def what_is_due(
    session: Session,
    now: datetime,
    pace: Pace | None = None,
    *,
    reads_bounces: bool = False,
    looks_for_idle: bool = False,
    chains_log: bool = False,
    forgets_log: bool = False,
) -> list[Due]:
    """Return all that is due, the most urgent first; last what is looked for now and then, if it is time."""
    with reading(session):
        acts = acts_due(session, now)
        cancelled = cancelled_waves_with_rights(session)
        support = [0] if support_is_due(session, now) else []
        former = [0] if addresses_to_tell(session, now) else []
        purges, ends = purges_due(session, now), endings_to_tell(session, now)
        hooks = hooks_due(session, now)
        letters = [0] if any_staff_letter(session, now) else []
        doomed = [0] if any_to_erase(session) else []
        batches = next_batches(session, now, MOST_BATCHES, pace)
        to_staff = (any_request, any_invitation, any_passkey_letter, any_connection_to_mail)
        links = [0] if any(waits(session, now) for waits in to_staff) else []
        trials = [0] if any_trial_mail(session, now) else []
        expired = [0] if any_expired(session, now, real_now=system_clock()) else []
        unchained = [0] if chains_log and any_to_chain(session) else []
    due = [
        *acts,
        *(Due(Chore.FINISH_CANCELLING, number) for number in cancelled),
        *(Due(Chore.SUPPORT, number) for number in support),
        *(Due(Chore.TELL_FORMER, number) for number in former),
        *(Due(Act.SEND, number) for number in batches),
        *(Due(Chore.TELL_STAFF, number) for number in letters),
        *(Due(Chore.PURGE, number) for number in purges),
        *(Due(Chore.TELL_OF_END, number) for number in ends),
        *(Due(Chore.MAIL_LINKS, number) for number in links),
        *(Due(Chore.ERASE, number) for number in doomed),
        *(Due(Chore.TRY_MAILS, number) for number in trials),
        *(Due(Chore.FORGET, number) for number in expired),
        *(Due(Chore.CALL_HOOK, number) for number in hooks),
        Due(Chore.DESTROY, 0),
        *([Due(Chore.READ_BOUNCES, 0)] if reads_bounces else []),
        *([Due(Chore.END_IDLE, 0)] if looks_for_idle else []),
        *(Due(Chore.CHAIN_LOG, number) for number in unchained),
        *([Due(Chore.FORGET_LOG, 0)] if forgets_log else []),
    ]
    return sorted(due, key=lambda one: -PRIORITIES.get(one.task, 0))


def do(due: Due, context: WorkerContext) -> None:
    """Do one due thing, in a session of its own."""
    now = context.clock()
    with context.scope() as session:
        match due.task:
            case Act.OPEN:
                _open(session, context, due.number, now)
            case Act.REMIND:
                remind_participants(session, due.number, now=now, defer=context.defer)
            case Act.LOOK:
                look_at_wave(session, due.number, now=now)
            case Act.SEND:
                _send(session, context, due.number, now)
            case Act.CLOSE:
                _close(session, context, due.number, now)
            case Act.DISCARD:
                cancel_wave(session, context.keys, due.number, now=now, actor=SERVICE, only_if_given_up=True)
            case Chore.FINISH_CANCELLING:
                finish_cancelling(session, context.keys, due.number, now=now)
            case Act.TELL:
                tell_news(session, context.keys, due.number, now=now, defer=context.defer)
            case Chore():
                _do_chore(session, context, due.task, due.number, now)


def _do_chore(session: Session, context: WorkerContext, chore: Chore, number: int, now: datetime) -> None:
    if chore is Chore.SUPPORT:
        serve_support_desks(session, now=now)
    elif chore is Chore.TELL_FORMER:
        tell_former_addresses(session, context.relay, sender_settings=context.sender_settings, now=now)
    elif chore is Chore.TELL_STAFF:
        tell_staff(session, context.relay, sender_settings=context.sender_settings, now=now)
    elif chore is Chore.ERASE:
        erase_people(session, context.keys, now=now)
    elif chore is Chore.DESTROY:
        destroy_spent_keys(session, context.keys, now=now)
    elif chore in _OF_PROGRAMMES:
        _see_to_programmes(session, context, chore, number, now)
    elif chore is Chore.MAIL_LINKS:
        mail_links(session, context.relay, sender_settings=context.sender_settings, now=now)
        tell_invited(session, context.relay, sender_settings=context.sender_settings, now=now)
        tell_of_passkeys(session, context.relay, sender_settings=context.sender_settings, now=now)
        mail_connections(session, context.relay, sender_settings=context.sender_settings, now=now)
    elif chore is Chore.TRY_MAILS:
        try_mails(session, context.relay, sender_settings=context.sender_settings, now=now)
    elif chore is Chore.CALL_HOOK:
        send_hooks(session, context.keys, context.caller, number, now=now, stops=context.stopping.is_set)
    else:
        _keep_house(session, context, chore, now)


def _keep_house(session: Session, context: WorkerContext, chore: Chore, now: datetime) -> None:
    if chore is Chore.FORGET:
        forget_expired(session, now, real_now=system_clock())
    elif chore is Chore.CHAIN_LOG:
        chain_log(session)
    elif chore is Chore.FORGET_LOG:
        context.log.forget(session, now=now)
    else:
        context.bounces.read(session, context.keys, now=now)


def _see_to_programmes(session: Session, context: WorkerContext, chore: Chore, number: int, now: datetime) -> None:
    if chore is Chore.END_IDLE:
        context.idle.end(session, now=now)
    elif chore is Chore.TELL_OF_END:
        tell_of_ending(session, context.relay, number, sender_settings=context.sender_settings, now=now)
    else:
        purge_names(session, number, now=now)
        finish_purge(session, context.keys, number, now=now)


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
        stops=context.stopping.is_set,
    ):
        record_heartbeat(session, Heartbeat.MAIL, context.clock())


def _open(session: Session, context: WorkerContext, wave_id: int, now: datetime) -> None:
    try:
        open_wave(session, context.keys, wave_id, now=now, actor=SERVICE, defer=context.defer, by_calendar=True)
    except ExampleRefused:
        session.rollback()
    except (PlanRefused, RosterNotApproved):
        # It stays scheduled, and the next tick tries again: the roster may be mended, an earlier wave closed.
        note_refused_opening(session, wave_id, now=now)


def _close(session: Session, context: WorkerContext, wave_id: int, now: datetime) -> None:
    if wave_by_id(session, wave_id).state == WaveState.OPEN:
        begin_closing(session, wave_id, now=now, actor=SERVICE, by_hand=False)
    finish_closing(session, context.keys, wave_id, now=now)
