"""What a report is made of, in no format: sections of headed blocks. Every format writes these and nothing else.

Words are in the reader's language and numbers are formatted; whoever writes a format decides nothing but looks.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Cell: TypeAlias = str | int | float
"""One cell of a table. Numbers stay numbers, so that a spreadsheet can reckon with them; an empty one is ""."""


class Tone(StrEnum):
    """How a paragraph is meant."""

    PLAIN = "plain"
    HEADLINE = "headline"
    QUIET = "quiet"
    WARNING = "warning"


class ChartSide(StrEnum):
    """On which side of a diverging chart a part of a bar stands; an UNKNOWN one stands where it is put."""

    UNFAVOURABLE = "unfavourable"
    NEUTRAL = "neutral"
    FAVOURABLE = "favourable"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Paragraph:
    """A sentence or a few."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Heading:
    """A heading below the section's title; `level` is 3 or 4. `anchor` is such as "C1", or empty."""

    text: str
    level: int = 3
    anchor: str = ""


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    entries: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Names and what they stand for, such as a hash. `fold` is a title under which a page may hide them."""

    entries: tuple[tuple[str, str], ...]
    fold: str = ""


@dataclass(frozen=True)
class Quotes:
    """Comments as they were released, in the order in which they were shuffled."""

    entries: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column of a table. Numbers in a `percent` column are shares of a whole, from 0 to 100."""

    title: str
    numeric: bool = False
    percent: bool = False


@dataclass(frozen=True)
class Table:
    """A table; every row has as many cells as there are columns. The first column names the row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class BarPart:
    """One part of a bar: `share` percent of the whole, on one `side`; `shade` 1 (pale) or 2 (full)."""

    label: str
    share: float
    side: ChartSide
    shade: int


@dataclass(frozen=True)
class ChartBar:
    """One bar, for one group, with `note` such as "n = 12" behind its label. The parts stand from left to right.

    In a bar with an UNKNOWN part the others are the least that is certain, and are written so ("≥ 83%").
    """

    label: str
    parts: tuple[BarPart, ...]
    note: str


@dataclass(frozen=True)
class Chart:
    """Bars with all they show in words: `alt` a sentence, never empty, `data` a table. Raises ValueError without `alt`.

    A `diverging` one has a centre line: through the middle of a bar's neutral parts; without those at the end of the
    unfavourable ones; without those too at the start of the favourable ones. Otherwise all bars start at nought.
    """

    title: str
    alt: str
    bars: tuple[ChartBar, ...]
    data: Table
    diverging: bool

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError("a chart needs words for those who do not see it")


Block: TypeAlias = Paragraph | Heading | Items | Facts | Quotes | Table | Chart


@dataclass(frozen=True)
class PaperSection:
    """One part of a report. `name` is a short stable key, such as "outcomes", by which pages link to it."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Paper:
    """A whole report, ready to be written. `language` is such as "en" or "en-GB", `direction` "ltr" or "rtl"."""

    title: str
    subtitle: str
    language: str
    direction: str
    sections: tuple[PaperSection, ...]
