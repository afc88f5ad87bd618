"""Enter each step that cannot be undone in both databases, and refuse one while they do not agree.

The main database comes first, in the step's own transaction; the key store follows. Whoever dies between the two leaves
it one step behind, which the next step, or a worker's next look, makes good.
"""

from sqlalchemy.orm import Session

from feedback.domain.epochs import (
    EpochComparison,
    JournalRead,
    JournalState,
    RestoreDoubt,
    StepAct,
    merge_steps,
    next_step,
)
from feedback.domain.errors import DatabasesDiffer
from feedback.domain.waves.states import LIVE
from feedback.storage.database import lock_epochs, reading
from feedback.storage.epochs import add_step, last_tip, replace_steps, steps_of
from feedback.storage.keys import KeyStore, Purpose
from feedback.storage.waves import waves_in_state

ANSWER = "Run `feedback db restored`, which asks what is to be done."
RESTORE_DOUBTS = {
    RestoreDoubt.MAIN: "The main database is older than the key store, so it was restored from a copy.",
    RestoreDoubt.BOTH: "Both databases are older than the journal, so they were restored from copies.",
    RestoreDoubt.KEYS: (
        "The key store is older than the main database, so it was restored from a copy, and an open survey has no keys."
    ),
}
"""What was found, in words for operators: the same in logs, in `/readyz` and in `feedback status`."""


def enter_step(session: Session, keys: KeyStore, act: StepAct, wave_id: int) -> None:
    """Note a step in the caller's transaction, right before its commit; raise DatabasesDiffer if none may be taken."""
    session.flush()
    lock_epochs(session)
    compared = _compare(session, keys)
    _refuse_doubts(compared)
    keys.mirror.follow(compared.main)
    add_step(session, next_step(compared.main, act, wave_id))


def take_step(session: Session, keys: KeyStore, act: StepAct, wave_id: int) -> None:
    """Note a step and commit it with what it is; the key store follows. May raise DatabasesDiffer before."""
    enter_step(session, keys, act, wave_id)
    session.commit()
    follow_steps(session, keys)


def check_epochs(session: Session, keys: KeyStore) -> None:
    """Raise DatabasesDiffer if no step may be taken that cannot be undone."""
    _refuse_doubts(follow_steps(session, keys))


def is_entered(session: Session, act: StepAct, wave_id: int) -> bool:
    """Tell whether such a step was noted of a wave."""
    return any((step.act, step.wave_id) == (act, wave_id) for step in steps_of(session))


def follow_steps(session: Session, keys: KeyStore) -> EpochComparison:
    """Let the key store know what the main database does, and return both compared; if in doubt nothing is changed."""
    lock_epochs(session)
    compared = _compare(session, keys)
    if not compared.doubts:
        keys.mirror.follow(compared.main)
    session.commit()
    return compared


def settle_steps(session: Session, keys: KeyStore) -> None:
    """Let both databases know all steps that either knows, and that an operator has answered for them. Commits."""
    lock_epochs(session)
    compared = _compare(session, keys)
    merged = merge_steps(compared.main, compared.keys, compared.journal.steps)
    settled = (*merged, next_step(merged, StepAct.RESTORED, None))
    replace_steps(session, settled)
    session.commit()
    keys.mirror.follow(settled)


def see_epochs(session: Session, keys: KeyStore) -> EpochComparison:
    """Return both compared; changes nothing."""
    with reading(session):
        return _compare(session, keys)


def agree(session: Session, keys: KeyStore) -> bool:
    """Tell, quicker, whether all know the same steps, so that there is nothing to compare."""
    with reading(session):
        return last_tip(session) == keys.mirror.last_tip()


def _refuse_doubts(compared: EpochComparison) -> None:
    if compared.doubts:
        raise DatabasesDiffer(f"Nothing was done. {RESTORE_DOUBTS[compared.doubts[0]]} {ANSWER}")


def _compare(session: Session, keys: KeyStore) -> EpochComparison:
    return EpochComparison(
        main=steps_of(session),
        keys=keys.mirror.steps(),
        journal=JournalRead(JournalState.UNUSED),
        locked=_locked(session, keys),
    )


def _locked(session: Session, keys: KeyStore) -> frozenset[int]:
    """Return the waves that were opened and not closed, whose answers the key store has no key to open."""
    live = [wave.id for state in sorted(LIVE) for wave in waves_in_state(session, state)]
    if not live:
        return frozenset()
    held = keys.purposes_held()
    return frozenset(number for number in live if Purpose.RESPONSE not in held.get(number, set()))
