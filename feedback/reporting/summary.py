"""The first page of a report in words: who answered, what to act on, what stands well or badly, what differs, how sure.

Each sentence can be read out by itself. What is chosen, `domain.report.findings` decides.
"""

import re
from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.comparison import ComparedReports
from feedback.domain.report.findings.alerts import Alert, ToActOn, Unknown
from feedback.domain.report.findings.findings import KeyFindings
from feedback.domain.report.findings.sides import Options, favourable, unfavourable
from feedback.domain.report.findings.standing import Standing, Standings
from feedback.domain.report.reading import ReportQuestion
from feedback.domain.report.report import RateResult, Report
from feedback.domain.report.statistics import FEW_BELOW, wilson
from feedback.domain.survey.asked import NotAsked
from feedback.domain.survey.questionnaires import Theme
from feedback.locales.counts import possible_answers
from feedback.locales.lists import labelled, listed
from feedback.rendering.blocks import Block, Heading, Items, PaperSection, Paragraph, Tone
from feedback.reporting.contrasts import changes_in_short, side_sentences
from feedback.reporting.who_answered import counted, who_answered
from feedback.reporting.words import (
    chosen_words,
    contested_words,
    count_and_share,
    group_name,
    share_words,
    side_name,
    theme_name,
)

MOST_ALERTS = 6
_MOST_GROUPS = 3
_LOW_RATE = 1 / 2


def summary_section(report: Report, findings: KeyFindings, compared: ComparedReports | None) -> PaperSection:
    """Return what a board reads first."""
    blocks: tuple[Block, ...] = (
        *_answered(report),
        Heading(_("What to act on now"), is_urgent=bool(findings.to_act_on.alerts)),
        *_items(_to_act_on(findings.to_act_on)),
        *_after_the_alerts(findings.to_act_on),
        *_listed(_("Strengths"), _strengths(findings.standings)),
        *_listed(_("Other concerns") if findings.to_act_on.alerts else _("Concerns"), _concerns(findings.standings)),
        *_listed(_("Mentors and mentees"), side_sentences(report, findings.contrasts)),
        *(changes_in_short(compared, findings.contrasts) if compared else ()),
        *_listed(_("How sure can we be?"), _sureness(report)),
    )
    return PaperSection("short", _("In short"), blocks)


def _listed(title: str, sentences: Iterator[str]) -> Iterator[Block]:
    yield Heading(title)
    yield from _items(sentences)


def _items(sentences: Iterator[str]) -> Iterator[Items]:
    if said := tuple(sentences):
        yield Items(said)


def _answered(report: Report) -> Iterator[Block]:
    whole = counted(report.rates)
    if whole is not None:
        words = {"answered": whole.low, "possible": possible_answers(whole.n), "share": share_words(whole)}
        said = _("%(answered)s of %(possible)s were counted (%(share)s).", **words)
        yield Paragraph(said, Tone.HEADLINE)
    yield who_answered(report)
    yield from map(Paragraph, contested_words(report))


def _to_act_on(found: ToActOn) -> Iterator[str]:
    said: set[Theme] = set()
    for alert in found.alerts[:MOST_ALERTS]:
        sentence = _alert(alert)
        advice = "" if alert.theme in said else _advice(alert.theme)
        said.add(alert.theme)
        yield f"{sentence} {advice}" if advice else sentence
    more = len(found.alerts) - MOST_ALERTS
    if more > 0:
        yield ngettext("And %(num)s more, under the results below.", "And %(num)s more, under the results below.", more)
    help_line = _("Keep saying where help is.")
    for side in found.harm:
        told = _told(
            side_name(side.role), side.count(unfavourable(side.question)), side.question, unfavourable(side.question)
        )
        yield f"{told} {help_line}"


def _after_the_alerts(found: ToActOn) -> Iterator[Block]:
    if not found.alerts:
        yield Paragraph(_("No published number calls for action by itself."))
    if found.unknown:
        themes = listed(dict.fromkeys(_unknown(one) for one in found.unknown))
        yield Paragraph(
            _(
                "Not known here: %(themes)s. Too little could be shown; that is no sign that all is well.",
                themes=themes,
            ),
            Tone.WARNING,
        )
    if found.not_asked:
        themes = listed(dict.fromkeys(_not_asked(one) for one in found.not_asked))
        yield Paragraph(_("Not asked here, because too few were invited: %(themes)s.", themes=themes), Tone.WARNING)
    if found.alerts:
        yield Paragraph(_("A warning here is a reason to ask and to help, not to look for who said it."), Tone.QUIET)


def _unknown(one: Unknown) -> str:
    return theme_name(one.theme) if one.role is None else _of_side(one.theme, side_name(one.role))


def _not_asked(one: NotAsked) -> str:
    return _of_side(one.theme, side_name(one.role))


def _of_side(theme: Theme, side: str) -> str:
    return _("%(theme)s (%(side)s)", theme=theme_name(theme), side=side)


