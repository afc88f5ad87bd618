"""What ends when somebody loses their access or reads comments no more. Opens no comment.

Participants of a survey were told the name of one reader. Nobody takes the place: once that person is gone, what was
written to them is destroyed unread. A contact, whom participants can turn to at any time, is replaced first instead.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import AccessRefused, sentence
from feedback.domain.waves.states import LIVE, WaveState
from feedback.services.comments.show_released_comments import comments_state
from feedback.storage.database import reading
from feedback.storage.programmes import programme_by_id, programmes_with_contact
from feedback.storage.waves import Wave, waves_of, waves_read_by

_UNREAD = sentence(
    "Comments that only this person may read would be destroyed unread. Say first that you know it, for each survey "
    "that this page names."
)
_CONTACT = sentence(
    "Participants were told that they can turn to this person. Name another contact on the settings of “%(programme)s” "
    "first."
)


@dataclass(frozen=True)
class UnreadComments:
    """A wave whose comments only one person may read; `is_open` tells whether some may still be written."""

    wave_id: int
    programme: str
    stage: str
    is_open: bool


def comments_to_read(session: Session, staff_id: int, *, now: datetime) -> tuple[UnreadComments, ...]:
    """Return the waves of which somebody alone reads comments that are neither released nor destroyed."""
    with reading(session):
        return tuple(_shown(session, wave) for wave in _waves_to_read(session, staff_id, now))


def end_review(session: Session, staff_id: int, *, destroys: Collection[int], now: datetime) -> None:
    """Have the comments that somebody alone may read destroyed unread; commits nothing.

    The worker destroys those that were written; nothing undoes it. Raises AccessRefused unless `destroys` names each of
    these waves.
    """
    for wave in _waves_to_read(session, staff_id, now):
        if wave.id not in destroys:
            raise AccessRefused(_UNREAD)
        wave.reviewer_left = True


def check_replaced(session: Session, staff_id: int) -> None:
    """Raise AccessRefused if participants were told to turn to somebody: they still can, long after a close."""
    for programme in programmes_with_contact(session, staff_id):
        waves = waves_of(session, programme.id)
        for wave in waves:
            session.refresh(wave, ["opened_at"])
        if any(wave.opened_at for wave in waves):
            raise AccessRefused(_CONTACT, programme=programme.name)


def _waves_to_read(session: Session, staff_id: int, now: datetime) -> list[Wave]:
    waves = waves_read_by(session, staff_id)
    for wave in waves:
        session.refresh(wave, ["state"])
    return [wave for wave in waves if _has_comments_ahead(session, wave, now)]


def _has_comments_ahead(session: Session, wave: Wave, now: datetime) -> bool:
    if WaveState(wave.state) in LIVE:
        return True
    return WaveState(wave.state) is WaveState.CLOSED and comments_state(session, wave, now).until is not None


def _shown(session: Session, wave: Wave) -> UnreadComments:
    programme = programme_by_id(session, wave.programme_id)
    return UnreadComments(wave.id, programme.name, wave.stage, WaveState(wave.state) in LIVE)
