"""Differences between the sides, and changes since an earlier report, in sentences that can be read out."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback.domain.report.comparison import ComparedReports
from feedback.domain.report.findings.contrasts import Contrast, Contrasts
from feedback.domain.report.report import Report
from feedback.rendering.blocks import Block, Heading, Items, Paragraph
from feedback.reporting.dumbbells import pair_name
from feedback.reporting.words import chosen_words, count_and_share, points_words, side_name

_WORTH_TELLING = 15
"""So many points the sides must differ for a sentence on it, unless it is certain."""


def side_sentences(report: Report, found: Contrasts) -> Iterator[str]:
    """Yield how mentors and mentees differ, in a sentence or two."""
    widest = found.widest
    if widest is None:
        alone = any(group.role is None for group in report.groups)
        yield (_("Too few were invited to tell the two sides apart.") if alone else _("Nothing can be compared."))
    elif abs(widest.size) < _WORTH_TELLING and not widest.is_certain:
        yield _(
            "Mentors and mentees answered much alike what both were asked. The largest difference is %(points)s.",
            points=_points(widest),
        )
    else:
        yield _contrast(widest)
        yield _certain() if widest.is_certain else _("It is the largest of those compared, and may be chance.")


def _contrast(one: Contrast) -> str:
    return _(
        "Mentors: %(mentors)s; mentees: %(mentees)s answered %(answers)s to “%(question)s” (%(points)s apart).",
        mentors=count_and_share(one.before),
        mentees=count_and_share(one.after),
        answers=chosen_words(one.question, one.options),
        question=one.question.text,
        points=_points(one),
    )


def _points(one: Contrast) -> str:
    size = round(abs(one.size))
    return ngettext("%(num)s point", "%(num)s points", size)


def _certain() -> str:
    return _("That is more than chance alone explains.")


def changes_in_short(pair: ComparedReports, found: Contrasts) -> Iterator[Block]:
    """Yield the largest changes between two reports, and what can be made of all of them."""
    yield Heading(_("What changed: %(pair)s", pair=pair_name(pair)))
    if found.largest_changes:
        yield Items(tuple(_change(one) for one in found.largest_changes))
    yield Paragraph(" ".join(_how_many(found)) if found.changes else _("Nothing can be compared."))


def _change(one: Contrast) -> str:
    told = _(
        "%(who)s: %(before)s → %(after)s answered %(answers)s to “%(question)s”: %(points)s (95%% interval "
        "%(interval)s).",
        who=side_name(one.role),
        before=count_and_share(one.before),
        after=count_and_share(one.after),
        answers=chosen_words(one.question, one.options),
        question=one.question.text,
        points=points_words(one.points),
        interval=points_words(one.interval),
    )
    return f"{told} {_certain()}" if one.is_certain else told


def _how_many(found: Contrasts) -> Iterator[str]:
    certain = sum(one.is_certain for one in found.changes)
    yield ngettext("%(num)s share was compared.", "%(num)s shares were compared.", len(found.changes))
    if not found.standing_out:
        yield _("Each change may be chance.")
        return
    yield ngettext("%(num)s stands out.", "%(num)s stand out.", found.standing_out)
    if found.by_chance:
        yield ngettext(
            "About %(num)s would if nothing had changed.",
            "About %(num)s would if nothing had changed.",
            found.by_chance,
        )
    else:
        yield _("Fewer than one would if nothing had changed.")
    if not certain:
        yield _("None of them is certain.")
