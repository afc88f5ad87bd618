"""Changes on one axis, before and after, from the largest rise to the largest fall."""

from collections.abc import Sequence

from flask_babel import gettext as _

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.comparison import ComparedReports
from feedback.domain.report.findings.contrasts import Contrast
from feedback.domain.report.report import About
from feedback.domain.report.statistics import share
from feedback.locales.lists import comma, labelled
from feedback.rendering.blocks import Column, Dumbbell, Dumbbells, Stretch, Table
from feedback.reporting.outcomes import anchor
from feedback.reporting.words import (
    SHARES_FROM,
    chosen_words,
    count_words,
    from_to,
    points_words,
    share_words,
    side_name,
    signed_range,
    stage_name,
    survey_name,
)


def changes_chart(pair: ComparedReports, changes: Sequence[Contrast]) -> Dumbbells:
    """Return the changes of a pair of reports; texts are in the language of the changes."""
    ordered = sorted(changes, key=lambda one: (-one.size, -(one.points.low + one.points.high)))
    certain = sum(one.is_certain for one in changes)
    return Dumbbells(
        title=_("What changed: %(pair)s", pair=pair_name(pair)),
        before=survey_name(pair.before.about.stage),
        after=survey_name(pair.after.about.stage),
        interval=_(
            "where the later share may be if chance alone moved it (95%); where this reaches the open dot, there may "
            "be no change"
        ),
        ends=_("Points; before → after"),
        rows=tuple(dumbbell(one, certain_are_rare=2 * certain <= len(changes)) for one in ordered),
        data=_data(pair, ordered),
    )


def pair_name(pair: ComparedReports) -> str:
    """Return such as "Kick-off → Exit", with the programmes where there are two."""
    before, after = pair.before.about, pair.after.about
    if before.programme == after.programme:
        return from_to(stage_name(before.stage), stage_name(after.stage))
    return from_to(_with_programme(before), _with_programme(after))


def _with_programme(about: About) -> str:
    return comma().join((about.programme, stage_name(about.stage)))


def dumbbell(one: Contrast, *, certain_are_rare: bool) -> Dumbbell:
    """Return one change; of those that are certain and those that are not, the rarer kind is marked."""
    asked, is_scale = one.question, one.question.kind.adds_up
    label = asked.text if is_scale else one.question.words[one.options[0]]
    return Dumbbell(
        label=labelled(side_name(one.role), _("“%(text)s”", text=label)),
        note="" if is_scale else asked.text,
        target=anchor(asked),
        before=_span(one.before),
        after=_span(one.after),
        interval=_whisker(one),
        points=signed_range(one.points),
        counts=_counts(one),
        mark=_mark(one, certain_are_rare=certain_are_rare),
    )


def _span(count: Count) -> Stretch:
    found = share(count)
    return Stretch(found.low, found.high)


# It reaches the earlier share exactly where the interval of the change holds zero.
def _whisker(one: Contrast) -> Stretch:
    before = share(one.before)
    return Stretch(max(before.high + one.interval.low, 0), min(before.low + one.interval.high, 100))


def _counts(one: Contrast) -> str:
    told = count_words if min(one.before.n, one.after.n) < SHARES_FROM else _share_of
    return from_to(told(one.before), told(one.after))


def _share_of(count: Count) -> str:
    return _("%(share)s of %(n)s", share=share_words(count), n=count.n)


def _mark(one: Contrast, *, certain_are_rare: bool) -> str:
    if one.is_certain and certain_are_rare:
        return _("more than chance")
    if not one.is_certain and not certain_are_rare:
        return _("may be chance")
    return ""


def _data(pair: ComparedReports, changes: Sequence[Contrast]) -> Table:
    titles = (_("Question"), _("Group"), _("Before"), _("After"), _("Change"), _("95% interval"))
    rows = tuple(
        (
            _asked(one),
            side_name(one.role),
            f"{count_words(one.before)} ({share_words(one.before)})",
            f"{count_words(one.after)} ({share_words(one.after)})",
            points_words(one.points),
            points_words(one.interval),
        )
        for one in changes
    )
    caption = _("%(pair)s: who chose the most favourable answers, or the one named", pair=pair_name(pair))
    return Table(caption, tuple(map(Column, titles)), rows)


def _asked(one: Contrast) -> str:
    if one.question.kind.adds_up:
        return one.question.text
    return f"{one.question.text} {chosen_words(one.question, one.options)}"
