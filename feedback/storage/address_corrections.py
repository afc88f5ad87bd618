"""What leads a link elsewhere: another address for somebody, and another copy of an invitation.

On PostgreSQL two functions do it, which look again whether it may be, since the staff's role has no right to either
table; on SQLite the services' own look is the only one. The act is in the audit log by the same statement. What the old
address is to be told waits here.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, String, and_, delete, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.address import Address
from feedback.domain.waves.mails import MailKind, WaveMail
from feedback.domain.waves.states import LIVE
from feedback.storage.audit_log import note
from feedback.storage.claims import claim
from feedback.storage.database import Base
from feedback.storage.deliveries import Delivery, queue_mails
from feedback.storage.people import Participant
from feedback.storage.waves import Wave

_CORRECT = text("SELECT feedback_correct_address(:programme, :former, :wanted, :at, :who)")
_INVITE = text("SELECT feedback_invite_again(:wave, :participant, :at, :who)")


class AddressNotice(Base):
    """Somebody's old address, until it has been told that it is no longer theirs. Tried from `tell_at` on."""

    __tablename__ = "address_notices"

    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id"), primary_key=True)
    email: Mapped[Address] = mapped_column(String(320), primary_key=True)
    tell_at: Mapped[datetime]


_IS_INVITED = (
    select(Delivery.id)
    .join(Wave, Wave.id == Delivery.wave_id)
    .where(Delivery.participant_id == Participant.id, Wave.state.in_(LIVE))
    .exists()
)


class FormerAddress(NamedTuple):
    """An address that is to be told, with what a mail to it needs."""

    participant_id: int
    email: Address
    name: str
    language: str
    programme_id: int


def correct(session: Session, programme_id: int, former: Address, wanted: Address, at: datetime, who: str) -> bool:
    """Give everybody in a programme at `former` the address `wanted`; False if the database refuses.

    Whoever is invited to a wave that is not over is told at the old one.
    """
    if session.get_bind().dialect.name == "postgresql":
        values = {"programme": programme_id, "former": former, "wanted": wanted, "at": at, "who": who}
        done = bool(session.scalar(_CORRECT, values))
        session.expire_all()
        return done
    mine = (Participant.programme_id == programme_id, Participant.email == former)
    for number, is_invited in session.execute(
        select(Participant.id, _IS_INVITED).where(*mine).order_by(Participant.id)
    ).all():
        notice = {"participant_id": number, "email": former, "tell_at": at}
        if is_invited:
            session.execute(insert(AddressNotice).prefix_with("OR IGNORE").values(notice))
        note(session, at, who, "corrected an address", f"programme {programme_id}, participant {number}")
    session.execute(update(Participant).where(*mine).values(email=wanted))
    return True


def invite_again(session: Session, wave_id: int, participant_id: int, number: int, at: datetime, who: str) -> bool:
    """Queue the copy `number` of somebody's invitation; False if the database refuses."""
    if session.get_bind().dialect.name == "postgresql":
        values = {"wave": wave_id, "participant": participant_id, "at": at, "who": who}
        return bool(session.scalar(_INVITE, values))
    queue_mails(session, wave_id, WaveMail(MailKind.INVITATION, number), [[participant_id]], at)
    note(session, at, who, "sent an invitation again", f"wave {wave_id}, participant {participant_id}")
    return True


def addresses_to_tell(session: Session, now: datetime) -> list[FormerAddress]:
    """Return old addresses that are to be told now, by person."""
    columns = (AddressNotice.participant_id, AddressNotice.email, Participant.name, Participant.language)
    query = select(*columns, Participant.programme_id).join(Participant).where(AddressNotice.tell_at <= now)
    return [FormerAddress(*row) for row in session.execute(query.order_by(*columns[:2]))]


def claim_notice(session: Session, one: FormerAddress, *, now: datetime, until: datetime) -> bool:
    """Put a notice off before it is tried; False if it is not to be given any more."""
    return claim(session, AddressNotice.tell_at, _of(one), now=now, until=until)


def forget(session: Session, one: FormerAddress, until: datetime) -> None:
    """Delete a notice that was given, or cannot be, if it is as it was claimed."""
    session.execute(delete(AddressNotice).where(_of(one), AddressNotice.tell_at == until))


def forget_all(session: Session, programme_id: int) -> None:
    """Delete the notices of everybody in a programme, given or not."""
    theirs = select(Participant.id).where(
        Participant.id == AddressNotice.participant_id, Participant.programme_id == programme_id
    )
    session.execute(delete(AddressNotice).where(theirs.exists()))


def _of(one: FormerAddress) -> ColumnElement[bool]:
    return and_(AddressNotice.participant_id == one.participant_id, AddressNotice.email == one.email)
