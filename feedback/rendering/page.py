"""A paper as what a page's template shows: numbers written, charts drawn, ids given. The template only lays out."""

import re
from dataclasses import dataclass, replace

from markupsafe import Markup

from feedback.rendering.blocks import Chart, Heading, Paper, PaperSection, PlainBlock, Table
from feedback.rendering.charts import Look, chart_svg, legend_of, swatch_svg
from feedback.rendering.cleaning import cleaned
from feedback.rendering.levels import without_skipped_levels
from feedback.rendering.painting import PageBrush
from feedback.rendering.placing import Reach, charts_of, reach_of
from feedback.rendering.plainly import plainly
from feedback.rendering.wording import in_words

_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True)
class LegendEntry:
    """How a part of a bar is painted, and what it is called."""

    swatch: Markup
    label: str


@dataclass(frozen=True)
class PageBlock:
    """A block, its `kind` ("paragraph", …), and what its kind needs: an id, words in a table, a picture, a legend."""

    kind: str
    block: PlainBlock
    anchor: str = ""
    table: Table | None = None
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
        anchor, blocks = self.ids.give(section.name), without_skipped_levels(plainly(section.blocks))
        return PageSection(anchor, section.title, tuple(map(self._block, blocks)))

    def _block(self, block: PlainBlock) -> PageBlock:
        shown = PageBlock(type(block).__name__.lower(), block)
        match block:
            case Heading(anchor=anchor) if anchor:
                return replace(shown, anchor=self.ids.give(anchor))
            case Table():
                return replace(shown, table=in_words(block, self.language))
            case Chart():
                return self._chart(shown, block)
            case _:
                return shown

    def _chart(self, shown: PageBlock, chart: Chart) -> PageBlock:
        name = self.ids.give("chart")
        look = Look(PageBrush(self.direction), self.language, self.reach, name)
        legend = tuple(LegendEntry(swatch_svg(part, look), part.label) for part in legend_of(chart))
        table = in_words(chart.data, self.language)
        return replace(shown, anchor=name, table=table, picture=chart_svg(chart, look), legend=legend)
