"""The results, theme by theme: per question sentences that can be quoted, a chart with its data, what is withheld."""

from collections.abc import Iterator

from flask_babel import gettext as _

from feedback.domain.disclosure.counts import Count, favourable, favourable_options
from feedback.domain.disclosure.statements import Distribution
from feedback.domain.report.reading import GroupResult, ReportQuestion
from feedback.domain.report.report import Rules
from feedback.domain.report.statistics import wilson
from feedback.domain.survey.questionnaires import Theme
from feedback.locales.counts import groups
from feedback.locales.lists import labelled
from feedback.rendering.blocks import Block, Heading, Items, PaperSection, Paragraph, Tone
from feedback.reporting.likert import question_chart
from feedback.reporting.words import (
    answers,
    chosen_words,
    condition_words,
    count_words,
    group_name,
    interval_of_share,
    reason_words,
    share_words,
    theme_name,
)

FEW_GROUPS = 2
"""Of more groups a sentence speaks of all at once."""


def results_section(rules: Rules, questions: tuple[ReportQuestion, ...]) -> PaperSection:
    """Return all results, the themes in their fixed order."""
    blocks = [block for theme in Theme for block in _theme(rules, theme, questions)]
    return PaperSection("results", _("What they answered"), tuple(blocks))


def anchor(question: ReportQuestion) -> str:
    """Return what a heading is found by; a code that has two wordings stands twice, once for each role."""
    return question.code if len(question.roles) > 1 else f"{question.code}-{question.roles[0]}"


def headlines(question: ReportQuestion, *, with_interval: bool = True) -> tuple[str, ...]:
    """Return one sentence for each group of which something is said, fit to be quoted under the question's words."""
    said = (_headlines(question, result, with_interval=with_interval) for result in question.results)
    return tuple(sentence for sentences in said for sentence in sentences)


def over_groups(question: ReportQuestion, shown: list[GroupResult]) -> str:
    """Return the lowest and the highest share among groups published in full; "" if there are too few of them."""
    chosen = favourable_options(question.option_codes, question.order)
    counts = [
        (favourable(question.option_codes, question.order, result.said[0]), result.group)
        for result in shown
        if chosen and isinstance(result.said[0], Distribution)
    ]
    if len(counts) < FEW_GROUPS:
        return ""
    (least, low), *_between, (most, high) = sorted(counts, key=lambda one: one[0].low / one[0].n)
    return _(
        "In %(groups)s, from %(least)s (%(low)s, %(few)s) to %(most)s (%(high)s, %(many)s) chose %(answers)s.",
        groups=groups(len(counts)),
        least=share_words(least),
        low=group_name(low),
        few=count_words(least),
        most=share_words(most),
        high=group_name(high),
        many=count_words(most),
        answers=chosen_words(question, chosen),
    )


def _theme(rules: Rules, theme: Theme, questions: tuple[ReportQuestion, ...]) -> Iterator[Block]:
    about = [question for question in questions if question.theme is theme]
    if about:
        yield Heading(theme_name(theme), 3)
    for question in about:
        yield from _question(rules, question)


def _question(rules: Rules, question: ReportQuestion) -> Iterator[Block]:
    yield Heading(question.text, 4, anchor(question))
    if question.shown_when:
        yield Paragraph(condition_words(question))
    for sentence in headlines(question):
        yield Paragraph(sentence, Tone.HEADLINE)
    chart = question_chart(question)
    if chart is not None:
        yield chart
    withheld = _withheld(rules, question)
    if withheld:
        yield Items(withheld)


def _withheld(rules: Rules, question: ReportQuestion) -> tuple[str, ...]:
    return tuple(
        labelled(group_name(result.group), reason_words(result.reason, rules))
        for result in question.results
        if result.reason is not None
    )


def _headlines(question: ReportQuestion, result: GroupResult, *, with_interval: bool) -> Iterator[str]:
    if not result.bars:
        return
    if not question.kind.adds_up:
        yield _ticked(result)
    elif isinstance(result.said[0], Distribution) and favourable_options(question.option_codes, question.order):
        count = favourable(question.option_codes, question.order, result.said[0])
        if with_interval:
            yield _favourable(question, result, count)
        else:
            chosen = favourable_options(question.option_codes, question.order)
            yield _chose(result, count, tuple(question.words[option] for option in chosen))
    else:
        bars = result.bars if question.sensitive else [max(result.bars, key=lambda bar: bar.count.low)]
        for bar in bars:
            yield _chose(result, bar.count, bar.texts)
    if result.rose is not None:
        yield _rose(result, result.rose)


def _favourable(question: ReportQuestion, result: GroupResult, count: Count) -> str:
    chosen = favourable_options(question.option_codes, question.order)
    return _(
        "%(group)s: %(count)s chose %(answers)s (%(share)s; %(interval)s).",
        group=group_name(result.group),
        count=count_words(count),
        answers=chosen_words(question, chosen),
        share=share_words(count),
        interval=interval_of_share(wilson(count)),
    )


def _chose(result: GroupResult, count: Count, texts: tuple[str, ...]) -> str:
    return _(
        "%(group)s: %(count)s chose %(answers)s.",
        group=group_name(result.group),
        count=count_words(count),
        answers=answers(texts),
    )


def _ticked(result: GroupResult) -> str:
    most = max(result.bars, key=lambda bar: bar.count.low)
    return _(
        "%(group)s: ticked most often was %(answer)s, by %(count)s (%(share)s).",
        group=group_name(result.group),
        answer=answers(most.texts),
        count=count_words(most.count),
        share=share_words(most.count),
    )


def _rose(result: GroupResult, count: Count) -> str:
    return _(
        "%(group)s: %(count)s say that it was worse before the programme (%(share)s). The others do not, or did not "
        "say.",
        group=group_name(result.group),
        count=count_words(count),
        share=share_words(count),
    )
