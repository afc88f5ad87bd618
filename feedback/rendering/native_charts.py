"""A chart of changes that a spreadsheet draws itself, from numbers in hidden columns of the same sheet."""

from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_range_abs

from feedback.rendering.book import ChangeBar, ChartSheet
from feedback.rendering.measuring import lines
from feedback.rendering.sheets import SheetWriter
from feedback.rendering.wording import one_line

FIRST_HIDDEN_COLUMN = 26
LABEL, POINTS, DOWN, UP = range(FIRST_HIDDEN_COLUMN, FIRST_HIDDEN_COLUMN + 4)
_WIDTH, _BAR_PIXELS, _FRAME_PIXELS = 1_060, 40, 90
_PAGE_WIDTH = 110
_RISE, _FALL = "#2f6da8", "#b75d14"
_INTERVAL = {"color": "#3d4a52", "width": 1.25}
_LINE = {"color": "#c3cdd3", "width": 0.75}
_LABEL_EMS = 44.0
_STEP = 25
_SIGNED = "+0;−0;0"


def write_chart(page: SheetWriter, chart: ChartSheet) -> None:
    """Write a sheet with the chart: a bar from zero for each change, its interval as a line over it."""
    row = page.head(chart.title, chart.notes)
    page.sheet.set_column(0, 0, _PAGE_WIDTH)
    page.sheet.fit_to_pages(1, 1)
    page.sheet.freeze_panes(2, 0)
    if not chart.bars:
        return
    _write_numbers(page, chart.bars, row)
    drawn = page.workbook.add_chart({"type": "bar"})
    drawn.add_series(_series(page.sheet.name, chart.bars, row))
    _dress(drawn, chart, is_mirrored=page.book.direction == "rtl")
    drawn.set_size({"width": _WIDTH, "height": _FRAME_PIXELS + _BAR_PIXELS * len(chart.bars)})
    told = {"description": one_line(" ".join((chart.title, *chart.notes))), "object_position": 1}
    page.sheet.insert_chart(row, 0, drawn, told)


def _write_numbers(page: SheetWriter, bars: tuple[ChangeBar, ...], first: int) -> None:
    page.sheet.set_column(LABEL, UP, 12, None, {"hidden": True})
    for row, bar in enumerate(bars, start=first):
        page.put(row, LABEL, "\n".join(lines(bar.label, _LABEL_EMS)), "text")
        for column, points in ((POINTS, bar.points), (DOWN, bar.points - bar.low), (UP, bar.high - bar.points)):
            page.sheet.write_number(row, column, round(points, 2), page.formats["points"])


def _series(sheet: str, bars: tuple[ChangeBar, ...], first: int) -> dict[str, Any]:
    last = first + len(bars) - 1
    ends: dict[str, Any] = {
        f"{name}_values": f"={quote_sheetname(sheet)}!{xl_range_abs(first, column, last, column)}"
        for name, column in (("plus", UP), ("minus", DOWN))
    }
    ends["plus_data"] = [round(bar.high - bar.points, 2) for bar in bars]
    ends["minus_data"] = [round(bar.points - bar.low, 2) for bar in bars]
    return {
        "categories": [sheet, first, LABEL, last, LABEL],
        "values": [sheet, first, POINTS, last, POINTS],
        "points": [{"fill": {"color": _RISE if bar.points >= 0 else _FALL}} for bar in bars],
        "gap": 60,
        "y_error_bars": {"type": "custom", "line": _INTERVAL, **ends},
    }


def _dress(drawn: Any, chart: ChartSheet, *, is_mirrored: bool) -> None:
    reach = max(max(abs(bar.low), abs(bar.high), abs(bar.points)) for bar in chart.bars)
    whole = min(-(-reach // _STEP) * _STEP, 100)
    font = {"size": 9}
    drawn.set_x_axis(
        {
            "name": chart.axis,
            "name_font": {**font, "bold": False},
            "num_font": font,
            "num_format": _SIGNED,
            "min": -whole,
            "max": whole,
            "major_unit": _STEP,
            "reverse": is_mirrored,
            "major_gridlines": {"visible": True, "line": _LINE},
            "label_position": "high",
        }
    )
    drawn.set_y_axis({"reverse": True, "label_position": "low", "num_font": font, "interval_unit": 1})
    drawn.set_title({"none": True})
    drawn.set_legend({"none": True})
    drawn.show_hidden_data()
