"""Differences between the sides, and changes since an earlier report, in sentences that can be read out."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback.domain.report.comparison import ComparedReports
from feedback.domain.report.findings.contrasts import MOST_CHANGES, Contrast, Contrasts
from feedback.domain.report.report import Report
from feedback.rendering.blocks import Card, Finding, Paragraph, Run, Sentences
from feedback.reporting.dumbbells import dumbbell, pair_names
from feedback.reporting.findings_in_words import answered_run, counted_run, favourable_words, filled, places
from feedback.reporting.words import chosen_words, points_words, side_name, signed_range

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
            "Both answered much alike; the largest difference is %(points)s.",
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
    return ngettext("%(num)s percentage point", "%(num)s percentage points", size)


def _certain() -> str:
    return _("That is more than chance alone explains.")


def changes_card(pair: ComparedReports, found: Contrasts, most: int = MOST_CHANGES) -> Card:
    """Return so many of the largest changes between two reports, and what can be made of all of them."""
    lead = Paragraph(" ".join(_how_many(found)) if found.changes else _("Nothing can be compared."))
    # Where the lead says it of all, no sentence needs to repeat it.
    are_all_certain = all(one.is_certain for one in found.changes)
    largest = tuple(_change(one, marks_certain=not are_all_certain) for one in found.largest(most))
    return Card("since", _title(pair), (lead, *_listed(largest)))


def _title(pair: ComparedReports) -> str:
    before, after = pair_names(pair)
    return _("From %(before)s to %(after)s", before=before, after=after)


def _listed(entries: tuple[Finding, ...]) -> Iterator[Sentences]:
    if entries:
        yield Sentences(entries)


def _change(one: Contrast, *, marks_certain: bool) -> Finding:
    said = {
        "who": Run(side_name(one.role)),
        "before": counted_run(one.before),
        "after": counted_run(one.after),
        "question": told_run(one),
    }
    runs = filled(_("%(who)s: from %(before)s to %(after)s: %(question)s", **places(*said)), **said)
    aside = _("%(points)s (%(interval)s)", points=points_words(one.points), interval=signed_range(one.interval))
    is_marked = one.is_certain and marks_certain
    return Finding(runs, f"{aside}. {_certain()}" if is_marked else aside, dumbbell(one, certain_are_rare=True))


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
    yield ngettext(
        "Of %(shares)s compared, %(num)s stands out; by chance alone, %(expected)s would.",
        "Of %(shares)s compared, %(num)s stand out; by chance alone, %(expected)s would.",
        found.standing_out,
        shares=compared,
        expected=str(found.by_chance) if found.by_chance else _("fewer than one"),
    )
    yield _certain_among(found)


def _certain_among(found: Contrasts) -> str:
    certain = sum(one.is_certain for one in found.changes)
    if not certain:
        return _("None is certain.")
    if certain == len(found.changes):
        return _("All are certain.")
    return ngettext("%(num)s is certain.", "%(num)s are certain.", certain)
