"""A paper as what a page's template shows: numbers written, charts drawn, ids given. The template only lays out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from markupsafe import Markup

from feedback.rendering.blocks import Block, Chart, Column, Heading, Paper, PaperSection, Table
from feedback.rendering.charts import Look, chart_svg, legend_of, page_look, swatch_svg
from feedback.rendering.cleaning import cleaned
from feedback.rendering.levels import without_skipped_levels
from feedback.rendering.placing import Reach, charts_of, reach_of
from feedback.rendering.wording import cell_words

_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True)
class PageTable:
    """A table whose cells are words; as many in a row as there are columns."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class LegendEntry:
    """How a part of a bar is painted, and what it is called."""

    swatch: Markup
    label: str


@dataclass(frozen=True)
class PageBlock:
    """A block, its `kind` ("paragraph", "table", …), and what its kind needs: an id, a table, a picture, a legend."""

    kind: str
    block: Block
    anchor: str = ""
    table: PageTable | None = None
    picture: Markup | None = None
    legend: tuple[LegendEntry, ...] = ()


@dataclass(frozen=True)
class PageSection:
    """A section with its id."""

    anchor: str
    title: str
    blocks: tuple[PageBlock, ...]


@dataclass(frozen=True)
class PagePaper:
    """A paper, ready for `report/blocks.html`."""

    title: str
    subtitle: str
    language: str
    direction: str
    sections: tuple[PageSection, ...]


def page_of(paper: Paper) -> PagePaper:
    """Return the paper as a template shows it; ids are unique within it."""
    paper = cleaned(paper)
    writer = _Writer(paper.language, paper.direction, reach_of(charts_of(paper)), _Ids())
    sections = tuple(writer.section(section) for section in paper.sections)
    return PagePaper(paper.title, paper.subtitle, paper.language, paper.direction, sections)


class _Ids:
    """Gives each id once. A word that was taken gets a number."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def give(self, word: str) -> str:
        wanted = _NOT_IN_AN_ID.sub("-", word) or "part"
        given, number = wanted, 1
        while given in self._given:
            number += 1
            given = f"{wanted}-{number}"
        self._given.add(given)
        return given


@dataclass(frozen=True)
class _Writer:
    language: str
    direction: str
    reach: Reach
    ids: _Ids

    def section(self, section: PaperSection) -> PageSection:
        anchor = self.ids.give(section.name)
        return PageSection(anchor, section.title, self._blocks(without_skipped_levels(section.blocks)))

    def _blocks(self, blocks: Iterable[Block]) -> tuple[PageBlock, ...]:
        return tuple(self._block(block) for block in blocks)

    def _block(self, block: Block) -> PageBlock:
        shown = PageBlock(type(block).__name__.lower(), block)
        match block:
            case Heading(anchor=anchor) if anchor:
                return replace(shown, anchor=self.ids.give(anchor))
            case Table():
                return replace(shown, table=self._table(block))
            case Chart():
                return self._chart(shown, block)
            case _:
                return shown

    def _table(self, table: Table) -> PageTable:
        rows = (zip(row, table.columns, strict=True) for row in table.rows)
        words = tuple(tuple(cell_words(cell, column, self.language) for cell, column in row) for row in rows)
        return PageTable(table.caption, table.columns, words)

    def _chart(self, shown: PageBlock, chart: Chart) -> PageBlock:
        name = self.ids.give("chart")
        look = page_look(self.language, self.direction, self.reach, name=name)
        return replace(
            shown,
            anchor=name,
            table=self._table(chart.data),
            picture=chart_svg(chart, look),
            legend=_legend(chart, look),
        )


def _legend(chart: Chart, look: Look) -> tuple[LegendEntry, ...]:
    return tuple(LegendEntry(swatch_svg(part, look), part.label) for part in legend_of(chart))
