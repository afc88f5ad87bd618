"""Queue one mail to many people: write rows in the ledger, and tell the workers. Refuses examples, which ask nobody."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.waves.mails import WaveMail
from feedback.services.programmes.check_real import check_asks
from feedback.storage.deliveries import chunks, queue_mails
from feedback.storage.waves import wave_by_id

BATCH_SIZE = 100
Defer = Callable[[Session, Sequence[int]], None]


def leave_to_the_tick(_session: Session, _batch_ids: Sequence[int]) -> None:
    """Tell nobody: the worker's next tick finds what is unsent by itself."""


def queue_for(
    session: Session, wave_id: int, mail: WaveMail, *, people: Iterable[int], now: datetime, defer: Defer
) -> None:
    """Write a delivery for each of `people`, by id, and `defer` its batches in the same transaction."""
    check_asks(session, wave_by_id(session, wave_id).programme_id)
    batches = queue_mails(session, wave_id, mail, chunks(people, BATCH_SIZE), now)
    if batches:
        defer(session, batches)
