"""A whole report, in no format: sections of headed blocks."""

from dataclasses import dataclass
from typing import TypeAlias

from feedback.rendering.blocks import (
    Cards,
    Chart,
    Dumbbells,
    Facts,
    Heading,
    HeatTable,
    Items,
    Paragraph,
    Quotes,
    RateBars,
    Sentences,
    Table,
    ThemeChart,
)

PlainBlock: TypeAlias = Paragraph | Heading | Items | Facts | Quotes | Table | Chart
"""What every format writes by itself."""

Block: TypeAlias = PlainBlock | HeatTable | Dumbbells | RateBars | ThemeChart | Sentences | Cards
"""What papers hold; a format that has no picture for one of them writes it as `rendering.plainly` says."""


@dataclass(frozen=True)
class PaperSection:
    """One part of a report. `name` is a short stable key, such as "outcomes", by which pages link to it.

    What `is_folded` is for those who check, and a page may hide it under its title.
    """

    name: str
    title: str
    blocks: tuple[Block, ...]
    is_folded: bool = False


@dataclass(frozen=True)
class Logo:
    """A picture that stands beside the title, as a PNG file, and what it shows in words."""

    png: bytes
    alt: str


@dataclass(frozen=True)
class Paper:
    """A whole report, ready to be written. `language` is such as "en" or "en-GB", `direction` "ltr" or "rtl".

    One that `is_brief` is printed in cards and pictures, and comments are cut where its last page ends; `more` says how
    many are missing, from one on.
    """

    title: str
    subtitle: str
    language: str
    direction: str
    sections: tuple[PaperSection, ...]
    is_brief: bool = False
    logo: Logo | None = None
    more: tuple[str, ...] = ()