def _alert(alert: Alert) -> str:
    """Return one sentence on the side, or on its groups with the side's sum in brackets."""
    side, question = alert.side, alert.side.question
    whole = side.count(alert.options)
    if alert.is_of_side:
        told = _told(side_name(side.role), whole, question, alert.options)
        return f"{told} {_where(alert)}" if len(side.shown) > 1 else told
    groups = "; ".join(
        labelled(group_name(one.group), count_and_share(alert.count_in(one))) for one in alert.groups[:_MOST_GROUPS]
    )
    return _(
        "%(groups)s answered %(answers)s to “%(question)s” (%(side)s in all: %(count)s).",
        groups=groups,
        answers=chosen_words(question, alert.options),
        question=question.text,
        side=side_name(side.role),
        count=count_and_share(whole),
    )


def _where(alert: Alert) -> str:
    worst = alert.groups[0]
    if len(alert.groups) == len(alert.side.shown):
        return _("(In every group.)")
    return _(
        "(Most in %(group)s: %(count)s.)", group=group_name(worst.group), count=count_and_share(alert.count_in(worst))
    )


def _advice(theme: Theme) -> str:
    return {
        Theme.HARM: _("Offer help to everybody, now."),
        Theme.BURDEN: _("Ask what can be taken off them, and give time for the rest."),
        Theme.SAFETY: _("Ask everybody together what would make it safer to speak."),
        Theme.TRUST: _("Say again what was promised about this survey, and who can see what."),
        Theme.SUPPORT: _("Make known to everybody whom to turn to."),
        Theme.RELATIONSHIP: _("Offer every pair a talk, or another partner, without asking why."),
        Theme.PROCESS: _("Ask what gets in the way, and change that first."),
    }[theme]


def _strengths(found: Standings) -> Iterator[str]:
    for one in found.strengths:
        yield _standing(one)
    if not found.strengths and found.highest:
        yield _("On no question did two thirds answer favourably for certain. The nearest:")
        yield _standing(found.highest)


def _concerns(found: Standings) -> Iterator[str]:
    for one in found.concerns:
        yield _standing(one, is_concern=True)
    if not found.concerns and found.lowest:
        yield _("On no other question did fewer than two thirds answer favourably for certain. The lowest:")
        yield _standing(found.lowest)


def _standing(one: Standing, *, is_concern: bool = False) -> str:
    question = one.side.question
    only = is_concern and one.count.is_exact
    told = (_only if only else _told)(side_name(one.side.role), one.count, question, favourable(question))
    if not one.side.missing:
        return told
    missing = ngettext("(%(num)s group is not shown.)", "(%(num)s groups are not shown.)", len(one.side.missing))
    return f"{told} {missing}"


# A quoted sentence brings its own full stop.
def _ended(sentence: str) -> str:
    return re.sub(r"(\.\s?[”»])\.", r"\1", sentence)


def _told(who: str, count: Count, question: ReportQuestion, options: Options) -> str:
    said = _("%(who)s: %(count)s answered %(answers)s to “%(question)s”.", **_words(who, count, question, options))
    return _ended(said)


def _only(who: str, count: Count, question: ReportQuestion, options: Options) -> str:
    said = _("%(who)s: only %(count)s answered %(answers)s to “%(question)s”.", **_words(who, count, question, options))
    return _ended(said)


def _words(who: str, count: Count, question: ReportQuestion, options: Options) -> dict[str, str]:
    return {
        "who": who,
        "count": count_and_share(count),
        "answers": chosen_words(question, options),
        "question": question.text,
    }


def _sureness(report: Report) -> Iterator[str]:
    whole = counted(report.rates)
    fewest = min((rate.answered for rate in report.rates if rate.answered), default=0)
    if fewest and fewest < FEW_BELOW:
        yield _(
            "Few people: read hints, not proof. In the smallest group, one person more or fewer moves a share by about "
            "%(points)s.",
            points=ngettext("%(num)s point", "%(num)s points", round(100 / fewest)),
        )
    elif fewest:
        half = Count(fewest // 2, fewest // 2, fewest)
        firm = round((wilson(half).high - wilson(half).low) / 2)
        yield _(
            "Chance alone can move a share of the smallest group by about %(points)s either way.",
            points=ngettext("%(num)s point", "%(num)s points", firm),
        )
    if whole is not None and whole.n > whole.low:
        yield ngettext(
            "%(num)s possible answer was not counted. Whoever did not answer may think otherwise.",
            "%(num)s possible answers were not counted. Those who did not answer may think otherwise.",
            whole.n - whole.low,
        )
    yield from _low_rates(report.rates)
    yield _("Nothing here says why.")


def _low_rates(rates: tuple[RateResult, ...]) -> Iterator[str]:
    for rate in rates:
        if rate.answered is None or rate.answered < _LOW_RATE * rate.group.rights:
            yield _(
                "%(group)s: few of the possible answers could be counted. Those who did not answer may think "
                "otherwise; ask what keeps them from it.",
                group=group_name(rate.group),
            )
