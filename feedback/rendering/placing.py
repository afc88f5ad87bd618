"""Where the parts of a chart's bars lie, in percent of the chart's width, left to right. Knows no format."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from feedback.rendering.blocks import BarPart, Chart, ChartBar, ChartSide
from feedback.rendering.paper import Paper
from feedback.rendering.plainly import plainly

_STEP = 10
_ROUNDING = 0.5  # Shares rounded one by one may add up to a little more than a hundred.


@dataclass(frozen=True)
class Reach:
    """How far bars go to the left and the right of the centre line, in percent of a whole bar."""

    left: float
    right: float


PLAIN = Reach(0, 100)


@dataclass(frozen=True)
class PlacedPart:
    """A part of a bar with its `start` and `width`, in percent of the chart's width."""

    part: BarPart
    start: float
    width: float


def charts_of(paper: Paper) -> tuple[Chart, ...]:
    """Return every chart of the paper in its order."""
    return tuple(block for section in paper.sections for block in plainly(section.blocks) if isinstance(block, Chart))


def reach_of(charts: Iterable[Chart]) -> Reach:
    """Return how far all diverging bars go together, so that charts under one another share a centre line and scale.

    Rounded up to full tens, and never less than ten a side.
    """
    bars = [bar for chart in charts if chart.diverging for bar in chart.bars]
    left = max((centre_of(bar) for bar in bars), default=0)
    right = max((sum(part.share for part in bar.parts) - centre_of(bar) for bar in bars), default=0)
    return Reach(_rounded_up(left), _rounded_up(right))


def centre_of(bar: ChartBar) -> float:
    """Return how far the centre line is from the bar's left end, in percent of a whole bar."""
    ends = list(accumulate((part.share for part in bar.parts), initial=0.0))
    neutral = [place for place, part in enumerate(bar.parts) if part.side is ChartSide.NEUTRAL]
    if neutral:
        return (ends[neutral[0]] + ends[neutral[-1] + 1]) / 2
    unfavourable = [place for place, part in enumerate(bar.parts) if part.side is ChartSide.UNFAVOURABLE]
    if unfavourable:
        return ends[unfavourable[-1] + 1]
    favourable = [place for place, part in enumerate(bar.parts) if part.side is ChartSide.FAVOURABLE]
    return ends[favourable[0]] if favourable else 0.0


def placed(bar: ChartBar, reach: Reach, *, diverging: bool) -> tuple[PlacedPart, ...]:
    """Return the parts of a bar where they lie in a chart that goes as far as `reach`."""
    scale = 100 / (reach.left + reach.right)
    at = reach.left - (centre_of(bar) if diverging else 0)
    ends = accumulate(part.share for part in bar.parts)
    return tuple(
        PlacedPart(part, (at + end - part.share) * scale, part.share * scale)
        for part, end in zip(bar.parts, ends, strict=True)
    )


def _rounded_up(share: float) -> float:
    return max(_STEP, -(-(share - _ROUNDING) // _STEP) * _STEP)
