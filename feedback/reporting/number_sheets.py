"""The numbers of one report for a spreadsheet: who answered, how favourably, and how many chose each answer."""

from collections.abc import Sequence

from flask_babel import gettext as _

from feedback.domain.disclosure.counts import Count
from feedback.domain.disclosure.groups import Group
from feedback.domain.report.findings.sides import count_in, favourable
from feedback.domain.report.reading import GroupResult, ReportQuestion
from feedback.domain.report.report import RateResult, Report
from feedback.rendering.book import DataColumn, DataSheet, Measure, SheetValue
from feedback.reporting.every_number import NumberLine, number_lines
from feedback.reporting.words import group_name, options_words, share_words, theme_name


def answered_sheet(report: Report) -> DataSheet:
    """Return how many answers of each group were counted; empty where too few could be."""
    columns = (
        DataColumn(_("Group"), "group"),
        DataColumn(_("Invited"), "invited", Measure.COUNT),
        DataColumn(_("Possible answers"), "possible", Measure.COUNT),
        DataColumn(_("Counted"), "counted", Measure.COUNT),
        DataColumn(_("Share"), "share", Measure.SHARE),
    )
    rows = tuple(_rate_row(report, rate) for rate in report.rates)
    return DataSheet(_("Who answered"), _("How many answers were counted"), "Counted", (), columns, rows)


def _rate_row(report: Report, rate: RateResult) -> tuple[SheetValue, ...]:
    group, told = rate.group, (group_name(rate.group), rate.group.invited, rate.group.rights)
    if rate.answered is None:
        return (*told, _("fewer than %(k)s", k=report.rules.k + group.doubled), None)
    return (*told, rate.answered, 100 * rate.answered / group.rights)


def favourable_sheet(questions: Sequence[ReportQuestion]) -> DataSheet:
    """Return the share of favourable answers, a question in a row and a group in a column."""
    ordered = [question for question in questions if favourable(question)]
    groups = list(dict.fromkeys(result.group for question in ordered for result in question.results))
    columns = (
        DataColumn(_("Question"), "text"),
        DataColumn(_("Favourable answers"), "favourable_answers"),
        DataColumn(_("Theme"), "theme"),
        *(DataColumn(group_name(group), group.name, Measure.SHARE, shaded=True) for group in groups),
        DataColumn(_("Code"), "question"),
    )
    notes = (
        _(
            "A share that is known only within limits stands as words, and is not coloured. Where nothing stands, the "
            "group was not asked."
        ),
    )
    rows = tuple(_favourable_row(question, groups) for question in ordered)
    tab, title = _("Favourable answers"), _("How many answered favourably")
    return DataSheet(tab, title, "Favourable", notes, columns, rows)


def _favourable_row(question: ReportQuestion, groups: Sequence[Group]) -> tuple[SheetValue, ...]:
    by_group = {result.group: result for result in question.results}
    shares = (_favourable_share(question, by_group.get(group)) for group in groups)
    answers = options_words(question, favourable(question))
    return (question.text, answers, theme_name(question.theme), *shares, question.code)


def _favourable_share(question: ReportQuestion, result: GroupResult | None) -> SheetValue:
    if result is None:
        return None
    if not result.said:
        return _("not shown")
    count = count_in(question, result, favourable(question))
    return 100 * count.low / count.n if count.is_exact else share_words(count)


def answers_sheet(report: Report, language: str) -> DataSheet:
    """Return every published and every withheld fact, as `number_lines` has them."""
    columns = (
        DataColumn(_("Question"), "text"),
        DataColumn(_("Group"), "group"),
        DataColumn(_("Answer"), "answer"),
        DataColumn(_("At least"), "at_least", Measure.COUNT),
        DataColumn(_("At most"), "at_most", Measure.COUNT),
        DataColumn(_("Of"), "of", Measure.COUNT),
        DataColumn(_("Share, at least"), "percent_at_least", Measure.SHARE),
        DataColumn(_("Share, at most"), "percent_at_most", Measure.SHARE),
        DataColumn(_("In words"), "said"),
        DataColumn("", "withheld"),
        DataColumn(_("Code"), "question"),
    )
    rows = tuple(_answer_row(line) for line in number_lines(report, language))
    return DataSheet(_("Every answer"), _("What is published and what is withheld"), "Answers", (), columns, rows)


def _answer_row(line: NumberLine) -> tuple[SheetValue, ...]:
    numbers: tuple[SheetValue, ...] = (None, None, None, None, None)
    if line.count is not None:
        numbers = (line.count.low, line.count.high, line.count.n, *_shares(line.count))
    return (line.text, line.group, line.answer, *numbers, line.said, line.withheld, line.question)


def _shares(count: Count) -> tuple[float, float]:
    return 100 * count.low / count.n, 100 * count.high / count.n
