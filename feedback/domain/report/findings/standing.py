"""Strengths and concerns: where two thirds answered favourably for certain, and where they certainly did not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.findings.alerts import Alert
from feedback.domain.report.findings.sides import SideResult, favourable, units_of
from feedback.domain.report.reading import ReportQuestion
from feedback.domain.survey.questionnaires import Theme

MOST = 3
"""So many strengths, and so many concerns, are told."""


@dataclass(frozen=True)
class Standing:
    """How many of a side answered favourably."""

    side: SideResult
    count: Count


@dataclass(frozen=True)
class Standings:
    """Up to three of each, at most one of a theme; where there are none, what comes nearest, if anything is known."""

    strengths: tuple[Standing, ...]
    concerns: tuple[Standing, ...]
    highest: Standing | None
    lowest: Standing | None


def find_standings(questions: Sequence[ReportQuestion], alerts: Iterable[Alert]) -> Standings:
    """Return the strengths, and the concerns besides the `alerts`; harm is neither."""
    asked = [one for one in questions if favourable(one) and one.theme is not Theme.HARM]
    known = [Standing(side, side.count(favourable(one))) for one in asked for side in units_of(one)]
    alarming = {(one.side.question.code, role) for one in alerts for role in (one.side.role, None)}
    others = [one for one in known if (one.side.question.code, one.side.role) not in alarming]
    best, worst = sorted(known, key=_best_first), sorted(others, key=_worst_first)
    strengths = _one_a_theme(best, lambda count: 3 * count.low >= 2 * count.n)
    concerns = _one_a_theme(worst, lambda count: 3 * count.high < 2 * count.n)
    return Standings(
        strengths,
        concerns,
        highest=None if strengths else next(iter(best), None),
        lowest=None if concerns else next(iter(worst), None),
    )


def _one_a_theme(ordered: list[Standing], qualifies: Callable[[Count], bool]) -> tuple[Standing, ...]:
    first: dict[Theme, Standing] = {}
    for one in ordered:
        if qualifies(one.count):
            first.setdefault(one.side.question.theme, one)
    return tuple(first.values())[:MOST]


# Sorting keeps the questionnaire's order where all else is equal.
def _best_first(one: Standing) -> tuple[float, int]:
    return -one.count.low / one.count.n, -one.count.n


def _worst_first(one: Standing) -> tuple[float, int]:
    return one.count.high / one.count.n, -one.count.n
