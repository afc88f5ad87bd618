"""How often the first page of a report says what is not so, and how often it misses what is: docs/statistics.md."""

import random
from collections import Counter
from collections.abc import Mapping

from bench.stage import table
from feedback.domain.disclosure.groups import Atom
from feedback.domain.report.findings.alerts import THEMES
from feedback.domain.report.findings.sides import unfavourable
from feedback.domain.survey.questionnaires import Role, Theme
from tests.domain.report.findings.simulated import (
    EIGHT_PAIRS,
    SIX_GROUPS,
    TWENTY_SEVEN,
    a_problem,
    findings,
    some_truth,
)

SIZES = {"8 pairs": EIGHT_PAIRS, "27 people": TWENTY_SEVEN, "1,200 people": SIX_GROUPS}
PLANTED = (10, 11, 12, 13, 15, 20)


def main(small: bool = False) -> None:
    """Print what is claimed where nothing changed, what is called for where nothing is wrong, and what is found."""
    heads = ["programmes in which nothing changed", "the sides differ by", "claim a change", "of single intervals"]
    rows = [
        _unchanged(name, shift, 4 if small else 4_000 // (10 if name == "1,200 people" else 1))
        for name in (["27 people"] if small else SIZES)
        for shift in (0.0, 0.2)
    ]
    table("Changes claimed", heads, rows)
    calm = [_calm(name, 4 if small else 1_000) for name in (["27 people"] if small else SIZES)]
    table("Programmes in which nothing is wrong", ["programmes", "call for action"], calm)
    found = [_found(n, 4 if small else 2_000) for n in ((13,) if small else PLANTED)]
    table("Six in ten of a group answer unfavourably: found", ["people", *THEMES, "harm, or at least three"], found)


def _unchanged(name: str, shift: float, programmes: int) -> list[object]:
    seen = Counter[str]()
    for seed in range(programmes):
        dice = random.Random(seed)
        found = findings(some_truth(dice, shift), SIZES[name], dice).contrasts.changes
        seen["claims"] += any(one.is_certain for one in found)
        seen["stands out"] += any(one.stands_out for one in found)
    return [name, f"{100 * shift:.0f} points", *(_percent(seen[what], programmes) for what in ("claims", "stands out"))]


def _calm(name: str, programmes: int) -> list[object]:
    each = (findings(a_problem(), SIZES[name], random.Random(seed), waves=1) for seed in range(programmes))
    return [name, _percent(sum(bool(one.to_act_on.alerts) for one in each), programmes)]


def _found(people: int, programmes: int) -> list[object]:
    sizes: Mapping[Atom, int] = {Atom(role, ""): people for role in Role}
    hits = Counter[str]()
    for seed in range(programmes):
        found = findings(a_problem(*Theme), sizes, random.Random(seed), waves=1).to_act_on
        listed = {one.theme for one in found.alerts if one.side.role is Role.MENTOR}
        lines = (side.count(unfavourable(side.question)).low for side in found.harm if side.role is Role.MENTOR)
        hits.update(listed)
        hits["line"] += Theme.HARM in listed or any(low >= 3 for low in lines)
    return [people, *(_percent(hits[what], programmes) for what in (*THEMES, "line"))]


def _percent(count: int, of: int) -> str:
    return f"{100 * count / of:.1f} %"


if __name__ == "__main__":
    main()
