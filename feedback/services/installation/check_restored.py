"""Say in plain sentences what speaks of a restore, with what to do, and which surveys it concerns."""

from collections.abc import Iterable, Iterator

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from feedback.domain.epochs import EpochComparison, StepAct, waves_with
from feedback.services.waves.enter_step import ANSWER, RESTORE_DOUBTS, agree, see_epochs
from feedback.storage.keys import KeyStore


def compare_epochs(session: Session, keys: KeyStore) -> EpochComparison | None:
    """Return the databases compared; None if the key store cannot be asked."""
    try:
        return see_epochs(session, keys)
    except SQLAlchemyError:
        return None


def restore_fault(session: Session, keys: KeyStore) -> str | None:
    """Say with its mend why nothing is done that cannot be undone; None if nothing speaks of a restore."""
    compared = compare_epochs(session, keys)
    return next(iter(restore_faults(compared)), None) if compared else None


def restore_is_doubted(session: Session, keys: KeyStore) -> bool:
    """Tell whether something speaks of a restore; quick where nothing does."""
    try:
        return not agree(session, keys) and bool(see_epochs(session, keys).doubts)
    except SQLAlchemyError:
        return False


def restore_faults(compared: EpochComparison) -> Iterator[str]:
    """Yield a sentence for each thing that was found, with the surveys and what to do."""
    for doubt in compared.doubts:
        yield f"{RESTORE_DOUBTS[doubt]} {''.join(_concerned(compared))}Nothing that cannot be undone is done. {ANSWER}"


def _concerned(compared: EpochComparison) -> Iterator[str]:
    lost = compared.lost
    if closed := waves_with(lost, StepAct.CLOSED):
        yield f"Closed since, report missing: {_named(closed)}. "
    if cancelled := waves_with(lost, StepAct.CANCELLED) - closed:
        yield f"Cancelled since: {_named(cancelled)}. "
    if opened := waves_with(lost, StepAct.OPENED) - closed - cancelled:
        yield f"Opened since: {_named(opened)}. "
    if locked := compared.locked - closed - cancelled:
        yield f"Without keys: {_named(locked)}. "


def _named(waves: Iterable[int]) -> str:
    return ", ".join(f"wave {number}" for number in sorted(waves))
