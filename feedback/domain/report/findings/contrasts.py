"""Shares that are compared, mentors with mentees and before with after, and which of them differ by more than chance.

All comparisons of a report are one family: Holm's correction keeps the chance that any of them is called certain, where
none is, at one in twenty.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.comparison import ComparedReports, WaveDifference
from feedback.domain.report.findings.sides import Options, add_up, favourable, sides_of
from feedback.domain.report.reading import ReportQuestion, report_questions
from feedback.domain.report.statistics import TwoShares, boschloo, holm
from feedback.domain.survey.questionnaires import Role

MOST_CHANGES = 3
A_FALL = 10
"""So many points fewer are told, even where three shares rose by more."""


@dataclass(frozen=True)
class Contrast(TwoShares):
    """Two shares of people who chose one of `options`: of mentors and mentees, or of `role` before and after.

    `is_certain`: chance alone does not explain it, after all comparisons of the report are allowed for.
    """

    question: ReportQuestion
    role: Role | None
    options: Options
    before: Count
    after: Count
    is_certain: bool = False

    @property
    def size(self) -> float:
        """How many points up (or, negative, down) it is for certain; 0 where the two ranges meet."""
        points = self.points
        return max(points.low, 0) or min(points.high, 0)


@dataclass(frozen=True)
class Contrasts:
    """All comparisons of a report: between its `sides`, and with an earlier report (`changes`), in report order."""

    sides: tuple[Contrast, ...]
    changes: tuple[Contrast, ...]

    @property
    def widest(self) -> Contrast | None:
        """The largest difference between the sides; None if nothing can be compared."""
        return max(self.sides, key=lambda one: abs(one.size), default=None)

    def largest(self, most: int) -> tuple[Contrast, ...]:
        """Return so many of the largest changes, the largest fall among them, if it is one, and if two have room."""
        largest = sorted((one for one in self.changes if one.size), key=lambda one: -abs(one.size))
        chosen, falls = largest[:most], [one for one in largest if one.size <= -A_FALL]
        if falls and len(chosen) > 1 and not any(one in chosen for one in falls):
            chosen[-1] = falls[0]
        return tuple(chosen)

    @property
    def standing_out(self) -> int:
        """How many changes have an interval that leaves out zero."""
        return sum(one.stands_out for one in self.changes)

    @property
    def by_chance(self) -> int:
        """How many of the changes would stand out if nothing had changed."""
        return round(len(self.changes) / 20)


def find_contrasts(questions: Sequence[ReportQuestion], compared: ComparedReports | None) -> Contrasts:
    """Return all comparisons of a report with these questions, and with an earlier one if there is any."""
    sides = [one for question in questions for one in _between_sides(question)]
    changes = list(changes_between(questions, compared)) if compared else []
    found = _corrected([*sides, *changes])
    return Contrasts(found[: len(sides)], found[len(sides) :])


def find_changes(pairs: Sequence[ComparedReports], language: str) -> tuple[Contrasts, ...]:
    """Return the changes of each pair of reports, all of them one family; texts are in `language`."""
    changes = [list(changes_between(report_questions(pair.after, language), pair)) for pair in pairs]
    found = iter(_corrected([one for each in changes for one in each]))
    return tuple(Contrasts((), tuple(islice(found, len(each)))) for each in changes)


def _corrected(family: Sequence[Contrast]) -> tuple[Contrast, ...]:
    certain = holm(_p_value(one) for one in family)
    return tuple(replace(one, is_certain=is_certain) for one, is_certain in zip(family, certain, strict=True))


def _between_sides(question: ReportQuestion) -> Iterator[Contrast]:
    known = [side for side in sides_of(question) if side.shown]
    if len(known) == 2:
        for options in _compared_options(question):
            yield Contrast(question, None, options, known[0].count(options), known[1].count(options))


def _compared_options(question: ReportQuestion) -> Iterable[Options]:
    if question.kind.adds_up:
        return filter(None, [favourable(question)])
    return [(code,) for code in question.option_codes]


def changes_between(questions: Sequence[ReportQuestion], compared: ComparedReports) -> Iterator[Contrast]:
    """Yield the changes of each side, over the groups that both reports speak of; none is called certain yet."""
    for question in questions:
        groups = {result.group.name for result in question.results}
        found: dict[tuple[Role | None, Options], list[WaveDifference]] = {}
        for row in compared.questions:
            if row.code == question.code and row.group.name in groups:
                for change in row.differences:
                    found.setdefault((row.group.role, change.options), []).append(change)
        for (role, options), changes in found.items():
            before, after = (add_up(side) for side in zip(*((one.before, one.after) for one in changes), strict=True))
            yield Contrast(question, role, options, before, after)


# Whatever does not stand out by itself could never be claimed, and the exact test takes a moment.
def _p_value(contrast: Contrast) -> float:
    if not contrast.stands_out or not contrast.size:
        return 1.0
    before, after = contrast.before, contrast.after
    if contrast.size > 0:
        return _exact_p(before.high, before.n, after.low, after.n)
    return _exact_p(before.low, before.n, after.high, after.n)


@lru_cache(maxsize=4096)
def _exact_p(before: int, n_before: int, after: int, n_after: int) -> float:
    found = boschloo(Count(before, before, n_before), Count(after, after, n_after))
    return found.value if found else 1.0
