"""The rule on programmes whose truth is known: it says seldom what is not so, and hardly ever misses what is."""

import random
from collections import Counter

import pytest

from feedback.domain.disclosure.groups import Atom
from feedback.domain.report.findings.sides import unfavourable
from feedback.domain.survey.questionnaires import Role, Theme
from tests.domain.report.findings.simulated import TWENTY_SEVEN, a_problem, findings, some_truth

# `bench.findings` looks at very many more.
UNCHANGED, PROGRAMMES = 40, 100
SCALES = {Theme.SAFETY, Theme.TRUST, Theme.SUPPORT, Theme.RELATIONSHIP, Theme.PROCESS}
THIRTEEN_EACH = {Atom(role, ""): 13 for role in Role}


@pytest.mark.parametrize("shift", [0.0, 0.2])
def test_where_nothing_changed_hardly_any_report_says_that_it_did(shift: float) -> None:
    seen = Counter[str]()
    for seed in range(UNCHANGED):
        dice = random.Random(seed)
        found = findings(some_truth(dice, shift), TWENTY_SEVEN, dice).contrasts
        seen["claims"] += any(one.is_certain for one in found.changes)
        seen["stands out"] += any(one.stands_out for one in found.changes)
    assert seen["claims"] <= 0.05 * UNCHANGED
    # Each interval by itself would mislead many a board: the correction has something to do.
    assert seen["stands out"] > UNCHANGED / 3


def test_where_nothing_is_wrong_hardly_any_report_calls_for_action() -> None:
    seeds = range(100, 100 + PROGRAMMES)
    found = [findings(a_problem(), TWENTY_SEVEN, random.Random(seed), waves=1) for seed in seeds]
    assert sum(bool(one.to_act_on.alerts) for one in found) <= 0.05 * PROGRAMMES


def test_a_problem_of_thirteen_people_is_found() -> None:
    hits = Counter[str]()
    for seed in range(PROGRAMMES):
        found = findings(a_problem(*Theme), THIRTEEN_EACH, random.Random(seed), waves=1).to_act_on
        hits.update({one.theme for one in found.alerts if one.side.role is Role.MENTOR})
        lines = [side.count(unfavourable(side.question)).low for side in found.harm if side.role is Role.MENTOR]
        hits["harm or its line"] += any(low >= 3 for low in lines) or Theme.HARM in {one.theme for one in found.alerts}
    assert hits["harm or its line"] >= 0.99 * PROGRAMMES
    assert hits[Theme.BURDEN] >= 0.95 * PROGRAMMES
    assert sum(hits[theme] for theme in SCALES) >= 0.95 * PROGRAMMES * len(SCALES)
