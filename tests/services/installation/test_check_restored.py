"""What is said of databases that were restored: which surveys are concerned, each once."""

from feedback.domain.epochs import EpochComparison, EpochStep, JournalRead, JournalState, StepAct
from feedback.services.installation.check_restored import restore_faults


def test_each_survey_is_named_under_what_is_lost_of_it() -> None:
    acts = (
        (StepAct.OPENED, 1),
        (StepAct.OPENED, 2),
        (StepAct.CANCELLED, 2),
        (StepAct.OPENED, 3),
        (StepAct.CLOSED, 3),
    )
    known = tuple(EpochStep(place, bytes([place]) * 16, act, wave) for place, (act, wave) in enumerate(acts, start=1))
    restored = EpochComparison((), known, JournalRead(JournalState.SOUND, known), locked=frozenset({2, 4}))
    (said,) = restore_faults(restored)
    named = ("Closed since, report missing: wave 3", "Cancelled since: wave 2", "Opened since: wave 1")
    assert f"{'. '.join(named)}. Without keys: wave 4. " in said
