"""The solver's findings are those of trying everything out."""

import pytest

from feedback.auditor import audit
from tests.auditor.enumeration import broken
from tests.auditor.tiny_surveys import KINDS, tiny_survey

ATTACKS = {"D1", "D2", "D2i", "D3"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(24))
def test_the_auditor_finds_what_enumeration_finds(kind: str, seed: int) -> None:
    tiny, document, sizes = tiny_survey(seed, kind)
    found = {finding.rule for finding in audit(document, sizes).findings} & ATTACKS
    due = broken(tiny)
    ignored = {"D2i"} if "D2" in due else set()  # whoever needs no own answer is not asked for one
    assert found - ignored == due - ignored


def test_the_tiny_surveys_break_every_rule_and_also_none() -> None:
    outcomes = [frozenset(broken(tiny_survey(seed, kind)[0])) for kind in KINDS for seed in range(24)]
    assert frozenset() in outcomes
    assert {rule for outcome in outcomes for rule in outcome} == ATTACKS
