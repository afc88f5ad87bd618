"""Web hooks: what another system may be told, how a message is signed, and when it is sent again.

Signatures are those of Standard Webhooks (https://www.standardwebhooks.com). A message holds its kind, a moment,
numbers and a state, all of them from closed types: nothing that anybody has written finds a place in it.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from feedback.domain.waves.states import WaveState

LONGEST_HOOK_URL = 500
KEPT_FOR = timedelta(days=30)
"""So long the log says what became of a message."""
SECRET_PREFIX = "whsec_"  # noqa: S105  # what every secret begins with
_SECRET_BYTES = 32
_DELAYS = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=2), timedelta(hours=5), timedelta(hours=8), timedelta(hours=8)),
)
_JITTER = 0.1
_QUARTER = timedelta(minutes=15)


class HookEvent(StrEnum):
    """What another system can be told of; its value is the `type` of the message."""

    OPENED = "wave.opened"
    LOOKED_AT = "wave.looked_at"
    STOPPED = "wave.closed"
    PUBLISHED = "report.published"
    HELD = "report.held"
    APPROVAL = "roster.approval_wanted"
    UNREACHED = "people.not_reached"
    TEST = "test"


TO_CHOOSE = tuple(event for event in HookEvent if event is not HookEvent.TEST)
"""Of these somebody chooses which are told; a test is told whenever somebody asks for it."""
_STATES = {
    HookEvent.OPENED: WaveState.OPEN,
    HookEvent.LOOKED_AT: WaveState.OPEN,
    HookEvent.STOPPED: WaveState.CLOSING,
    HookEvent.PUBLISHED: WaveState.CLOSED,
    HookEvent.HELD: WaveState.HELD,
    HookEvent.UNREACHED: WaveState.OPEN,
}


@dataclass(frozen=True)
class HookData:
    """What a message is about: numbers, and the state of the wave that the event itself means."""

    organisation: int
    programme: int | None
    wave: int | None
    state: WaveState | None


def state_after(event: HookEvent) -> WaveState | None:
    """Return the state in which an event finds a wave; None of what is about no wave."""
    return _STATES.get(event)


def payload(event: HookEvent, at: datetime, data: HookData) -> bytes:
    """Return a message as it is sent, the same at each try."""
    told = {"type": event, "timestamp": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "data": asdict(data)}
    return json.dumps(told, separators=(",", ":")).encode()


def told_at(event: HookEvent, now: datetime) -> datetime:
    """Return when an event is told.

    How long a close takes tells how many have answered. So what it ends with is told at the next full quarter of an
    hour after it has begun.
    """
    if event not in {HookEvent.PUBLISHED, HookEvent.HELD}:
        return now
    return now + _QUARTER - (now - datetime.min.replace(tzinfo=UTC)) % _QUARTER


def new_hook_secret() -> str:
    """Return a secret that nobody knows yet, as receivers write it down."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def new_message_id() -> str:
    """Return what tells a message from every other one, and stays over its tries."""
    return f"msg_{secrets.token_hex(16)}"


def signature(secret: str, message_id: str, sent_at: datetime, body: bytes) -> str:
    """Return the signature of one try: HMAC-SHA256 over the message's id, the second and the body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message_id}.{int(sent_at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def delay_after(attempts: int, message_id: str) -> timedelta | None:
    """Return how long after that many tries there is another one, up to a tenth later; None if there is none."""
    if attempts > len(_DELAYS):
        return None
    # So that what failed together does not come back together.
    digest = hashlib.sha256(f"{message_id}/{attempts}".encode()).digest()
    return _DELAYS[attempts - 1] * (1 + _JITTER * digest[0] / 255)
