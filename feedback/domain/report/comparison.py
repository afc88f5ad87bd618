"""What changed between published reports: of one programme from wave to wave, or from a pilot to its roll-out.

Knows nothing but the reports themselves, in which nobody is linked to an earlier answer. Says for each question and
group how the shares differ, or why nothing can be said; never what caused it. docs/statistics.md defines the numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from feedback.domain.disclosure.counts import Count
from feedback.domain.disclosure.groups import EVERYBODY, Group
from feedback.domain.report.comparable import (
    Answers,
    ComparableReport,
    Obstacle,
    are_of_one_programme,
    check_comparable,
)
from feedback.domain.report.report import ANOTHER_PROGRAMME, Report
from feedback.domain.report.statistics import (
    PValue,
    RelativeChange,
    TwoShares,
    boschloo,
    cliffs_delta,
    relative_change,
)
from feedback.domain.survey.questionnaires import Question, are_worded_alike


class Side(StrEnum):
    """One of the two reports."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class WaveDifference(TwoShares):
    """How many chose one of `options` before and after; nobody is linked.

    `options` are the favourable ones of a scale, or one option of a many-choice question. `cliffs_delta` is over
    the whole scale, and None unless both distributions are published.
    """

    options: tuple[str, ...]
    before: Count
    after: Count
    cliffs_delta: float | None

    @property
    def relative(self) -> RelativeChange | None:
        """The change in percent of the share before, with both counts; None for a range, or from nobody."""
        return relative_change(self.before, self.after)

    @property
    def p_value(self) -> PValue | None:
        """The p value for an appendix; None for a range. It takes milliseconds, so ask where it is printed."""
        return boschloo(self.before, self.after)


@dataclass(frozen=True)
class ThenNow:
    """What one report says of a then / now question: the favourable now, and who says it was worse then.

    It leans on memory and tends to be larger than the difference between waves; show both.
    """

    side: Side
    now: Count
    rose: Count


@dataclass(frozen=True)
class ComparedQuestion:
    """One question in one group: `differences` (one per option of a many-choice question), or the `obstacle`.

    `question` is as it was asked after, or before, where it was asked then only. `is_twin`: nearly the same people
    were asked, so that a change may be the answer of one person.
    """

    code: str
    group: Group
    question: Question
    is_twin: bool
    differences: tuple[WaveDifference, ...]
    obstacle: Obstacle | None
    then_now: tuple[ThenNow, ...]


@dataclass(frozen=True)
class ComparedReports:
    """Two reports, the earlier or the pilot's first, and every question of either in every group of either."""

    before: Report
    after: Report
    questions: tuple[ComparedQuestion, ...]


def compare(reports: Sequence[Report], *, is_one_programme: bool | None = None) -> tuple[ComparedReports, ...]:
    """Return every pair of the reports compared, in the order given: first with second, first with third …

    Two or more of one programme, earlier ones first, or one of each of two programmes; otherwise, or if one says
    nothing, ComparisonRefused. The caller vouches for the reports, by their signatures, and may know whether it
    `is_one_programme`; otherwise their names say it, or their chain.
    """
    comparable = [ComparableReport(report) for report in reports]
    is_one = are_of_one_programme(comparable) if is_one_programme is None else is_one_programme
    check_comparable(comparable, is_one_programme=is_one)
    return tuple(_compared(before, after, is_one) for before, after in combinations(comparable, 2))


def _compared(before: ComparableReport, after: ComparableReport, is_one: bool) -> ComparedReports:
    codes, groups = dict.fromkeys((*after.codes, *before.codes)), after.groups | before.groups
    twin = before.report.about.stage if is_one else ANOTHER_PROGRAMME
    rows = (_row(before, after, twin, code, group) for code in codes for group in groups.values())
    return ComparedReports(before.report, after.report, tuple(row for row in rows if row is not None))


def _row(
    before: ComparableReport, after: ComparableReport, twin: str, code: str, group: Group
) -> ComparedQuestion | None:
    """Return one line, or None where neither report asked this group."""
    earlier, later = before.answers(code, group.name), after.answers(code, group.name)
    question = later.question or earlier.question
    if question is None:
        return None
    obstacle = _obstacle(earlier, later)
    return ComparedQuestion(
        code=code,
        group=group,
        question=question,
        is_twin=not after.twins.isdisjoint({(group.name, twin), (EVERYBODY, twin)}),
        differences=() if obstacle else _differences(earlier, later),
        obstacle=obstacle,
        then_now=(*_then_now(Side.BEFORE, earlier), *_then_now(Side.AFTER, later)),
    )


# What a report lacks comes first, then whether the two fit each other, then what the rules held back.
def _obstacle(before: Answers, after: Answers) -> Obstacle | None:
    met = {before.obstacle, after.obstacle}
    if met.isdisjoint({Obstacle.GROUP_MISSING, Obstacle.NOT_ASKED}):
        if before.people != after.people:
            return Obstacle.GROUP_MISSING
        if not _asked_alike(before.wordings, after.wordings):
            return Obstacle.QUESTION_CHANGED
    return next((one for one in Obstacle if one in met), None)


def _asked_alike(before: tuple[Question, ...], after: tuple[Question, ...]) -> bool:
    return len(before) == len(after) and all(map(are_worded_alike, before, after))


def _differences(before: Answers, after: Answers) -> tuple[WaveDifference, ...]:
    delta = cliffs_delta(before.scale, after.scale)
    return tuple(WaveDifference(one, count, after.counts[one], delta) for one, count in before.counts.items())


def _then_now(side: Side, answers: Answers) -> tuple[ThenNow, ...]:
    return tuple(ThenNow(side, now, answers.rose) for now in answers.counts.values() if answers.rose is not None)
