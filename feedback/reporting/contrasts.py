"""Differences between the sides, and changes since an earlier report, in sentences that can be read out."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback.domain.report.comparison import ComparedReports
from feedback.domain.report.findings.contrasts import MOST_CHANGES, Contrast, Contrasts
from feedback.domain.report.report import Report
from feedback.rendering.blocks import Card, Finding, Paragraph, Run, Sentences
from feedback.reporting.dumbbells import dumbbell, pair_name
from feedback.reporting.findings_in_words import answered_run, counted_run, favourable_words, filled, places
from feedback.reporting.words import chosen_words, count_and_share, from_to, points_words, side_name, signed_range

_WORTH_TELLING = 15
"""So many points the sides must differ for a sentence on it, unless it is certain."""


def sides_card(report: Report, found: Contrasts) -> Card:
    """Return how mentors and mentees differ, in a sentence or two."""
    return Card("sides", _("Mentors and mentees"), (_sides(report, found),))


def _sides(report: Report, found: Contrasts) -> Paragraph | Sentences:
    widest = found.widest
    if widest is None:
        alone = any(group.role is None for group in report.groups)
        return Paragraph(
            _("Too few were invited to tell the two sides apart.") if alone else _("Nothing can be compared.")
        )
    if abs(widest.size) < _WORTH_TELLING and not widest.is_certain:
        said = _(
            "Mentors and mentees answered much alike what both were asked. The largest difference is %(points)s.",
            points=_points(widest),
        )
        return Paragraph(said)
    return Sentences((Finding(_contrast(widest), _certain() if widest.is_certain else _("It may be chance.")),))


def _contrast(one: Contrast) -> tuple[Run, ...]:
    said = {
        "points": Run(_points(one), strong=True),
        "question": told_run(one),
        "mentors": counted_run(one.before),
        "mentees": counted_run(one.after),
    }
    pattern = _("%(points)s apart: mentors %(mentors)s, mentees %(mentees)s: %(question)s", **places(*said))
    return filled(pattern, **said)


def _points(one: Contrast) -> str:
    size = round(abs(one.size))
    return ngettext("%(num)s point", "%(num)s points", size)


def _certain() -> str:
    return _("That is more than chance alone explains.")


def changes_card(pair: ComparedReports, found: Contrasts, most: int = MOST_CHANGES) -> Card:
    """Return so many of the largest changes between two reports, and what can be made of all of them."""
    lead = Paragraph(" ".join(_how_many(found)) if found.changes else _("Nothing can be compared."))
    largest = tuple(_change(one) for one in found.largest(most))
    return Card("since", pair_name(pair), (lead, *_listed(largest)))


def _listed(entries: tuple[Finding, ...]) -> Iterator[Sentences]:
    if entries:
        yield Sentences(entries)


def _change(one: Contrast) -> Finding:
    said = {
        "who": Run(side_name(one.role)),
        "counts": Run(from_to(count_and_share(one.before), count_and_share(one.after)), strong=True),
        "question": told_run(one),
    }
    runs = filled(_("%(who)s: %(counts)s: %(question)s", **places(*said)), **said)
    aside = _("%(points)s (%(interval)s)", points=points_words(one.points), interval=signed_range(one.interval))
    return Finding(runs, f"{aside}. {_certain()}" if one.is_certain else aside, dumbbell(one, certain_are_rare=True))


def told_run(one: Contrast) -> Run:
    """Return the question that is compared, with the answers that are."""
    question = one.question
    answers = favourable_words(question) if question.kind.adds_up else chosen_words(question, one.options)
    return answered_run(question, answers)


def _how_many(found: Contrasts) -> Iterator[str]:
    compared = ngettext("%(num)s share", "%(num)s shares", len(found.changes))
    if not found.standing_out:
        yield _("%(shares)s compared; each change may be chance.", shares=compared)
        return
    certain = sum(one.is_certain for one in found.changes)
    yield _(
        "%(shares)s compared. Stand out: %(number)s; expected by chance alone: %(expected)s. Certain: %(certain)s.",
        shares=compared,
        number=found.standing_out,
        certain=certain or _("none"),
        expected=str(found.by_chance) if found.by_chance else _("fewer than one"),
    )
