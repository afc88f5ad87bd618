"""What changed between reports, for a spreadsheet: a chart of the sides' changes, their numbers, and every group's."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.comparison import ComparedQuestion, ComparedReports, WaveDifference
from feedback.domain.report.findings.contrasts import Contrast
from feedback.domain.report.findings.sides import favourable
from feedback.domain.report.statistics import Interval
from feedback.domain.survey.questionnaires import text_in
from feedback.locales.lists import labelled
from feedback.rendering.book import ChangeBar, ChartSheet, DataColumn, DataSheet, Measure, Sheet, SheetValue
from feedback.reporting.change import caution_words, obstacle_words, twin_words
from feedback.reporting.dumbbells import pair_name
from feedback.reporting.words import chosen_words, group_name, options_words, points_words, side_name

ComparedPair = tuple[ComparedReports, tuple[Contrast, ...]]
"""Two reports, and how the sides changed between them."""


def change_sheets(pairs: Sequence[ComparedPair]) -> tuple[Sheet, ...]:
    """Return a chart for each pair of reports, and all their numbers, side by side."""
    return (*(_chart(pair, contrasts) for pair, contrasts in pairs), _sides(pairs))


def _chart(pair: ComparedReports, contrasts: tuple[Contrast, ...]) -> ChartSheet:
    known = sorted((one for one in contrasts if _is_exact(one.points)), key=lambda one: -one.points.low)
    notes = [pair_name(pair), caution_words()]
    if len(known) < len(contrasts):
        notes.append(_("A change that is known only within limits stands in the tables, and not in the chart."))
    return ChartSheet(
        tab=_("Chart of changes"),
        title=_("Changes, from the largest rise to the largest fall"),
        notes=tuple(notes),
        axis=_("Percentage points, with intervals (95%)"),
        bars=tuple(_bar(one) for one in known),
    )


def _bar(one: Contrast) -> ChangeBar:
    asked = labelled(side_name(one.role), " ".join(filter(None, (one.question.text, _named_options(one)))))
    label = _("%(question)s (%(change)s)", question=asked, change=points_words(one.points))
    return ChangeBar(label, one.points.low, one.interval.low, one.interval.high)


def _named_options(one: Contrast) -> str:
    """Return the answers where a change is about others than a question's favourable ones."""
    return "" if one.options == favourable(one.question) else chosen_words(one.question, one.options)


def _sides(pairs: Sequence[ComparedPair]) -> DataSheet:
    columns = (
        DataColumn(_("Question"), "text"),
        DataColumn(_("Answers"), "answers"),
        DataColumn(_("Asked of"), "side"),
        DataColumn(_("Compared"), "compared"),
        *_number_columns(),
        DataColumn(_("Stands out"), "stands_out"),
        DataColumn(_("More than chance alone explains"), "is_certain"),
        DataColumn(_("Code"), "question"),
    )
    notes = (
        caution_words(),
        _(
            "“Stands out” means that the interval leaves out zero. “More than chance alone explains” means that this "
            "holds after all comparisons of the report were allowed for (Holm, 5%)."
        ),
    )
    rows = tuple(_side_row(pair, one) for pair, contrasts in pairs for one in contrasts)
    return DataSheet(_("Changes"), _("Changes of each side"), "Changes", notes, columns, rows)


def _side_row(pair: ComparedReports, one: Contrast) -> tuple[SheetValue, ...]:
    return (
        one.question.text,
        options_words(one.question, one.options),
        side_name(one.role),
        pair_name(pair),
        *_numbers(one),
        _yes_or_no(one.stands_out),
        _yes_or_no(one.is_certain),
        one.question.code,
    )


def _yes_or_no(holds: bool) -> str:
    return _("yes") if holds else _("no")


def group_changes(pairs: Sequence[ComparedReports], language: str) -> DataSheet:
    """Return every change of every group, or why there is none."""
    columns = (
        DataColumn(_("Question"), "text"),
        DataColumn(_("Answers"), "answers"),
        DataColumn(_("Group"), "group"),
        DataColumn(_("Compared"), "compared"),
        *_number_columns(),
        DataColumn(_("p value"), "p_value", Measure.PROBABILITY),
        DataColumn(_("Cliff’s δ"), "cliffs_delta", Measure.EFFECT),
        DataColumn(_("Remark"), "remark"),
        DataColumn(_("Code"), "question"),
    )
    notes = (
        caution_words(),
        _("p value: Boschloo’s test, or Fisher’s where there are many people; empty where a number is a range."),
    )
    rows = tuple(row for pair in pairs for one in pair.questions for row in _group_rows(pair, one, language))
    return DataSheet(_("Changes by group"), _("Changes of each group"), "GroupChanges", notes, columns, rows)


def _group_rows(pair: ComparedReports, one: ComparedQuestion, language: str) -> Iterator[tuple[SheetValue, ...]]:
    asked, group, compared = text_in(one.question.text, language), group_name(one.group), pair_name(pair)
    texts = {option.code: text_in(option.text, language) for option in one.question.options}
    for change in one.differences:
        answers = " / ".join(texts[option] for option in change.options)
        numbers = (*_numbers(change), _p_value(change), change.cliffs_delta)
        yield (asked, answers, group, compared, *numbers, twin_words() if one.is_twin else "", one.code)
    if said := obstacle_words(one):
        yield (asked, "", group, compared, *([None] * (len(_number_columns()) + 2)), said, one.code)


def _p_value(change: WaveDifference) -> float | None:
    found = change.p_value
    return found.value if found else None


def _number_columns() -> tuple[DataColumn, ...]:
    """Return the columns of `_numbers`: people and shares at both times, the change and its interval."""
    change = _("Difference")
    return (
        *_count_columns(_("Before"), "before"),
        *_count_columns(_("After"), "after"),
        DataColumn(labelled(change, _("at least, points")), "change_at_least", Measure.POINTS),
        DataColumn(labelled(change, _("at most, points")), "change_at_most", Measure.POINTS),
        DataColumn(_("Interval from (95%)"), "interval_from", Measure.POINTS),
        DataColumn(_("Interval to (95%)"), "interval_to", Measure.POINTS),
    )


def _count_columns(when: str, key: str) -> tuple[DataColumn, ...]:
    return (
        DataColumn(labelled(when, _("at least")), f"{key}_at_least", Measure.COUNT),
        DataColumn(labelled(when, _("at most")), f"{key}_at_most", Measure.COUNT),
        DataColumn(labelled(when, _("of")), f"{key}_of", Measure.COUNT),
        DataColumn(labelled(when, _("share")), f"{key}_percent", Measure.SHARE),
    )


def _numbers(one: Contrast | WaveDifference) -> tuple[SheetValue, ...]:
    counts = (*_count(one.before), *_count(one.after))
    return (*counts, one.points.low, one.points.high, one.interval.low, one.interval.high)


def _count(count: Count) -> tuple[SheetValue, ...]:
    share = 100 * count.low / count.n if count.is_exact else None
    return count.low, count.high, count.n, share


def _is_exact(points: Interval) -> bool:
    return points.low == points.high
