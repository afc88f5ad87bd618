"""What was answered to a question, in one plain line for all sides: counts of what is published, summed over groups."""

from collections.abc import Iterator

from flask_babel import gettext as _

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.findings.sides import (
    Options,
    SideResult,
    add_up,
    count_in,
    favourable,
    sides_of,
    unfavourable,
)
from feedback.domain.report.reading import ReportQuestion
from feedback.domain.report.statistics import wilson
from feedback.locales.lists import labelled
from feedback.reporting.words import chosen_words, count_and_share, interval_words, side_name


def told_options(question: ReportQuestion) -> Options:
    """Return the answers that a line counts together: favourable ones, or of a sensitive question the others."""
    return unfavourable(question) if question.sensitive else favourable(question)


def answer_line(question: ReportQuestion) -> Iterator[str]:
    """Yield one line on all sides of which something is shown, or none."""
    known = [side for side in sides_of(question) if side.shown]
    options = told_options(question)
    if known and options:
        counts = "; ".join(labelled(side_name(side.role), count_and_share(side.count(options))) for side in known)
        yield _("%(counts)s answered %(answers)s.", counts=counts, answers=chosen_words(question, options))
    elif known:
        yield _("Most often: %(answers)s.", answers="; ".join(map(_most, known)))


def looking_back(question: ReportQuestion) -> Iterator[str]:
    """Yield how many say that it was worse before, of a question asked then and now."""
    said = [
        labelled(side_name(side.role), count_and_share(rose))
        for side in sides_of(question)
        if (rose := _rose(side)) is not None
    ]
    if said:
        yield _("Looking back, so many say that it was worse before: %(counts)s.", counts="; ".join(said))


def within(question: ReportQuestion) -> str:
    """Return the 95 % interval of each side's share; empty where nothing is counted together."""
    options = told_options(question)
    known = [side for side in sides_of(question) if side.shown] if options else []
    return "; ".join(labelled(side_name(side.role), interval_words(wilson(side.count(options)))) for side in known)


def _rose(side: SideResult) -> Count | None:
    counts = [result.rose for result in side.shown if result.rose is not None]
    return add_up(counts) if counts else None


def _most(side: SideResult) -> str:
    options, count = max(_counts(side), key=lambda one: (one[1].low, one[1].high))
    return labelled(
        side_name(side.role),
        _("%(answers)s (%(count)s)", answers=chosen_words(side.question, options), count=count_and_share(count)),
    )


def _counts(side: SideResult) -> Iterator[tuple[Options, Count]]:
    for options in dict.fromkeys(bar.options for result in side.shown for bar in result.bars):
        there = [result for result in side.shown if any(bar.options == options for bar in result.bars)]
        yield options, add_up(count_in(side.question, result, options) for result in there)
