"""A published report as those who answered read it: who answered, what goes well and what does not, and all answers.

Says nothing that the report does not say, and less of it: no advice for staff, no intervals, no tables.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.comparison import compare
from feedback.domain.report.findings.alerts import find_alerts
from feedback.domain.report.findings.contrasts import Contrast, changes_between
from feedback.domain.report.findings.standing import find_standings
from feedback.domain.report.reading import ReportQuestion, report_questions
from feedback.domain.report.report import Outcome, Report, Rules
from feedback.domain.survey.questionnaires import Theme
from feedback.locales.lists import labelled
from feedback.rendering.blocks import Paragraph, RateBar, Sentences
from feedback.reporting.answer_lines import answer_line, looking_back
from feedback.reporting.outcomes import withheld
from feedback.reporting.summary import answered_words, concerns_of, strengths
from feedback.reporting.to_act_on import alert_findings, harm_findings
from feedback.reporting.who_answered import who_answered
from feedback.reporting.words import (
    condition_words,
    contested_words,
    count_and_share,
    day,
    not_asked_words,
    side_name,
    survey_name,
    theme_name,
)


@dataclass(frozen=True)
class Said:
    """One question's words and what is known of the answers, or why it is not; and what the last survey said of it."""

    question: str
    sentences: tuple[str, ...]
    before: str


@dataclass(frozen=True)
class Told:
    """One theme with its questions."""

    title: str
    questions: tuple[Said, ...]


@dataclass(frozen=True)
class ParticipantsResults:
    """One report in plain words. All but the first fields are empty if too few answers could be counted."""

    organisation: str
    programme: str
    title: str
    closed_on: str
    k: int
    too_few: bool
    answered: str
    rates: tuple[RateBar, ...]
    going_well: tuple[str, ...]
    not_yet_well: tuple[str, ...]
    remarks: tuple[str, ...]
    themes: tuple[Told, ...]


def participants_results(report: Report, earlier: Sequence[Report], language: str) -> ParticipantsResults:
    """Return a report as participants read it, in `language` or in English where a text is missing.

    `earlier` are the programme's reports before it, oldest first.
    """
    about, too_few = report.about, report.outcome is Outcome.TOO_FEW
    questions = () if too_few else report_questions(report, language)
    to_act_on = find_alerts(questions, len(report.groups), report.not_asked)
    standings = find_standings(questions, to_act_on.alerts)
    calls = (*alert_findings(to_act_on, with_advice=False), *harm_findings(to_act_on, with_advice=False))
    before = _before(report, questions, earlier)
    return ParticipantsResults(
        organisation=about.organisation,
        programme=about.programme,
        title=survey_name(about.stage),
        closed_on=day(about.closed_on),
        k=report.rules.k,
        too_few=too_few,
        answered="" if too_few else answered_words(report),
        rates=() if too_few else who_answered(report).bars,
        going_well=_sentences_of(strengths(standings)),
        not_yet_well=(*(one.text for one in calls), *_sentences_of(concerns_of(standings))),
        remarks=() if too_few else (*contested_words(report), *not_asked_words(report.not_asked)),
        themes=tuple(
            theme for theme in (_theme(report.rules, theme, questions, before) for theme in Theme) if theme.questions
        ),
    )


def _sentences_of(blocks: Iterable[Paragraph | Sentences]) -> tuple[str, ...]:
    texts = ([one.text for one in block.entries] if isinstance(block, Sentences) else [block.text] for block in blocks)
    return tuple(text for each in texts for text in each)


def _before(
    report: Report, questions: tuple[ReportQuestion, ...], earlier: Sequence[Report]
) -> dict[tuple[str, tuple[str, ...]], str]:
    """Return what the last report that says anything says of each question, by its words and roles."""
    speaking = [one for one in earlier if one.outcome is Outcome.PUBLISHED]
    if not questions or not speaking:
        return {}
    (pair,) = compare([speaking[-1], report], is_one_programme=True)
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for one in changes_between(questions, pair):
        if one.question.kind.adds_up:
            said = labelled(side_name(one.role), count_and_share(_told(one)))
            found.setdefault(_key(one.question), []).append(said)
    survey = survey_name(pair.before.about.stage)
    return {key: labelled(survey, "; ".join(said)) for key, said in found.items()}


# Of a sensitive question the unfavourable answers are told, and its changes are of all others.
def _told(one: Contrast) -> Count:
    count = one.before
    return Count(count.n - count.high, count.n - count.low, count.n) if one.question.sensitive else count


def _key(question: ReportQuestion) -> tuple[str, tuple[str, ...]]:
    return question.text, tuple(question.roles)


def _theme(
    rules: Rules, theme: Theme, questions: tuple[ReportQuestion, ...], before: dict[tuple[str, tuple[str, ...]], str]
) -> Told:
    about = (question for question in questions if question.theme is theme)
    said = (Said(one.text, tuple(_sentences(rules, one)), before.get(_key(one), "")) for one in about)
    return Told(theme_name(theme), tuple(said))


def _sentences(rules: Rules, question: ReportQuestion) -> Iterator[str]:
    if question.shown_when:
        yield condition_words(question)
    yield from answer_line(question)
    yield from looking_back(question)
    yield from withheld(rules, question)
