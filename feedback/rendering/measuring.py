"""How much room text takes, in ems, where no font is at hand: guessed on the safe side."""

import unicodedata
from collections.abc import Iterator, Sequence

from feedback.rendering.blocks import Table
from feedback.rendering.wording import cell_words

_BROAD = frozenset("MW@%mw—…")
_SLIM = frozenset("iljtfrI.,:;'|!()[] ")
_NARROWEST_COLUMN, _BROADEST_COLUMN = 3.0, 26.0


def ems(text: str) -> float:
    """Return the width of `text` in ems of its own size."""
    return sum(_advance(character) for character in text)


def _advance(character: str) -> float:
    if character in _SLIM:
        return 0.36
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0.0
    if character in _BROAD or unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.1
    return 0.74 if character.isupper() else 0.62


def lines(text: str, room: float) -> tuple[str, ...]:
    """Break `text` into lines of at most `room` ems, at blanks, or within a word that is longer than a line."""
    done, line = [], ""
    for word in _pieces(text, room):
        longer = f"{line} {word}" if line else word
        if ems(longer) > room and line:
            done.append(line)
            longer = word
        line = longer
    return (*done, line)


def _pieces(text: str, room: float) -> Iterator[str]:
    for word in text.split():
        piece = ""
        for character in word:
            if piece and ems(piece + character) > room:
                yield piece
                piece = ""
            piece += character
        yield piece


def column_widths(table: Table, language: str) -> tuple[float, ...]:
    """Return for each column how much room its longest cell would like, in ems, within sensible bounds."""
    titles = [column.title for column in table.columns]
    cells = [[cell_words(cell, column, language) for cell, column in zip(row, table.columns)] for row in table.rows]
    return tuple(_wish(column) for column in zip(titles, *cells, strict=True))


def _wish(texts: Sequence[str]) -> float:
    longest_word = max((ems(word) for text in texts for word in text.split()), default=0.0)
    longest = max(ems(line) for text in texts for line in (text.splitlines() or [""]))
    return min(max(longest, longest_word, _NARROWEST_COLUMN), _BROADEST_COLUMN)
