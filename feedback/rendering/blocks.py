"""The blocks that a report is made of, with words and numbers as they are read; a format decides nothing but looks."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TypeAlias

TableCell: TypeAlias = str | int | float
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
    """A heading below the section's title; `level` is 3 or 4. `anchor` is such as "C1", or empty.

    What is under one that `is_urgent` asks somebody to act.
    """

    text: str
    level: int = 3
    anchor: str = ""
    is_urgent: bool = False


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
    rows: tuple[tuple[TableCell, ...], ...]


@dataclass(frozen=True)
class BarPart:
    """One part of a bar: `share` percent of the whole, on one `side`; `shade` 1 (pale), 2 (full), 3 (several options).

    `figure` is what is written in it, such as "34%"; empty where its share is, rounded by itself.
    """

    label: str
    share: float
    side: ChartSide
    shade: int
    figure: str = ""


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
    `legend` are all options in their order, whether anybody chose them or not; empty for those that are seen.
    """

    title: str
    alt: str
    bars: tuple[ChartBar, ...]
    data: Table
    diverging: bool
    legend: tuple[BarPart, ...] = ()

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError("a chart needs words for those who do not see it")


class Shade(IntEnum):
    """How favourable a share is: its least is under a third, a half, two thirds, five sixths, or above."""

    LOWEST = 1
    LOW = 2
    MIDDLE = 3
    HIGH = 4
    HIGHEST = 5


class Knowledge(StrEnum):
    """What is told of one question in one group."""

    EXACT = "exact"
    LIMITS = "limits"
    WITHHELD = "withheld"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True)
class HeatCell:
    """One question in one group: `text` such as "83%" or "≤40%", `note` such as "10 of 12" where there is room.

    `said` is the same in words. `shade` is None where there is no better or worse, or limits are too far apart.
    `is_marked`: it is among what to act on. Texts are empty where nothing is told.
    """

    knowledge: Knowledge
    text: str = ""
    note: str = ""
    said: str = ""
    shade: Shade | None = None
    is_marked: bool = False

    @property
    def is_low(self) -> bool:
        """Whether fewer than half answered favourably for certain; written with a mark, since shades are not seen."""
        return self.shade in (Shade.LOWEST, Shade.LOW)


@dataclass(frozen=True)
class HeatRow:
    """A question, or one answer of it under its words (`is_answer`), with a cell for each column.

    `note` names the answers that count where they are not those of the caption. Without cells it is a heading of the
    answers below. `target` is the anchor of the question.
    """

    label: str
    cells: tuple[HeatCell, ...]
    note: str = ""
    target: str = ""
    is_answer: bool = False


@dataclass(frozen=True)
class HeatColumn:
    """A group: the `side` under which it stands, its own `title` (empty for a whole side), how many answered."""

    side: str
    title: str
    note: str


@dataclass(frozen=True)
class HeatTable:
    """Questions by groups, the share of favourable answers in each cell; rows by theme.

    `key` has one cell for each sign that occurs, with what it means. `hidden` names each question of which nothing
    is shown, once. `data` holds the same as plain words.
    """

    title: str
    caption: str
    columns: tuple[HeatColumn, ...]
    themes: tuple[tuple[str, tuple[HeatRow, ...]], ...]
    key: tuple[tuple[HeatCell, str], ...]
    hidden: str
    data: Table


@dataclass(frozen=True)
class Stretch:
    """From `low` to `high`, in percent of an axis that runs from 0 to 100; a point where they are equal."""

    low: float
    high: float


@dataclass(frozen=True)
class Dumbbell:
    """A share before and after. `interval` is where the later may lie if chance moved it; cut off at 0 and 100.

    Where it reaches the earlier share there may be no change. `points` is such as "+54", `counts` "6 of 13 → 13 of
    13", `mark` such as "may be chance" or empty; `note` the question that an answer belongs to.
    """

    label: str
    note: str
    target: str
    before: Stretch
    after: Stretch
    interval: Stretch
    points: str
    counts: str
    mark: str


@dataclass(frozen=True)
class Dumbbells:
    """Changes on one axis, from the largest rise to the largest fall; `before` and `after` name the two surveys."""

    title: str
    before: str
    after: str
    interval: str
    ends: str
    rows: tuple[Dumbbell, ...]
    data: Table


@dataclass(frozen=True)
class RateBar:
    """How many of a side or (`is_part`) of one of its groups: `share` in percent, None where it is not told."""

    label: str
    share: float | None
    said: str
    is_part: bool = False


@dataclass(frozen=True)
class RateBars:
    """Who answered: a bar for each side, and for its groups where they are few."""

    title: str
    bars: tuple[RateBar, ...]
    data: Table


@dataclass(frozen=True)
class ThemeRow:
    """A question: its words, `answer` in a plain line or a few, its `chart`, and what is not shown, with the reason.

    `quiet` is how far chance alone could move the shares, or empty. The chart's legend is the theme's where
    `has_own_legend` is false; `chart` is None where nothing is shown.
    """

    question: str
    anchor: str
    answer: tuple[str, ...]
    quiet: str
    chart: Chart | None
    withheld: tuple[str, ...]
    has_own_legend: bool


@dataclass(frozen=True)
class ThemeChart:
    """The questions of one theme on one scale. `legend` has every option of the scale that most share, in its order."""

    title: str
    legend: tuple[BarPart, ...]
    rows: tuple[ThemeRow, ...]


@dataclass(frozen=True)
class Run:
    """Part of a sentence: in `strong` letters, or leading to its evidence at the anchor `target`."""

    text: str
    strong: bool = False
    target: str = ""


@dataclass(frozen=True)
class Finding:
    """A sentence that can be read out, what stands quietly beneath it (`aside`), and a picture of the change."""

    runs: tuple[Run, ...]
    aside: str = ""
    picture: Dumbbell | None = None

    @property
    def text(self) -> str:
        """The sentence, and what stands beneath it."""
        said = "".join(run.text for run in self.runs)
        return f"{said} {self.aside}" if self.aside else said


@dataclass(frozen=True)
class Sentences:
    """One below the other."""

    entries: tuple[Finding, ...]


@dataclass(frozen=True)
class Card:
    """One part of a first page, never empty. `name` says which; one that `calls` for action stands out."""

    name: str
    title: str
    blocks: tuple[Paragraph | Sentences | RateBars, ...]
    calls: bool = False


@dataclass(frozen=True)
class Cards:
    """A first page: cards beside and below one another."""

    cards: tuple[Card, ...]
