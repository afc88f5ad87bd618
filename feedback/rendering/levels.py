"""The levels of headings, by which people with a screen reader walk: none is left out."""

from collections.abc import Iterator
from dataclasses import replace

from feedback.rendering.blocks import Heading, PlainBlock

_OF_A_SECTION = 2


def without_skipped_levels(blocks: tuple[PlainBlock, ...]) -> Iterator[PlainBlock]:
    """Yield a section's blocks, raising each heading that would leave out a level."""
    deepest = _OF_A_SECTION
    for block in blocks:
        if isinstance(block, Heading):
            deepest = min(block.level, deepest + 1)
            yield replace(block, level=deepest)
        else:
            yield block
