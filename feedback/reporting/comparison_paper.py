"""Compose what changed between published reports, as a paper of its own."""

import math
from collections.abc import Sequence

from flask_babel import gettext as _

from feedback.domain.report.comparison import ComparedReports, compare
from feedback.domain.report.findings.contrasts import Contrasts, find_changes
from feedback.domain.report.report import Report
from feedback.rendering.blocks import Cards, Items
from feedback.rendering.paper import Paper, PaperSection
from feedback.reporting.change import (
    appendix_section,
    change_section,
    change_sentences,
)
from feedback.reporting.contrasts import changes_card
from feedback.reporting.dumbbells import pair_name
from feedback.reporting.words import direction


def compose_comparison(reports: Sequence[Report], language: str, most_rows: float = math.inf) -> Paper:
    """Return the reports compared, in the order given; raises ComparisonRefused if they cannot be.

    Tables of more than `most_rows` differences are left out.
    """
    compared = compare(reports)
    found = find_changes(compared, language)
    return Paper(
        title=_("What changed: %(programme)s", programme=reports[-1].about.programme),
        subtitle="; ".join(map(pair_name, compared)),
        language=language,
        direction=direction(language),
        sections=(
            _short(compared, found),
            change_section(compared, [one.changes for one in found], language),
            _sentences(compared, language),
            appendix_section(compared, language, most_rows),
        ),
    )


def _short(compared: Sequence[ComparedReports], found: Sequence[Contrasts]) -> PaperSection:
    cards = tuple(changes_card(pair, changes) for pair, changes in zip(compared, found, strict=True))
    return PaperSection("short", _("In short"), (Cards(cards),))


def _sentences(compared: tuple[ComparedReports, ...], language: str) -> PaperSection:
    said = [sentence for pair in compared for sentence in change_sentences(pair, language)]
    return PaperSection("sentences", _("Every change in a sentence"), (Items(tuple(said)),), is_folded=True)
