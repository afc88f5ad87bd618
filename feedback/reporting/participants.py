"""A published report as those who answered read it: who answered, and a sentence for each thing that is known.

Says nothing that the report does not say, and less of it: no intervals, no tables, no risks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from feedback.domain.report.document import Outcome, ReportDocument
from feedback.domain.report.reading import (
    RateResult,
    ReportHeader,
    ReportQuestion,
    report_header,
    report_questions,
    report_rates,
)
from feedback.domain.survey.questionnaires import Theme
from feedback.locales.lists import labelled
from feedback.reporting.change import FEW_GROUPS
from feedback.reporting.outcomes import headlines, over_groups
from feedback.reporting.words import condition_words, day, group_name, reason_words, stage_name, theme_name


@dataclass(frozen=True)
class Said:
    """One question's words and what is known of the answers, or why it is not."""

    question: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """One theme with its questions."""

    title: str
    questions: tuple[Said, ...]


@dataclass(frozen=True)
class ParticipantsResults:
    """One report in plain words. `themes` is empty if too few answered."""

    organisation: str
    programme: str
    title: str
    closed_on: str
    k: int
    too_few: bool
    rates: tuple[str, ...]
    themes: tuple[Told, ...]


def participants_results(document: ReportDocument, language: str) -> ParticipantsResults:
    """Return a report as participants read it, in `language` or in English where a text is missing."""
    header = report_header(document)
    too_few = header.outcome is Outcome.TOO_FEW
    questions = () if too_few else report_questions(document, language)
    return ParticipantsResults(
        organisation=header.about.organisation,
        programme=header.about.programme,
        title=stage_name(header.about.stage),
        closed_on=day(header.about.closed_on),
        k=header.rules.k,
        too_few=too_few,
        rates=() if too_few else tuple(_rate(header, rate) for rate in report_rates(document)),
        themes=tuple(theme for theme in (_theme(header, theme, questions) for theme in Theme) if theme.questions),
    )


def _rate(header: ReportHeader, rate: RateResult) -> str:
    group, invited = group_name(rate.group), rate.group.invited
    if rate.answered is None:
        return _("%(group)s: fewer than %(k)s of %(invited)s answered.", group=group, k=header.rules.k, invited=invited)
    return _("%(group)s: %(count)s of %(invited)s answered.", group=group, count=rate.answered, invited=invited)


def _theme(header: ReportHeader, theme: Theme, questions: tuple[ReportQuestion, ...]) -> Told:
    about = (question for question in questions if question.theme is theme)
    return Told(theme_name(theme), tuple(Said(one.text, tuple(_sentences(header, one))) for one in about))


def _sentences(header: ReportHeader, question: ReportQuestion) -> Iterator[str]:
    if question.shown_when:
        yield condition_words(question)
    shown = [result for result in question.results if result.bars]
    if len(shown) > FEW_GROUPS:
        sentence = over_groups(question, shown)
        yield sentence or _("The groups differ too much, or too little can be shown, to say it in a sentence.")
        return
    yield from headlines(question, with_interval=False)
    reasons = [(result, result.reason) for result in question.results if result.reason is not None]
    if len(reasons) > FEW_GROUPS:
        return
    for result, reason in reasons:
        yield labelled(group_name(result.group), reason_words(reason, header.rules))
