"""Who cannot be reached in a wave, by name and address: a fact about mails. Knows nothing about answers."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback.domain.address import Address
from feedback.domain.waves.mails import WaveMail
from feedback.storage.database import reading
from feedback.storage.deliveries import DeliveryState, undelivered
from feedback.storage.waves import wave_by_id


@dataclass(frozen=True)
class Undeliverable:
    """Somebody whose last mail of a wave was refused or came back. `reply_code` is the relay's, if it refused.

    `is_on_its_way` says that another mail waits to be sent.
    """

    participant_id: int
    name: str
    email: Address
    role: str
    mail: WaveMail
    state: DeliveryState
    reply_code: int | None
    is_on_its_way: bool

    @property
    def may_be_sent_again(self) -> bool:
        """Whether the relay refused the mail, and no other one waits."""
        return self.state is DeliveryState.REFUSED and not self.is_on_its_way


def show_undeliverable(session: Session, wave_id: int) -> tuple[Undeliverable, ...]:
    """Return whom no mail of a wave has reached, as far as is known, by name; raise NotFound."""
    with reading(session):
        wave_by_id(session, wave_id)
        return tuple(
            Undeliverable(
                participant_id=one.participant_id,
                name=one.name,
                email=one.email,
                role=one.role,
                mail=one.mail,
                state=DeliveryState(one.state),
                reply_code=one.reply_code if one.state == DeliveryState.REFUSED else None,
                is_on_its_way=one.is_on_its_way,
            )
            for one in undelivered(session, wave_id)
        )
