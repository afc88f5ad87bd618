"""Send an invitation again, with the same link. Whether the person has answered is neither known here nor told.

A copy is a mail of its own in the ledger, so the first one keeps its state. At most three copies per person and wave,
an hour apart: a lost mail is replaced, and nobody is pestered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.address import Address, address_or_none
from feedback.domain.errors import NotFound, ResendRefused, WaveNotReady, sentence
from feedback.domain.waves.states import WaveState
from feedback.services.roster.correct_address import change_address, wanted_address
from feedback.storage.address_corrections import invite_again
from feedback.storage.database import lock_wave
from feedback.storage.deliveries import UNSENT, Copy, DeliveryState, copies_to, invited_to, undelivered
from feedback.storage.waves import Wave, wave_by_id, waves_of

MOST_COPIES = 3
PAUSE = timedelta(hours=1)
_ON_ITS_WAY_ALREADY = sentence("An email to that person is on its way already.")


@dataclass(frozen=True)
class Resent:
    """How many invitations were sent again, and how many people were left out."""

    sent: int
    left_out: int


def resend_invitation(session: Session, wave_id: int, email: str, *, now: datetime, actor: str) -> int:
    """Queue the invitation of the person at `email` once more; return the number of mails (one per role).

    Raises WaveNotReady if the wave is not open, NotFound if the person was not invited, ResendRefused if it is too
    soon, too often, or the person has left.
    """
    wave = _open_wave(session, wave_id, now)
    count = _queue_again(session, wave, address_or_none(email), now=now, actor=actor)
    session.commit()
    return count


def resend_to_refused(session: Session, wave_id: int, *, now: datetime, actor: str) -> Resent:
    """Queue the invitation once more for everybody whose last mail of a wave the relay refused.

    Whoever had one within the hour, or three already, is left out. Raises WaveNotReady if the wave is not open.
    """
    wave = _open_wave(session, wave_id, now)
    refused = [one for one in undelivered(session, wave_id) if one.state == DeliveryState.REFUSED]
    sent = sum(_try_again(session, wave, one.participant_id, one.email, now=now, actor=actor) for one in refused)
    session.commit()
    return Resent(sent, len(refused) - sent)


def mend_delivery(
    session: Session, wave_id: int, participant_id: int, address: str, *, now: datetime, actor: str
) -> None:
    """Correct the address of somebody whose mail came back, if `address` is another one, and invite them again.

    Raises NotFound unless the person's last mail of this wave is known to be lost: whoever can be reached keeps their
    address. Raises what `correct_address` and `resend_invitation` raise, and then nothing is changed.
    """
    wave = _open_wave(session, wave_id, now)
    lost = {one.participant_id: one.email for one in undelivered(session, wave_id)}
    if participant_id not in lost:
        raise NotFound(
            sentence("No email to that person is known to be lost. Reload the page: it may have been mended.")
        )
    email = lost[participant_id]
    wanted = wanted_address(address) if address.strip() else email
    if wanted != email:
        change_address(session, wave.programme_id, email, wanted, now=now, actor=actor)
        session.flush()
        email = wanted
    _queue_again(session, wave, email, now=now, actor=actor)
    session.commit()


def move_person(
    session: Session, programme_id: int, participant_id: int, email: Address, new: str, *, now: datetime, actor: str
) -> int:
    """Give somebody another address, in a transaction that the caller ends; return how many mails go to it now.

    Whoever was invited to a survey that is open gets the invitation again, at the new address: nobody moves without.
    Raises what `correct_address` and `resend_invitation` raise.
    """
    waves = [wave for wave in waves_of(session, programme_id) if wave.state == WaveState.OPEN and wave.closes_at > now]
    for wave in waves:
        lock_wave(session, wave.id)
    change_address(session, programme_id, email, wanted_address(new), now=now, actor=actor)
    session.flush()
    invited = [wave for wave in waves if participant_id in invited_to(session, wave.id)]
    return sum(_queue_again(session, wave, wanted_address(new), now=now, actor=actor) for wave in invited)


def _open_wave(session: Session, wave_id: int, now: datetime) -> Wave:
    lock_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.state != WaveState.OPEN or wave.closes_at <= now:
        raise WaveNotReady(f"Wave {wave_id} is not open; invitations are sent again only while it is.")
    return wave


def _try_again(session: Session, wave: Wave, participant_id: int, email: Address, *, now: datetime, actor: str) -> bool:
    earlier = _copies_by_person(session, wave, email).get(participant_id, [])
    try:
        _check(earlier, now)
    except ResendRefused:
        return False
    return invite_again(session, wave.id, participant_id, len(earlier) + 1, now, actor)


def _copies_by_person(session: Session, wave: Wave, email: Address | None) -> dict[int, list[Copy]]:
    copies: dict[int, list[Copy]] = {}
    for copy in copies_to(session, wave.id, email):
        copies.setdefault(copy.participant_id, []).append(copy)
    return copies


def _queue_again(session: Session, wave: Wave, email: Address | None, *, now: datetime, actor: str) -> int:
    copies = _copies_by_person(session, wave, email)
    if not copies:
        raise NotFound(
            "Nobody with that address was invited to this wave. Who joined since is invited to the next one."
        )
    for person, earlier in copies.items():
        _check(earlier, now)
        if not invite_again(session, wave.id, person, len(earlier) + 1, now, actor):
            raise ResendRefused(_ON_ITS_WAY_ALREADY)
    return len(copies)


def _check(earlier: list[Copy], now: datetime) -> None:
    if earlier[0].has_left:
        raise ResendRefused(sentence("That person has left the programme and gets no more email."))
    if any(copy.state in UNSENT for copy in earlier):
        raise ResendRefused(_ON_ITS_WAY_ALREADY)
    if len(earlier) > MOST_COPIES:
        raise ResendRefused(sentence("The invitation has been sent again as often as it may be."))
    if now < max(copy.not_before_at for copy in earlier) + PAUSE:
        raise ResendRefused(
            sentence("The last invitation went out less than an hour ago. Wait an hour, then send it again.")
        )
