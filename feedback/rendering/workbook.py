"""A book as XLSX: its sheets under whole names, numbers as numbers, text as text whatever it begins with."""

import io
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xlsxwriter import Workbook

from feedback.rendering.book import Book, ChartSheet, DataSheet, Sheet, TextSheet
from feedback.rendering.cleaning import cleaned
from feedback.rendering.data_sheets import write_data
from feedback.rendering.native_charts import write_chart
from feedback.rendering.sheets import AS_TEXT, SheetWriter, write_text
from feedback.rendering.wording import one_line

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MADE_ON = datetime(2000, 1, 1)  # noqa: DTZ001 - a day that is always the same, so that equal books give equal bytes
LONGEST_NAME = 31
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_A4 = 9
_HEADER = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2, "bottom_color": "#175b79"}
_WRAPPED = {"text_wrap": True, "valign": "top"}
_TOP = {"valign": "top"}

FORMATS: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "font_color": "#175b79"},
    "over": {"font_color": "#515d66", "font_size": 9},
    "text": _WRAPPED,
    "headline": {**_WRAPPED, "bold": True, "font_size": 13, "font_color": "#175b79"},
    "quiet": {**_WRAPPED, "font_color": "#515d66", "font_size": 9},
    "warning": {**_WRAPPED, "bold": True, "bg_color": "#fdf3ec", "left": 5, "left_color": "#94420f"},
    "heading-3": {**_WRAPPED, "bold": True, "font_size": 13},
    "heading-4": {**_WRAPPED, "bold": True},
    "caption": {"bold": True, "text_wrap": True, "font_color": "#1c2329"},
    "quote": {**_WRAPPED, "indent": 1, "left": 2, "left_color": "#c3cdd3"},
    "first-words-header": _HEADER,
    "words-header": {**_HEADER, "indent": 1},
    "number-header": {**_HEADER, "align": "right"},
    "first-words": _WRAPPED,
    "words": {**_WRAPPED, "indent": 1},
    "said": {**_TOP, "align": "right", "font_color": "#515d66", "text_wrap": True},
    "count": {**_TOP, "num_format": "#,##0"},
    "share": {**_TOP, "num_format": "0.0%"},
    "fine-share": {**_TOP, "num_format": "0.000%"},
    "points": {**_TOP, "num_format": "+0.0;−0.0;0.0"},
    "probability": {**_TOP, "num_format": "0.000"},
    "fine-probability": {**_TOP, "num_format": "0.0E+00"},
    "effect": {**_TOP, "num_format": "+0.00;−0.00;0.00"},
}


def write_workbook(book: Book) -> bytes:
    """Return the book as XLSX; equal books give equal bytes."""
    book, file = cleaned(book), io.BytesIO()
    with Workbook(file, _OPTIONS) as workbook:
        workbook.set_properties(
            {"title": one_line(book.title), "subject": one_line(book.subtitle), "created": _MADE_ON}
        )
        workbook.set_size(2400, 1600)
        formats = _formats(workbook, book.direction)
        for sheet, name in zip(book.sheets, sheet_names(book.sheets), strict=True):
            _write_sheet(SheetWriter(workbook, _new_sheet(workbook, name, book.direction), formats, book), sheet)
    return file.getvalue()


def sheet_names(sheets: tuple[Sheet, ...]) -> tuple[str, ...]:
    """Return a name for each sheet, after its tab: valid, at most LONGEST_NAME characters, none twice."""
    names: list[str] = []
    for number, sheet in enumerate(sheets, start=1):
        wanted = " ".join(_NOT_IN_A_NAME.sub(" ", one_line(sheet.tab)).split()).strip(" '") or str(number)
        name, again = _cut(wanted, ""), 1
        # A sheet of the name "History" is refused by spreadsheets.
        while name.casefold() in {taken.casefold() for taken in names} or name.casefold() == "history":
            again += 1
            name = _cut(wanted, f" {again}")
        names.append(name)
    return tuple(names)


def _cut(wanted: str, ending: str) -> str:
    return wanted[: LONGEST_NAME - len(ending)].strip(" '") + ending


def _formats(workbook: Any, direction: str) -> Mapping[str, Any]:
    reading = {"reading_order": 2 if direction == "rtl" else 1}
    kept = {f"{name}{AS_TEXT}": {**looks, "num_format": "@"} for name, looks in FORMATS.items()}
    return {name: workbook.add_format({**reading, **looks}) for name, looks in {**FORMATS, **kept}.items()}


def _new_sheet(workbook: Any, name: str, direction: str) -> Any:
    sheet = workbook.add_worksheet(name)
    sheet.hide_gridlines(2)
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
    if direction == "rtl":
        sheet.right_to_left()
    return sheet


def _write_sheet(page: SheetWriter, sheet: Sheet) -> None:
    match sheet:
        case TextSheet():
            write_text(page, sheet)
        case DataSheet():
            write_data(page, sheet)
        case ChartSheet():
            write_chart(page, sheet)
