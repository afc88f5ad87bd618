"""One sheet of a workbook: writes blocks below one another. Nothing that it writes can be run as a formula."""

from collections.abc import Iterable, Mapping
from typing import Any

from feedback.rendering.blocks import (
    Block,
    Cell,
    Chart,
    Column,
    Facts,
    Heading,
    Items,
    Paragraph,
    PlainBlock,
    Quotes,
    Table,
    Tone,
)
from feedback.rendering.measuring import column_widths
from feedback.rendering.native_charts import ChartMaker
from feedback.rendering.plainly import plainly
from feedback.rendering.wording import harmless, one_line

Formats = Mapping[str, Any]

_FIRST_COLUMN, _NARROWEST, _BROADEST = 62, 11, 44
_CHARACTERS_PER_EM = 1.6
_LONGEST_CELL = 32_000  # A spreadsheet holds 32,767 characters in a cell.
_ROWS_THAT_MAY_STAY = 6
ENDLESS = 1e9


class SheetWriter:
    """Writes one section. `sheet` is an xlsxwriter worksheet, `formats` as `workbook.FORMATS` names them."""

    def __init__(self, sheet: Any, formats: Formats, charts: ChartMaker, language: str) -> None:
        self._sheet, self._formats, self._charts, self._language = sheet, formats, charts, language
        self._row = 0
        self._frozen = False

    def title(self, paper: str, section: str) -> None:
        """Write what stands above every section; it stays in sight."""
        self._line(paper, "quiet")
        self._line(section, "title")
        self._row += 1

    def blocks(self, blocks: tuple[Block, ...]) -> None:
        """Write all blocks, then make columns as broad as they need."""
        plain = plainly(blocks)
        for block in plain:
            self._write(block)
        self._set_widths([block.data if isinstance(block, Chart) else block for block in plain])
        if not self._frozen:
            self._sheet.freeze_panes(2, 0)

    def _write(self, block: PlainBlock) -> None:
        match block:
            case Paragraph(text=text, tone=tone):
                self._line(text, "text" if tone is Tone.PLAIN else tone.value)
            case Heading(text=text, level=level):
                self._row += 1
                self._line(text, f"heading-{level}")
            case Items(entries=entries):
                self._lines((f"• {entry}" for entry in entries), "text")
            case Quotes(entries=entries):
                self._lines(entries, "quote")
            case Facts():
                self._facts(block)
            case Table():
                self._table(block)
            case Chart():
                self._chart(block)

    def _line(self, text: str, style: str) -> None:
        self._string(self._row, 0, text, style)
        self._row += 1

    def _lines(self, texts: Iterable[str], style: str) -> None:
        for text in texts:
            self._line(text, style)
        self._row += 1

    def _facts(self, block: Facts) -> None:
        if block.fold:
            self._line(block.fold, "heading-4")
        for name, value in block.entries:
            self._string(self._row, 0, name, "text")
            self._string(self._row, 1, value, "value")
            self._row += 1
        self._row += 1

    def _table(self, table: Table) -> None:
        self._line(table.caption, "caption")
        self._freeze_at(self._row)
        last = self._row + max(len(table.rows), 1)
        columns = [
            {"header": title, "header_format": self._formats[_header_style(place, column)]}
            for place, (title, column) in enumerate(zip(_distinct(table.columns), table.columns, strict=True))
        ]
        options = {"columns": columns, "autofilter": False, "style": "Table Style Light 1"}
        self._sheet.add_table(self._row, 0, last, len(columns) - 1, options)
        for place, row in enumerate(table.rows, self._row + 1):
            for number, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
                self._cell(place, number, cell, column)
        self._row = last + 2

    def _freeze_at(self, header: int) -> None:
        if header < _ROWS_THAT_MAY_STAY and not self._frozen:
            self._sheet.freeze_panes(header + 1, 1)
            self._frozen = True

    def _cell(self, row: int, place: int, cell: Cell, column: Column) -> None:
        if isinstance(cell, str):
            self._string(row, place, cell, "cell" if place else "first-cell")
        elif column.percent:
            self._sheet.write_number(row, place, round(cell / 100, 6), self._formats["percent"])
        else:
            style = "whole" if isinstance(cell, int) else "number"
            self._sheet.write_number(row, place, cell, self._formats[style])

    def _chart(self, chart: Chart) -> None:
        self._line(chart.title, "caption")
        self._row += self._charts.insert(chart, self._row) + 1
        self._table(chart.data)

    def _string(self, row: int, place: int, text: str, style: str) -> None:
        safe = harmless(text)
        cut = safe if len(safe) <= _LONGEST_CELL else f"{safe[:_LONGEST_CELL]}…"
        self._sheet.write_string(row, place, cut, self._formats[style])

    def _set_widths(self, blocks: Iterable[PlainBlock]) -> None:
        broadest: dict[int, float] = {}
        for block in blocks:
            if isinstance(block, Table):
                for place, width in enumerate(column_widths(block, self._language, ENDLESS)):
                    broadest[place] = max(broadest.get(place, 0), width * _CHARACTERS_PER_EM)
        self._sheet.set_column(0, 0, _FIRST_COLUMN)
        for place, width in broadest.items():
            if place:
                self._sheet.set_column(place, place, min(max(width, _NARROWEST), _BROADEST))


def _header_style(place: int, column: Column) -> str:
    if column.numeric:
        return "number-header"
    return "header" if place else "first-header"


def _distinct(columns: Iterable[Column]) -> list[str]:
    """Return titles as a table in a spreadsheet needs them: none empty, none twice, whatever their case."""
    titles: list[str] = []
    for column in columns:
        wanted = harmless(one_line(column.title))[:200] or "–"
        title, number = wanted, 1
        while title.casefold() in {taken.casefold() for taken in titles}:
            number += 1
            title = f"{wanted} ({number})"
        titles.append(title)
    return titles
