"""A paper as a spreadsheet: a sheet for each section, tables as tables, numbers as numbers, charts of its own."""

import io
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xlsxwriter import Workbook

from feedback.rendering.blocks import Paper, PaperSection
from feedback.rendering.cleaning import cleaned
from feedback.rendering.native_charts import ChartMaker
from feedback.rendering.placing import charts_of, reach_of
from feedback.rendering.sheets import SheetWriter
from feedback.rendering.wording import one_line

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MADE_ON = datetime(2000, 1, 1)  # noqa: DTZ001 - a day that is always the same, so that equal papers give equal bytes
_LONGEST_NAME = 31
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_A4 = 9
_HEADER = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2, "bottom_color": "#175b79"}
_WRAPPED = {"text_wrap": True, "valign": "top"}

FORMATS: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "font_color": "#175b79"},
    "text": _WRAPPED,
    "headline": {**_WRAPPED, "bold": True, "font_size": 13, "font_color": "#175b79"},
    "quiet": {**_WRAPPED, "font_color": "#515d66", "font_size": 9},
    "warning": {**_WRAPPED, "bold": True, "bg_color": "#fdf3ec", "left": 5, "left_color": "#94420f"},
    "heading-3": {"bold": True, "font_size": 13},
    "heading-4": {"bold": True},
    "caption": {"bold": True, "text_wrap": True, "font_color": "#1c2329"},
    "first-header": _HEADER,
    "header": {**_HEADER, "indent": 1},
    "number-header": {**_HEADER, "align": "right"},
    "quote": {**_WRAPPED, "indent": 1, "left": 2, "left_color": "#c3cdd3"},
    "value": {"valign": "top"},
    "first-cell": _WRAPPED,
    "cell": {**_WRAPPED, "indent": 1},
    "whole": {"num_format": "#,##0_M", "valign": "top"},
    "number": {"num_format": "#,##0.0##_M", "valign": "top"},
    "percent": {"num_format": "0.0%_M", "valign": "top"},
}


def write_workbook(paper: Paper) -> bytes:
    """Return the paper as XLSX; equal papers give equal bytes."""
    paper, file = cleaned(paper), io.BytesIO()
    with Workbook(file, _OPTIONS) as workbook:
        workbook.set_properties(
            {"title": one_line(paper.title), "subject": one_line(paper.subtitle), "created": _MADE_ON}
        )
        workbook.set_size(2400, 1600)
        formats = {name: workbook.add_format(dict(looks)) for name, looks in FORMATS.items()}
        for section, name in zip(paper.sections, sheet_names(paper.sections), strict=True):
            _write_sheet(workbook, (paper, section, name), formats)
    return file.getvalue()


def sheet_names(sections: tuple[PaperSection, ...]) -> tuple[str, ...]:
    """Return a name for each section's sheet, after its title: valid, at most 31 characters, none twice."""
    names: list[str] = []
    for section in sections:
        wanted = _NOT_IN_A_NAME.sub(" ", one_line(section.title)).strip(" '") or section.name
        name, number = _cut(wanted, ""), 1
        while name.casefold() in {taken.casefold() for taken in names} or name.casefold() == "history":
            number += 1
            name = _cut(wanted, f" {number}")
        names.append(name)
    return tuple(names)


def _cut(wanted: str, ending: str) -> str:
    return wanted[: _LONGEST_NAME - len(ending)].strip(" '") + ending


def _write_sheet(workbook: Any, part: tuple[Paper, PaperSection, str], formats: Mapping[str, Any]) -> None:
    paper, section, name = part
    sheet = workbook.add_worksheet(name)
    _set_page(sheet, paper)
    charts = ChartMaker(workbook, sheet, reach_of(charts_of(paper)), (paper.language, paper.direction))
    writer = SheetWriter(sheet, formats, charts, paper.language)
    writer.title(paper.title, section.title)
    writer.blocks(section.blocks)


def _set_page(sheet: Any, paper: Paper) -> None:
    sheet.hide_gridlines(2)
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
    if paper.direction == "rtl":
        sheet.right_to_left()
