"""How the shapes of a chart are written as SVG: measures and colours, for a page and for paper.

On a page lengths are in percent and em, so that bars follow the page's width and letters do not; colours come from
classes. On paper both are plain numbers and literal colours. No style attribute, no script, no address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import escape

from feedback.rendering.blocks import BarPart, ChartSide

PHONE_EMS, DESK_EMS = 22.0, 44.0
_TILE = 6
_UNIT = 10  # One em on paper, in units of the picture.


@dataclass(frozen=True)
class Ink:
    """The colours of one kind of part, on paper; `stripes` is empty where there are none."""

    fill: str
    letters: str
    stripes: str = ""


PDF_INKS: Mapping[str, Ink] = {
    "favourable-2": Ink("#175b79", "#ffffff"),
    "favourable-1": Ink("#b5d6e6", "#14262f"),
    "favourable-3": Ink("#b5d6e6", "#14262f", "#4f94b5"),
    "neutral": Ink("#eceff1", "#1c2329"),
    "unfavourable-1": Ink("#f7dcc6", "#3a1a06", "#c06a34"),
    "unfavourable-2": Ink("#94420f", "#ffffff", "#e9b48f"),
    "unfavourable-3": Ink("#f7dcc6", "#3a1a06", "#94420f"),
    "unknown": Ink("#ffffff", "#1c2329", "#7d8a93"),
    "nothing": Ink("#ffffff", "#1c2329"),
}
KINDS = tuple(PDF_INKS)
"""Every way in which a part is painted."""
_EDGE, _LETTERS, _QUIET = "#3d4a52", "#1c2329", "#515d66"
_STRIPE_WIDTHS = {"unfavourable-1": 1.1, "unfavourable-2": 1.4, "unfavourable-3": 2.2, "favourable-3": 1.4}


def kind_of(part: BarPart) -> str:
    """Return how a part is painted: its side and, where sides have two shades, its shade."""
    two_shades = part.side in {ChartSide.FAVOURABLE, ChartSide.UNFAVOURABLE}
    return f"{part.side.value}-{part.shade}" if two_shades else part.side.value


@dataclass(frozen=True)
class PageBrush:
    """Writes for a page, whose stylesheet has the colours. Texts wrap for a phone, figures show where they fit."""

    direction: str
    narrow: float = PHONE_EMS
    broad: float = DESK_EMS

    def across(self, percent: float) -> str:
        return f"{_number(percent)}%"

    def down(self, height: float) -> str:
        return f"{_number(height)}em"

    def frame(self, height: float, alt: str) -> str:
        return (
            f'class="chart" role="img" aria-label="{escape(alt)}" width="100%" height="{self.down(height)}" '
            f'direction="{self.direction}"'
        )

    def area(self, kind: str) -> str:
        return f'class="part {kind}"'

    def track(self) -> str:
        return 'class="track"'

    def words(self, role: str) -> str:
        return f'class="{role}"'

    def figure(self, kind: str) -> str:
        return f'class="figure on-{kind}"'

    def stripe(self, kind: str) -> str:
        return f'class="stripe-{kind}"'

    def line(self) -> str:
        return 'class="centre"'

    def anchor_at_start(self) -> str:
        return "start"


@dataclass(frozen=True)
class PdfBrush:
    """Writes for paper, `narrow` ems wide, where nobody asks for another width or another colour."""

    direction: str
    narrow: float

    @property
    def broad(self) -> float:
        return self.narrow

    def across(self, percent: float) -> str:
        return _number(percent / 100 * self.narrow * _UNIT)

    def down(self, height: float) -> str:
        return _number(height * _UNIT)

    def frame(self, height: float, alt: str) -> str:
        size = f'width="{self.across(100)}" height="{self.down(height)}"'
        box = f'viewBox="0 0 {self.across(100)} {self.down(height)}"'
        return f'{size} {box} font-size="{_UNIT}" fill="{_LETTERS}"'

    def area(self, kind: str) -> str:
        dashes = ' stroke-dasharray="2 1.5"' if kind == "unknown" else ""
        return f'fill="{PDF_INKS[kind].fill}" stroke="{_EDGE}" stroke-width="0.5"{dashes}'

    def track(self) -> str:
        return f'fill="#ffffff" stroke="{_EDGE}" stroke-width="0.5"'

    def words(self, role: str) -> str:
        return f'fill="{_QUIET if role == "note" else _LETTERS}"'

    def figure(self, kind: str) -> str:
        ink = PDF_INKS[kind]
        halo = (
            f' stroke="{ink.fill}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"' if ink.stripes else ""
        )
        return f'fill="{ink.letters}" font-size="8.5"{halo}'

    def stripe(self, kind: str) -> str:
        colour = PDF_INKS[kind].stripes
        return f'fill="{colour}"' if kind == "unknown" else f'stroke="{colour}" stroke-width="{_STRIPE_WIDTHS[kind]}"'

    def line(self) -> str:
        return f'stroke="{_LETTERS}" stroke-width="1"'

    def anchor_at_start(self) -> str:
        return "end" if self.direction == "rtl" else "start"


Brush: TypeAlias = PageBrush | PdfBrush
"""What a chart is written with. Places across are in percent, heights in em."""


def pattern(brush: Brush, kind: str, name: str) -> str:
    """Return the pattern of a kind of part that has one: stripes, or dots for what is unknown."""
    turned = "" if kind == "unknown" else ' patternTransform="rotate(45)"'
    shape = (
        f'<circle cx="2" cy="2" r="0.8" {brush.stripe(kind)}/>'
        if kind == "unknown"
        else f'<path d="M0 0V{_TILE}" {brush.stripe(kind)}/>'
    )
    size = f'width="{_TILE}" height="{_TILE}" patternUnits="userSpaceOnUse"'
    return f'<pattern id="{pattern_name(name, kind)}" {size}{turned}>{shape}</pattern>'


def pattern_name(name: str, kind: str) -> str:
    """Return the id of a pattern in the chart called `name`."""
    return f"{name}-{kind}"


def has_pattern(kind: str) -> bool:
    """Say whether this kind of part is told from others without colour, by stripes or dots."""
    return bool(PDF_INKS[kind].stripes)


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
