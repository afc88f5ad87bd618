"""Challenges for passkeys: drawn here, each good once, for some minutes, in the browser and session that asked for it.

The row holds the digest of a secret that only the browser's cookie has.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.links import SECRET_BYTES, from_address, to_address
from feedback.storage.passkeys import PasskeyChallenge, forget_challenges, put_challenge, take_challenge

LIFETIME = timedelta(minutes=5)
MOST = 10_000
"""So many are kept of all browsers together; the oldest go first."""


@dataclass(frozen=True)
class Challenge:
    """What was drawn, of which `challenge_for` makes what is signed, and the secret by which a cookie names it."""

    secret: str
    drawn: bytes


def draw_challenge(session: Session, session_digest: bytes | None, *, now: datetime) -> Challenge:
    """Draw a challenge for a session, or for a browser that has none; commits nothing."""
    secret, drawn = secrets.token_bytes(SECRET_BYTES), secrets.token_bytes(SECRET_BYTES)
    forget_challenges(session, now)
    row = PasskeyChallenge(
        digest=_digest(secret), challenge=drawn, session_digest=session_digest, expires_at=now + LIFETIME
    )
    put_challenge(session, row, most=MOST)
    return Challenge(to_address(secret), drawn)


def use_challenge(session: Session, secret: str, session_digest: bytes | None, *, now: datetime) -> bytes | None:
    """Use a challenge up, whatever comes of it; return what was drawn, None for another session's or one too old."""
    data = from_address(secret)
    found = None if data is None else take_challenge(session, _digest(data), session_digest, now)
    session.commit()
    return found


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
