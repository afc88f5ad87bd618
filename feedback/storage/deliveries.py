"""The delivery ledger: the state of every mail. Knows participants' ids, never their answers; holds no time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import (
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, composite, mapped_column

from feedback.domain.address import Address
from feedback.domain.waves.mails import INVITATION, MailKind, WaveMail
from feedback.storage.bulk import among, insert_rows
from feedback.storage.database import Base
from feedback.storage.people import Participant, seats_of
from feedback.storage.waves import Wave


class DeliveryState(StrEnum):
    """The state of one mail. *Accepted* is the relay's word, and no promise that it was read.

    *Bounced* is an accepted mail of which a mail server said later that it can never arrive. *Uncertain* is one that
    was handed over as often as it may be, and never answered: it may have arrived, and is not sent again by itself.
    """

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SKIPPED = "skipped"
    BOUNCED = "bounced"
    UNCERTAIN = "uncertain"


_STATES = ", ".join(f"'{state}'" for state in DeliveryState)
_KIND = Enum(MailKind, native_enum=False, length=20, values_callable=list, create_constraint=True, name="kind")
UNSENT = (DeliveryState.QUEUED, DeliveryState.SENDING)
_LOST = (DeliveryState.REFUSED, DeliveryState.BOUNCED)
_MAY_HAVE_ARRIVED = (DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN)
MOST_UNANSWERED = 3


class Batch(Base):
    """Up to a hundred copies of one mail of a wave, which one job sends over one connection.

    `has_turn`: where the relay has a quota, the batch may begin at `not_before_at` without waiting for others.
    `sender_refusals`: how often in a row the relay has refused whoever sends, last with `refusal_code`.
    """

    __tablename__ = "mail_batches"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), index=True)
    kind: Mapped[MailKind] = mapped_column(_KIND)
    not_before_at: Mapped[datetime]
    has_turn: Mapped[bool] = mapped_column(default=False)
    number: Mapped[int]
    sender_refusals: Mapped[int] = mapped_column(server_default="0")
    refusal_code: Mapped[int | None]
    mail: Mapped[WaveMail] = composite("kind", "number")


class Delivery(Base):
    """One copy of a mail of a wave, to one participant.

    `unanswered`: how often it was handed over and nobody knows whether the relay took it.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("wave_id", "kind", "number", "participant_id"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("unanswered >= 0", name="unanswered"),
        Index("ix_deliveries_batch_state", "batch_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("mail_batches.id"))
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id"))
    kind: Mapped[MailKind] = mapped_column(_KIND)
    state: Mapped[str] = mapped_column(String(10))
    fence: Mapped[bytes | None]
    attempts: Mapped[int]
    reply_code: Mapped[int | None]
    number: Mapped[int]
    unanswered: Mapped[int] = mapped_column(server_default="0")
    mail: Mapped[WaveMail] = composite("kind", "number")


_IS_TO_ALL = or_(Delivery.kind == MailKind.REMINDER, Delivery.mail == INVITATION)


def queue_mails(
    session: Session, wave_id: int, mail: WaveMail, batches: Sequence[Sequence[int]], not_before_at: datetime
) -> list[int]:
    """Write one delivery per participant, in batches of their ids; return the batches' ids, in the same order."""
    if not batches:
        return []
    new = insert(Batch).returning(Batch.id, sort_by_parameter_order=True)
    of = {"wave_id": wave_id, "kind": mail.kind.value, "number": mail.number}
    numbers = list(session.scalars(new, [{**of, "not_before_at": not_before_at, "has_turn": False}] * len(batches)))
    rows = (
        (number, participant_id, *of.values(), DeliveryState.QUEUED.value, 0)
        for number, people in zip(numbers, batches, strict=True)
        for participant_id in people
    )
    insert_rows(session, Delivery, ("batch_id", "participant_id", *of, "state", "attempts"), rows)
    return numbers


def batch_by_id(session: Session, batch_id: int) -> Batch | None:
    """Return a batch."""
    return session.get(Batch, batch_id)


def unsent_batches(session: Session, now: datetime, most: int, *, with_turn_only: bool = False) -> list[int]:
    """Return batches that still have mails to send and may be sent now, oldest first, `most` at most."""
    waiting = select(Delivery.id).where(Delivery.batch_id == Batch.id, Delivery.state.in_(UNSENT)).exists()
    query = select(Batch.id).where(Batch.not_before_at <= now, waiting).order_by(Batch.id).limit(most)
    return list(session.scalars(query.where(Batch.has_turn) if with_turn_only else query))


def count_unsent(session: Session, batch_id: int) -> int:
    """Return how many mails of a batch are not settled yet."""
    unsent = (Delivery.batch_id == batch_id, Delivery.state.in_(UNSENT))
    return session.scalar(select(func.count()).select_from(Delivery).where(*unsent)) or 0


def any_mail_went(session: Session, wave_id: int) -> bool:
    """Tell whether any mail of a wave may have left."""
    may_have_left = or_(Delivery.state != DeliveryState.QUEUED, Delivery.unanswered > 0)
    query = select(Delivery.id).where(Delivery.wave_id == wave_id, may_have_left).limit(1)
    return session.scalar(query) is not None


def fence_unsent(session: Session, batch_id: int, fence: bytes) -> list[Delivery]:
    """Claim a batch's unsent mails: whoever wrote an earlier fence can send none of them any more."""
    unsent = (Delivery.batch_id == batch_id, Delivery.state.in_(UNSENT))
    session.execute(update(Delivery).where(*unsent).values(fence=fence))
    return list(session.scalars(select(Delivery).where(*unsent, Delivery.fence == fence).order_by(Delivery.id)))


class SentMail(NamedTuple):
    """One delivery with the programme whose key signs its return path."""

    id: int
    wave_id: int
    mail: WaveMail
    participant_id: int
    programme_id: int


_SENT = (Delivery.id, Delivery.wave_id, Delivery.mail, Delivery.participant_id, Participant.programme_id)


def sent_mail(session: Session, delivery_id: int) -> SentMail | None:
    """Return a delivery that a bounce may be about."""
    query = select(*_SENT).join(Participant, Participant.id == Delivery.participant_id)
    row = session.execute(query.where(Delivery.id == delivery_id)).one_or_none()
    return None if row is None else SentMail(*row)


def mails_sent_to(session: Session, email: Address) -> list[SentMail]:
    """Return what may have arrived at an address, in every programme, the latest first."""
    query = select(*_SENT).join(Participant, Participant.id == Delivery.participant_id)
    mine = (Participant.email == email, Delivery.state.in_(_MAY_HAVE_ARRIVED))
    return [SentMail(*row) for row in session.execute(query.where(*mine).order_by(Delivery.id.desc()))]


def mark_bounced(session: Session, delivery_id: int) -> bool:
    """Record that a mail came back; False if it cannot have, or did before."""
    mine = (Delivery.id == delivery_id, Delivery.state.in_(_MAY_HAVE_ARRIVED))
    result = session.execute(update(Delivery).where(*mine).values(state=DeliveryState.BOUNCED))
    return bool(getattr(result, "rowcount", 0) == 1)


def postpone(session: Session, batch_id: int, not_before_at: datetime, *, has_turn: bool = False) -> None:
    """Put a batch off until the relay may be tried again, or until its turn."""
    values = {"not_before_at": not_before_at, "has_turn": has_turn}
    session.execute(update(Batch).where(Batch.id == batch_id).values(**values))


# Without an attempt: nobody has asked whether these mails are wanted.
_DROPPED = {"state": DeliveryState.SKIPPED, "attempts": 0}


def skip_unsent(session: Session, batch_id: int) -> None:
    """Skip the unsent mails of a batch."""
    unsent = (Delivery.batch_id == batch_id, Delivery.state.in_(UNSENT))
    session.execute(update(Delivery).where(*unsent).values(_DROPPED))


def skip_mail(session: Session, wave_id: int, mail: WaveMail) -> None:
    """Skip the unsent deliveries of one mail of a wave."""
    unsent = (Delivery.wave_id == wave_id, Delivery.mail == mail, Delivery.state.in_(UNSENT))
    session.execute(update(Delivery).where(*unsent).values(_DROPPED))


def count_unwilling(session: Session, programme_id: int, wave_id: int | None) -> int:
    """Return how many in the programme, of those invited to `wave_id` if it is given, last got no mail by their wish.

    Only mails to everybody that can be stopped count, and who has left does not.
    It moves when such a mail goes out, not with a wish.
    """
    skipped = and_(Delivery.state == DeliveryState.SKIPPED, Delivery.attempts > 0)
    settled = (or_(skipped, Delivery.state.in_((*_LOST, *_MAY_HAVE_ARRIVED))), _IS_TO_ALL)
    here = (Participant.programme_id == programme_id, Participant.has_left.is_(False))
    last = select(func.max(Delivery.id)).join(Participant).where(*here, *settled).group_by(Participant.id)
    query = select(func.count()).where(Delivery.id.in_(last), skipped)
    if wave_id is not None:
        query = query.where(Delivery.participant_id.in_(_invited_to(wave_id)))
    return session.scalar(query) or 0


def invited_to(session: Session, wave_id: int) -> list[int]:
    """Return the ids of those who were invited to a wave, in their order."""
    return list(session.scalars(_invited_to(wave_id).order_by(Delivery.participant_id)))


def invited_twice(session: Session, wave: Wave, people: Mapping[int, Participant]) -> set[int]:
    """Return those of `people`, by id, whose address was invited to a wave in both roles.

    Their own addresses alone are looked up: going through all of a wave takes ever longer the larger it is.
    """
    rows = seats_of(session, wave.programme_id, (person.email for person in people.values()))
    invited = (Delivery.wave_id == wave.id, Delivery.mail == INVITATION)
    found = (
        select(Delivery.participant_id).where(*invited, mine) for mine in among(session, Delivery.participant_id, rows)
    )
    often = Counter(rows[number] for query in found for number in session.scalars(query))
    return {number for number, person in people.items() if not person.has_left and often[person.email] > 1}


def _invited_to(wave_id: int) -> Select[int]:
    return select(Delivery.participant_id).where(Delivery.wave_id == wave_id, Delivery.mail == INVITATION)


class Copy(NamedTuple):
    """One invitation to somebody, the first or a copy, with the time before which it could not go out."""

    participant_id: int
    has_left: bool
    state: str
    not_before_at: datetime


def copies_to(session: Session, wave_id: int, email: Address | None) -> list[Copy]:
    """Return every invitation of a wave to an address, by person and in order."""
    query = (
        select(Participant.id, Participant.has_left, Delivery.state, Batch.not_before_at)
        .join(Delivery, Delivery.participant_id == Participant.id)
        .join(Batch, Batch.id == Delivery.batch_id)
        .where(Delivery.wave_id == wave_id, Participant.email == email, Delivery.kind == MailKind.INVITATION)
    )
    return [Copy(*row) for row in session.execute(query.order_by(Participant.id, Delivery.id))]


class Undelivered(NamedTuple):
    """Somebody whose last mail of a wave was refused or came back."""

    participant_id: int
    name: str
    email: Address
    role: str
    mail: WaveMail
    state: str
    reply_code: int | None
    is_on_its_way: bool


def undelivered(session: Session, wave_id: int) -> list[Undelivered]:
    """Return those whom the last mail handed over for a wave did not reach, by name, without those who have left."""
    mine = (Delivery.wave_id == wave_id, Delivery.state.in_((*_LOST, DeliveryState.ACCEPTED)))
    last = select(func.max(Delivery.id)).where(*mine).group_by(Delivery.participant_id)
    waiting = select(Delivery.participant_id).where(Delivery.wave_id == wave_id, Delivery.state.in_(UNSENT))
    columns = (Participant.id, Participant.name, Participant.email, Participant.role)
    on_its_way = Participant.id.in_(waiting).label("is_on_its_way")
    query = (
        select(*columns, Delivery.mail, Delivery.state, Delivery.reply_code, on_its_way)
        .join(Participant, Participant.id == Delivery.participant_id)
        .where(Delivery.id.in_(last), Delivery.state.in_(_LOST), Participant.has_left.is_(False))
        .order_by(Participant.name, Participant.id)
    )
    return [Undelivered(*row) for row in session.execute(query)]


class Invited(NamedTuple):
    """Who was invited to a wave, with the cohort that the roster has now."""

    email: Address
    role: str
    cohort: str


def invited_people(session: Session, wave_id: int) -> list[Invited]:
    """Return everybody who was invited to a wave, by id."""
    columns = (Participant.email, Participant.role, Participant.cohort)
    query = select(*columns).join(Delivery, Delivery.participant_id == Participant.id)
    mine = (Delivery.wave_id == wave_id, Delivery.mail == INVITATION)
    return [Invited(*row) for row in session.execute(query.where(*mine).order_by(Participant.id))]


def delivery_counts(session: Session, wave_id: int) -> dict[tuple[WaveMail, DeliveryState], int]:
    """Count the deliveries of a wave by mail and state."""
    columns = (Delivery.mail, Delivery.state)
    query = select(*columns, func.count()).where(Delivery.wave_id == wave_id).group_by(*columns).order_by(*columns)
    return {(mail, DeliveryState(state)): count for mail, state, count in session.execute(query)}


def delete_mails(session: Session, wave_id: int) -> None:
    """Delete every mail of a wave, sent or not."""
    for table in (Delivery, Batch):
        session.execute(delete(table).where(table.wave_id == wave_id))


def chunks(participant_ids: Iterable[int], size: int) -> list[list[int]]:
    """Cut ids into lists of `size`, in order."""
    numbers = list(participant_ids)
    return [numbers[start : start + size] for start in range(0, len(numbers), size)]
