"""The answers of one role, or of everybody, to one question: what is published of its groups, added up."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from feedback.domain.disclosure.counts import Count, bounded, favourable_options, how_many, unfavourable_options
from feedback.domain.disclosure.statements import Distribution, DominanceBand, Sensitive, Ticks
from feedback.domain.report.reading import GroupResult, ReportQuestion
from feedback.domain.survey.questionnaires import Order, Role

Options = tuple[str, ...]
"""Codes of options whose answers are counted together."""


@dataclass(frozen=True)
class SideResult:
    """Those of one role who were asked a question; `role` None is everybody.

    `shown` are the groups of which something is published, `missing` those of which nothing is.
    """

    question: ReportQuestion
    role: Role | None
    shown: tuple[GroupResult, ...]
    missing: tuple[GroupResult, ...]

    def count(self, options: Options) -> Count:
        """Return how many chose one of `options`, over all groups that are shown; ValueError if none is."""
        return add_up(count_in(self.question, result, options) for result in self.shown)


def sides_of(question: ReportQuestion) -> tuple[SideResult, ...]:
    """Return a side for each role that was asked, mentors first; everybody alone where all are one group."""
    roles = dict.fromkeys(result.group.role for result in question.results)
    return tuple(_side(question, role, {role}) for role in roles)


def units_of(question: ReportQuestion) -> tuple[SideResult, ...]:
    """Return everybody, if both roles were asked in the same words and both are known; otherwise each known side.

    Sides are never added up for a sensitive question.
    """
    known = tuple(side for side in sides_of(question) if side.shown)
    if question.sensitive or len(known) < 2:
        return known
    return (_side(question, None, {side.role for side in known}),)


def _side(question: ReportQuestion, role: Role | None, of: Collection[Role | None]) -> SideResult:
    mine = [result for result in question.results if result.group.role in of]
    return SideResult(
        question, role, tuple(one for one in mine if one.said), tuple(one for one in mine if not one.said)
    )


def count_in(question: ReportQuestion, result: GroupResult, options: Options) -> Count:
    """Return how many of one group chose one of `options`; ValueError if nothing is published of them."""
    for said in result.said:
        if isinstance(said, Distribution | DominanceBand | Sensitive):
            return how_many(options, question.option_codes, said)
        if isinstance(said, Ticks) and options == (said.option,):
            return bounded(said)
    raise ValueError(f"Nothing is published of {options} in {result.group.name}.")


def add_up(counts: Iterable[Count]) -> Count:
    """Return the sum of counts of different people; ValueError if there are none."""
    each = tuple(counts)
    return Count(sum(one.low for one in each), sum(one.high for one in each), sum(one.n for one in each))


def favourable(question: ReportQuestion) -> Options:
    """Return the favourable options of a question with one choice in an order; empty for any other."""
    if not question.kind.adds_up:
        return ()
    return favourable_options(question.option_codes, question.order, sensitive=question.sensitive)


def unfavourable(question: ReportQuestion) -> Options:
    """Return the unfavourable options of a question with one choice in an order; empty for any other."""
    return unfavourable_options(question.option_codes, question.order) if question.kind.adds_up else ()


def worsening(question: ReportQuestion) -> Options:
    """Return the options of a question with an order, the worst one last."""
    return question.option_codes if question.order is Order.FALLING else question.option_codes[::-1]
