"""The solver's findings are those of trying everything out."""

from functools import cache
from itertools import product

import pytest

from feedback.auditor import audit
from tests.auditor import conditional_surveys, enumeration
from tests.auditor.conditional_surveys import conditional_survey
from tests.auditor.tiny_surveys import KINDS, tiny_survey

SEEDS = range(20)
ATTACKS = {"D1", "D2", "D2i", "D3"}


@cache
def broken(seed: int, kind: str) -> frozenset[str]:
    """Return the rules that a tiny survey breaks."""
    return frozenset(enumeration.broken(tiny_survey(seed, kind)[0]))


HARD = [(154, "sensitive")]
"""What is found only for an insider who is tried late."""


@pytest.mark.parametrize(("seed", "kind"), [*product(SEEDS, KINDS), *HARD])
def test_the_auditor_finds_what_enumeration_finds(seed: int, kind: str) -> None:
    _, document, sizes = tiny_survey(seed, kind)
    found = {finding.rule for finding in audit(document, sizes).findings} & ATTACKS
    due = broken(seed, kind)
    ignored = {"D2i"} if "D2" in due else set()  # whoever needs no own answer is not asked for one
    assert found - ignored == due - ignored


def test_the_tiny_surveys_break_every_rule_and_also_none() -> None:
    outcomes = [broken(seed, kind) for kind in KINDS for seed in SEEDS]
    assert frozenset() in outcomes
    assert {rule for outcome in outcomes for rule in outcome} == ATTACKS


@pytest.mark.parametrize(("seed", "kind"), [*product(range(12), ["hanging"]), *product(range(5), ["twice"])])
def test_of_questions_that_only_some_were_asked_it_finds_what_enumeration_finds(seed: int, kind: str) -> None:
    survey, document, sizes = conditional_survey(seed, kind)
    findings = [finding for finding in audit(document, sizes).findings if finding.rule in ATTACKS]
    for about in ("filter", "question"):
        due = conditional_surveys.broken(survey, about)
        found = {finding.rule for finding in findings if (finding.question == "F1") == (about == "filter")}
        ignored = {"D2i"} if "D2" in due else set()
        assert found - ignored == due - ignored, about
