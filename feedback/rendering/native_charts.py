"""Charts that a spreadsheet draws itself, from shares in hidden columns of the same sheet."""

from dataclasses import dataclass
from typing import Any

from feedback.rendering.blocks import BarPart, Chart, ChartBar, ChartSide
from feedback.rendering.charts import legend_of
from feedback.rendering.painting import PDF_INKS, has_pattern, kind_of
from feedback.rendering.placing import PLAIN, Reach, centre_of
from feedback.rendering.wording import harmless, one_line, percent_words

FIRST_HIDDEN_COLUMN = 52
_WIDTH, _ROW_PIXELS, _BAR_PIXELS, _FRAME_PIXELS = 860, 20, 46, 70
_SMALLEST_LABELLED = 6.0
_PATTERNS = {
    "unfavourable-1": "light_upward_diagonal",
    "unfavourable-2": "wide_upward_diagonal",
    "unfavourable-3": "dark_upward_diagonal",
    "favourable-3": "light_vertical",
    "unknown": "percent_10",
}
_EDGE, _LINE = {"color": "#3d4a52", "width": 0.5}, {"color": "#8b98a1", "width": 1}
_UNSEEN = {"name": " ", "fill": {"none": True}, "border": {"none": True}}


@dataclass(frozen=True)
class _Stack:
    """The same part of every bar that has it; `parts` has one place for each bar."""

    like: BarPart
    parts: tuple[BarPart | None, ...]


class ChartMaker:
    """Makes the charts of one sheet."""

    def __init__(self, workbook: Any, sheet: Any, reach: Reach, paper: tuple[str, str]) -> None:
        """Take the xlsxwriter workbook and worksheet, and the paper's language and direction."""
        self._workbook, self._sheet = workbook, sheet
        self._half = max(reach.left, reach.right)
        self._language, self._direction = paper
        self._next_column = FIRST_HIDDEN_COLUMN

    def insert(self, chart: Chart, row: int) -> int:
        """Draw `chart` at `row` of the first column; return how many rows it takes."""
        height = _FRAME_PIXELS + _BAR_PIXELS * max(len(chart.bars), 1)
        drawn = self._workbook.add_chart({"type": "bar", "subtype": "stacked"})
        self._name_bars(chart, row)
        if chart.diverging:
            self._add_space(drawn, chart, row)
        for stack in _stacks(chart.bars):
            self._add_stack(drawn, chart, stack, row)
        self._dress(drawn, chart, with_legend=bool(legend_of(chart)))
        drawn.set_size({"width": _WIDTH, "height": height})
        self._sheet.insert_chart(row, 0, drawn, {"description": one_line(chart.alt), "object_position": 1})
        return -(-height // _ROW_PIXELS) + 1

    def _name_bars(self, chart: Chart, row: int) -> None:
        self._names = self._column()
        for place, bar in enumerate(chart.bars, row + 1):
            self._sheet.write_string(place, self._names, harmless(one_line(f"{bar.label}  {bar.note}")))

    def _add_space(self, drawn: Any, chart: Chart, row: int) -> None:
        """Push each bar to the right with an unseen part, so that all centres stand under one another."""
        column = self._column()
        for place, bar in enumerate(chart.bars, row + 1):
            self._sheet.write_number(place, column, _rounded(self._half - centre_of(bar)))
        drawn.add_series({**self._ranges(chart, row, column), **_UNSEEN, "gap": 45})

    def _add_stack(self, drawn: Any, chart: Chart, stack: _Stack, row: int) -> None:
        column = self._column()
        self._sheet.write_string(row, column, harmless(one_line(stack.like.label)))
        for place, part in enumerate(stack.parts, row + 1):
            self._sheet.write_number(place, column, _rounded(part.share if part else 0))
        labels = [_label(part, bar, self._language) for part, bar in zip(stack.parts, chart.bars, strict=True)]
        drawn.add_series(
            {
                **self._ranges(chart, row, column),
                "name": [self._sheet.name, row, column],
                "data_labels": {"value": True, "custom": labels},
                "border": _EDGE,
                "gap": 45,
                **_fill(stack.like),
            }
        )

    def _ranges(self, chart: Chart, row: int, column: int) -> dict[str, Any]:
        first, last = row + 1, row + max(len(chart.bars), 1)
        return {
            "categories": [self._sheet.name, first, self._names, last, self._names],
            "values": [self._sheet.name, first, column, last, column],
        }

    def _column(self) -> int:
        column = self._next_column
        self._sheet.set_column(column, column, 12, None, {"hidden": True})
        self._next_column += 1
        return column

    def _dress(self, drawn: Any, chart: Chart, *, with_legend: bool) -> None:
        whole = 2 * self._half if chart.diverging else PLAIN.right
        lines = {"visible": True, "line": _LINE}
        axis = {"min": 0, "max": _rounded(whole), "major_unit": _rounded(whole / 2), "major_gridlines": lines}
        from_right = self._direction == "rtl"
        drawn.set_x_axis({**axis, "reverse": from_right, "label_position": "none", "line": {"none": True}})
        drawn.set_y_axis({"reverse": True, "label_position": "low", "num_font": {"size": 9}})
        drawn.set_title({"none": True})
        drawn.set_legend({"position": "top"} if with_legend else {"none": True})
        drawn.show_hidden_data()


def _stacks(bars: tuple[ChartBar, ...]) -> tuple[_Stack, ...]:
    """Return stacks in an order in which every bar's parts stand from left to right."""
    likes: list[BarPart] = []
    for bar in bars:
        _places(bar, likes)
    columns = [dict(zip(_places(bar, likes), bar.parts, strict=True)) for bar in bars]
    return tuple(_Stack(like, tuple(parts.get(place) for parts in columns)) for place, like in enumerate(likes))


def _places(bar: ChartBar, likes: list[BarPart]) -> list[int]:
    """Return where each part of a bar stands among `likes`, putting in those that are missing."""
    places: list[int] = []
    for part in bar.parts:
        after = places[-1] + 1 if places else 0
        found = next((place for place in range(after, len(likes)) if _alike(likes[place], part)), None)
        if found is None:
            likes.insert(after, part)
            found = after
        places.append(found)
    return places


def _alike(one: BarPart, other: BarPart) -> bool:
    return (one.label, kind_of(one)) == (other.label, kind_of(other))


def _label(part: BarPart | None, bar: ChartBar, language: str) -> dict[str, Any]:
    if part is None or part.side is ChartSide.UNKNOWN or part.share < _SMALLEST_LABELLED:
        return {"delete": True}
    at_least = "≥ " if any(other.side is ChartSide.UNKNOWN for other in bar.parts) else ""
    font = {"color": PDF_INKS[kind_of(part)].letters, "size": 9, "bold": has_pattern(kind_of(part))}
    return {"value": at_least + percent_words(part.share, language, decimals=0), "font": font}


def _fill(part: BarPart) -> dict[str, Any]:
    kind = kind_of(part)
    ink = PDF_INKS[kind]
    if not has_pattern(kind):
        return {"fill": {"color": ink.fill}}
    return {"pattern": {"pattern": _PATTERNS[kind], "fg_color": ink.stripes, "bg_color": ink.fill}}


def _rounded(percent: float) -> float:
    return round(percent / 100, 6)
