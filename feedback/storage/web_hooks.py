"""Web hooks: which other systems an organisation has told what, and which messages wait, arrived or did not."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    LargeBinary,
    String,
    bindparam,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.hooks import LONGEST_HOOK_URL, HookEvent
from feedback.storage.database import Base, JsonText, RawRead
from feedback.storage.programmes import Programme

_EVENTS = ", ".join(f"'{event}'" for event in HookEvent)


class WebHook(Base):
    """One address of an organisation that is told of `events`, of one programme only if it names one.

    Secrets are sealed with a key of the key store. `sealed_former` signs too, until somebody ends that. Nothing is told
    from `disabled_at` on; `is_gone` says that the address itself has asked for that.
    """

    __tablename__ = "web_hooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    url: Mapped[str] = mapped_column(String(LONGEST_HOOK_URL))
    events: Mapped[Any] = mapped_column(JsonText)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_former: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    is_gone: Mapped[bool]


class HookDelivery(Base):
    """One message to one address. It is tried at `tell_at`, None once it has arrived or is given up.

    `happened_at` is the moment that the message itself names, `status` what the address answered last, in a number.
    """

    __tablename__ = "web_hook_deliveries"
    __table_args__ = (CheckConstraint(f"event IN ({_EVENTS})", name="event"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hook_id: Mapped[int] = mapped_column(ForeignKey("web_hooks.id"), index=True)
    message_id: Mapped[str] = mapped_column(String(40))
    event: Mapped[str] = mapped_column(String(30))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("waves.id"))
    happened_at: Mapped[datetime]
    tell_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    is_delivered: Mapped[bool] = mapped_column(default=False)


def hooks_of(session: Session, organisation_id: int) -> list[WebHook]:
    """Return an organisation's web hooks, the oldest first."""
    return list(session.scalars(select(WebHook).where(WebHook.organisation_id == organisation_id).order_by("id")))


_OWNER = RawRead(select(WebHook.organisation_id).where(WebHook.id == bindparam("hook_id")))


def owner_of(connection: Connection, hook_id: int) -> int | None:
    """Return which organisation a web hook is of, or None if there is none under this number."""
    found = _OWNER.row(connection, hook_id=hook_id)
    return None if found is None else int(found[0])


def hook_by_id(session: Session, hook_id: int) -> WebHook | None:
    """Return a web hook as it is now."""
    return session.get(WebHook, hook_id, populate_existing=True)


def hooks_told(session: Session, programme_id: int, event: HookEvent) -> list[int]:
    """Return which are told of an event in a programme, none of an example; nobody removes them before the commit."""
    mine = select(Programme.organisation_id).where(Programme.id == programme_id, Programme.is_example.is_(False))
    query = select(WebHook).where(
        WebHook.organisation_id == mine.scalar_subquery(),
        or_(WebHook.programme_id.is_(None), WebHook.programme_id == programme_id),
        WebHook.disabled_at.is_(None),
    )
    held = query.order_by(WebHook.id).with_for_update(read=True, key_share=True)
    return [hook.id for hook in session.scalars(held) if event in hook.events]


def hooks_to_call(session: Session, now: datetime, forget_before: datetime) -> list[int]:
    """Return which have a message that is due, or one that is to be forgotten."""
    is_old = HookDelivery.tell_at.is_(None) & (HookDelivery.happened_at < forget_before)
    query = select(HookDelivery.hook_id).where(or_(HookDelivery.tell_at <= now, is_old))
    return list(session.scalars(query.distinct().order_by(HookDelivery.hook_id)))


def next_delivery(session: Session, hook_id: int, now: datetime) -> HookDelivery | None:
    """Return the message that has been due for longest."""
    due = select(HookDelivery).where(HookDelivery.hook_id == hook_id, HookDelivery.tell_at <= now)
    return session.scalar(due.order_by(HookDelivery.tell_at, HookDelivery.id).limit(1))


def claim_delivery(session: Session, delivery: HookDelivery, *, now: datetime, again_at: datetime | None) -> bool:
    """Put a message off before it is sent; False if another worker was faster."""
    due = update(HookDelivery).where(HookDelivery.id == delivery.id, HookDelivery.tell_at <= now)
    values = {"tell_at": again_at, "tried_at": now, "attempts": delivery.attempts + 1}
    return session.execute(due.values(**values).returning(HookDelivery.id)).first() is not None


def settle_delivery(session: Session, delivery_id: int, status: int | None, *, is_delivered: bool) -> None:
    """Note what a message was answered, and that it has arrived if it has."""
    values: dict[str, Any] = {"status": status}
    if is_delivered:
        values |= {"is_delivered": True, "tell_at": None}
    session.execute(update(HookDelivery).where(HookDelivery.id == delivery_id).values(**values))


def disable_hook(session: Session, hook_id: int, now: datetime, *, is_gone: bool = False) -> None:
    """Tell an address nothing more, nor what waits."""
    values = {"disabled_at": now, "is_gone": is_gone}
    session.execute(update(WebHook).where(WebHook.id == hook_id).values(**values))
    session.execute(update(HookDelivery).where(HookDelivery.hook_id == hook_id).values(tell_at=None))


def last_deliveries(session: Session, hook_id: int, most: int, now: datetime) -> list[HookDelivery]:
    """Return the latest messages to an address, the newest first; none before the moment that it names."""
    mine = select(HookDelivery).where(HookDelivery.hook_id == hook_id, HookDelivery.happened_at <= now)
    return list(session.scalars(mine.order_by(HookDelivery.happened_at.desc(), HookDelivery.id.desc()).limit(most)))


def forget_deliveries(session: Session, hook_id: int, before: datetime) -> None:
    """Delete what is settled and older."""
    is_old = (HookDelivery.tell_at.is_(None), HookDelivery.happened_at < before)
    session.execute(delete(HookDelivery).where(HookDelivery.hook_id == hook_id, *is_old))


def delete_hook(session: Session, hook_id: int) -> None:
    """Delete a web hook with its messages."""
    session.execute(delete(HookDelivery).where(HookDelivery.hook_id == hook_id))
    session.execute(delete(WebHook).where(WebHook.id == hook_id))


def delete_hooks_of_programme(session: Session, programme_id: int) -> None:
    """Delete what was or is to be told of a programme, and the web hooks that are told of it alone."""
    alone = select(WebHook.id).where(WebHook.programme_id == programme_id)
    mine = or_(HookDelivery.programme_id == programme_id, HookDelivery.hook_id.in_(alone))
    session.execute(delete(HookDelivery).where(mine))
    session.execute(delete(WebHook).where(WebHook.programme_id == programme_id))
