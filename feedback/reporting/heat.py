"""Every question in every group at a glance: the share of favourable answers, or why there is none."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from flask_babel import gettext as _

from feedback.domain.disclosure.counts import Count
from feedback.domain.disclosure.groups import Group
from feedback.domain.report.findings.alerts import Alert
from feedback.domain.report.findings.sides import Options, count_in, favourable
from feedback.domain.report.reading import GroupResult, ReportQuestion
from feedback.domain.report.report import Report
from feedback.domain.survey.questionnaires import Theme
from feedback.locales.lists import labelled
from feedback.rendering.blocks import (
    Column,
    HeatCell,
    HeatColumn,
    HeatRow,
    HeatTable,
    Knowledge,
    Shade,
    Table,
    TableCell,
)
from feedback.reporting.findings_in_words import favourable_words
from feedback.reporting.outcomes import anchor
from feedback.reporting.rounding import figure
from feedback.reporting.words import count_words, group_name, share_words, side_name, theme_name

WIDEST_SHADED = 1 / 3
"""Limits that are further apart have no shade."""
_WITH_COUNTS, _WITH_SIGN = 2, 6
"""In a table of so few columns a cell has its count too, or its percent sign."""
_BOUNDS = ((1, 3, Shade.LOWEST), (1, 2, Shade.LOW), (2, 3, Shade.MIDDLE), (5, 6, Shade.HIGH))

_Marked = frozenset[tuple[str, str]]


def heat_table(report: Report, questions: tuple[ReportQuestion, ...], alerts: Iterable[Alert]) -> HeatTable:
    """Return all closed questions by group; what one of `alerts` is about is marked."""
    groups = _groups(report, questions)
    marked = frozenset((anchor(one.side.question), group.group.name) for one in alerts for group in one.groups)
    shown = [one for one in questions if any(result.bars for result in one.results)]
    usual = _usual(shown)
    themes = tuple(
        (theme_name(theme), rows)
        for theme in Theme
        if (rows := tuple(row for one in shown if one.theme is theme for row in _rows(one, groups, marked, usual)))
    )
    answered = {rate.group.name: rate.answered for rate in report.rates}
    favourably = _("Share of favourable answers")
    caption = labelled(favourably, usual) if usual else favourably
    return HeatTable(
        title=_("Every answer at a glance"),
        caption=caption,
        columns=tuple(_column(group, answered.get(group.name)) for group in groups),
        themes=themes,
        key=_key(cell for _theme, rows in themes for row in rows for cell in row.cells),
        hidden=_hidden(one for one in questions if one not in shown),
        data=_data(caption, groups, themes),
    )


def shade_of(count: Count) -> Shade | None:
    """Return how favourable a share is at least, or None if it is known too loosely."""
    if count.high - count.low > WIDEST_SHADED * count.n:
        return None
    return next((shade for part, of, shade in _BOUNDS if of * count.low < part * count.n), Shade.HIGHEST)


def _groups(report: Report, questions: tuple[ReportQuestion, ...]) -> tuple[Group, ...]:
    asked = {result.group for one in questions for result in one.results}
    return tuple(group for group in report.named_groups if group in asked)


def _column(group: Group, answered: int | None) -> HeatColumn:
    title = " + ".join(group.cohorts)
    return HeatColumn(side_name(group.role), title, "" if answered is None else _("n = %(n)s", n=answered))


def _usual(questions: Iterable[ReportQuestion]) -> str:
    """Return the answers that are the favourable ones of most questions; empty if no two have the same."""
    notes = Counter(favourable_words(one) for one in questions if favourable(one))
    ((words, times),) = notes.most_common(1) or [("", 0)]
    return words if times > 1 else ""


def _rows(question: ReportQuestion, groups: tuple[Group, ...], marked: _Marked, usual: str) -> Iterator[HeatRow]:
    options, target = favourable(question), anchor(question)
    if options:
        cells = _cells(question, options, groups, marked)
        note = favourable_words(question)
        yield HeatRow(question.text, cells, "" if note == usual else note, target)
        return
    yield HeatRow(question.text, (), target=target)
    for code, text in question.options:
        cells = tuple(replace(cell, shade=None) for cell in _cells(question, (code,), groups, marked))
        yield HeatRow(text, cells, target=target, is_answer=True)


def _cells(
    question: ReportQuestion, options: Options, groups: tuple[Group, ...], marked: _Marked
) -> tuple[HeatCell, ...]:
    results = {result.group.name: result for result in question.results}
    made = (_cell(question, options, results.get(group.name), len(groups)) for group in groups)
    here = anchor(question)
    return tuple(
        replace(cell, is_marked=(here, group.name) in marked) for cell, group in zip(made, groups, strict=True)
    )


def _cell(question: ReportQuestion, options: Options, result: GroupResult | None, columns: int) -> HeatCell:
    if result is None:
        return HeatCell(Knowledge.NOT_ASKED, said=_("not asked"))
    if not result.bars:
        return HeatCell(Knowledge.WITHHELD, said=_("not shown"))
    count = _count(question, result, options)
    if count is None:
        return HeatCell(Knowledge.WITHHELD, said=_("not shown"))
    return HeatCell(
        Knowledge.EXACT if count.is_exact else Knowledge.LIMITS,
        text=_figure(count, with_sign=columns <= _WITH_SIGN),
        note=count_words(count) if columns <= _WITH_COUNTS else "",
        said=f"{share_words(count)} ({count_words(count)})",
        shade=shade_of(count),
    )


# Of several answers that could be ticked each is told or withheld by itself.
def _count(question: ReportQuestion, result: GroupResult, options: Options) -> Count | None:
    if question.kind.adds_up or any(bar.options == options for bar in result.bars):
        return count_in(question, result, options)
    return None


def _figure(count: Count, *, with_sign: bool) -> str:
    low, high = (figure(one, count.n) for one in (count.low, count.high))
    if count.low == 0 and count.high == count.n:
        return "?"
    if count.is_exact:
        said = low
    elif count.high == count.n:
        said = f"≥{low}"
    elif count.low == 0:
        said = f"≤{high}"
    else:
        said = f"{low}–{high}"
    return said if with_sign else said.replace("%", "").strip()


def _key(cells: Iterable[HeatCell]) -> tuple[tuple[HeatCell, str], ...]:
    there = tuple(cells)
    shades = {cell.shade for cell in there}
    known = {cell.knowledge for cell in there}
    words = {
        Shade.LOWEST: _("under a third"),
        Shade.LOW: _("under a half"),
        Shade.MIDDLE: _("under two thirds"),
        Shade.HIGH: _("two thirds or more"),
        Shade.HIGHEST: _("five sixths or more"),
    }
    signs = {
        Knowledge.LIMITS: _("known only within limits"),
        Knowledge.WITHHELD: _("not shown, to protect people"),
        Knowledge.NOT_ASKED: _("not asked of this group"),
    }
    marks = [(HeatCell(Knowledge.EXACT, is_marked=True), _("among what to act on"))]
    return (
        *((HeatCell(Knowledge.EXACT, shade=shade), said) for shade, said in words.items() if shade in shades),
        *((HeatCell(sign), said) for sign, said in signs.items() if sign in known),
        *(marks if any(cell.is_marked for cell in there) else ()),
    )


def _hidden(questions: Iterable[ReportQuestion]) -> str:
    quoted = tuple(dict.fromkeys(one.text for one in questions))
    return _("Nothing can be shown of: %(questions)s", questions=answers_listed(quoted)) if quoted else ""


def answers_listed(texts: Collection[str]) -> str:
    """Return quoted sentences after one another."""
    return " ".join(_("“%(text)s”", text=text) for text in texts)


def _data(caption: str, groups: tuple[Group, ...], themes: tuple[tuple[str, tuple[HeatRow, ...]], ...]) -> Table:
    columns = (Column(_("Question")), *(Column(group_name(group)) for group in groups))
    return Table(caption, columns, tuple(_data_rows(themes)))


def _data_rows(themes: tuple[tuple[str, tuple[HeatRow, ...]], ...]) -> Iterator[tuple[TableCell, ...]]:
    for _theme, rows in themes:
        asked = ""
        for row in rows:
            asked = asked if row.is_answer else row.label
            if row.cells:
                label = labelled(asked, row.label) if row.is_answer else row.label
                yield (f"{label} ({row.note})" if row.note else label, *map(_in_words, row.cells))


def _in_words(cell: HeatCell) -> str:
    return f"! {cell.said}" if cell.is_marked else cell.said
