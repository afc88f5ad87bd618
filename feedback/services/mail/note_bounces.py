"""Record which mails came back for good. A bounce changes the state of a mail and nothing else.

It touches no right to answer, stops no later mail and proves nothing about answering. Nothing of the returned mail,
which quotes a link, is kept.
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.bounce_box import BounceBox
from feedback.domain.bounces import Bounce, read_bounce
from feedback.domain.links import bounce_mac, message_name
from feedback.domain.log_chain import SERVICE
from feedback.storage.audit_log import note
from feedback.storage.deliveries import SentMail, mails_sent_to, mark_bounced, sent_mail
from feedback.storage.keys import KeyStore


@dataclass(frozen=True)
class Reading:
    """The result of one round: how many mails there were, and how many of ours they say are lost."""

    read: int
    noted: int


def read_box(session: Session, keys: KeyStore, box: BounceBox, *, now: datetime) -> Reading:
    """Empty a mailbox of returned mails, recording each; raise MailboxRefused if it cannot be used."""
    return note_bounces(session, keys, box.mails(), now=now)


def note_bounces(session: Session, keys: KeyStore, mails: Iterable[bytes], *, now: datetime) -> Reading:
    """Record each of `mails` that says that one of ours is lost; the same one twice changes nothing more."""
    read = noted = 0
    for raw in mails:
        read += 1
        noted += note_bounce(session, keys, raw, now=now)
    return Reading(read, noted)


def note_bounce(session: Session, keys: KeyStore, raw: bytes, *, now: datetime) -> bool:
    """Record the mail of ours that `raw` says is lost. False, and no change, if that is not new or not proved."""
    bounce = read_bounce(raw)
    lost = None if bounce is None else _lost_mail(session, keys, bounce)
    noted = lost is not None and mark_bounced(session, lost.id)
    if noted and lost is not None:
        note(session, now, SERVICE, "noted a bounce", f"wave {lost.wave_id}")
    session.commit()
    return noted


def _lost_mail(session: Session, keys: KeyStore, bounce: Bounce) -> SentMail | None:
    found = (*_by_return_path(session, keys, bounce), *_by_message(session, keys, bounce))
    return next(iter(found), None)


def _by_return_path(session: Session, keys: KeyStore, bounce: Bounce) -> Iterator[SentMail]:
    for token in bounce.tokens:
        mail = sent_mail(session, token.delivery_id)
        if mail and hmac.compare_digest(bounce_mac(keys.opt_out_key(mail.programme_id), mail.id), token.mac):
            yield mail


def _by_message(session: Session, keys: KeyStore, bounce: Bounce) -> Iterator[SentMail]:
    for address in bounce.addresses if bounce.message_names else ():
        for mail in mails_sent_to(session, address):
            key = keys.opt_out_key(mail.programme_id)
            if message_name(key, mail.wave_id, str(mail.mail), mail.participant_id) in bounce.message_names:
                yield mail
