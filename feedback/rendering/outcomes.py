"""The results, theme by theme: per question a sentence that can be quoted, a chart with its data, and what is withheld."""

from collections.abc import Iterator

from flask_babel import gettext as _

from feedback.domain.questionnaires import Kind, Theme
from feedback.domain.report_reading import GroupResult, ReportHeader, ReportQuestion
from feedback.domain.statistics import is_indicative, wilson
from feedback.rendering.blocks import Block, Heading, Items, Paragraph, Section, Tone
from feedback.rendering.classes import good_news
from feedback.rendering.likert import question_chart
from feedback.rendering.words import answers, bar_count, bar_share, group_name, interval_words, reason_words, theme_name


def outcomes_section(header: ReportHeader, questions: tuple[ReportQuestion, ...]) -> Section:
    """Return all results, the themes in their fixed order."""
    blocks = [block for theme in Theme for block in _theme(header, theme, questions)]
    return Section("results", _("What they answered"), tuple(blocks))


def headlines(question: ReportQuestion) -> tuple[str, ...]:
    """Return one sentence for each group that says something, fit to be quoted by itself."""
    return tuple(sentence for result in question.results for sentence in _headlines(question, result))


def _theme(header: ReportHeader, theme: Theme, questions: tuple[ReportQuestion, ...]) -> Iterator[Block]:
    about = [question for question in questions if question.theme is theme]
    if about:
        yield Heading(theme_name(theme), 3)
    for question in about:
        yield from _question(header, question)


def _question(header: ReportHeader, question: ReportQuestion) -> Iterator[Block]:
    yield Heading(question.text, 4, question.code)
    for sentence in headlines(question):
        yield Paragraph(sentence, Tone.HEADLINE)
    chart = question_chart(question)
    if chart is not None:
        yield chart
    withheld = _withheld(header, question)
    if withheld:
        yield Items(withheld)


def _withheld(header: ReportHeader, question: ReportQuestion) -> tuple[str, ...]:
    rules = header.rules
    return tuple(
        f"{group_name(result.group)}: {reason_words(result.reason, rules.k, rules.sensitive_k)}"
        for result in question.results
        if result.reason is not None
    )


def _headlines(question: ReportQuestion, result: GroupResult) -> Iterator[str]:
    if question.sensitive:
        yield from (_sensitive(result, place) for place in range(len(result.bars)))
    elif question.kind is not Kind.MANY and result.bars:
        yield _said(question, result)
    if result.rose is not None:
        yield _(
            "%(group)s: %(count)s say that it was worse before the programme (%(share)s). The others did not say so.",
            group=group_name(result.group),
            count=bar_count(result.rose),
            share=bar_share(result.rose),
        )


def _said(question: ReportQuestion, result: GroupResult) -> str:
    news = good_news(question, result)
    if news is None:
        most = max(result.bars, key=lambda bar: bar.low)
        return _(
            "%(group)s: %(count)s chose %(answers)s.",
            group=group_name(result.group),
            count=bar_count(most),
            answers=answers(most.texts),
        )
    return _(
        "%(group)s: %(count)s chose %(answers)s (%(share)s; %(interval)s).%(remark)s",
        group=group_name(result.group),
        count=bar_count(news),
        answers=answers(news.texts),
        share=bar_share(news),
        interval=interval_words(wilson(news.low, news.n), wilson(news.high, news.n)),
        remark=f" {_('Indicative only.')}" if is_indicative(news.n) else "",
    )


def _sensitive(result: GroupResult, place: int) -> str:
    bar = result.bars[place]
    return _(
        "%(group)s: %(count)s chose %(answers)s.",
        group=group_name(result.group),
        count=bar_count(bar),
        answers=answers(bar.texts),
    )
