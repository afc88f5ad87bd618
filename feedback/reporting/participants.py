"""A published report as those who answered read it: who answered, and a sentence for each thing that is known.

Says nothing that the report does not say, and less of it: no intervals, no tables, no risks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from feedback.domain.report.reading import ReportQuestion, report_questions
from feedback.domain.report.report import Outcome, RateResult, Report, Rules
from feedback.domain.survey.questionnaires import Theme
from feedback.locales.counts import possible_answers
from feedback.reporting.answer_lines import answer_line, looking_back
from feedback.reporting.outcomes import withheld
from feedback.reporting.words import (
    condition_words,
    contested_words,
    day,
    group_name,
    not_asked_words,
    stage_name,
    theme_name,
)


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
    """One report in plain words. `themes` is empty if too few answers could be counted."""

    organisation: str
    programme: str
    title: str
    closed_on: str
    k: int
    too_few: bool
    rates: tuple[str, ...]
    not_asked: tuple[str, ...]
    themes: tuple[Told, ...]


def participants_results(report: Report, language: str) -> ParticipantsResults:
    """Return a report as participants read it, in `language` or in English where a text is missing."""
    about, rules, too_few = report.about, report.rules, report.outcome is Outcome.TOO_FEW
    questions = report_questions(report, language)
    return ParticipantsResults(
        organisation=about.organisation,
        programme=about.programme,
        title=stage_name(about.stage),
        closed_on=day(about.closed_on),
        k=rules.k,
        too_few=too_few,
        rates=() if too_few else (*(_rate(rules, rate) for rate in report.rates), *contested_words(report)),
        not_asked=not_asked_words(report.not_asked),
        themes=tuple(theme for theme in (_theme(rules, theme, questions) for theme in Theme) if theme.questions),
    )


def _rate(rules: Rules, rate: RateResult) -> str:
    group, possible = group_name(rate.group), possible_answers(rate.group.rights)
    if rate.answered is None:
        return _(
            "%(group)s: fewer than %(k)s of %(possible)s could be counted.",
            group=group,
            k=rules.k + rate.group.doubled,
            possible=possible,
        )
    return _(
        "%(group)s: %(count)s of %(possible)s were counted.",
        group=group,
        count=rate.answered,
        possible=possible,
    )


def _theme(rules: Rules, theme: Theme, questions: tuple[ReportQuestion, ...]) -> Told:
    about = (question for question in questions if question.theme is theme)
    return Told(theme_name(theme), tuple(Said(one.text, tuple(_sentences(rules, one))) for one in about))


def _sentences(rules: Rules, question: ReportQuestion) -> Iterator[str]:
    if question.shown_when:
        yield condition_words(question)
    yield from answer_line(question)
    yield from looking_back(question)
    yield from withheld(rules, question)
