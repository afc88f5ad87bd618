"""Every published and every withheld fact of a report, a line each: what all formats carry alike."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from feedback.domain.disclosure.counts import Count
from feedback.domain.disclosure.groups import Group
from feedback.domain.disclosure.statements import Reason
from feedback.domain.report.reading import Bar, ReportQuestion, report_questions
from feedback.domain.report.report import Outcome, Report
from feedback.locales.lists import labelled
from feedback.rendering.blocks import Column, Items, Table
from feedback.rendering.paper import Block, PaperSection
from feedback.reporting.likert import numbers_table
from feedback.reporting.outcomes import withheld
from feedback.reporting.who_answered import rates_table
from feedback.reporting.words import count_words, group_name, reason_words


@dataclass(frozen=True)
class NumberLine:
    """One fact. `question` is a code, or "Survey" for a response rate; `count` is None where nothing is said.

    `said` has the numbers in words, or the reason why there are none; `withheld` is that reason's code.
    """

    question: str
    text: str
    group: str
    answer: str
    said: str
    count: Count | None
    withheld: str


def number_lines(report: Report, language: str) -> tuple[NumberLine, ...]:
    """Return a line for each response rate, and for each published or withheld fact, in the report's order."""
    rates = [_rate_line(report, rate.group, rate.answered) for rate in report.rates]
    return (*rates, *(line for one in report_questions(report, language) for line in _lines(report, one)))


def every_number(report: Report, language: str) -> PaperSection:
    """Return the section that lists them all."""
    titles = (_("Question"), _("Group"), _("Answer"), _("People"))
    rows = tuple((line.text, line.group, line.answer, line.said) for line in number_lines(report, language))
    table = Table(_("What is published and what is withheld"), tuple(Column(title) for title in titles), rows)
    return PaperSection("numbers", _("Every number in this report"), (table,), is_folded=True)


def numbers_by_question(report: Report, language: str) -> PaperSection:
    """Return the same as `every_number` in fewer words: a table for each question."""
    questions = report_questions(report, language)
    blocks: list[Block] = [rates_table(report)]
    for one in questions:
        blocks += [numbers_table(one), *_besides(report, one)]
    return PaperSection("numbers", _("Every number in this report"), tuple(blocks), is_folded=True)


def _besides(report: Report, question: ReportQuestion) -> tuple[Items, ...]:
    """Return how many rose in each group, and the reasons why nothing is shown, if there are any."""
    rose = [
        labelled(group_name(result.group), f"{_('It was worse before')} {count_words(result.rose)}")
        for result in question.results
        if result.rose is not None
    ]
    said = (*rose, *withheld(report.rules, question))
    return (Items(said),) if said else ()


def _rate_line(report: Report, group: Group, answered: int | None) -> NumberLine:
    words = {
        "question": _("Survey"),
        "text": _("How many answers were counted"),
        "group": group_name(group),
        "answer": _("Counted"),
    }
    if answered is not None:
        return _numbered(words, Count(answered, answered, group.rights))
    if report.outcome is Outcome.TOO_FEW:
        return _silent(words, _("Not shown: too few answers could be counted."), report.outcome)
    return _withheld(words, report, Reason.GROUP_TOO_SMALL)


def _lines(report: Report, question: ReportQuestion) -> Iterator[NumberLine]:
    words = {"question": question.code, "text": question.text}
    for result in question.results:
        here = {**words, "group": group_name(result.group)}
        yield from (_bar_line(here, bar) for bar in result.bars)
        if result.rose is not None:
            yield _numbered({**here, "answer": _("It was worse before")}, result.rose)
        elif not result.bars:
            yield _withheld({**here, "answer": ""}, report, result.reason or Reason.GROUP_TOO_SMALL)
    if question.total is not None:
        missing = "; ".join(map(group_name, question.total.missing))
        remark = _(", without %(groups)s", groups=missing) if missing else ""
        yield from (_bar_line({**words, "group": _("Together")}, bar, remark) for bar in question.total.bars)


def _bar_line(words: dict[str, str], bar: Bar, remark: str = "") -> NumberLine:
    return _numbered({**words, "answer": " / ".join(bar.texts)}, bar.count, remark)


def _numbered(words: dict[str, str], count: Count, remark: str = "") -> NumberLine:
    return NumberLine(**words, said=count_words(count) + remark, count=count, withheld="")


def _withheld(words: dict[str, str], report: Report, reason: Reason) -> NumberLine:
    return _silent(words, reason_words(reason, report.rules), reason)


def _silent(words: dict[str, str], said: str, withheld: str) -> NumberLine:
    return NumberLine(**words, said=said, count=None, withheld=withheld)
