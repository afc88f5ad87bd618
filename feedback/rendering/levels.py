"""The levels of headings, by which people with a screen reader walk: none is left out."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from feedback.rendering.blocks import Heading
from feedback.rendering.paper import Block, PlainBlock

Some = TypeVar("Some", PlainBlock, Block)

_OF_A_SECTION = 2


def without_skipped_levels(blocks: Iterable[Some]) -> Iterator[Some]:
    """Yield a section's blocks, raising each heading that would leave out a level."""
    deepest = _OF_A_SECTION
    for block in blocks:
        if isinstance(block, Heading):
            deepest = min(block.level, deepest + 1)
            yield replace(block, level=deepest)
        else:
            yield block
