"""Send what waits for the web hooks: each message at least once, or not within a day, and then no more.

A message is put off before it is sent, so whoever dies in between has it sent again; the receiver knows it by its id.
Of an answer only its number is kept.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from feedback.domain.errors import CallRefused
from feedback.domain.hooks import KEPT_FOR, HookData, HookEvent, delay_after, payload, signature, state_after
from feedback.domain.log_chain import SERVICE
from feedback.services.hooks.hook_secrets import secrets_of
from feedback.storage.audit_log import note
from feedback.storage.keys import KeyStore
from feedback.storage.web_hooks import (
    HookDelivery,
    WebHook,
    claim_delivery,
    disable_hook,
    forget_deliveries,
    hook_by_id,
    hooks_to_call,
    next_delivery,
    settle_delivery,
)

if TYPE_CHECKING:
    from feedback.guarded_calls import GuardedCaller

MOST_IN_A_ROW = 10
"""So many messages are sent to one address before others have their turn; none after one that has failed."""
LONGEST_ANSWER_SECONDS = 10
_GONE = 410


@dataclass(frozen=True)
class _Message:
    delivery_id: int
    url: str
    headers: dict[str, str]
    body: bytes


def hooks_due(session: Session, now: datetime) -> list[int]:
    """Return which web hooks have something to be sent, or to be forgotten."""
    return hooks_to_call(session, now, now - KEPT_FOR)


def send_hooks(
    session: Session,
    keys: KeyStore,
    caller: "GuardedCaller",
    hook_id: int,
    *,
    now: datetime,
    stops: Callable[[], bool] = lambda: False,
) -> None:
    """Send what is due to one address, until one message fails; forget what was settled long ago."""
    forget_deliveries(session, hook_id, now - KEPT_FOR)
    session.commit()
    for _turn in range(MOST_IN_A_ROW):
        if stops():
            return
        message = _claimed(session, keys, hook_id, now)
        if message is None:
            return
        # Nothing of the database is held meanwhile.
        status = _sent(caller, message)
        is_delivered = status is not None and 200 <= status < 300
        _settle(session, hook_id, message, status, now, is_delivered=is_delivered)
        if not is_delivered:
            return


def _claimed(session: Session, keys: KeyStore, hook_id: int, now: datetime) -> _Message | None:
    hook, delivery = hook_by_id(session, hook_id), next_delivery(session, hook_id, now)
    if hook is None or delivery is None:
        session.rollback()
        return None
    if hook.disabled_at is not None:
        # What happened beside the switching off was written after it.
        disable_hook(session, hook_id, hook.disabled_at, is_gone=hook.is_gone)
        session.commit()
        return None
    delay = delay_after(delivery.attempts + 1, delivery.message_id)
    message = _message(keys, hook, delivery, now)
    is_mine = claim_delivery(session, delivery, now=now, again_at=now + delay if delay else None)
    session.commit()
    return message if is_mine else None


def _message(keys: KeyStore, hook: WebHook, delivery: HookDelivery, now: datetime) -> _Message:
    event = HookEvent(delivery.event)
    data = HookData(hook.organisation_id, delivery.programme_id, delivery.wave_id, state_after(event))
    body, known_by = payload(event, delivery.happened_at, data), delivery.message_id
    signed = " ".join(signature(secret, known_by, now, body) for secret in secrets_of(keys, hook))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "feedback",
        "webhook-id": known_by,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signed,
    }
    return _Message(delivery.id, hook.url, headers, body)


def _sent(caller: "GuardedCaller", message: _Message) -> int | None:
    try:
        until = time.monotonic() + LONGEST_ANSWER_SECONDS
        return caller.call("POST", message.url, headers=message.headers, body=message.body, until=until).status
    except CallRefused:
        return None


def _settle(
    session: Session, hook_id: int, message: _Message, status: int | None, now: datetime, *, is_delivered: bool
) -> None:
    settle_delivery(session, message.delivery_id, status, is_delivered=is_delivered)
    hook = hook_by_id(session, hook_id)
    if status == _GONE and hook is not None and hook.disabled_at is None:
        disable_hook(session, hook_id, now, is_gone=True)
        note(session, now, SERVICE, f"disabled web hook {hook_id}: gone", f"organisation {hook.organisation_id}")
    session.commit()
