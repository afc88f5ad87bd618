"""Pictures of many things at once as the JSON that the typesetter's template draws: places in percent, words whole."""

from typing import Any

from feedback.rendering.blocks import Dumbbell, Dumbbells, HeatCell, HeatRow, HeatTable, RateBars, Stretch
from feedback.rendering.wording import one_line

_Json = dict[str, Any]


def picture_json(block: HeatTable | Dumbbells | RateBars) -> _Json:
    """Return what the template draws; groups of one side stand under its name, changes on one axis."""
    match block:
        case HeatTable():
            return _heat(block)
        case Dumbbells():
            return _dumbbells(block)
        case RateBars():
            return _rates(block)


def _heat(table: HeatTable) -> _Json:
    sides: list[_Json] = []
    for column in table.columns:
        if not sides or sides[-1]["text"] != column.side:
            sides.append({"text": column.side, "span": 0})
        sides[-1]["span"] += 1
    return {
        "kind": "heat",
        "caption": table.caption,
        "sides": sides,
        "columns": [{"title": one_line(column.title), "note": column.note} for column in table.columns],
        "themes": [{"title": title, "rows": [_row(row) for row in rows]} for title, rows in table.themes],
        "key": [{"cell": _cell(cell), "text": text} for cell, text in table.key],
        "hidden": table.hidden,
    }


def _row(row: HeatRow) -> _Json:
    cells = [_cell(cell) for cell in row.cells]
    return {"label": one_line(row.label), "note": one_line(row.note), "answer": row.is_answer, "cells": cells}


def _cell(cell: HeatCell) -> _Json:
    return {
        "knowledge": cell.knowledge.value,
        "text": cell.text,
        "note": cell.note,
        "shade": cell.shade.value if cell.shade else 0,
        "mark": ("!" if cell.is_marked else "") + ("▾" if cell.is_low else ""),
    }


def _dumbbells(chart: Dumbbells) -> _Json:
    return {
        "kind": "dumbbells",
        "title": chart.title,
        "before": chart.before,
        "after": chart.after,
        "interval": chart.interval,
        "question": chart.data.columns[0].title,
        "ends": chart.ends,
        "rows": [_change(row) for row in chart.rows],
    }


def _change(row: Dumbbell) -> _Json:
    return {
        "label": one_line(row.label),
        "note": one_line(row.note),
        "before": _span(row.before),
        "after": _span(row.after),
        "interval": _span(row.interval),
        "points": row.points,
        "counts": row.counts,
        "mark": row.mark,
    }


def _span(span: Stretch) -> list[float]:
    return [round(span.low, 2), round(span.high, 2)]


def _rates(bars: RateBars) -> _Json:
    rows = [{"label": bar.label, "share": bar.share, "said": bar.said, "part": bar.is_part} for bar in bars.bars]
    return {"kind": "rates", "title": bars.title, "rows": rows}
