"""Pictures of many things at once as the plain blocks that every format writes: tables, headings, single charts."""

from collections.abc import Iterable, Iterator

from feedback.rendering.blocks import (
    Cards,
    Dumbbells,
    Heading,
    HeatTable,
    Items,
    Paragraph,
    RateBars,
    Sentences,
    ThemeChart,
    ThemeRow,
    Tone,
)
from feedback.rendering.paper import Block, PlainBlock


def plainly(blocks: Iterable[Block]) -> tuple[PlainBlock, ...]:
    """Return blocks without those that need a picture of their own; nothing that these say is lost."""
    return tuple(plain for block in blocks for plain in _plain(block))


def without_cards(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return blocks with a heading and a list in place of each card; bars keep their own title."""
    return tuple(part for block in blocks for part in _uncarded(block))


def _uncarded(block: Block) -> Iterator[Block]:
    if isinstance(block, Sentences):
        yield Items(tuple(one.text for one in block.entries))
    elif isinstance(block, Cards):
        for card in block.cards:
            if not isinstance(card.blocks[0], RateBars):
                yield Heading(card.title, is_urgent=card.calls)
            yield from without_cards(card.blocks)
    else:
        yield block


def _plain(block: Block) -> Iterator[PlainBlock]:
    match block:
        case HeatTable():
            yield block.data
            yield from _words(block.hidden)
        case Dumbbells() | RateBars():
            yield block.data
        case Sentences() | Cards():
            yield from plainly(_uncarded(block))
        case ThemeChart():
            yield Heading(block.title)
            for row in block.rows:
                yield from _row(row)
        case _:
            yield block


def _row(row: ThemeRow) -> Iterator[PlainBlock]:
    yield Heading(row.question, 4, row.anchor)
    for sentence in row.answer:
        yield Paragraph(sentence, Tone.PLAIN)
    if row.quiet:
        yield Paragraph(row.quiet, Tone.QUIET)
    if row.chart is not None:
        yield row.chart
    if row.withheld:
        yield Items(row.withheld)


def _words(text: str) -> Iterator[PlainBlock]:
    if text:
        yield Paragraph(text)
