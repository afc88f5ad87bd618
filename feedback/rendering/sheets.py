"""Sheets of a workbook that are read from top to bottom, and what all sheets share: where words go, and how high."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from feedback.rendering.blocks import Chart, Facts, Heading, Items, Paragraph, Quotes, Table, Tone
from feedback.rendering.book import Book, TextSheet
from feedback.rendering.measuring import ems, lines
from feedback.rendering.paper import PlainBlock
from feedback.rendering.plainly import plainly
from feedback.rendering.wording import begins_like_a_formula, in_words, one_line

AS_TEXT = "-as-text"
"""The ending of formats whose cells stay text when somebody edits them, whatever they begin with."""
CHARACTERS_PER_EM = 1.6
_WIDEST_TEXT, _BROADEST, _NOTE_WIDTH = 100, 70, 110
_LONGEST_CELL = 32_000  # A spreadsheet holds 32,767 characters in a cell.
_LINE_POINTS, _SPARE_POINTS, _HIGHEST_ROW = 15.0, 3.0, 409.0
_LINE_HEIGHTS = {"title": 26.0, "headline": 18.0, "heading-3": 18.0, "quiet": 13.0}


@dataclass(frozen=True)
class SheetWriter:
    """One sheet that is being written: xlsxwriter's workbook and worksheet, `FORMATS` by name, and the book."""

    workbook: Any
    sheet: Any
    formats: Mapping[str, Any]
    book: Book

    def put(self, row: int, column: int, text: str, style: str) -> None:
        """Write text, which stays text."""
        cut = text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…"
        self.sheet.write_string(row, column, cut, self.format_of(text, style))

    def format_of(self, text: str, style: str) -> Any:
        """Return the format in which text is no formula even after somebody has edited the cell."""
        return self.formats[f"{style}{AS_TEXT}" if begins_like_a_formula(text) else style]

    def head(self, title: str, notes: Iterable[str] = ()) -> int:
        """Write what stands above every sheet, over as many columns as it takes; return the next row but one."""
        self.put(0, 0, one_line(self.book.title), "over")
        self.put(1, 0, one_line(title), "title")
        self.set_height(1, {"title": 1})
        written = [line for note in notes for line in lines(note, _NOTE_WIDTH / CHARACTERS_PER_EM)]
        for row, line in enumerate(written, start=2):
            self.put(row, 0, line, "over")
        return len(written) + 3

    def set_height(self, row: int, lines_by_style: Mapping[str, int]) -> None:
        """Make a row as high as its highest cell: so many lines in each style."""
        highest = max(count * _LINE_HEIGHTS.get(style, _LINE_POINTS) for style, count in lines_by_style.items())
        self.sheet.set_row(row, min(highest + _SPARE_POINTS, _HIGHEST_ROW))


def first_or_not(style: str, place: int) -> str:
    """Return the style of a table's cell: words stand apart from what is before them, but for the first column's."""
    return style if place else f"first-{style}"


def lines_of(text: str, width: float) -> int:
    """Return how many lines text takes in a column as broad as `width` characters."""
    return sum(len(lines(line, width / CHARACTERS_PER_EM)) for line in text.split("\n"))


def width_of(texts: Iterable[str], narrowest: float, broadest: float) -> float:
    """Return how many characters broad a column should be for these texts."""
    longest = max((ems(line) for text in texts for line in text.split("\n")), default=0.0)
    return min(max(longest * CHARACTERS_PER_EM + 2, narrowest), broadest)


def write_text(page: SheetWriter, sheet: TextSheet) -> None:
    """Write a sheet of text; what stands above it stays in sight."""
    _TextWriter(page, sheet).write()


class _TextWriter:
    """Writes blocks below one another, in a broad column; facts and tables take those beside it too."""

    def __init__(self, page: SheetWriter, text: TextSheet) -> None:
        self._page, self._title, self._blocks, self._row = page, text.title, plainly(text.blocks), 0
        tables = [one for block in self._blocks if (one := _table_in(block))]
        self._is_wide = bool(tables) or any(isinstance(block, Facts) for block in self._blocks)
        self._width = 60 if self._is_wide else _WIDEST_TEXT
        self._beside = max((len(table.columns) for table in tables), default=2)

    def write(self) -> None:
        """Write it all."""
        sheet = self._page.sheet
        sheet.set_column(0, 0, self._width)
        if self._is_wide:
            sheet.set_column(1, self._beside - 1, _BROADEST if self._beside == 2 else 24)
        self._row = self._page.head(self._title)
        sheet.freeze_panes(2, 0)
        for block in self._blocks:
            self._block(block)

    def _block(self, block: PlainBlock) -> None:
        match block:
            case Paragraph(text=text, tone=tone):
                self._lines((text,), "text" if tone is Tone.PLAIN else tone.value)
            case Heading(text=text, level=level):
                self._row += 1
                self._lines((text,), f"heading-{level}")
            case Items(entries=entries):
                self._lines((f"• {entry}" for entry in entries), "text")
            case Quotes(entries=entries):
                self._lines(entries, "quote")
            case Facts():
                self._facts(block)
            case Table() | Chart():
                self._table(block)

    def _lines(self, texts: Iterable[str], style: str) -> None:
        for text in texts:
            self._page.put(self._row, 0, text, style)
            self._page.set_height(self._row, {style: lines_of(text, self._width)})
            self._row += 1

    def _facts(self, block: Facts) -> None:
        self._row += 1
        if block.fold:
            self._lines((block.fold,), "heading-4")
        for name, value in block.entries:
            self._cells((name, value), "words")
        self._row += 1

    def _table(self, block: Table | Chart) -> None:
        table = in_words(block.data if isinstance(block, Chart) else block, self._page.book.language)
        self._row += 1
        self._lines((table.caption,), "caption")
        self._cells(tuple(column.title for column in table.columns), "words-header")
        for row in table.rows:
            self._cells(tuple(map(str, row)), "words")
        self._row += 1

    def _cells(self, texts: tuple[str, ...], style: str) -> None:
        broad = _BROADEST if self._beside == 2 else 24
        for column, text in enumerate(texts):
            self._page.put(self._row, column, text, first_or_not(style, column))
        highest = max(lines_of(text, broad if column else self._width) for column, text in enumerate(texts))
        self._page.set_height(self._row, {style: highest})
        self._row += 1


def _table_in(block: PlainBlock) -> Table | None:
    if isinstance(block, Chart):
        return block.data
    return block if isinstance(block, Table) else None
