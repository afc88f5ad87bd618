"""What staff do with web hooks that outlives their session: they sign for a new address and for a new secret.

Whoever has a secret makes messages that the other system believes; whoever adds an address learns what happens.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.hooks import HookEvent
from feedback.domain.passkeys import PasskeySite, SignedFor
from feedback.guarded_calls import GuardedCaller
from feedback.services.hooks.manage_hooks import add_hook, rotate_secret
from feedback.services.staff.keep_sessions import SignedIn
from feedback.services.staff.sign_deed import Signature, check_signed
from feedback.storage.keys import KeyStore


@dataclass(frozen=True)
class WantedHook:
    """An address that is to be told of events, of one programme alone or of all (None)."""

    url: str
    events: tuple[HookEvent, ...]
    programme_id: int | None


@dataclass(frozen=True)
class SignedDeed:
    """Who does it where, and what their passkey has signed; `now` is the clock of sessions, `noted_at` the log's."""

    site: PasskeySite | None
    who: SignedIn
    signature: Signature
    now: datetime
    noted_at: datetime


def add_signed_hook(
    session: Session, keys: KeyStore, caller: GuardedCaller, deed: SignedDeed, wanted: WantedHook
) -> tuple[int, str]:
    """Do as `add_hook` does; PasskeyRefused if no passkey has signed for it."""
    _check(session, deed)
    return add_hook(
        session,
        keys,
        caller,
        deed.who.member,
        url=wanted.url,
        events=wanted.events,
        programme_id=wanted.programme_id,
        now=deed.noted_at,
    )


def rotate_signed_secret(session: Session, keys: KeyStore, deed: SignedDeed, hook_id: int) -> str:
    """Do as `rotate_secret` does; PasskeyRefused if no passkey has signed for it."""
    _check(session, deed)
    return rotate_secret(session, keys, deed.who.member, hook_id, now=deed.noted_at)


def _check(session: Session, deed: SignedDeed) -> None:
    times = {"now": deed.now, "noted_at": deed.noted_at}
    check_signed(session, deed.site, deed.who, SignedFor.ALLOW_HOOK, deed.signature, **times)
