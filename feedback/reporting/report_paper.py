"""Compose the report of one wave: in short, what was asked, who answered, what they said, what to do, how to check it.

Holds published facts only, as the report's document has them. Words are in the language of the request or command.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.comparison import ComparedReports, compare
from feedback.domain.report.findings.findings import find
from feedback.domain.report.reading import ReportQuestion, report_questions
from feedback.domain.report.report import About, Outcome, RateResult, Report, Rules, SignedReport
from feedback.locales import counts
from feedback.locales.lists import labelled, listed
from feedback.rendering.blocks import (
    BarPart,
    Cell,
    Chart,
    ChartBar,
    ChartSide,
    Column,
    Facts,
    Items,
    Paper,
    PaperSection,
    Paragraph,
    Table,
    Tone,
)
from feedback.reporting.change import appendix_section, change_section
from feedback.reporting.comments_section import CommentsState, comments_section
from feedback.reporting.every_number import every_number
from feedback.reporting.method import method_section, proof_section
from feedback.reporting.outcomes import results_section
from feedback.reporting.summary import summary_section
from feedback.reporting.words import (
    contested_words,
    count_words,
    day,
    direction,
    group_name,
    not_asked_words,
    share_words,
    stage_name,
)


@dataclass(frozen=True)
class ReportSource:
    """What a report is composed from. `earlier` are the programme's published reports before it, oldest first.

    `words` are what the programme calls itself and is about, by language; the signed document has them in English.
    """

    signed: SignedReport
    earlier: tuple[Report, ...] = ()
    comments: CommentsState = field(default_factory=CommentsState)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def compose_report(source: ReportSource, language: str) -> Paper:
    """Return the report in `language`, or in English where a text is missing."""
    report = source.signed.report
    sections = _too_few(source) if report.outcome is Outcome.TOO_FEW else _published(source, language)
    return Paper(
        title=labelled(report.about.programme, stage_name(report.about.stage)),
        subtitle=_subtitle(report.about),
        language=language,
        direction=direction(language),
        sections=sections,
    )


def _subtitle(about: About) -> str:
    return _(
        "%(organisation)s. Open from %(opened)s to %(closed)s.",
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
        _answered(report),
        every_number(report, "en"),
        proof_section(source.signed),
    )


def _published(source: ReportSource, language: str) -> tuple[PaperSection, ...]:
    report = source.signed.report
    questions, compared = report_questions(report, language), _compared(source)
    since = compared[-1] if compared else None
    return (
        summary_section(report, find(report, questions, since), since),
        _asked(report, questions, _calling(report.about, source.words, language)),
        _answered(report),
        results_section(report.rules, questions),
        *((change_section(compared, language),) if compared else ()),
        *((comments_section(report.comments, source.comments, language),) if report.comments else ()),
        method_section(report.rules, sum(group.doubled for group in report.groups)),
        *((appendix_section(compared, language),) if compared else ()),
        every_number(report, language),
        proof_section(source.signed),
    )


def _compared(source: ReportSource) -> tuple[ComparedReports, ...]:
    speaking = [one for one in source.earlier if one.outcome is Outcome.PUBLISHED]
    return tuple(pair for one in reversed(speaking) for pair in compare([one, source.signed.report]))


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
    )


def _exceptions(report: Report) -> Iterator[str]:
    if report.promise.was_extended:
        yield _("Too few had answered at first, so the survey stayed open longer, once.")
    if report.twins:
        stages = listed(sorted({stage_name(twin.stage) for twin in report.twins}))
        yield _(
            "Nearly the same people were asked before (%(stages)s). A few have joined or left since.", stages=stages
        )


def _answered(report: Report) -> PaperSection:
    columns = (
        Column(_("Group")),
        Column(_("Possible answers"), numeric=True),
        Column(_("Counted")),
        Column(_("Share")),
    )
    rows = tuple(_rate_row(report.rules, rate) for rate in report.rates)
    table = Table(_("How many answers were counted"), columns, rows)
    known = [rate for rate in report.rates if rate.answered is not None]
    title = _("How many could answer, and how many answers were counted")
    contested = tuple(Paragraph(one) for one in contested_words(report))
    if not known:
        return PaperSection("answered", title, (table, *contested))
    chart = Chart(
        title=_("How many answers were counted"),
        alt="; ".join(labelled(group_name(rate.group), count_words(_rate(rate))) for rate in known),
        bars=tuple(_rate_bar(rate) for rate in known),
        data=table,
        diverging=False,
    )
    return PaperSection("answered", title, (chart, *contested))


def _rate_row(rules: Rules, rate: RateResult) -> tuple[Cell, ...]:
    name = group_name(rate.group)
    if rate.answered is None:
        return name, rate.group.rights, _("fewer than %(k)s", k=rules.k + rate.group.doubled), ""
    return name, rate.group.rights, count_words(_rate(rate)), share_words(_rate(rate))


def _rate_bar(rate: RateResult) -> ChartBar:
    count = _rate(rate)
    part = BarPart(_("Counted"), 100 * count.low / count.n, ChartSide.NEUTRAL, 2)
    return ChartBar(group_name(rate.group), (part,) if part.share else (), count_words(count))


def _rate(rate: RateResult) -> Count:
    answered = rate.answered or 0
    return Count(answered, answered, rate.group.rights)
