"""Sheets of a workbook that are reckoned with: one table each, with a header that stays, filters, and numbers."""

from collections.abc import Iterable
from typing import Any

from feedback.rendering.book import DataColumn, DataSheet, Measure, SheetValue
from feedback.rendering.sheets import SheetWriter, first_or_not, lines_of, width_of
from feedback.rendering.wording import one_line

_NARROWEST, _BROADEST_WORDS, _BROADEST_NUMBERS = 9.0, 56.0, 16.0
_FILTER_BUTTON = 3.0
_LONGEST_HEADER = 200
_SHADES = {
    "type": "3_color_scale",
    "min_type": "num",
    "min_value": 0,
    "min_color": "#f4b183",
    "mid_type": "num",
    "mid_value": 0.5,
    "mid_color": "#ffffff",
    "max_type": "num",
    "max_value": 1,
    "max_color": "#9dc3e6",
}
_LEAST_ROUNDED, _MOST_ROUNDED = 0.05, 99.95
_LEAST_PROBABILITY = 0.001


def write_data(page: SheetWriter, data: DataSheet) -> None:
    """Write a sheet of data."""
    data = data.for_people
    header = page.head(data.title, data.notes)
    widths = [_width(data, place) for place in range(len(data.columns))]
    titles = _distinct(data.columns)
    _add_table(page, data, titles, header)
    page.set_height(header, {"words": max(map(lines_of, titles, (width - _FILTER_BUTTON for width in widths)))})
    for place, width in enumerate(widths):
        page.sheet.set_column(place, place, width)
    for row, values in enumerate(data.rows, start=header + 1):
        for place, (value, column) in enumerate(zip(values, data.columns, strict=True)):
            _put(page, (row, place), value, column.measure)
        texts = [(value, width) for value, width in zip(values, widths, strict=True) if isinstance(value, str)]
        page.set_height(row, {"words": max((lines_of(text, width) for text, width in texts), default=1)})
    _shade(page.sheet, data, header)
    page.sheet.freeze_panes(header + 1, 1)
    page.sheet.repeat_rows(header)


def _add_table(page: SheetWriter, data: DataSheet, titles: list[str], header: int) -> None:
    columns = [
        {"header": title, "header_format": page.format_of(title, _header_style(place, column))}
        for place, (title, column) in enumerate(zip(titles, data.columns, strict=True))
    ]
    options = {"name": data.name, "columns": columns, "style": "Table Style Light 1"}
    page.sheet.add_table(header, 0, header + max(len(data.rows), 1), len(columns) - 1, options)


def _header_style(place: int, column: DataColumn) -> str:
    return first_or_not("words-header", place) if column.measure is Measure.WORDS else "number-header"


def _put(page: SheetWriter, at: tuple[int, int], value: SheetValue, measure: Measure) -> None:
    if isinstance(value, str):
        page.put(*at, value, first_or_not("words", at[1]) if measure is Measure.WORDS else "said")
    elif value is not None:
        number, style = _number(value, measure)
        page.sheet.write_number(*at, number, page.formats[style])


def _number(value: float, measure: Measure) -> tuple[float, str]:
    """Return a number as a cell holds it, and the format that rounds it neither to all nor to nothing."""
    if measure is Measure.SHARE:
        is_fine = 0 < value < _LEAST_ROUNDED or _MOST_ROUNDED <= value < 100
        return round(value / 100, 6), "fine-share" if is_fine else "share"
    if measure is Measure.PROBABILITY:
        return value, "fine-probability" if 0 < value < _LEAST_PROBABILITY else "probability"
    return (value if isinstance(value, int) else round(value, 4)), measure.value


def _width(data: DataSheet, place: int) -> float:
    column = data.columns[place]
    if column.measure is not Measure.WORDS:
        words = max(one_line(column.title).split(), key=len, default="")
        said = (row[place] for row in data.rows if isinstance(row[place], str))
        return width_of((words, *map(str, said)), _NARROWEST, _BROADEST_NUMBERS) + _FILTER_BUTTON
    texts = (column.title, *(str(row[place]) for row in data.rows if row[place] is not None))
    return width_of(texts, _NARROWEST, _BROADEST_WORDS) + _FILTER_BUTTON


def _shade(sheet: Any, data: DataSheet, header: int) -> None:
    for place, column in enumerate(data.columns):
        if column.shaded and data.rows:
            sheet.conditional_format(header + 1, place, header + len(data.rows), place, _SHADES)


def _distinct(columns: Iterable[DataColumn]) -> list[str]:
    """Return titles as a table in a spreadsheet needs them: none empty, none twice, whatever their case."""
    titles: list[str] = []
    for column in columns:
        wanted = one_line(column.title)[:_LONGEST_HEADER] or "–"
        title, number = wanted, 1
        while title.casefold() in {taken.casefold() for taken in titles}:
            number += 1
            title = f"{wanted} ({number})"
        titles.append(title)
    return titles
