"""A change on an axis from 0 to 100, and a bar of who answered, as small SVG pictures for a page.

Places are in percent without a `viewBox`, so that letters beside them keep their size. Their row says the same in
words, so they are hidden from those who do not see them.
"""

from collections.abc import Iterator

from markupsafe import Markup

from feedback.rendering.blocks import Dumbbell, RateBar, Stretch

_MIDDLE, _CAP, _DOT, _PILL = 12, 4, 5, 8
_GRID = (0, 25, 50, 75, 100)


def dumbbell_svg(row: Dumbbell, direction: str) -> Markup:
    """Return before, after and the interval; from right to left it is the mirror image."""
    return _picture("dumbbell", 2 * _MIDDLE, _Drawing(direction).dumbbell(row))


def rate_svg(bar: RateBar, direction: str) -> Markup:
    """Return a bar as long as the share that is told; none where it is not."""
    return _picture("rate", _MIDDLE, _Drawing(direction).rate(bar))


def _picture(name: str, height: int, shapes: Iterator[str]) -> Markup:
    made = f'<svg class="{name}" aria-hidden="true" width="100%" height="{height}">{"".join(shapes)}</svg>'
    return Markup(made)  # noqa: S704 - holds numbers and class names alone


class _Drawing:
    def __init__(self, direction: str) -> None:
        self._mirrored = direction == "rtl"

    def dumbbell(self, row: Dumbbell) -> Iterator[str]:
        yield from (self._line("grid", at, at, (1, 2 * _MIDDLE - 1)) for at in _GRID)
        yield self._between(row)
        yield self._line("whisker", row.interval.low, row.interval.high)
        yield from (
            self._line("whisker", end, end, (_MIDDLE - _CAP, _MIDDLE + _CAP))
            for end in (row.interval.low, row.interval.high)
            if 0 < end < 100
        )
        yield self._point("before", row.before)
        yield self._point("after", row.after)

    def rate(self, bar: RateBar) -> Iterator[str]:
        yield f'<rect class="track" {self._box(Stretch(0, 100), _MIDDLE - 1, 0.5)}/>'
        yield f'<rect class="filled" {self._box(Stretch(0, bar.share or 0), _MIDDLE - 1, 0.5)}/>'

    def _between(self, row: Dumbbell) -> str:
        before, after = row.before, row.after
        if after.low > before.high:
            return self._line("rise", before.high, after.low)
        if after.high < before.low:
            return self._line("fall", before.low, after.high)
        return ""

    def _line(self, name: str, start: float, end: float, rows: tuple[float, float] = (_MIDDLE, _MIDDLE)) -> str:
        return f'<line class="{name}" x1="{self._x(start)}" x2="{self._x(end)}" y1="{rows[0]}" y2="{rows[1]}"/>'

    def _point(self, name: str, span: Stretch) -> str:
        if span.low == span.high:
            return f'<circle class="{name}" cx="{self._x(span.low)}" cy="{_MIDDLE}" r="{_DOT}"/>'
        return f'<rect class="{name}" {self._box(span, _PILL, _MIDDLE - _PILL / 2)} rx="{_PILL // 2}"/>'

    def _box(self, span: Stretch, height: float, top: float) -> str:
        left = self._at(span.high) if self._mirrored else span.low
        return f'x="{_number(left)}%" y="{top}" width="{_number(span.high - span.low)}%" height="{height}"'

    def _x(self, share: float) -> str:
        return f"{_number(self._at(share))}%"

    def _at(self, share: float) -> float:
        return 100 - share if self._mirrored else share


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
