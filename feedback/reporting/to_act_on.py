"""What to act on, in sentences that can be read out: one for a side or for its groups, one advice for a theme."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback.domain.report.findings.alerts import Alert, ToActOn, Unknown
from feedback.domain.report.findings.sides import Options, SideResult, unfavourable
from feedback.domain.report.reading import ReportQuestion
from feedback.domain.survey.asked import NotAsked
from feedback.domain.survey.questionnaires import Order, Theme
from feedback.locales.lists import labelled, listed
from feedback.rendering.blocks import Card, Finding, Paragraph, Run, Sentences, Tone
from feedback.reporting.findings_in_words import asked_run, counted_run, filled, places
from feedback.reporting.outcomes import anchor
from feedback.reporting.words import (
    chosen_words,
    count_and_share,
    count_words,
    counted_people,
    group_name,
    side_name,
    theme_name,
)

MOST_ALERTS = 6
_MOST_GROUPS = 3


def act_on_card(found: ToActOn, questions: Sequence[ReportQuestion], *, concerns: bool) -> Card:
    """Return what to act on among `questions`, what is not known of that, and what was never looked at.

    `concerns`: whether the page tells of any, which are talked over where there is nothing to act on.
    """
    sentences = (*alert_findings(found), *_more(found), *harm_findings(found))
    lead = " ".join(_nothing_to_act_on(found, concerns=concerns))
    blocks = (
        *((Paragraph(lead),) if lead else ()),
        *((Sentences(sentences),) if sentences else ()),
        *_not_known(found, questions),
    )
    return Card("act", _("What to act on"), blocks, calls=bool(found.alerts))


def _nothing_to_act_on(found: ToActOn, *, concerns: bool) -> Iterator[str]:
    if found.alerts:
        return
    if found.looked_at:
        yield _("Nothing yet: no problem was reported often enough.")
    elif not found.unknown:
        yield _(
            "This page cannot say what to act on: it goes by themes such as harm, effort or safety, and no question "
            "here has one."
        )
    if concerns:
        yield _("Next: discuss the concerns.")


def alert_findings(found: ToActOn, *, with_advice: bool = True) -> Iterator[Finding]:
    """Yield a sentence for each alert, the gravest first, with one advice for a theme; six at most."""
    said: set[Theme] = set()
    before: tuple[str, Options] | None = None
    for alert in found.alerts[:MOST_ALERTS]:
        advice = "" if alert.theme in said or not with_advice else _advice(alert.theme)
        said.add(alert.theme)
        asked = (alert.side.question.text, alert.options)
        told = _alert(alert, is_the_same=asked == before)
        before = asked
        yield Finding(_with(told, Run(advice, strong=True)) if advice else told)


def harm_findings(found: ToActOn, *, with_advice: bool = True) -> Iterator[Finding]:
    """Yield a quiet line on harm that calls for nothing, for all sides that were asked in the same words."""
    by_question: dict[tuple[str, Options], list[SideResult]] = {}
    for side in found.harm:
        by_question.setdefault((side.question.text, unfavourable(side.question)), []).append(side)
    for (_text, options), sides in by_question.items():
        counts = listed(counted_people(side.count(options), side.role) for side in sides)
        question = sides[0].question
        parts = {
            "counts": Run(counts, strong=True),
            "answers": Run(chosen_words(question, options)),
            "question": asked_run(question),
        }
        pattern = _("Harm: %(counts)s answered %(answers)s to %(question)s", **places(*parts))
        runs = filled(pattern, **parts)
        yield Finding(_with(runs, Run(_("Keep offering help."))) if with_advice else runs)


def _with(runs: tuple[Run, ...], last: Run) -> tuple[Run, ...]:
    return (*runs, Run(" "), last)


def _more(found: ToActOn) -> Iterator[Finding]:
    more = len(found.alerts) - MOST_ALERTS
    if more > 0:
        said = ngettext("And %(num)s more, marked in the table.", "And %(num)s more, marked in the table.", more)
        yield Finding((Run(said),))


def _alert(alert: Alert, *, is_the_same: bool) -> tuple[Run, ...]:
    """Return one sentence on the side, or on its groups with the side's sum in brackets.

    A question that `is_the_same` as in the sentence before is not repeated.
    """
    side, question = alert.side, alert.side.question
    whole = side.count(alert.options)
    asked = Run(_("the same question."), target=anchor(question)) if is_the_same else asked_run(question)
    parts = {"answers": Run(chosen_words(question, alert.options)), "question": asked}
    if alert.is_of_side:
        parts |= {"count": counted_run(whole, side.role)}
        told = filled(_("%(count)s answered %(answers)s to %(question)s", **places(*parts)), **parts)
        return _with(told, Run(_where(alert))) if len(side.shown) > 1 else told
    groups = "; ".join(
        labelled(group_name(one.group), count_and_share(alert.count_in(one))) for one in alert.groups[:_MOST_GROUPS]
    )
    parts |= {
        "groups": Run(groups, strong=True),
        "side": Run(side_name(side.role)),
        "count": Run(count_words(whole)),
    }
    pattern = _("%(groups)s answered %(answers)s to %(question)s (%(side)s in all: %(count)s)", **places(*parts))
    return filled(pattern, **parts)


def _where(alert: Alert) -> str:
    worst = alert.groups[0]
    if len(alert.groups) == len(alert.side.shown):
        return _("(In every group.)")
    return _(
        "(Most in %(group)s: %(count)s.)", group=group_name(worst.group), count=count_and_share(alert.count_in(worst))
    )


def _not_known(found: ToActOn, questions: Sequence[ReportQuestion]) -> Iterator[Paragraph]:
    if found.unknown:
        themes = listed(dict.fromkeys(_unknown(one) for one in found.unknown))
        said = _(
            "Not known here: %(themes)s. Too little could be shown; that is no sign that all is well.", themes=themes
        )
        yield Paragraph(said, Tone.WARNING)
    if found.not_asked:
        themes = listed(dict.fromkeys(_not_asked(one) for one in found.not_asked))
        yield Paragraph(_("Not asked here, because too few were invited: %(themes)s.", themes=themes), Tone.WARNING)
    without = sum(one.theme is Theme.OTHER and one.order is not Order.NONE for one in questions)
    if without and found.looked_at:
        said = ngettext(
            "%(num)s question has no theme, so this page cannot say whether to act on it.",
            "%(num)s questions have no theme, so this page cannot say whether to act on them.",
            without,
        )
        yield Paragraph(said, Tone.WARNING)
    if found.alerts:
        yield Paragraph(_("Ask and help; do not look for who said it."), Tone.QUIET)


def _unknown(one: Unknown) -> str:
    return theme_name(one.theme) if one.role is None else _of_side(one.theme, side_name(one.role))


def _not_asked(one: NotAsked) -> str:
    return _of_side(one.theme, side_name(one.role))


def _of_side(theme: Theme, side: str) -> str:
    return _("%(theme)s (%(side)s)", theme=theme_name(theme), side=side)


def _advice(theme: Theme) -> str:
    return {
        Theme.HARM: _("Offer help to everybody, now."),
        Theme.BURDEN: _("Take work off them, or give them time."),
        Theme.SAFETY: _("Ask everybody what would make it safer to speak."),
        Theme.TRUST: _("Say again who can see what in this survey."),
        Theme.SUPPORT: _("Tell everybody whom to turn to."),
        Theme.RELATIONSHIP: _("Offer every pair a talk, or another partner."),
        Theme.PROCESS: _("Ask what gets in the way."),
    }[theme]
