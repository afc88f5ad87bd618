"""Differences between the sides, and changes since an earlier report, in sentences that can be read out."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback.domain.report.comparison import ComparedReports
from feedback.domain.report.findings.contrasts import MOST_CHANGES, Contrast, Contrasts
from feedback.domain.report.report import Report
from feedback.domain.survey.questionnaires import Role
from feedback.rendering.blocks import Card, Finding, Paragraph, Run, Sentences
from feedback.reporting.dumbbells import dumbbell
from feedback.reporting.findings_in_words import asked_run, counted_run, filled, places, unfavourable_words
from feedback.reporting.words import chosen_words, count_and_share, likely_change, since_survey

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
        points = round(abs(widest.size))
        return Paragraph(_("Both answered much alike; the largest difference is %(points)s in 100.", points=points))
    return Sentences((Finding(_contrast(widest), _certain() if widest.is_certain else _("It may be chance.")),))


def _contrast(one: Contrast) -> tuple[Run, ...]:
    said = {
        "mentors": counted_run(one.before, Role.MENTOR),
        "mentees": counted_run(one.after, Role.MENTEE),
        **_asked(one),
    }
    if _is_of_others(one):
        pattern = _(
            "Largest difference: %(mentors)s but %(mentees)s did not answer %(answers)s to %(question)s",
            **places(*said),
        )
    else:
        pattern = _(
            "Largest difference: %(mentors)s but %(mentees)s answered %(answers)s to %(question)s", **places(*said)
        )
    return filled(pattern, **said)


def _certain() -> str:
    return _("That is more than chance alone explains.")


def changes_card(pair: ComparedReports, found: Contrasts, most: int = MOST_CHANGES) -> Card:
    """Return so many of the largest changes between two reports, and what can be made of all of them."""
    lead = Paragraph(" ".join(_how_many(found)) if found.changes else _("Nothing can be compared."))
    # Where the lead says it of all, no sentence needs to repeat it.
    are_all_certain = all(one.is_certain for one in found.changes)
    largest = tuple(_change(one, marks_certain=not are_all_certain) for one in found.largest(most))
    return Card("since", since_survey(pair.before.about.stage), (lead, *_listed(largest)))


def _listed(entries: tuple[Finding, ...]) -> Iterator[Sentences]:
    if entries:
        yield Sentences(entries)


def _change(one: Contrast, *, marks_certain: bool) -> Finding:
    said = {
        "before": counted_run(one.before, one.role),
        "after": Run(count_and_share(one.after), strong=True),
        **_asked(one),
    }
    if _is_of_others(one):
        pattern = _("%(before)s before, %(after)s now, did not answer %(answers)s to %(question)s", **places(*said))
    else:
        pattern = _("%(before)s before, %(after)s now, answered %(answers)s to %(question)s", **places(*said))
    aside = likely_change(one.points, one.interval)
    is_marked = one.is_certain and marks_certain
    told = f"{aside}. {_certain()}" if is_marked else aside
    return Finding(filled(pattern, **said), told, dumbbell(one, certain_are_rare=True))


# Of a sensitive question only the unfavourable answers are told; what is compared are all others.
def _is_of_others(one: Contrast) -> bool:
    return one.question.sensitive and one.question.kind.adds_up


def _asked(one: Contrast) -> dict[str, Run]:
    question = one.question
    answers = unfavourable_words(question) if _is_of_others(one) else chosen_words(question, one.options)
    return {"answers": Run(answers), "question": asked_run(question)}


def _how_many(found: Contrasts) -> Iterator[str]:
    compared = ngettext("%(num)s result", "%(num)s results", len(found.changes))
    if not found.standing_out:
        yield _("%(results)s compared; each change may be chance.", results=compared)
        return
    chance = found.by_chance
    yield ngettext(
        "%(num)s of %(results)s changed noticeably; chance alone changes %(expected)s.",
        "%(num)s of %(results)s changed noticeably; chance alone changes %(expected)s.",
        found.standing_out,
        results=compared,
        expected=_("about %(number)s", number=str(chance)) if chance else _("fewer than one"),
    )
    yield _certain_among(found)


def _certain_among(found: Contrasts) -> str:
    certain = sum(one.is_certain for one in found.changes)
    if not certain:
        return _("None is certain.")
    if certain == len(found.changes):
        return _("All are more than chance alone explains.")
    return ngettext(
        "%(num)s is more than chance alone explains.", "%(num)s are more than chance alone explains.", certain
    )
