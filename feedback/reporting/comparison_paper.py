"""Compose what changed between published reports, as a paper of its own."""

from collections.abc import Sequence

from flask_babel import gettext as _

from feedback.domain.report.comparison import ComparedReports, compare
from feedback.domain.report.report import Report
from feedback.rendering.blocks import Block, Items, Paper, PaperSection, Paragraph
from feedback.reporting.change import (
    appendix_section,
    certain_changes,
    change_section,
    change_sentences,
    pair_name,
)
from feedback.reporting.words import direction


def compose_comparison(reports: Sequence[Report], language: str) -> Paper:
    """Return the reports compared, in the order given; raises ComparisonRefused if they cannot be."""
    compared = compare(reports)
    return Paper(
        title=_("What changed: %(programme)s", programme=reports[-1].about.programme),
        subtitle="; ".join(map(pair_name, compared)),
        language=language,
        direction=direction(language),
        sections=(
            _short(compared, language),
            change_section(compared, language),
            _sentences(compared, language),
            appendix_section(compared, language),
        ),
    )


def _short(compared: tuple[ComparedReports, ...], language: str) -> PaperSection:
    certain = [sentence for pair in compared for sentence in certain_changes(pair, language)]
    block: Block = (
        Items(tuple(certain)) if certain else Paragraph(_("No share changed by more than chance alone could explain."))
    )
    return PaperSection("short", _("What changed by more than chance alone would explain"), (block,))


def _sentences(compared: tuple[ComparedReports, ...], language: str) -> PaperSection:
    said = [sentence for pair in compared for sentence in change_sentences(pair, language)]
    return PaperSection("sentences", _("Every change in a sentence"), (Items(tuple(said)),))
