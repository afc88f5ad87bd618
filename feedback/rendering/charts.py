"""A chart as an SVG picture, for a page or for paper. Decides where labels go so that none lies upon another.

In a text that runs from right to left the picture is mirrored: the unfavourable side is where reading starts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from feedback.rendering.blocks import BarPart, Chart, ChartBar, ChartSide
from feedback.rendering.measuring import ems, lines
from feedback.rendering.painting import KINDS, Brush, has_pattern, kind_of, pattern, pattern_name
from feedback.rendering.placing import PLAIN, PlacedPart, Reach, placed
from feedback.rendering.wording import one_line, percent_words

_LINE, _BAR, _GAP, _RISE = 1.35, 1.7, 0.85, 1.0
_LABEL_SIZE, _LABEL_MARGIN, _FIGURE_RISE = 0.85, 0.5, 1.16
_SWATCH, _SWATCH_GAP, _ENTRY_GAP = 1.1, 0.4, 1.4


@dataclass(frozen=True)
class Look:
    """How a chart is drawn: by which brush, in which language, how far it reaches. `name` begins its ids.

    A page writes the legend in HTML, beside the picture, and patterns once for all pictures (`all_patterns`); paper has
    both in the picture.
    """

    brush: Brush
    language: str
    reach: Reach
    name: str = "chart"
    legend: bool = False
    has_patterns: bool = True


def chart_svg(chart: Chart, look: Look) -> Markup:
    """Return the chart as one `<svg>` element: a legend if wanted, then each bar below its label."""
    reach = look.reach if chart.diverging else PLAIN
    canvas = _Canvas(look, 0.0, [])
    if look.legend:
        _draw_legend(canvas, legend_of(chart))
    for bar in chart.bars:
        _draw_bar(canvas, bar, reach, diverging=chart.diverging)
    height = max(canvas.y - _GAP + 0.3, 1.0)
    frame = look.brush.frame(height, one_line(chart.alt))
    shapes = "".join([_patterns(chart, look), *canvas.shapes])
    return Markup(f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>{shapes}</svg>')  # noqa: S704 - all text is escaped


def legend_of(chart: Chart) -> tuple[BarPart, ...]:
    """Return one part for each look in the chart, none twice; none if bars have no parts to tell apart."""
    if not any(len(bar.parts) > 1 for bar in chart.bars) and not chart.legend:
        return ()
    return told_apart((*chart.legend, *(part for bar in chart.bars for part in bar.parts)))


def told_apart(parts: Iterable[BarPart]) -> tuple[BarPart, ...]:
    """Return one part for each way of painting, in order, with the labels of all that are painted so."""
    labels: dict[str, dict[str, BarPart]] = {}
    for part in parts:
        labels.setdefault(kind_of(part), {}).setdefault(part.label, part)
    return tuple(replace(next(iter(alike.values())), label=" / ".join(alike)) for alike in labels.values())


def swatch_svg(part: BarPart, look: Look) -> Markup:
    """Return a small picture of how a part is painted, for a legend in HTML beside the chart of the same look."""
    areas = _areas(look, kind_of(part), 'width="100%" height="100%"')
    return Markup(f'<svg class="swatch" aria-hidden="true">{areas}</svg>')  # noqa: S704 - holds no text


@dataclass
class _Canvas:
    """What was drawn so far, and how far down."""

    look: Look
    y: float
    shapes: list[str]

    def mirrored(self, start: float, width: float) -> float:
        return 100 - start - width if self.look.brush.direction == "rtl" else start

    def text(self, start: float, baseline: float, content: str) -> None:
        brush = self.look.brush
        x, y = brush.across(self.mirrored(start, 0)), brush.down(baseline)
        self.shapes.append(f'<text x="{x}" y="{y}" text-anchor="{brush.anchor_at_start()}">{content}</text>')


def all_patterns(look: Look) -> Markup:
    """Return what pictures without patterns of their own are painted with, to stand once on a page."""
    made = "".join(pattern(look.brush, kind, look.name) for kind in KINDS if has_pattern(kind))
    return Markup(f'<svg class="patterns" aria-hidden="true" width="0" height="0"><defs>{made}</defs></svg>')  # noqa: S704 - holds no text


def _patterns(chart: Chart, look: Look) -> str:
    if not look.has_patterns:
        return ""
    kinds = sorted({kind_of(part) for bar in chart.bars for part in bar.parts})
    made = "".join(pattern(look.brush, kind, look.name) for kind in kinds if has_pattern(kind))
    return f"<defs>{made}</defs>" if made else ""


def _areas(look: Look, kind: str, box: str) -> str:
    area = f"<rect {box} {look.brush.area(kind)}/>"
    if not has_pattern(kind):
        return area
    return f'{area}<rect {box} fill="url(#{pattern_name(look.name, kind)})"/>'


def _draw_legend(canvas: _Canvas, parts: Iterable[BarPart]) -> None:
    room, x, first = canvas.look.brush.narrow, 0.0, True
    for part in parts:
        label = lines(one_line(part.label), room - _SWATCH - _SWATCH_GAP)
        width = _SWATCH + _SWATCH_GAP + max(map(ems, label))
        if first or x + width > room:
            canvas.y += 0 if first else _LINE
            x, first = 0.0, False
        _draw_entry(canvas, part, label, x)
        canvas.y += _LINE * (len(label) - 1)
        x += width + _ENTRY_GAP
    canvas.y += 0 if first else _LINE + _GAP


def _draw_entry(canvas: _Canvas, part: BarPart, label: tuple[str, ...], x: float) -> None:
    to_percent = 100 / canvas.look.brush.narrow
    start, width = x * to_percent, _SWATCH * to_percent
    box = _box(canvas, start, width, (canvas.y + 0.15, _SWATCH - 0.1))
    canvas.shapes.append(_areas(canvas.look, kind_of(part), box))
    after = (x + _SWATCH + _SWATCH_GAP) * to_percent
    for place, line in enumerate(label):
        canvas.text(after, canvas.y + _RISE + place * _LINE, _tspan(canvas, "label", line))


def _draw_bar(canvas: _Canvas, bar: ChartBar, reach: Reach, *, diverging: bool) -> None:
    _draw_label(canvas, bar)
    top = canvas.y + 0.15
    parts = placed(bar, reach, diverging=diverging)
    if diverging:
        canvas.shapes.append(_centre_line(canvas, 100 * reach.left / (reach.left + reach.right), top))
    else:
        canvas.shapes.append(f"<rect {_box(canvas, 0, 100, (top, _BAR))} {canvas.look.brush.track()}/>")
    for part in parts:
        if part.width > 0:
            box = _box(canvas, part.start, part.width, (top, _BAR))
            canvas.shapes.append(_areas(canvas.look, kind_of(part.part), box))
    canvas.shapes.extend(_figures(canvas, parts, top, free=not diverging and len(parts) == 1))
    canvas.y = top + _BAR + _GAP


def _draw_label(canvas: _Canvas, bar: ChartBar) -> None:
    room, note = canvas.look.brush.narrow, one_line(bar.note)
    wrapped = list(lines(one_line(bar.label), room))
    fits = bool(note) and ems(f"{wrapped[-1]}  {note}") <= room
    contents = [_tspan(canvas, "label", line) for line in wrapped]
    if fits:
        contents[-1] += _tspan(canvas, "note", f"\u2002{note}")
    elif note:
        contents += [_tspan(canvas, "note", line) for line in lines(note, room)]
    for content in contents:
        canvas.text(0, canvas.y + _RISE, content)
        canvas.y += _LINE


def _tspan(canvas: _Canvas, role: str, line: str) -> str:
    return f"<tspan {canvas.look.brush.words(role)}>{escape(line)}</tspan>"


def _box(canvas: _Canvas, start: float, width: float, rows: tuple[float, float]) -> str:
    brush, (top, height) = canvas.look.brush, rows
    x = brush.across(canvas.mirrored(start, width))
    return f'x="{x}" y="{brush.down(top)}" width="{brush.across(width)}" height="{brush.down(height)}"'


def _centre_line(canvas: _Canvas, at: float, top: float) -> str:
    brush = canvas.look.brush
    x = brush.across(canvas.mirrored(at, 0))
    ends = f'y1="{brush.down(top - 0.3)}" y2="{brush.down(top + _BAR + 0.3)}"'
    return f'<line x1="{x}" x2="{x}" {ends} {brush.line()}/>'


def _figures(canvas: _Canvas, parts: tuple[PlacedPart, ...], top: float, *, free: bool) -> Iterator[str]:
    """Write each share within its part; behind it if all to the right is free; only on broad pages; or not at all."""
    brush, language = canvas.look.brush, canvas.look.language
    at_least = "≥\u00a0" if any(part.part.side is ChartSide.UNKNOWN for part in parts) else ""
    for part in parts:
        if part.part.side is ChartSide.UNKNOWN:
            continue
        words = at_least + (part.part.figure or percent_words(part.part.share, language, decimals=0))
        need = 100 * (_LABEL_SIZE * ems(words) + _LABEL_MARGIN)
        if part.width * brush.narrow >= need:
            yield _within(canvas, part, words, top)
        elif free and (100 - part.width) * brush.narrow >= need:
            yield _behind(canvas, part, words, top)
        elif part.width * brush.broad >= need:
            yield f'<g class="broad">{_within(canvas, part, words, top)}</g>'


def _within(canvas: _Canvas, part: PlacedPart, words: str, top: float) -> str:
    brush = canvas.look.brush
    x, y = brush.across(canvas.mirrored(part.start + part.width / 2, 0)), brush.down(top + _FIGURE_RISE)
    figure = f"<tspan {brush.figure(kind_of(part.part))}>{escape(words)}</tspan>"
    return f'<text x="{x}" y="{y}" text-anchor="middle">{figure}</text>'


def _behind(canvas: _Canvas, part: PlacedPart, words: str, top: float) -> str:
    brush = canvas.look.brush
    x, y = brush.across(canvas.mirrored(part.start + part.width, 0)), brush.down(top + _FIGURE_RISE)
    away = brush.down(-0.4 if brush.direction == "rtl" else 0.4)
    where = f'x="{x}" dx="{away}" y="{y}" text-anchor="{brush.anchor_at_start()}"'
    return f"<text {where}><tspan {brush.figure('nothing')}>{escape(words)}</tspan></text>"
