"""The journal: a small signed file in a second place, that knows every step that cannot be undone.

Two databases that were restored together agree; only something that was not restored with them can tell. It names waves
by number and says what was done with them; no time, nobody.
"""

import base64
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from feedback.domain.epochs import EpochStep, JournalRead, JournalState, StepAct, Steps

_FORMAT = 1
_LABEL = b"feedback/journal/1"


def write_journal(steps: Steps, key: Ed25519PrivateKey) -> bytes:
    """Return the journal of these steps, signed."""
    text = _canonical([[step.serial, step.value.hex(), step.act.value, step.wave_id] for step in steps])
    signature = base64.b64encode(key.sign(_LABEL + text.encode())).decode()
    return f'{{"format":{_FORMAT},"signature":"{signature}","steps":{text}}}\n'.encode()


def read_journal(data: bytes, public_key: bytes | None) -> JournalRead:
    """Return the steps of a journal that the holder of the key has signed; *foreign* if it is not as it was signed."""
    try:
        record = json.loads(data)
        steps = tuple(_step(one) for one in record["steps"])
        signed = _LABEL + _canonical(record["steps"]).encode()
        Ed25519PublicKey.from_public_bytes(public_key or b"").verify(base64.b64decode(record["signature"]), signed)
    except (InvalidSignature, KeyError, TypeError, ValueError, RecursionError):
        return JournalRead(JournalState.FOREIGN)
    return JournalRead(JournalState.SOUND, steps)


def _step(record: Any) -> EpochStep:
    serial, value, act, wave_id = record
    return EpochStep(serial, bytes.fromhex(value), StepAct(act), wave_id)


def _canonical(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
