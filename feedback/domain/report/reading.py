"""The results of a report for pages and exports: by question and group. Holds no words but those asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from feedback.domain.disclosure.counts import Count, bounded
from feedback.domain.disclosure.groups import Group, reported_in
from feedback.domain.disclosure.statements import (
    Distribution,
    DominanceBand,
    GroupStatement,
    OptionCount,
    Reason,
    Rose,
    Sensitive,
    Ticks,
    Total,
    Withheld,
)
from feedback.domain.report.report import Report
from feedback.domain.survey.asked import AskedQuestion
from feedback.domain.survey.questionnaires import Kind, Order, Question, Role, Theme, text_in


@dataclass(frozen=True)
class Bar:
    """How many people chose one of `options`; `texts` are those options' words.

    Both are empty for the number of those who rose, which is about no option.
    """

    options: tuple[str, ...]
    texts: tuple[str, ...]
    count: Count


@dataclass(frozen=True)
class GroupResult:
    """One question in one group: what is said of it, as statements and as bars, or the reason why there is nothing.

    `rose` tells, for a then / now question, how many say it was worse before.
    """

    group: Group
    said: tuple[GroupStatement, ...]
    bars: tuple[Bar, ...]
    rose: Count | None
    reason: Reason | None


@dataclass(frozen=True)
class TotalResult:
    """One question over all groups that have exact counts; `missing` were asked too, but have none."""

    bars: tuple[Bar, ...]
    missing: tuple[Group, ...]


@dataclass(frozen=True)
class ReportQuestion:
    """One closed question with its results, in every group that was asked it, and the total if there is one.

    `options` are codes with their words, in the questionnaire's order. `shown_when`: the words of the question, and of
    its answers, after which alone this one was asked.
    """

    code: str
    kind: Kind
    theme: Theme
    text: str
    options: tuple[tuple[str, str], ...]
    order: Order
    sensitive: bool
    roles: tuple[Role, ...]
    results: tuple[GroupResult, ...]
    total: TotalResult | None
    shown_when: tuple[str, tuple[str, ...]] | None = None

    @property
    def option_codes(self) -> tuple[str, ...]:
        """Codes of the options, in the questionnaire's order."""
        return tuple(code for code, _text in self.options)

    @property
    def words(self) -> dict[str, str]:
        """The options' words by code."""
        return dict(self.options)


def report_questions(report: Report, language: str) -> tuple[ReportQuestion, ...]:
    """Return the closed questions in the report's order, with texts in `language`, or English where missing."""
    return tuple(_question(report, one, language) for one in report.asked if one.question.closed)


def _question(report: Report, asked: AskedQuestion, language: str) -> ReportQuestion:
    question, texts = asked.question, _option_texts(asked.question, language)
    said = [one for one in report.statements if isinstance(one, GroupStatement) and one.question == question.code]
    groups = (group for group in report.groups if group.role is None or group.role in asked.roles)
    return ReportQuestion(
        code=question.code,
        kind=question.kind,
        theme=question.theme,
        text=text_in(question.text, language),
        options=tuple(texts.items()),
        order=question.order,
        sensitive=question.sensitive,
        roles=asked.roles,
        results=tuple(
            _group_result(reported_in(group, asked.roles, report.roles), said, texts, within=group) for group in groups
        ),
        total=_total_result(report, question.code, texts),
        shown_when=_condition(report, asked, language),
    )


def _option_texts(question: Question, language: str) -> dict[str, str]:
    return {option.code: text_in(option.text, language) for option in question.options}


def _condition(report: Report, asked: AskedQuestion, language: str) -> tuple[str, tuple[str, ...]] | None:
    condition = asked.question.shown_when
    if condition is None:
        return None
    roles = set(asked.roles)
    hung_on = (one for one in report.asked if roles & set(one.roles))
    parent = next(one.question for one in hung_on if one.question.code == condition.question)
    return text_in(parent.text, language), _words(condition.answers, _option_texts(parent, language))


# An older report withholds what one role was asked in the name of "all".
def _group_result(group: Group, said: list[GroupStatement], texts: Mapping[str, str], *, within: Group) -> GroupResult:
    here = [one for one in said if one.group in (group.name, within.name)]
    bars = tuple(bar for one in here for bar in _bars(one, texts))
    rose = next((bounded(one) for one in here if isinstance(one, Rose)), None)
    refusals = (one.reason for one in here if isinstance(one, Withheld))
    reason = None if bars else next(refusals, Reason.GROUP_TOO_SMALL)
    return GroupResult(group, tuple(here) if bars else (), bars, rose, reason)


def _bars(one: GroupStatement, texts: Mapping[str, str]) -> tuple[Bar, ...]:
    if isinstance(one, Distribution):
        return _exact_bars(one.counts, one.n, texts)
    if isinstance(one, DominanceBand):
        return (Bar(one.options, _words(one.options, texts), Count(one.at_least, one.n, one.n)),)
    if isinstance(one, Ticks):
        return (Bar((one.option,), (texts[one.option],), bounded(one)),)
    if isinstance(one, Sensitive):
        return tuple(
            Bar(part.options, _words(part.options, texts), Count(part.low, part.high, one.n)) for part in one.classes
        )
    return ()


def _words(options: tuple[str, ...], texts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(texts[option] for option in options)


def _exact_bars(counts: tuple[OptionCount, ...], n: int, texts: Mapping[str, str]) -> tuple[Bar, ...]:
    return tuple(Bar((one.option,), (texts[one.option],), Count(one.count, one.count, n)) for one in counts)


def _total_result(report: Report, code: str, texts: Mapping[str, str]) -> TotalResult | None:
    totals = (one for one in report.statements if isinstance(one, Total) and one.question == code)
    total = next(totals, None)
    if total is None:
        return None
    by_name = {group.name: group for group in report.groups}
    missing = tuple(by_name[name] for name in total.missing)
    return TotalResult(_exact_bars(total.counts, total.n, texts), missing)
