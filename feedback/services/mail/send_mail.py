"""Send what the delivery ledger says is unsent, one batch at a time. Never reads a response.

Each mail is marked before it goes out and settled after the relay has answered, so a worker that dies loses none
and doubles at most the one in flight; a worker that was paused finds its fence gone and stops. A mail whose answer
never came is sent again, but not for ever: it may have arrived each time.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial

from sqlalchemy.orm import Session

from feedback.domain.address import domain_of
from feedback.domain.errors import MailRefused, WaveNotReady
from feedback.domain.languages import Language, address_in, spoken_language
from feedback.domain.links import (
    OptOutDigest,
    link_secret,
    message_name,
    opt_out_digest,
    opt_out_token,
    results_secret,
    return_path,
    to_address,
)
from feedback.domain.pace import Pace
from feedback.domain.waves.mails import LAST_DAY, MailKind
from feedback.domain.waves.states import WaveState
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay, RelayVerdict
from feedback.services.mail.await_turn import has_turn
from feedback.services.mail.sender_settings import SenderSettings
from feedback.services.mail.sending_round import SendingRound
from feedback.services.mail.wave_words import WaveFacts, facts_of, words_in
from feedback.storage.deliveries import (
    MOST_UNANSWERED,
    Batch,
    Delivery,
    DeliveryState,
    any_mail_went,
    batch_by_id,
    fence_unsent,
    invited_twice,
    postpone,
    skip_unsent,
)
from feedback.storage.hint_bits import freeze_links
from feedback.storage.keys import KeyStore
from feedback.storage.ledger import open_ledger, settle_unbegun
from feedback.storage.notices import says_anything
from feedback.storage.opt_outs import unwilling
from feedback.storage.people import Participant, people_by_id
from feedback.storage.quiet_times import hours_of
from feedback.storage.sender_refusals import note_refusal_of_the_sender, take_back_refusals
from feedback.storage.waves import Wave, wave_by_id

_FENCE_BYTES = 16
_LONGEST_WAIT = timedelta(hours=1)
_MOST_DOUBLINGS = 6
_LAST_DAY = timedelta(hours=36)
_SETTLED = {
    RelayVerdict.ACCEPTED: DeliveryState.ACCEPTED,
    RelayVerdict.LATER: DeliveryState.QUEUED,
    RelayVerdict.BROKEN_OFF: DeliveryState.QUEUED,
    RelayVerdict.UNANSWERED: DeliveryState.QUEUED,
    RelayVerdict.SENDER_REFUSED: DeliveryState.QUEUED,
    RelayVerdict.REFUSED: DeliveryState.REFUSED,
}


@dataclass(frozen=True)
class _BatchContext:
    """One batch with everything needed to write its messages."""

    batch: Batch
    facts: WaveFacts
    people: dict[int, Participant]
    in_both_roles: set[int]
    sender_settings: SenderSettings
    now: datetime


def send_batch(
    session: Session,
    keys: KeyStore,
    relay: Relay,
    batch_id: int,
    *,
    sender_settings: SenderSettings,
    now: datetime,
    pace: Pace | None = None,
    stops: Callable[[], bool] = lambda: False,
) -> bool:
    """Send a batch's unsent mails; with a `pace`, a portion of them, and only if it is their turn.

    Once `stops` says so, the mail in hand is the last one; the others wait as they are for the next worker.

    Returns whether the relay accepted any, or refused any for good. In a quiet time they wait. Raises MailRefused if
    the relay cannot be used, WaveNotReady if PostgreSQL would mark who opens a link: they wait and are tried again.
    """
    batch = batch_by_id(session, batch_id)
    # A job that was queued while another one failed runs too early.
    if batch is None or batch.not_before_at > now:
        return False
    wave = wave_by_id(session, batch.wave_id)
    _keep_looks_unmarked(session, wave)
    if not _may_go(session, batch, wave, now=now) or (pace is not None and not has_turn(session, batch, pace, now)):
        return False
    fence = secrets.token_bytes(_FENCE_BYTES)
    unsent = fence_unsent(session, batch_id, fence)
    context = _pack(session, batch, wave, unsent, sender_settings=sender_settings, now=now)
    # People answer soon after their mail arrives: a known order of mails would be a guess at the order of answers.
    secrets.SystemRandom().shuffle(unsent)
    # What was tried before comes last, so that nobody waits for it.
    unsent.sort(key=lambda delivery: delivery.attempts)
    ledger = [(one.id, one.participant_id) for one in _give_up_unanswered(session, unsent, fence)]
    waiting = _skip_unwilling(session, keys, context, ledger, fence)
    worst = max((delivery.attempts for delivery in unsent), default=0)
    # Plain values from here on: after each commit a session would read its objects again, a hundred people for a mail.
    session.flush()
    session.expunge_all()
    session.commit()
    portion = waiting if pace is None else waiting[: pace.portion]
    try:
        said = _send_all(session, keys, relay, context, portion, fence, stops)
    except MailRefused:
        _wait(session, batch_id, now, worst)
        raise
    return _conclude(session, context, said, unsent, worst=worst, now=now)


def _conclude(
    session: Session, context: _BatchContext, said: SendingRound, unsent: list[Delivery], *, worst: int, now: datetime
) -> bool:
    # Whoever has taken the batch over also decides when the rest of it is tried again.
    if said.was_taken_over:
        return said.settled_any
    refusal = said.refusal_of_the_sender
    if refusal:
        refusals = note_refusal_of_the_sender(session, context.batch.id, refusal)
        _wait(session, context.batch.id, now, refusals - 1)
    elif said.left_any:
        # The last copy goes out so late that the relay may be well again by then.
        is_last = said.left_unanswered and any(one.unanswered for one in unsent)
        _wait(session, context.batch.id, now, _MOST_DOUBLINGS if is_last else worst)
    if not refusal and context.batch.sender_refusals:
        note_refusal_of_the_sender(session, context.batch.id, None)
        session.commit()
    if refusal and not said.settled_any:
        raise MailRefused(f"The mail relay refuses the sender of all emails ({refusal}). They wait and go out later.")
    return said.settled_any


# Once links are out it is too late, and was done before.
def _keep_looks_unmarked(session: Session, wave: Wave) -> None:
    if any_mail_went(session, wave.id):
        return
    session.rollback()
    if not freeze_links(session.get_bind().engine):
        raise WaveNotReady(
            f"The first mails of wave {wave.id} wait: an older open transaction keeps PostgreSQL from freezing the "
            "rows that links lead to, and it would mark which of them were looked at."
        )


def _may_go(session: Session, batch: Batch, wave: Wave, *, now: datetime) -> bool:
    if wave.state != batch.mail.kind.sent_in or not _is_true(session, batch, wave):
        skip_unsent(session, batch.id)
        session.commit()
        return False
    hours = hours_of(session, wave.programme_id)
    if hours.are_quiet(now):
        postpone(session, batch.id, hours.next_allowed(now))
        session.commit()
        return False
    return True


# What was done may have been taken off the results page again before everybody was mailed.
def _is_true(session: Session, batch: Batch, wave: Wave) -> bool:
    return batch.mail.kind is not MailKind.SAID or says_anything(session, wave.programme_id)


def _pack(
    session: Session,
    batch: Batch,
    wave: Wave,
    unsent: list[Delivery],
    *,
    sender_settings: SenderSettings,
    now: datetime,
) -> _BatchContext:
    facts = facts_of(session, wave, sender_settings.base_url)
    people = people_by_id(session, (delivery.participant_id for delivery in unsent))
    return _BatchContext(batch, facts, people, invited_twice(session, wave, people), sender_settings, now)


def _give_up_unanswered(session: Session, unsent: list[Delivery], fence: bytes) -> list[Delivery]:
    for one in unsent:
        if one.unanswered >= MOST_UNANSWERED:
            settle_unbegun(session, one.id, fence, DeliveryState.UNCERTAIN)
    return [one for one in unsent if one.unanswered < MOST_UNANSWERED]


def _skip_unwilling(
    session: Session, keys: KeyStore, context: _BatchContext, ledger: list[tuple[int, int]], fence: bytes
) -> list[tuple[int, int]]:
    key = keys.opt_out_key(context.facts.programme.id)
    digests = {person: opt_out_digest(opt_out_token(key, person)) for _delivery, person in ledger}
    silent = unwilling(session, digests.values()) if context.batch.mail.kind.can_be_stopped else set()
    wanted = []
    for delivery_id, person in ledger:
        if digests[person] in silent or context.people[person].has_left:
            settle_unbegun(session, delivery_id, fence, DeliveryState.SKIPPED)
        else:
            wanted.append((delivery_id, person))
    return wanted


def _send_all(
    session: Session,
    keys: KeyStore,
    relay: Relay,
    context: _BatchContext,
    waiting: list[tuple[int, int]],
    fence: bytes,
    stops: Callable[[], bool],
) -> SendingRound:
    said = SendingRound()
    if not waiting:
        return said
    sent_in = context.batch.mail.kind.sent_in
    with relay.connect() as smtp, open_ledger(session.get_bind().engine, fence) as ledger:
        for delivery_id, stopped_by, message in _messages(keys, context, waiting):
            # While its batch is going out a wave may be closed or cancelled, and people leave, move or stop mails.
            if not ledger.begin(delivery_id, sent_in, to=message.recipient, stopped_by=stopped_by):
                said.was_taken_over = True
                return said
            reply = smtp.send(message)
            said.hear(reply)
            is_answer = reply.verdict is not RelayVerdict.UNANSWERED
            ledger.hear(delivery_id, _SETTLED[reply.verdict], reply.code, is_answer=is_answer)
            if reply.verdict.has_hung_up:
                ledger.write()
                smtp.reconnect()
            if said.is_hopeless or stops():
                break
    if said.refuses_everybody_alike:
        take_back_refusals(session, context.batch.id, fence)
        session.commit()
    return said


def _wait(session: Session, batch_id: int, now: datetime, attempts: int) -> None:
    postpone(session, batch_id, now + min(timedelta(minutes=2 ** min(attempts, _MOST_DOUBLINGS)), _LONGEST_WAIT))
    session.commit()


def _messages(
    keys: KeyStore, context: _BatchContext, waiting: list[tuple[int, int]]
) -> Iterator[tuple[int, OptOutDigest | None, MailMessage]]:
    # A wave that is over has no key to derive a link from, and no survey to lead to.
    kind, wave_id, minutes = context.batch.mail.kind, context.facts.wave.id, context.facts.minutes
    link_key = keys.link_key(wave_id) if kind.sent_in is WaveState.OPEN else None
    opt_out_key = keys.opt_out_key(context.facts.programme.id)
    base, back_to = context.sender_settings.base_url, context.sender_settings.bounce_address
    host, mail, name = domain_of(context.sender_settings.sender), str(context.batch.mail), _template(context)
    sender = context.sender_settings.shown_as(context.facts.organisation)
    values = lru_cache(partial(_values, context, opt_out_key))
    for delivery_id, participant_id in waiting:
        person = context.people[participant_id]
        role, language = person.role, spoken_language(person.language)
        token = opt_out_token(opt_out_key, participant_id)
        opt_out = f"{base}/o/{to_address(token)}"
        links = {"opt_out_url": opt_out}
        if link_key is not None:
            links["link"] = f"{base}/s/{to_address(link_secret(link_key, participant_id))}"
        yield (
            delivery_id,
            opt_out_digest(token) if kind.can_be_stopped else None,
            MailMessage(
                recipient=person.email,
                language=language.code,
                name=name,
                message_id=f"<{message_name(opt_out_key, wave_id, mail, participant_id)}@{host}>",
                sender=sender,
                values=values(language, role if participant_id in context.in_both_roles else None, minutes[role]),
                addressee=person.name,
                links={page: address_in(url, language) for page, url in links.items()},
                opt_out_url=opt_out if kind.can_be_stopped else None,
                return_path=return_path(back_to, opt_out_key, delivery_id) if back_to else None,
            ),
        )


def _template(context: _BatchContext) -> str:
    kind = context.batch.mail.kind
    is_last_day = kind is MailKind.REMINDER and context.facts.wave.closes_at - context.now <= _LAST_DAY
    return LAST_DAY if is_last_day else kind.value


def _values(
    context: _BatchContext, opt_out_key: bytes, language: Language, role_of_two: str | None, minutes: int
) -> dict[str, str | None]:
    facts = context.facts
    results_url = f"{facts.base_url}/r/{to_address(results_secret(opt_out_key, facts.programme.id))}"
    mail = _template(context)
    return words_in(facts, mail, language, results_url=results_url, minutes=minutes, role_of_two=role_of_two)
