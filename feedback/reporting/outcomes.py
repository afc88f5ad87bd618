"""The results, theme by theme: each question with its answer in a plain line, a chart, and what is withheld."""

from collections import Counter
from collections.abc import Iterable

from flask_babel import gettext as _

from feedback.domain.report.reading import ReportQuestion
from feedback.domain.report.report import Rules
from feedback.domain.survey.questionnaires import Theme
from feedback.locales.lists import labelled
from feedback.rendering.blocks import BarPart, Paragraph, ThemeChart, ThemeRow, Tone
from feedback.rendering.paper import Block, PaperSection
from feedback.reporting.answer_lines import answer_line, looking_back, within
from feedback.reporting.likert import is_diverging, question_chart, scale_of
from feedback.reporting.words import condition_words, group_name, reason_words, theme_name


def results_section(rules: Rules, questions: tuple[ReportQuestion, ...]) -> PaperSection:
    """Return all results, the themes in their fixed order."""
    said = _(
        "Beneath each answer, in grey: where the share may lie if chance alone moved it (95% interval). The fewer "
        "people, the farther apart are its ends. Bars stand for what is certain; dots for what is not told apart."
    )
    blocks: tuple[Block, ...] = (Paragraph(said, Tone.QUIET), *theme_charts(rules, questions))
    return PaperSection("results", _("The answers by theme"), blocks)


def theme_charts(rules: Rules, questions: tuple[ReportQuestion, ...]) -> tuple[ThemeChart, ...]:
    """Return a chart for each theme that was asked about, in the fixed order of themes."""
    by_theme = ((theme, [one for one in questions if one.theme is theme]) for theme in Theme)
    return tuple(_theme(rules, theme, about) for theme, about in by_theme if about)


def anchor(question: ReportQuestion) -> str:
    """Return what a question is found by; a code that has two wordings stands twice, once for each role."""
    return f"q-{question.code}" if len(question.roles) > 1 else f"q-{question.code}-{question.roles[0]}"


def _theme(rules: Rules, theme: Theme, about: list[ReportQuestion]) -> ThemeChart:
    shared = _shared_scale(about)
    rows = tuple(_row(rules, one, shared) for one in about)
    like_it = [row.chart for row in rows if row.chart and not row.has_own_legend]
    extra = [part for chart in like_it for bar in chart.bars for part in bar.parts]
    return ThemeChart(theme_name(theme), (*shared, *_others(extra, shared)) if like_it else (), rows)


def _shared_scale(about: Iterable[ReportQuestion]) -> tuple[BarPart, ...]:
    """Return the scale that most of these questions have; empty if no two have the same."""
    scales = Counter(scale_of(one) for one in about if is_diverging(one))
    ((scale, times),) = scales.most_common(1) or [((), 0)]
    return scale if times > 1 else ()


def _others(parts: Iterable[BarPart], scale: tuple[BarPart, ...]) -> tuple[BarPart, ...]:
    there = {one.label for one in scale}
    found = {one.label: one for one in parts if one.label not in there}
    return tuple(BarPart(one.label, 0, one.side, one.shade) for one in found.values())


def _row(rules: Rules, question: ReportQuestion, shared: tuple[BarPart, ...]) -> ThemeRow:
    chart = question_chart(question)
    asked = (condition_words(question),) if question.shown_when else ()
    return ThemeRow(
        question=question.text,
        anchor=anchor(question),
        answer=(*asked, *answer_line(question), *looking_back(question)),
        quiet=within(question),
        chart=chart,
        withheld=withheld(rules, question),
        has_own_legend=chart is not None and chart.legend != shared,
    )


def withheld(rules: Rules, question: ReportQuestion) -> tuple[str, ...]:
    """Return each reason once, with the groups that it is given for."""
    reasons: dict[str, list[str]] = {}
    for result in question.results:
        if result.reason is not None:
            reasons.setdefault(reason_words(result.reason, rules), []).append(group_name(result.group))
    return tuple(labelled("; ".join(names), reason) for reason, names in reasons.items())
