"""Before it does anything that cannot be undone, a worker asks whether a database was restored from a copy.

A restored database would be opened, mailed and closed a second time, and participants thanked for answers that nobody
can open. So a worker that doubts only stops the surveys concerned, and says why, until somebody has answered.
"""

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from feedback.domain.epochs import RestoreDoubt
from feedback.runtime import Clock
from feedback.services.waves.enter_step import agree, follow_steps
from feedback.services.waves.stop_lost_waves import stop_lost_waves
from feedback.storage.keys import KeyStore


def restore_doubts(session: Session, keys: KeyStore, clock: Clock) -> tuple[RestoreDoubt, ...]:
    """Return why nothing may be done now; after a crash, let the key store follow instead.

    None if the key store cannot be asked: then no step can be taken either.
    """
    try:
        doubts = () if agree(session, keys) else _doubts(session, keys, clock)
    except SQLAlchemyError:
        session.rollback()
        return ()
    return doubts


def _doubts(session: Session, keys: KeyStore, clock: Clock) -> tuple[RestoreDoubt, ...]:
    compared = follow_steps(session, keys)
    if compared.doubts:
        stop_lost_waves(session, compared, now=clock())
    return compared.doubts
