"""Compose the report of one wave: in short, what was asked, who answered, what they said, what to do, how to check it.

Holds published facts only, as the report's document has them. Words are in the language of the request or command.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _

from feedback.domain.report.comparison import ComparedReports, compare
from feedback.domain.report.findings.contrasts import Contrast, find_changes
from feedback.domain.report.findings.findings import KeyFindings, find
from feedback.domain.report.reading import ReportQuestion, report_questions
from feedback.domain.report.report import About, Outcome, Report, SignedReport
from feedback.locales import counts
from feedback.locales.lists import labelled, listed
from feedback.rendering.blocks import Facts, HeatTable, Items, Paragraph, Tone
from feedback.rendering.paper import Logo, Paper, PaperSection
from feedback.reporting.change import MOST_ROWS_ON_A_PAGE, appendix_section, change_section
from feedback.reporting.comments_section import CommentsState, comments_section
from feedback.reporting.every_number import every_number, numbers_by_question
from feedback.reporting.heat import heat_table
from feedback.reporting.method import method_section, proof_section
from feedback.reporting.outcomes import results_section
from feedback.reporting.summary import summary_section
from feedback.reporting.words import day, direction, not_asked_words, stage_name, survey_name


@dataclass(frozen=True)
class ReportSource:
    """What a report is composed from. `earlier` are the programme's published reports before it, oldest first.

    `words` are what the programme calls itself and is about, by language; the signed document has them in English.
    `logo` is the organisation's, as a PNG file; `key_address` is where its public key is shown, or empty.
    """

    signed: SignedReport
    earlier: tuple[Report, ...] = ()
    comments: CommentsState = field(default_factory=CommentsState)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    logo: bytes | None = None
    key_address: str = ""


def compose_report(source: ReportSource, language: str) -> Paper:
    """Return the report in `language`, or in English where a text is missing."""
    return paper_of(source, _sections(source, language, math.inf), language)


def compose_page(source: ReportSource, language: str) -> Paper:
    """Return the report as `compose_report` does, for a page: shorter where nobody reads it through in a browser."""
    numbers = numbers_by_question(source.signed.report, language)
    sections = _sections(source, language, MOST_ROWS_ON_A_PAGE)
    return paper_of(source, tuple(numbers if one.name == numbers.name else one for one in sections), language)


def paper_of(source: ReportSource, sections: tuple[PaperSection, ...], language: str) -> Paper:
    """Return these sections of a report under its title."""
    report = source.signed.report
    return Paper(
        title=labelled(report.about.programme, survey_name(report.about.stage)),
        subtitle=_subtitle(report.about),
        language=language,
        direction=direction(language),
        sections=sections,
        logo=Logo(source.logo, logo_words(report.about.organisation)) if source.logo else None,
    )


def logo_words(organisation: str) -> str:
    """Return what a logo shows, for those who do not see it."""
    return _("Logo of %(organisation)s", organisation=organisation)


def _sections(source: ReportSource, language: str, most_rows: float) -> tuple[PaperSection, ...]:
    too_few = source.signed.report.outcome is Outcome.TOO_FEW
    return _too_few(source) if too_few else _published(source, language, most_rows)


def _subtitle(about: About) -> str:
    if about.opened_on == about.closed_on:
        return _(
            "%(organisation)s. The survey was open on %(day)s.",
            organisation=about.organisation,
            day=day(about.opened_on),
        )
    return _(
        "%(organisation)s. The survey was open from %(opened)s to %(closed)s.",
        organisation=about.organisation,
        opened=day(about.opened_on),
        closed=day(about.closed_on),
    )


def _too_few(source: ReportSource) -> tuple[PaperSection, ...]:
    report = source.signed.report
    sentence = _(
        "Fewer than %(answers)s could be counted, so there are no results and no comments. All answers were "
        "destroyed, and nobody has read them.",
        answers=counts.answers(report.rules.k),
    )
    return (
        PaperSection("short", _("Too few answers"), (Paragraph(sentence, Tone.HEADLINE),)),
        every_number(report, "en"),
        proof_section(source.signed, source.key_address),
    )


def _published(source: ReportSource, language: str, most_rows: float) -> tuple[PaperSection, ...]:
    report = source.signed.report
    questions, compared = report_questions(report, language), compared_with(source)
    since = compared[-1] if compared else None
    findings = find(report, questions, since)
    return (
        summary_section(report, questions, findings, since),
        _glance(heat_table(report, questions, findings.to_act_on.alerts)),
        *((change_section(compared, _changes(compared, findings, language), language),) if compared else ()),
        results_section(report.rules, questions),
        *((comments_section(report.comments, source.comments, language),) if report.comments else ()),
        method_section(report.rules, sum(group.doubled for group in report.groups)),
        _asked(report, questions, _calling(report.about, source.words, language)),
        *((appendix_section(compared, language, most_rows),) if compared else ()),
        every_number(report, language),
        proof_section(source.signed, source.key_address),
    )


def _glance(table: HeatTable) -> PaperSection:
    return PaperSection("glance", table.title, (table,))


def _changes(
    compared: Sequence[ComparedReports], findings: KeyFindings, language: str
) -> tuple[tuple[Contrast, ...], ...]:
    """Return the changes of each pair. Only since the first report, the last pair, is any called certain."""
    others = find_changes(compared[:-1], language)
    doubtful = (tuple(replace(one, is_certain=False) for one in found.changes) for found in others)
    return (*doubtful, findings.contrasts.changes)


def compared_with(source: ReportSource) -> tuple[ComparedReports, ...]:
    """Return the report beside each earlier one that publishes something, the newest of these first."""
    speaking = [one for one in source.earlier if one.outcome is Outcome.PUBLISHED]
    return tuple(
        pair for one in reversed(speaking) for pair in compare([one, source.signed.report], is_one_programme=True)
    )


def _calling(about: About, words: Mapping[str, Mapping[str, str]], language: str) -> str:
    signed = {"word": about.word, "focus": about.focus}
    known = words.get(language, {}) if words.get("en") == signed else {}
    return _("%(word)s mentoring on %(focus)s", **{**signed, **known})


def _asked(report: Report, questions: tuple[ReportQuestion, ...], calling: str) -> PaperSection:
    promise = report.promise
    told = (
        _("No record says who answered, and nobody can see what one person chose."),
        _(
            "Results appear only for groups of at least %(people)s, fixed before the first email.",
            people=counts.people(report.rules.k),
        ),
        _("Comments are read word for word by %(reviewer)s alone, without a name.", reviewer=promise.reviewer),
        _(
            "The answers are opened only at the close, and then destroyed with their keys; the last backup of these is "
            "gone at most %(days)s after them.",
            days=counts.days(promise.key_backup_days),
        ),
        *_exceptions(report),
    )
    facts = (
        (_("Programme"), calling),
        (_("Survey"), stage_name(report.about.stage)),
        (_("Questions to choose from"), str(len(questions))),
    )
    return PaperSection(
        "asked",
        _("What was asked, and what was promised"),
        (
            Facts(facts),
            *(Paragraph(one) for one in not_asked_words(report.not_asked)),
            Paragraph(_("Everybody was told:")),
            Items(told),
        ),
        is_folded=True,
    )


def _exceptions(report: Report) -> Iterator[str]:
    if report.promise.was_extended:
        yield _("Too few had answered at first, so the survey stayed open longer, once.")
    if report.twins:
        stages = listed(sorted({stage_name(twin.stage) for twin in report.twins}))
        yield _(
            "Nearly the same people were asked before (%(stages)s). A few have joined or left since.", stages=stages
        )
