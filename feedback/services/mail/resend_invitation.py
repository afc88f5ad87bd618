"""Send an invitation again, with the same link. Whether the person has answered is neither known here nor told.

A copy is a mail of its own in the ledger, so the first one keeps its state. At most three copies per person and wave,
an hour apart: a lost mail is replaced, and nobody is pestered.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.address import Address, address_or_none
from feedback.domain.errors import NotFound, ResendRefused, WaveNotReady, sentence
from feedback.domain.waves.states import WaveState
from feedback.services.roster.correct_address import change_address, wanted_address
from feedback.storage.address_corrections import invite_again
from feedback.storage.database import lock_wave
from feedback.storage.deliveries import Copy, DeliveryState, copies_to, undelivered
from feedback.storage.waves import Wave, wave_by_id

MOST_COPIES = 3
PAUSE = timedelta(hours=1)
_ON_ITS_WAY = (DeliveryState.QUEUED, DeliveryState.SENDING)
_ON_ITS_WAY_ALREADY = sentence("A mail to that person is on its way already.")


def resend_invitation(session: Session, wave_id: int, email: str, *, now: datetime, actor: str) -> int:
    """Queue the invitation of the person at `email` once more; return the number of mails (one per role).

    Raises WaveNotReady if the wave is not open, NotFound if the person was not invited, ResendRefused if it is too
    soon, too often, or the person has left.
    """
    wave = _open_wave(session, wave_id, now)
    count = _queue_again(session, wave, address_or_none(email), now=now, actor=actor)
    session.commit()
    return count


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
        raise NotFound("No mail to that person is known to be lost. Reload the page: it may have been mended.")
    email = lost[participant_id]
    wanted = wanted_address(address) if address.strip() else email
    if wanted != email:
        change_address(session, wave.programme_id, email, wanted, now=now, actor=actor)
        session.flush()
        email = wanted
    _queue_again(session, wave, email, now=now, actor=actor)
    session.commit()


def _open_wave(session: Session, wave_id: int, now: datetime) -> Wave:
    lock_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.state != WaveState.OPEN or wave.closes_at <= now:
        raise WaveNotReady(f"Wave {wave_id} is not open; invitations are sent again only while it is.")
    return wave


def _queue_again(session: Session, wave: Wave, email: Address | None, *, now: datetime, actor: str) -> int:
    copies: dict[int, list[Copy]] = {}
    for copy in copies_to(session, wave.id, email):
        copies.setdefault(copy.participant_id, []).append(copy)
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
        raise ResendRefused(sentence("That person has left the programme and gets no more mail."))
    if any(copy.state in _ON_ITS_WAY for copy in earlier):
        raise ResendRefused(_ON_ITS_WAY_ALREADY)
    if len(earlier) > MOST_COPIES:
        raise ResendRefused(
            sentence("The invitation was sent again %(times)s times; it is not sent more often."), times=MOST_COPIES
        )
    if now < max(copy.not_before_at for copy in earlier) + PAUSE:
        raise ResendRefused(
            sentence("The last invitation went out less than an hour ago. Wait an hour, then send it again.")
        )
