"""Enter each step that cannot be undone in both databases and the journal, and refuse one while they do not agree.

The main database comes first, in the step's own transaction; the key store and the journal follow. Whoever dies in
between leaves them one step behind, which the next step, or a worker's next look, makes good.
"""

from dataclasses import replace

from sqlalchemy.orm import Session

from feedback.domain.epochs import (
    EpochComparison,
    JournalRead,
    JournalState,
    RestoreDoubt,
    StepAct,
    Tip,
    merge_steps,
    next_step,
)
from feedback.domain.errors import DatabasesDiffer
from feedback.domain.waves.states import LIVE
from feedback.storage.database import lock_epochs, reading
from feedback.storage.epochs import add_step, last_tip, replace_steps, steps_of
from feedback.storage.journal_key import forget_journal_key, journal_key, set_journal_key
from feedback.storage.keys import KeyStore, Purpose
from feedback.storage.server_mark import lies_elsewhere, note_place_anew
from feedback.storage.waves import waves_in_state

ANSWER = "Run `feedback db restored`, which asks what is to be done."
RESTORE_DOUBTS = {
    RestoreDoubt.MAIN: "The main database is older than the key store, so it was restored from a copy.",
    RestoreDoubt.BOTH: "Both databases are older than the journal, so they were restored from copies.",
    RestoreDoubt.KEYS: (
        "The key store is older than the main database, so it was restored from a copy, and an open survey has no keys."
    ),
    RestoreDoubt.JOURNAL_MISSING: "The journal is missing, so nobody can tell whether the databases are old copies.",
    RestoreDoubt.JOURNAL_UNREADABLE: "The journal cannot be read: see that its disk is there, and who may read it.",
    RestoreDoubt.JOURNAL_FOREIGN: "The journal was altered, or belongs to another service.",
    RestoreDoubt.JOURNAL_OLDER: "The journal is older than the databases, so it was restored from a copy itself.",
    RestoreDoubt.JOURNAL_UNNAMED: "FEEDBACK_JOURNAL is not set in this process, though there is a journal: name it.",
    RestoreDoubt.MOVED: (
        "The main database lies on another server, or elsewhere on it, than before: it was moved, or restored from a "
        "copy, and without a journal nobody can tell what was lost."
    ),
    RestoreDoubt.JOURNAL_UNWRITABLE: "The journal cannot be written: see that its disk has room, and who may write it.",
}
"""What was found, in words for operators: the same in logs, in `/readyz` and in `feedback status`."""


def enter_step(session: Session, keys: KeyStore, act: StepAct, wave_id: int) -> None:
    """Note a step in the caller's transaction, right before its commit; raise DatabasesDiffer if none may be taken."""
    session.flush()
    lock_epochs(session)
    compared = _compare(session, keys)
    _refuse_doubts(compared if compared.doubts else _told(session, keys, compared))
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
        compared = _told(session, keys, compared)
    session.commit()
    return compared


def settle_steps(session: Session, keys: KeyStore) -> None:
    """Let all know all steps that any knows, and that an operator has answered for them; the journal is signed anew.

    Commits. Raises DatabasesDiffer if the journal cannot be written; all but the journal agree then.
    """
    lock_epochs(session)
    compared = _compare(session, keys)
    merged = merge_steps(compared.main, compared.keys, compared.journal.steps)
    settled = (*merged, next_step(merged, StepAct.RESTORED, None))
    replace_steps(session, settled)
    if keys.journal is None:
        forget_journal_key(session)
    session.commit()
    _refuse_doubts(_told(session, keys, EpochComparison(settled, compared.keys, JournalRead(JournalState.UNUSED))))
    session.commit()
    note_place_anew(session.get_bind().engine)


def note_lost_close(keys: KeyStore, wave_id: int) -> None:
    """Let the key store know that a wave was closed since, as an operator says; the main database does not know it."""
    known = keys.mirror.steps()
    if not any((step.act, step.wave_id) == (StepAct.CLOSED, wave_id) for step in known):
        keys.mirror.follow((*known, next_step(known, StepAct.CLOSED, wave_id)))


def see_epochs(session: Session, keys: KeyStore) -> EpochComparison:
    """Return both compared; changes nothing."""
    with reading(session):
        compared = _compare(session, keys)
    # Whoever only looks need not be told where the journal is.
    is_unnamed = compared.journal.state is JournalState.UNNAMED
    return replace(compared, journal=JournalRead(JournalState.UNUSED)) if is_unnamed else compared


def agree(session: Session, keys: KeyStore) -> bool:
    """Tell, quicker, whether all know the same steps, so that there is nothing to compare."""
    with reading(session):
        tip = last_tip(session)
        return tip == keys.mirror.last_tip() and _knows(session, keys, tip) and not _is_elsewhere(session)


def see_tips(session: Session, keys: KeyStore) -> tuple[Tip | None, Tip | None]:
    """Return which epoch lasts in each database, by which a later look tells whether a step was taken."""
    with reading(session):
        return last_tip(session), keys.mirror.last_tip()


def _refuse_doubts(compared: EpochComparison) -> None:
    if compared.doubts:
        raise DatabasesDiffer(f"Nothing was done. {RESTORE_DOUBTS[compared.doubts[0]]} {ANSWER}")


def _compare(session: Session, keys: KeyStore) -> EpochComparison:
    return EpochComparison(
        main=steps_of(session),
        keys=keys.mirror.steps(),
        journal=_read_journal(session, keys),
        locked=_locked(session, keys),
        is_elsewhere=_is_elsewhere(session),
    )


# A journal knows better than where a database lies: one that fails over by itself lies elsewhere, and has lost nothing.
# One that was only named, and not begun, knows nothing: it must not take a doubt away.
def _is_elsewhere(session: Session) -> bool:
    return journal_key(session) is None and lies_elsewhere(session)


def _read_journal(session: Session, keys: KeyStore) -> JournalRead:
    known = journal_key(session)
    if keys.journal is None:
        return JournalRead(JournalState.UNUSED if known is None else JournalState.UNNAMED)
    return keys.journal.read(known)


def _knows(session: Session, keys: KeyStore, tip: Tip | None) -> bool:
    found = _read_journal(session, keys)
    if found.state in {JournalState.UNUSED, JournalState.MISSING}:
        return found.state is JournalState.UNUSED or tip is None
    last = found.steps[-1] if found.steps else None
    return found.state is JournalState.SOUND and last is not None and (last.serial, last.value) == tip


def _told(session: Session, keys: KeyStore, compared: EpochComparison) -> EpochComparison:
    """Let the key store and the journal follow the main database; say so if the journal cannot."""
    keys.mirror.follow(compared.main)
    if keys.journal is None or not compared.main or compared.journal.steps == compared.main:
        return compared
    signed_by = keys.make_journal_key()
    if signed_by != journal_key(session):
        set_journal_key(session, signed_by)
    try:
        keys.journal.write(compared.main, keys.journal_key())
    except OSError:
        return replace(compared, journal=JournalRead(JournalState.UNWRITABLE))
    return compared


def _locked(session: Session, keys: KeyStore) -> frozenset[int]:
    """Return the waves that were opened and not closed, whose answers the key store has no key to open."""
    live = [wave.id for state in sorted(LIVE) for wave in waves_in_state(session, state)]
    if not live:
        return frozenset()
    held = keys.purposes_held()
    return frozenset(number for number in live if Purpose.RESPONSE not in held.get(number, set()))
