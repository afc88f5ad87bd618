"""Whether a database was restored from a copy: each step that cannot be undone begins a new epoch, noted thrice.

The main database notes a step first, in the transaction that takes it; the key store and the journal follow. So what
the main database knows and the others do not may be a crash; what the others know and it does not is a restore.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

VALUE_BYTES = 16


class StepAct(StrEnum):
    """What was done that cannot be undone; *restored*: an operator answered for what a restore had lost."""

    OPENED = "opened"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DESTROYED = "destroyed"
    RESTORED = "restored"


@dataclass(frozen=True)
class EpochStep:
    """One step, and the epoch that it began: a number in order and a random value. Holds no time and nobody."""

    serial: int
    value: bytes
    act: StepAct
    wave_id: int | None


Steps = tuple[EpochStep, ...]
Tip = tuple[int, bytes]


def next_step(steps: Steps, act: StepAct, wave_id: int | None) -> EpochStep:
    """Return a new step after these."""
    return EpochStep(steps[-1].serial + 1 if steps else 1, secrets.token_bytes(VALUE_BYTES), act, wave_id)


def unknown_to(steps: Steps, others: Iterable[Steps]) -> Steps:
    """Return the steps that one of `others` knows and `steps` does not, in their order."""
    known = {step.value for step in steps}
    found: dict[bytes, EpochStep] = {}
    for other in others:
        found |= {step.value: step for step in other if step.value not in known and step.value not in found}
    return tuple(sorted(found.values(), key=lambda step: (step.serial, step.value)))


def merge_steps(main: Steps, *others: Steps) -> Steps:
    """Return all steps that anybody knows, numbered anew where histories parted after a restore."""
    longest = max((main, *others), key=len)
    together = (*longest, *unknown_to(longest, (main, *others)))
    return tuple(EpochStep(number, step.value, step.act, step.wave_id) for number, step in enumerate(together, start=1))


def waves_with(steps: Iterable[EpochStep], *acts: StepAct) -> frozenset[int]:
    """Return the waves with which one of `acts` was done."""
    return frozenset(step.wave_id for step in steps if step.act in acts and step.wave_id is not None)


def waves_over(steps: Iterable[EpochStep]) -> frozenset[int]:
    """Return the waves of which the last that is known is that they were closed or cancelled."""
    last = {step.wave_id: step.act for step in steps if step.wave_id is not None and step.act is not StepAct.DESTROYED}
    return frozenset(wave_id for wave_id, act in last.items() if act in {StepAct.CLOSED, StepAct.CANCELLED})


class JournalState(StrEnum):
    """What can be said of the journal itself.

    *Unused*: none was named; *unnamed*: though there is one; *foreign*: altered, or of another service; *unwritable*:
    it could not be told of the last step.
    """

    UNUSED = "unused"
    UNNAMED = "unnamed"
    UNWRITABLE = "unwritable"
    SOUND = "sound"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"


@dataclass(frozen=True)
class JournalRead:
    """What was read of the journal; no steps unless it is sound."""

    state: JournalState
    steps: Steps = ()


class RestoreDoubt(StrEnum):
    """Why nothing may be done that cannot be undone, before an operator has answered."""

    MAIN = "main"
    BOTH = "both"
    KEYS = "keys"
    JOURNAL_MISSING = "journal-missing"
    JOURNAL_UNREADABLE = "journal-unreadable"
    JOURNAL_FOREIGN = "journal-foreign"
    JOURNAL_OLDER = "journal-older"
    JOURNAL_UNNAMED = "journal-unnamed"
    JOURNAL_UNWRITABLE = "journal-unwritable"
    MOVED = "moved"


OF_JOURNAL = frozenset(one for one in RestoreDoubt if one.startswith("journal-"))
"""What speaks of no lost step, but keeps anybody from knowing that there is none."""
_ALWAYS_DOUBTED = {
    JournalState.UNREADABLE: RestoreDoubt.JOURNAL_UNREADABLE,
    JournalState.FOREIGN: RestoreDoubt.JOURNAL_FOREIGN,
    JournalState.UNNAMED: RestoreDoubt.JOURNAL_UNNAMED,
    JournalState.UNWRITABLE: RestoreDoubt.JOURNAL_UNWRITABLE,
}


@dataclass(frozen=True)
class EpochComparison:
    """The three compared. `lost`: what others know and the main database does not; `locked`: open, without a key.

    `is_elsewhere`: the main database lies elsewhere than it did, and there is no journal to say whether it is a copy.
    """

    main: Steps
    keys: Steps
    journal: JournalRead
    locked: frozenset[int] = frozenset()
    is_elsewhere: bool = False

    @property
    def lost(self) -> Steps:
        """The steps that the main database does not know, so that it must have been restored."""
        return unknown_to(self.main, (self.keys, self.journal.steps))

    @property
    def doubts(self) -> tuple[RestoreDoubt, ...]:
        """Everything that speaks of a restore, the gravest first. A crash between two notes is none."""
        moved = (RestoreDoubt.MOVED,) if self.is_elsewhere else ()
        return (*self._of_databases(), *self._of_journal(), *moved)

    def _of_databases(self) -> tuple[RestoreDoubt, ...]:
        if unknown_to(self.main, (self.keys,)):
            return (RestoreDoubt.MAIN,)
        if self.lost:
            return (RestoreDoubt.BOTH,)
        return (RestoreDoubt.KEYS,) if self.locked & waves_with(self._missing_in(self.keys), StepAct.OPENED) else ()

    def _of_journal(self) -> tuple[RestoreDoubt, ...]:
        if self.journal.state in _ALWAYS_DOUBTED:
            return (_ALWAYS_DOUBTED[self.journal.state],)
        # Before the first step there is none yet, and a crash may have kept it from being told of the last one.
        if self.journal.state is JournalState.MISSING and len(self.main) > 1:
            return (RestoreDoubt.JOURNAL_MISSING,)
        if self.journal.state is JournalState.SOUND and len(self._missing_in(self.journal.steps)) > 1:
            return (RestoreDoubt.JOURNAL_OLDER,)
        return ()

    def _missing_in(self, steps: Steps) -> Steps:
        return unknown_to(steps, (self.main,))
