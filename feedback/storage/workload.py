"""Counts over waves and mails, for whoever watches the service.

Never looks at entitlements or responses: while a wave is open no figure may move when somebody answers. Mails that
their wave's state makes untrue, such as invitations to one that was cancelled, are left out: they wait for nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from feedback.domain.waves.mails import INVITATION, MailKind, WaveMail
from feedback.domain.waves.states import MomentKind, WaveState
from feedback.storage.deliveries import UNSENT, Batch, Delivery, DeliveryState
from feedback.storage.programmes import Programme
from feedback.storage.relay_pace import next_turn_at
from feedback.storage.waves import Moment, Wave

_IS_UNSENT = Delivery.state.in_(UNSENT)


class WaitingMail(NamedTuple):
    """The batches of one mail of one wave that still have something to send; `since` is the oldest one's time.

    `next_try`: when that one is tried again, if the relay did not take it.
    """

    wave_id: int
    mail: WaveMail
    batches: int
    since: datetime
    next_try: datetime | None = None


class NextMoment(NamedTuple):
    """A date in a wave's calendar that is still to come, or is late."""

    kind: str
    due_at: datetime


def waves_by_state(session: Session) -> dict[WaveState, int]:
    """Return how many waves are in each state, states with none included."""
    counted = _counted(session, Wave.state)
    return {state: counted.get(state, 0) for state in WaveState}


def mails_by_state(session: Session) -> dict[DeliveryState, int]:
    """Return how many mails of all waves are in each state, states with none included."""
    counted = _counted(session, Delivery.state)
    return {state: counted.get(state, 0) for state in DeliveryState}


def mails_that_may_go(session: Session, now: datetime) -> list[WaitingMail]:
    """Return the mails that could be sent now, by wave and mail, without those that the relay's quota holds back."""
    free_at = next_turn_at(session)
    turn = Batch.has_turn.is_(True) if free_at is not None and free_at > now else true()
    return _waiting(session, Batch.not_before_at <= now, turn, _has_unsent())


def mails_put_off(session: Session, now: datetime) -> list[WaitingMail]:
    """Return the mails that were tried and that the relay did not take; `since` is when they were first due."""
    waits = (Batch.not_before_at > now, Batch.has_turn.is_(False))
    found = _waiting(session, *waits, _has_unsent(Delivery.fence.is_not(None)))
    return [one._replace(since=min(now, _first_due(session, one) or now), next_try=one.since) for one in found]


def waves_in_line(session: Session, now: datetime) -> dict[int, datetime]:
    """Return the waves with mails that wait for nothing but their turn at the relay, and when the next one has it."""
    has_turn = and_(Batch.has_turn.is_(True), Batch.not_before_at > now)
    free_at = next_turn_at(session)
    if free_at is None or free_at <= now:
        next_at, waits = func.min(Batch.not_before_at), has_turn
    else:
        next_at = func.min(case((has_turn, Batch.not_before_at), else_=free_at))
        waits = or_(has_turn, and_(Batch.has_turn.is_(False), Batch.not_before_at <= now))
    found: dict[int, datetime] = {}
    for wave_id, _mail, at in _true_mails(session, (type_coerce(next_at, Moment.due_at.type),), (waits, _has_unsent())):
        found[wave_id] = min(at, found.get(wave_id, at))
    return found


def next_moments(session: Session) -> dict[int, NextMoment]:
    """Return for each wave the first date of its calendar that is not done."""
    query = select(Moment).where(Moment.is_done.is_(False)).order_by(Moment.due_at.desc(), Moment.id.desc())
    return {moment.wave_id: NextMoment(moment.kind, moment.due_at) for moment in session.scalars(query)}


def programme_names(session: Session) -> dict[int, str]:
    """Return the names of all programmes by id."""
    return {row.id: row.name for row in session.execute(select(Programme.id, Programme.name))}


def _counted(session: Session, state: InstrumentedAttribute[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(select(state, func.count()).group_by(state))}


def _first_due(session: Session, waiting: WaitingMail) -> datetime | None:
    if waiting.mail == INVITATION:
        return session.scalar(select(Wave.opened_at).where(Wave.id == waiting.wave_id))
    if waiting.mail.kind is not MailKind.REMINDER:
        return None
    mine = (Moment.wave_id == waiting.wave_id, Moment.kind == MomentKind.REMINDER)
    return session.scalar(select(Moment.due_at).where(*mine, Moment.number == waiting.mail.number))


def _has_unsent(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Delivery.id).where(Delivery.batch_id == Batch.id, _IS_UNSENT, *more).exists()


def _waiting(session: Session, *which: ColumnElement[bool]) -> list[WaitingMail]:
    counts = (func.count(), func.min(Batch.not_before_at))
    return [WaitingMail(*row) for row in _true_mails(session, counts, which)]


def _true_mails(
    session: Session, figures: tuple[ColumnElement[Any], ...], which: Iterable[ColumnElement[bool]]
) -> Iterator[tuple[Any, ...]]:
    """Yield wave, mail and `figures` of the batches of each mail that is sent in the state that its wave is in."""
    columns = (Batch.wave_id, Batch.mail)
    query = select(*columns, *figures, Wave.state).join(Wave, Wave.id == Batch.wave_id).where(*which)
    for *row, state in session.execute(query.group_by(*columns, Wave.state).order_by(*columns)):
        if row[1].kind.sent_in == state:
            yield tuple(row)
