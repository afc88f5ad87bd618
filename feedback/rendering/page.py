"""A paper as what a page's template shows: numbers written, charts drawn, ids given. The template only lays out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import Markup

from feedback.rendering.blocks import (
    BarPart,
    Cards,
    Chart,
    Dumbbell,
    Dumbbells,
    Finding,
    Heading,
    HeatTable,
    RateBar,
    RateBars,
    Sentences,
    Table,
    ThemeChart,
    ThemeRow,
)
from feedback.rendering.charts import Look, all_patterns, chart_svg, legend_of, swatch_svg, told_apart
from feedback.rendering.cleaning import cleaned
from feedback.rendering.dumbbell_svg import dumbbell_svg, rate_svg
from feedback.rendering.levels import without_skipped_levels
from feedback.rendering.painting import PageBrush
from feedback.rendering.paper import Block, Paper, PaperSection, PlainBlock
from feedback.rendering.placing import charts_of, reach_of
from feedback.rendering.wording import in_words

_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True)
class LegendEntry:
    """How a part of a bar is painted, and what it is called."""

    swatch: Markup
    label: str


@dataclass(frozen=True)
class Drawn:
    """A part of a block with its picture, and its id and legend if it has them."""

    part: Finding | Dumbbell | RateBar | ThemeRow
    picture: Markup | None
    anchor: str = ""
    legend: tuple[LegendEntry, ...] = ()


@dataclass(frozen=True)
class PageBlock:
    """A block, its `kind` ("paragraph", …), and what its kind needs: an id, words in a table, pictures, a legend.

    `sides` are headings over so many columns of a heat table each.
    """

    kind: str
    block: Block
    anchor: str = ""
    table: Table | None = None
    picture: Markup | None = None
    legend: tuple[LegendEntry, ...] = ()
    parts: tuple[Drawn, ...] = ()
    cards: tuple["PageCard", ...] = ()
    sides: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class PageCard:
    """A card of a first page."""

    name: str
    title: str
    calls: bool
    blocks: tuple[PageBlock, ...]


@dataclass(frozen=True)
class PageSection:
    """A section with its id."""

    anchor: str
    title: str
    blocks: tuple[PageBlock, ...]
    is_folded: bool = False


@dataclass(frozen=True)
class PagePaper:
    """A paper, ready for `report/blocks.html`. `patterns` is what its pictures are painted with."""

    title: str
    subtitle: str
    language: str
    direction: str
    sections: tuple[PageSection, ...]
    patterns: Markup


def page_of(paper: Paper) -> PagePaper:
    """Return the paper as a template shows it; ids are unique within it, and what leads nowhere is no link."""
    paper = cleaned(paper)
    look = Look(PageBrush(paper.direction), paper.language, reach_of(charts_of(paper)), "part", has_patterns=False)
    ids = _Ids()
    names = [ids.give(section.name) for section in paper.sections]
    writer = _Writer(look, ids, {anchor: ids.give(anchor) for anchor in _targets(paper)})
    sections = tuple(writer.section(section, name) for section, name in zip(paper.sections, names, strict=True))
    return PagePaper(paper.title, paper.subtitle, paper.language, paper.direction, sections, all_patterns(look))


def _targets(paper: Paper) -> Iterable[str]:
    blocks = (block for section in paper.sections for block in section.blocks)
    return dict.fromkeys(row.anchor for block in blocks if isinstance(block, ThemeChart) for row in block.rows)


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
    look: Look
    ids: _Ids
    links: Mapping[str, str]

    def section(self, section: PaperSection, name: str) -> PageSection:
        return PageSection(name, section.title, self._blocks(section.blocks), section.is_folded)

    def _blocks(self, blocks: Iterable[Block]) -> tuple[PageBlock, ...]:
        return tuple(map(self._block, without_skipped_levels(tuple(blocks))))

    def _block(self, block: Block) -> PageBlock:
        match block:
            case Cards():
                cards = (PageCard(one.name, one.title, one.calls, self._blocks(one.blocks)) for one in block.cards)
                return PageBlock("cards", block, cards=tuple(cards))
            case Sentences():
                return PageBlock("sentences", block, parts=tuple(map(self._finding, block.entries)))
            case RateBars():
                return PageBlock("rates", block, parts=tuple(map(self._rate, block.bars)))
            case Dumbbells():
                return PageBlock("changes", block, parts=tuple(map(self._change, block.rows)))
            case ThemeChart():
                return self._theme(block)
            case HeatTable():
                return self._heat(block)
            case _:
                return self._plain(block)

    def _plain(self, block: PlainBlock) -> PageBlock:
        shown = PageBlock(type(block).__name__.lower(), block)
        match block:
            case Heading(anchor=anchor) if anchor:
                return replace(shown, anchor=self.ids.give(anchor))
            case Table():
                return replace(shown, table=in_words(block, self.look.language))
            case Chart():
                return self._chart(shown, block)
            case _:
                return shown

    def _chart(self, shown: PageBlock, chart: Chart) -> PageBlock:
        table = in_words(chart.data, self.look.language)
        picture, legend = chart_svg(chart, self.look), self._legend(legend_of(chart))
        return replace(shown, anchor=self.ids.give("chart"), table=table, picture=picture, legend=legend)

    def _legend(self, parts: Iterable[BarPart]) -> tuple[LegendEntry, ...]:
        return tuple(LegendEntry(swatch_svg(part, self.look), part.label) for part in parts)

    def _finding(self, one: Finding) -> Drawn:
        runs = tuple(replace(run, target=self._link(run.target)) for run in one.runs)
        picture = dumbbell_svg(one.picture, self.look.brush.direction) if one.picture else None
        return Drawn(replace(one, runs=runs), picture)

    def _rate(self, bar: RateBar) -> Drawn:
        return Drawn(bar, None if bar.share is None else rate_svg(bar, self.look.brush.direction))

    def _change(self, row: Dumbbell) -> Drawn:
        linked = replace(row, target=self._link(row.target))
        return Drawn(linked, dumbbell_svg(row, self.look.brush.direction))

    def _theme(self, block: ThemeChart) -> PageBlock:
        parts = tuple(map(self._row, block.rows))
        return PageBlock("theme", block, legend=self._legend(told_apart(block.legend)), parts=parts)

    def _row(self, row: ThemeRow) -> Drawn:
        picture = None if row.chart is None else chart_svg(row.chart, self.look)
        legend = self._legend(legend_of(row.chart)) if row.chart and row.has_own_legend else ()
        return Drawn(row, picture, self.links[row.anchor], legend)

    def _heat(self, block: HeatTable) -> PageBlock:
        themes = tuple(
            (theme, tuple(replace(row, target=self._link(row.target)) for row in rows)) for theme, rows in block.themes
        )
        sides = tuple((side, len(list(columns))) for side, columns in groupby(one.side for one in block.columns))
        return PageBlock("heat", replace(block, themes=themes), sides=sides)

    def _link(self, target: str) -> str:
        return self.links.get(target, "")
