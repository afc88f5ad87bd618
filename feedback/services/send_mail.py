"""Send what the delivery ledger says is unsent, one batch at a time. Never reads a response.

Each mail is marked before it goes out and settled after the relay has spoken, so a worker that dies loses none
and doubles at most the one in flight; a worker that was paused finds its fence gone and stops.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from sqlalchemy.orm import Session

from feedback.domain.errors import MailRefused
from feedback.domain.links import LinkKey, link_secret, message_name, opt_out_digest, opt_out_token, to_address
from feedback.domain.pace import Pace
from feedback.domain.waves import CANCELLATION, WaveState
from feedback.mail import Letter, Relay, Verdict, known_locale
from feedback.services.await_turn import has_turn
from feedback.storage.deliveries import (
    Batch,
    Delivery,
    DeliveryState,
    batch_by_id,
    begin_sending,
    fence_unsent,
    postpone,
    settle,
    skip_unsent,
)
from feedback.storage.keys import KeyStore
from feedback.storage.opt_outs import unwilling
from feedback.storage.organisations import Organisation
from feedback.storage.people import Participant, people_by_id
from feedback.storage.programmes import Programme, programme_by_id
from feedback.storage.waves import Wave, wave_by_id

_FENCE_BYTES = 16
_LONGEST_WAIT = timedelta(hours=1)
_SETTLED = {
    Verdict.ACCEPTED: DeliveryState.ACCEPTED,
    Verdict.LATER: DeliveryState.QUEUED,
    Verdict.BROKEN_OFF: DeliveryState.QUEUED,
    Verdict.REFUSED: DeliveryState.REFUSED,
}


@dataclass(frozen=True)
class Postmark:
    """What every mail shows of the sender: where links lead, and from which address it comes."""

    base_url: str
    sender: str


@dataclass(frozen=True)
class _Pouch:
    """One batch with all it takes to write its letters."""

    batch: Batch
    wave: Wave
    programme: Programme
    organisation: str
    people: dict[int, Participant]
    postmark: Postmark


def send_batch(
    session: Session,
    keys: KeyStore,
    relay: Relay,
    batch_id: int,
    *,
    postmark: Postmark,
    now: datetime,
    pace: Pace | None = None,
) -> None:
    """Send a batch's unsent mails; with a `pace`, a portion of them, and only if it is their turn.

    Raises MailRefused if the relay cannot be used: they wait and are tried again.
    """
    batch = batch_by_id(session, batch_id)
    # A job that was queued while another one failed comes too early.
    if batch is None or batch.not_before_at > now:
        return
    wave = wave_by_id(session, batch.wave_id)
    if wave.state != _goes_out_in(batch.mail):
        skip_unsent(session, batch.id)
        session.commit()
        return
    if pace is not None and not has_turn(session, batch, pace, now):
        return
    fence = secrets.token_bytes(_FENCE_BYTES)
    unsent = fence_unsent(session, batch_id, fence)
    pouch = _pack(session, batch, wave, unsent, postmark)
    ledger = [(delivery.id, delivery.participant_id) for delivery in unsent]
    # People answer soon after their mail arrives: a known order of mails would be a guess at the order of answers.
    secrets.SystemRandom().shuffle(ledger)
    waiting = _skip_unwilling(session, keys, pouch, ledger, fence)
    worst = max((delivery.attempts for delivery in unsent), default=0)
    # Values from here on: what a session holds it would read anew after each commit, a hundred people for every mail.
    session.flush()
    session.expunge_all()
    session.commit()
    portion = waiting if pace is None else waiting[: pace.portion]
    try:
        unsettled = _send_all(session, keys, relay, pouch, portion, fence)
    except MailRefused:
        _wait(session, batch_id, now, worst)
        raise
    if unsettled:
        _wait(session, batch_id, now, worst)


def _goes_out_in(mail: str) -> WaveState:
    return WaveState.CANCELLED if mail == CANCELLATION else WaveState.OPEN


def _pack(session: Session, batch: Batch, wave: Wave, unsent: list[Delivery], postmark: Postmark) -> _Pouch:
    programme = programme_by_id(session, wave.programme_id)
    people = people_by_id(session, (delivery.participant_id for delivery in unsent))
    organisation = session.get_one(Organisation, programme.organisation_id).name
    return _Pouch(batch, wave, programme, organisation, people, postmark)


def _skip_unwilling(
    session: Session, keys: KeyStore, pouch: _Pouch, ledger: list[tuple[int, int]], fence: bytes
) -> list[tuple[int, int]]:
    key = keys.opt_out_key(pouch.programme.id)
    digests = {person: opt_out_digest(opt_out_token(key, person)) for _delivery, person in ledger}
    silent = unwilling(session, digests.values())
    wanted = []
    for delivery_id, person in ledger:
        if digests[person] in silent or pouch.people[person].has_left:
            settle(session, delivery_id, fence, DeliveryState.SKIPPED, None)
        else:
            wanted.append((delivery_id, person))
    return wanted


def _send_all(
    session: Session, keys: KeyStore, relay: Relay, pouch: _Pouch, waiting: list[tuple[int, int]], fence: bytes
) -> bool:
    unsettled = False
    if not waiting:
        return unsettled
    with relay.connect() as conversation, _ledger(session) as ledger:
        for delivery_id, letter in _letters(keys, pouch, waiting):
            # A wave may be closed or cancelled while its batch is going out. What the relay said of the mail before is
            # committed with this mark: one transaction a mail.
            mine = begin_sending(ledger, delivery_id, fence, _goes_out_in(pouch.batch.mail))
            ledger.commit()
            if not mine:
                return False
            reply = conversation.send(letter)
            settle(ledger, delivery_id, fence, _SETTLED[reply.verdict], reply.code)
            unsettled = unsettled or _SETTLED[reply.verdict] is DeliveryState.QUEUED
            if reply.verdict is Verdict.BROKEN_OFF:
                ledger.commit()
                conversation.reconnect()
    return unsettled


@contextmanager
def _ledger(session: Session) -> Iterator[Session]:
    """Keep one connection for a run of mails, without asking before each whether it lives. Commits at the end."""
    with session.get_bind().engine.connect() as connection, Session(connection) as ledger:
        try:
            yield ledger
        finally:
            # Even if the next mail could not be written, what the relay said of the last one stands.
            ledger.commit()


def _wait(session: Session, batch_id: int, now: datetime, attempts: int) -> None:
    postpone(session, batch_id, now + min(timedelta(minutes=2 ** min(attempts, 6)), _LONGEST_WAIT))
    session.commit()


def _letters(keys: KeyStore, pouch: _Pouch, waiting: list[tuple[int, int]]) -> Iterator[tuple[int, Letter]]:
    # What was cancelled has no key to derive a link from, and no survey to lead to.
    link_key = None if pouch.batch.mail == CANCELLATION else keys.link_key(pouch.wave.id)
    opt_out_key = keys.opt_out_key(pouch.programme.id)
    base = pouch.postmark.base_url
    host = pouch.postmark.sender.rpartition("@")[2]
    for delivery_id, participant_id in waiting:
        person = pouch.people[participant_id]
        opt_out = to_address(opt_out_token(opt_out_key, participant_id))
        yield (
            delivery_id,
            Letter(
                recipient=person.email,
                language=person.language,
                name=_template(pouch.batch.mail),
                message_id=f"<{message_name(opt_out_key, pouch.wave.id, pouch.batch.mail, participant_id)}@{host}>",
                sender=(pouch.organisation, pouch.postmark.sender),
                values={**_values(pouch, person, f"{base}/o/{opt_out}"), **_link(base, link_key, participant_id)},
                opt_out_url=f"{base}/o/{opt_out}",
            ),
        )


def _link(base: str, key: LinkKey | None, participant_id: int) -> dict[str, str]:
    return {} if key is None else {"link": f"{base}/s/{to_address(link_secret(key, participant_id))}"}


def _template(mail: str) -> str:
    return mail.partition("-")[0]


def _values(pouch: _Pouch, person: Participant, opt_out_url: str) -> dict[str, str]:
    closes_at = pouch.wave.closes_at.astimezone(ZoneInfo(pouch.programme.time_zone))
    locale = known_locale(person.language)
    return {
        "name": person.name,
        "organisation": pouch.organisation,
        "programme": pouch.programme.name,
        "contact_name": pouch.programme.contact_name,
        "contact_email": pouch.programme.contact_email,
        "minimum_group_size": str(pouch.wave.minimum_group_size),
        "closes_on": format_date(closes_at.date(), "full", locale=locale),
        "closes_at": format_time(closes_at, "short", locale=locale),
        "time_zone": pouch.programme.time_zone,
        "opt_out_url": opt_out_url,
    }
