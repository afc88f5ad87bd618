"""A paper as the JSON that the typesetter's template reads: texts made printable, numbers written, charts drawn.

Nothing in it is markup: the template puts every text in as text.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from feedback.rendering.blocks import (
    Cards,
    Chart,
    Dumbbells,
    Facts,
    Heading,
    HeatTable,
    Items,
    Paragraph,
    Quotes,
    RateBars,
    Sentences,
    Table,
    ThemeChart,
)
from feedback.rendering.charts import Look, chart_svg
from feedback.rendering.cleaning import cleaned
from feedback.rendering.lettering import lifted
from feedback.rendering.levels import without_skipped_levels
from feedback.rendering.logos import DOTS_PER_INCH, size_of
from feedback.rendering.measuring import column_widths, ems
from feedback.rendering.painting import PdfBrush
from feedback.rendering.paper import Block, Logo, Paper, PaperSection
from feedback.rendering.placing import charts_of, reach_of
from feedback.rendering.plainly import plainly, without_cards
from feedback.rendering.typst_pictures import picture_json
from feedback.rendering.wording import direction_of, in_words, locale_of, one_line

CHART_EMS = 56.0
"""How wide a chart is on paper, in ems of its letters; the template prints it over the whole type area."""
_BARS_IN_A_PICTURE = 12
_LONGEST_FOOTER_EMS, _LONGEST_FACT_EMS = 50.0, 50.0
_TABLE_EMS = 52.0

_Json = dict[str, Any]


def typst_source(paper: Paper) -> str:
    """Return the paper as JSON text in ASCII."""
    paper, locale = cleaned(paper), locale_of(paper.language)
    fields = {
        "title": one_line(paper.title),
        "subtitle": paper.subtitle,
        "footer": _shortened(one_line(paper.title)),
        "language": locale.language,
        "region": locale.territory,
        "direction": paper.direction,
        "brief": paper.is_brief,
        "logo": _logo(paper.logo) if paper.logo else None,
        "more": paper.more,
        "sections": [_section(section, paper) for section in paper.sections],
    }
    return json.dumps(fields)


def _logo(logo: Logo) -> _Json:
    width, _height = size_of(logo.png)
    return {"png": list(logo.png), "alt": one_line(logo.alt), "width": width * 25.4 / DOTS_PER_INCH}


def _section(section: PaperSection, paper: Paper) -> _Json:
    look = Look(PdfBrush(paper.direction, CHART_EMS), paper.language, reach_of(charts_of(paper)), legend=True)
    blocks = without_cards(section.blocks) if paper.is_brief else plainly(section.blocks)
    return {
        "name": section.name,
        "title": one_line(section.title),
        "blocks": [_block(block, look) for block in without_skipped_levels(blocks)],
    }


def _block(block: Block, look: Look) -> _Json:
    match block:
        case HeatTable() | Dumbbells() | RateBars():
            return picture_json(block)
        case ThemeChart() | Cards() | Sentences():
            raise TypeError("themes and cards are written plainly")
        case Chart():
            return _chart(block, look)
        case Table():
            return _table(block, look.language)
        case Facts():
            return _facts(block)
        case Heading():
            depth = block.level - 1
            return {"kind": "heading", "text": one_line(block.text), "depth": depth, "urgent": block.is_urgent}
        case Paragraph():
            return {"kind": "paragraph", "text": block.text, "tone": block.tone.value}
        case Items():
            return {"kind": "items", "entries": list(block.entries)}
        case Quotes():
            entries = [{"text": one, "direction": direction_of(one, look.brush.direction)} for one in block.entries]
            return {"kind": "quotes", "entries": entries}


def _facts(block: Facts) -> _Json:
    entries = [list(entry) for entry in block.entries]
    short = all(ems(name) + ems(value) < _LONGEST_FACT_EMS for name, value in block.entries)
    return {"kind": "facts", "entries": entries, "title": one_line(block.fold), "short": short}


def _table(block: Table, language: str) -> _Json:
    widths = column_widths(block, language, _TABLE_EMS)
    return {
        "kind": "table",
        "caption": block.caption,
        "titles": [column.title for column in block.columns],
        "numeric": [column.numeric for column in block.columns],
        "widths": widths,
        "tight": sum(widths) > _TABLE_EMS + 0.01,
        "rows": in_words(block, language).rows,
    }


def _chart(block: Chart, look: Look) -> _Json:
    return {
        "kind": "chart",
        "title": block.title,
        "pictures": [lifted(str(chart_svg(piece, look))) for piece in _pieces(block)],
        "alt": block.alt,
        "data": _table(block.data, look.language),
    }


def _pieces(chart: Chart) -> Iterator[Chart]:
    """Cut a chart with many bars, since a picture does not break over pages."""
    for start in range(0, max(len(chart.bars), 1), _BARS_IN_A_PICTURE):
        yield replace(chart, bars=chart.bars[start : start + _BARS_IN_A_PICTURE])


def _shortened(title: str) -> str:
    while ems(title) > _LONGEST_FOOTER_EMS:
        title = title[: len(title) * 9 // 10].rstrip(" …") + "…"
    return title
