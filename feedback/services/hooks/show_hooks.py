"""Show where another system is told what happens, and what became of its messages."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound
from feedback.domain.hooks import TO_CHOOSE, HookEvent
from feedback.storage.database import reading
from feedback.storage.web_hooks import HookDelivery, WebHook, hook_by_id, hooks_of, last_deliveries, owner_of

MOST_SHOWN = 50
_NONE = "There is no such web hook."


@dataclass(frozen=True)
class ShownHook:
    """A web hook as administrators see it, never its secrets."""

    id: int
    url: str
    programme_id: int | None
    events: tuple[HookEvent, ...]
    has_former: bool
    is_disabled: bool
    is_gone: bool


@dataclass(frozen=True)
class ShownDelivery:
    """What became of one message. `tell_at` is when it is tried next, if it is."""

    event: HookEvent
    happened_at: datetime
    tell_at: datetime | None
    tried_at: datetime | None
    attempts: int
    status: int | None
    is_delivered: bool


def show_hooks(session: Session, organisation_id: int) -> tuple[ShownHook, ...]:
    """Return an organisation's web hooks."""
    with reading(session):
        return tuple(map(_shown, hooks_of(session, organisation_id)))


def show_hook(
    session: Session, organisation_id: int, hook_id: int, *, now: datetime
) -> tuple[ShownHook, tuple[ShownDelivery, ...]]:
    """Return one of them and its latest messages, or raise NotFound.

    How a close ended is among them no sooner than it is told: when it ended would tell how many have answered.
    """
    with reading(session):
        hook = own_hook(session, organisation_id, hook_id)
        return _shown(hook), tuple(map(_shown_delivery, last_deliveries(session, hook_id, MOST_SHOWN, now)))


def owner_of_hook(connection: Connection, hook_id: int) -> tuple[int, None]:
    """Return which organisation a web hook is of, or raise NotFound."""
    found = owner_of(connection, hook_id)
    if found is None:
        raise NotFound(_NONE)
    return found, None


def own_hook(session: Session, organisation_id: int, hook_id: int) -> WebHook:
    """Return a web hook of an organisation, or raise NotFound."""
    hook = hook_by_id(session, hook_id)
    if hook is None or hook.organisation_id != organisation_id:
        raise NotFound(_NONE)
    return hook


def _shown(hook: WebHook) -> ShownHook:
    return ShownHook(
        id=hook.id,
        url=hook.url,
        programme_id=hook.programme_id,
        events=tuple(event for event in TO_CHOOSE if event in hook.events),
        has_former=hook.sealed_former is not None,
        is_disabled=hook.disabled_at is not None,
        is_gone=hook.is_gone,
    )


def _shown_delivery(one: HookDelivery) -> ShownDelivery:
    return ShownDelivery(
        event=HookEvent(one.event),
        happened_at=one.happened_at,
        tell_at=one.tell_at,
        tried_at=one.tried_at,
        attempts=one.attempts,
        status=one.status,
        is_delivered=one.is_delivered,
    )
