"""What a workbook is made of, in no format: sheets to be read, sheets to be reckoned with, and charts of changes."""

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import compress
from typing import TypeAlias

from feedback.rendering.paper import Block

SheetValue: TypeAlias = str | int | float | None
"""One cell of a data sheet; None is an empty one. Words may stand where a number is known only within limits."""


class Measure(StrEnum):
    """What the numbers of a column are: their unit, and so how a spreadsheet shows them."""

    WORDS = "words"
    COUNT = "count"
    SHARE = "share"
    """Percent of a whole, from 0 to 100."""
    POINTS = "points"
    """Percentage points more or fewer, from −100 to 100."""
    PROBABILITY = "probability"
    """From 0 to 1, and told exactly where it is small."""
    EFFECT = "effect"
    """From −1 to 1."""


@dataclass(frozen=True)
class DataColumn:
    """One column: a title for people, and a `key` for programs; without a title it is for these alone.

    If `shaded`, a colour says how high each share is.
    """

    title: str
    key: str
    measure: Measure = Measure.WORDS
    shaded: bool = False


@dataclass(frozen=True)
class TextSheet:
    """A sheet to be read from top to bottom. `tab` is a short name, `title` stands above."""

    tab: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class DataSheet:
    """One table to sort, filter and reckon with; every row has as many values as there are columns.

    `name` is a word by which formulas can find the table, in ASCII letters; `notes` are sentences above it.
    """

    tab: str
    title: str
    name: str
    notes: tuple[str, ...]
    columns: tuple[DataColumn, ...]
    rows: tuple[tuple[SheetValue, ...], ...]

    @property
    def for_people(self) -> "DataSheet":
        """The sheet without the columns that are for programs alone."""
        shown = [bool(column.title) for column in self.columns]
        rows = tuple(tuple(compress(row, shown)) for row in self.rows)
        return replace(self, columns=tuple(compress(self.columns, shown)), rows=rows)


@dataclass(frozen=True)
class ChangeBar:
    """How many percentage points a share has changed, and the interval of that, from `low` to `high`."""

    label: str
    points: float
    low: float
    high: float


@dataclass(frozen=True)
class ChartSheet:
    """A chart of changes, from the top down as `bars` are; `notes` stand above it, `axis` says what is shown."""

    tab: str
    title: str
    notes: tuple[str, ...]
    axis: str
    bars: tuple[ChangeBar, ...]


Sheet: TypeAlias = TextSheet | DataSheet | ChartSheet


@dataclass(frozen=True)
class Book:
    """A whole workbook. `language` is such as "en" or "en-GB", `direction` "ltr" or "rtl"."""

    title: str
    subtitle: str
    language: str
    direction: str
    sheets: tuple[Sheet, ...]
