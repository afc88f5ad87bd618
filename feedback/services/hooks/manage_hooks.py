"""Say where another system is told what happens, give it a secret and another one, try it, and tell it nothing more.

A secret is shown once; whoever has it can make messages that the other system believes.
"""

from datetime import datetime
from ipaddress import ip_address
from typing import Protocol

from sqlalchemy.orm import Session

from feedback.domain.errors import CallRefused, NotFound, sentence
from feedback.domain.hooks import LONGEST_HOOK_URL, TO_CHOOSE, HookEvent, new_hook_secret, new_message_id
from feedback.domain.hosts import is_public
from feedback.guarded_calls import GuardedCaller
from feedback.services.hooks.hook_secrets import sealed
from feedback.services.hooks.show_hooks import own_hook
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation, reading
from feedback.storage.keys import KeyStore
from feedback.storage.organisations import organisations
from feedback.storage.programmes import programme_by_id
from feedback.storage.web_hooks import (
    HookDelivery,
    WebHook,
    delete_hook,
    disable_hook,
    hooks_of,
)

MOST_HOOKS = 10
_NO_ADDRESS = sentence("Write an address that begins with https://, of at most 500 characters.")
_NOT_PUBLIC = sentence("This address is not in the public network. Whoever runs this service has to allow it first.")
_TOO_MANY = sentence("There are ten addresses already. Remove one first.")
_NOTHING = sentence("Choose at least one event.")
_STILL_TWO = sentence("Two secrets sign already. Let the former one end first.")


class HookKeeper(Protocol):
    """Who changes the web hooks of an organisation, and the name of theirs in the audit log."""

    @property
    def organisation_id(self) -> int:
        """Return whose web hooks they are."""

    @property
    def actor(self) -> str:
        """Return who it is."""


def organisation_number(session: Session, name: str) -> int:
    """Return the number of the organisation with this name, or raise NotFound."""
    with reading(session):
        found = [one.id for one in organisations(session) if one.name == name]
    if not found:
        raise NotFound("There is no organisation of that name.")
    return found[0]


def add_hook(
    session: Session,
    keys: KeyStore,
    caller: GuardedCaller,
    by: HookKeeper,
    *,
    url: str,
    events: tuple[HookEvent, ...],
    programme_id: int | None,
    now: datetime,
) -> tuple[int, str]:
    """Tell an address what happens from now on; return its number and its secret, which is shown once.

    Raises CallRefused, or NotFound if the programme is another organisation's.
    """
    host = _checked(caller, url)
    if not events or not set(events) <= set(TO_CHOOSE):
        raise CallRefused(_NOTHING)
    secret = new_hook_secret()
    sealed_secret = sealed(keys, by.organisation_id, secret)
    lock_organisation(session, by.organisation_id)
    if programme_id is not None and programme_by_id(session, programme_id).organisation_id != by.organisation_id:
        raise NotFound("There is no such programme.")
    if len(hooks_of(session, by.organisation_id)) >= MOST_HOOKS:
        raise CallRefused(_TOO_MANY)
    hook = WebHook(
        organisation_id=by.organisation_id,
        programme_id=programme_id,
        url=url,
        events=sorted(events),
        sealed_secret=sealed_secret,
        made_at=now,
        is_gone=False,
    )
    session.add(hook)
    session.flush()
    number = hook.id
    note(session, now, by.actor, f"added web hook {number} at {host}"[:300], f"organisation {by.organisation_id}")
    session.commit()
    return number, secret


def rotate_secret(session: Session, keys: KeyStore, by: HookKeeper, hook_id: int, *, now: datetime) -> str:
    """Give an address a new secret, which is shown once; the former one signs too until that is ended."""
    secret = new_hook_secret()
    sealed_secret = sealed(keys, by.organisation_id, secret)
    hook = _held(session, by, hook_id)
    if hook.sealed_former is not None:
        raise CallRefused(_STILL_TWO)
    hook.sealed_former, hook.sealed_secret = hook.sealed_secret, sealed_secret
    _note(session, by, f"made a new secret for web hook {hook_id}", now)
    return secret


def end_former_secret(session: Session, by: HookKeeper, hook_id: int, *, now: datetime) -> None:
    """Let the former secret sign no more."""
    _held(session, by, hook_id).sealed_former = None
    _note(session, by, f"ended the former secret of web hook {hook_id}", now)


def try_hook(session: Session, by: HookKeeper, hook_id: int, *, now: datetime) -> None:
    """Have a test sent, as any other message."""
    if _held(session, by, hook_id).disabled_at is not None:
        raise NotFound("This web hook is switched off.")
    told = {"message_id": new_message_id(), "event": HookEvent.TEST, "happened_at": now, "tell_at": now}
    session.add(HookDelivery(hook_id=hook_id, **told))
    _note(session, by, f"tried web hook {hook_id}", now)


def switch_hook(session: Session, by: HookKeeper, hook_id: int, *, is_on: bool, now: datetime) -> None:
    """Tell an address nothing more, nor what waits; or what happens from now on."""
    hook = _held(session, by, hook_id)
    if is_on:
        hook.disabled_at, hook.is_gone = None, False
    else:
        disable_hook(session, hook_id, now)
    _note(session, by, f"switched web hook {hook_id} {'on' if is_on else 'off'}", now)


def remove_hook(session: Session, by: HookKeeper, hook_id: int, *, now: datetime) -> None:
    """Forget an address with its secrets and its log."""
    _held(session, by, hook_id)
    delete_hook(session, hook_id)
    _note(session, by, f"removed web hook {hook_id}", now)


def _checked(caller: GuardedCaller, url: str) -> str:
    """Return the host of an address that may be called, as far as it itself tells. What it leads to is judged later."""
    try:
        parts = caller.check(url)
    except CallRefused:
        raise CallRefused(_NO_ADDRESS) from None
    host = parts.hostname or ""
    if len(url) > LONGEST_HOOK_URL or parts.fragment:
        raise CallRefused(_NO_ADDRESS)
    try:
        ip_address(host)
    except ValueError:
        return host
    if not caller.may_be_inside(parts) and not is_public(host):
        raise CallRefused(_NOT_PUBLIC)
    return host


def _held(session: Session, by: HookKeeper, hook_id: int) -> WebHook:
    lock_organisation(session, by.organisation_id)
    return own_hook(session, by.organisation_id, hook_id)


def _note(session: Session, by: HookKeeper, act: str, now: datetime) -> None:
    note(session, now, by.actor, act, f"organisation {by.organisation_id}")
    session.commit()
