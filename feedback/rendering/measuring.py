"""How much room text takes, in ems, where no font is at hand: guessed on the safe side."""

import unicodedata
from collections.abc import Iterator

from feedback.rendering.blocks import Table
from feedback.rendering.wording import in_words

_BROAD = frozenset("MW@%mw—…")
_SLIM = frozenset("iljtfrI.,:;'|!()[] ")
_MARGIN, _LONGEST_WORD, _BROADEST_COLUMN = 2.0, 12.0, 40.0


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


def column_widths(table: Table, language: str, room: float) -> tuple[float, ...]:
    """Return the width of each column in ems: as its longest cell would like, or less where `room` is short.

    Every column gets room for its longest word first, as long as there is any.
    """
    texts = _texts_by_column(table, language)
    least = [max(map(_longest_word, column)) + _MARGIN for column in texts]
    wishes = [min(max(map(_longest_line, column)), _BROADEST_COLUMN) + _MARGIN for column in texts]
    if sum(wishes) <= room:
        return tuple(wishes)
    spare = max(room - sum(least), 0.0)
    wanting = sum(wishes) - sum(least) or 1.0
    return tuple(few + spare * (many - few) / wanting for few, many in zip(least, wishes, strict=True))


def _texts_by_column(table: Table, language: str) -> list[tuple[str, ...]]:
    titles = [column.title for column in table.columns]
    rows = in_words(table, language).rows
    return [tuple(map(str, column)) for column in zip(titles, *rows, strict=True)]


def _longest_word(text: str) -> float:
    return min(max((ems(word) for word in text.split()), default=0.0), _LONGEST_WORD)


def _longest_line(text: str) -> float:
    return max((ems(line) for line in text.splitlines()), default=0.0)
