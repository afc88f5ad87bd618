"""The solver's findings are those of trying everything out."""

from functools import cache
from itertools import product

import pytest

from feedback.auditor import audit
from tests.auditor import conditional_surveys, enumeration
from tests.auditor.conditional_surveys import conditional_survey
from tests.auditor.enumeration import broken_by_two
from tests.auditor.tiny_surveys import KINDS, tiny_survey
from tests.databases import first_of

SEEDS = range(20)
ATTACKS = {"D1", "D2", "D2i", "D3"}


@cache
def broken(seed: int, kind: str) -> frozenset[str]:
    """Return the rules that a tiny survey breaks."""
    return frozenset(enumeration.broken(tiny_survey(seed, kind)[0]))


HARD = [(154, "sensitive")]
"""What is found only for an insider who is tried late."""
HANGING = [*product(range(5), ["twice"]), *product(range(12), ["hanging"])]


@pytest.mark.parametrize(("seed", "kind"), first_of(20, [*HARD, *product(SEEDS, KINDS)]))
def test_the_auditor_finds_what_enumeration_finds(seed: int, kind: str) -> None:
    _, document, sizes = tiny_survey(seed, kind)
    found = {finding.rule for finding in audit(document, sizes).findings} & ATTACKS
    due = broken(seed, kind)
    ignored = {"D2i"} if "D2" in due else set()  # whoever needs no own answer is not asked for one
    assert found - ignored == due - ignored


def in_both_roles(seed: int, kind: str) -> tuple[bool, bool, set[str]] | None:
    """Whether a tiny survey of everybody breaks D2i for one own answer, and for two, and what the auditor finds if
    somebody is in both roles; None if it is no such survey."""
    tiny, document, sizes = tiny_survey(seed, kind)
    hides = any(one["kind"] == "withheld" or one.get("answered", 0) is None for one in document["statements"])
    (group, *more) = document["groups"]
    if hides or more or group["name"] != "all" or "D2" in broken(seed, kind):
        return None
    document["groups"] = [{**group, "invited": group["invited"] - 1, "doubled": 1}]
    found = {finding.rule for finding in audit(document, sizes).findings}
    return "D2i" in broken(seed, kind), broken_by_two(tiny, (0, 1), (2, 3)), found


@pytest.mark.parametrize("kind", first_of(1, ["plain", "ordered", "many"]))
def test_the_auditor_finds_what_enumeration_finds_for_somebody_in_both_roles(kind: str) -> None:
    surveys = [one for seed in range(50) if (one := in_both_roles(seed, kind)) is not None]
    assert [("D2i" in found) for _one, _two, found in surveys] == [one or two for one, two, _found in surveys]
    assert any(two and not one for one, two, _found in surveys)
    assert not all(one or two for one, two, _found in surveys)


def test_the_tiny_surveys_break_every_rule_and_also_none() -> None:
    outcomes = [broken(seed, kind) for kind in KINDS for seed in SEEDS]
    assert frozenset() in outcomes
    assert {rule for outcome in outcomes for rule in outcome} == ATTACKS


@pytest.mark.parametrize(("seed", "kind"), first_of(6, HANGING))
def test_of_questions_that_only_some_were_asked_it_finds_what_enumeration_finds(seed: int, kind: str) -> None:
    survey, document, sizes = conditional_survey(seed, kind)
    findings = [finding for finding in audit(document, sizes).findings if finding.rule in ATTACKS]
    for about in ("filter", "question"):
        due = conditional_surveys.broken(survey, about)
        found = {finding.rule for finding in findings if (finding.question == "F1") == (about == "filter")}
        ignored = {"D2i"} if "D2" in due else set()
        assert found - ignored == due - ignored, about
