"""What in a text may reveal who somebody is: marked for the reviewer, named to its author. Never changes a letter.

For the reviewer it errs on the side of marking: one mark too many costs a glance, a name that slips through may cost a
person. Authors are warned only about what is plain: a warning that is often wrong is soon ignored.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from feedback.domain.comments.first_names import FirstNames, fold
from feedback.domain.comments.telling_words import TellingWords


class Sign(StrEnum):
    """What a marked part looks like."""

    NAME = "name"
    MAIL = "mail"
    LINK = "link"
    PHONE = "phone"
    DATE = "date"
    ROLE = "role"
    PLACE = "place"
    NUMBER = "number"


@dataclass(frozen=True)
class Span:
    """The characters from `start` up to `end` of a text."""

    start: int
    end: int
    sign: Sign


@dataclass(frozen=True)
class Segment:
    """A run of text, marked with a sign or not at all."""

    text: str
    sign: Sign | None


_DOMAIN = r"\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,5}\.(?:com|org|net|edu|gov|io|eu|uk|de|fr|es|it|ch|at)\b"
_MAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)*")
_LINK = re.compile(rf"(?i)\b(?:https?://|www\.)[^\s<>]+|{_DOMAIN}|(?<!\w)@\w{{2,}}")
_PHONE = re.compile(r"(?<!\w)\(?\+?\d(?:[\s()./-]{0,2}\d){6,14}(?!\w)")
# A number by which somebody could be looked up: five digits and more, with a few letters before them or not.
_NUMBER = re.compile(r"\b(?:[A-Za-z]{1,4}-?)?\d{5,}\b")
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_LETTERS = 4
_SURE_LETTERS = 6
_FIRST_UNSPACED = "\u2e80"
_BEGINNING = re.compile(r"(?:^|[.!?…:;\n])[\s\"'(“«¿¡-]*\Z")


class Names:
    """Names to look for: of each its parts, forms of its first name, and near misses of them."""

    def __init__(self, names: Iterable[str], first_names: FirstNames) -> None:
        """Take full names as a roster has them."""
        self._also_words = first_names.also_words
        split = [[fold(part) for part in _WORD.findall(name)] for name in names]
        own = {part for parts in split for part in parts if len(part) > 1 and part not in first_names.particles}
        firsts = {parts[0] for parts in split if parts}
        self._known = own.union(*(first_names.forms_of(first) for first in firsts & own))
        self._whole = {"".join(parts) for parts in split if parts and parts[0] >= _FIRST_UNSPACED}
        # Two words that are one typo apart have a form in common in which a letter is missing, or are one such form.
        self._near: dict[str, set[str]] = {}
        for part in own:
            if len(part) >= _LEAST_LETTERS:
                for shorter in {part, *_shortened(part)}:
                    self._near.setdefault(shorter, set()).add(part)

    def spans(self, text: str) -> Iterator[Span]:
        """Yield where a name, or what may be one, stands in `text`."""
        for found in _WORD.finditer(text):
            if self._is_name(found[0]):
                yield Span(found.start(), found.end(), Sign.NAME)
        # Scripts without spaces between words.
        for name in sorted(self._whole):
            yield from (Span(one.start(), one.end(), Sign.NAME) for one in re.finditer(re.escape(name), text))

    def _is_name(self, word: str) -> bool:
        folded, is_small = fold(word), word.islower()
        if folded in self._known:
            return not (is_small and folded in self._also_words)
        if len(folded) < _LEAST_LETTERS or (is_small and len(folded) < _SURE_LETTERS):
            return False
        candidates = {near for shorter in (folded, *_shortened(folded)) for near in self._near.get(shorter, ())}
        return any(is_one_typo(folded, near) for near in candidates)


def _shortened(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def is_one_typo(one: str, other: str) -> bool:
    """Tell whether one letter added, dropped or replaced, or two neighbours swapped, makes one word of the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    same = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one))
    rest, other_rest = one[same:], other[same:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return rest[1:] == other_rest[1:] or rest[1:] == other_rest or rest == other_rest[1:] or swapped == other_rest


class Marker:
    """Finds what in a text may tell who somebody is, by lists of words."""

    def __init__(self, first_names: FirstNames, words: TellingWords) -> None:
        """Take the lists as they were read from their files."""
        self._first_names = first_names
        self._patterns = (
            (Sign.MAIL, _MAIL),
            (Sign.LINK, _LINK),
            *((Sign.DATE, pattern) for pattern in words.dates),
            (Sign.PHONE, _PHONE),
            *((Sign.ROLE, pattern) for pattern in words.roles),
            *((Sign.PLACE, pattern) for pattern in words.places),
            *((Sign.PHONE, pattern) for pattern in words.extensions),
            *((Sign.NUMBER, pattern) for pattern in words.staff_numbers),
        )

    def names(self, names: Iterable[str]) -> Names:
        """Return what to look for of full names as a roster has them."""
        return Names(names, self._first_names)

    def highlights(self, text: str, names: Names) -> tuple[Span, ...]:
        """Return the parts of `text` that may tell who somebody is: in order, not empty, none over another."""
        spans: list[Span] = []
        end = 0
        numbers = (Span(one.start(), one.end(), Sign.NUMBER) for one in _NUMBER.finditer(text))
        found = (*self._spans(text), *names.spans(text), *numbers)
        for span in sorted(found, key=lambda one: (one.start, -one.end)):
            if span.end > end:
                spans.append(Span(max(span.start, end), span.end, span.sign))
                end = span.end
        return tuple(spans)

    def giveaways(self, text: str) -> tuple[str, ...]:
        """Return the parts of `text` that may tell who wrote it or whom it is about, each once, in order.

        Knows no roster: a name is a common first name with a capital letter, and one that is also a word only where no
        sentence begins.
        """
        found = [(span.start, text[span.start : span.end]) for span in self._spans(text)]
        words = _WORD.finditer(text)
        found += [(one.start(), one[0]) for one in words if self._is_first_name(one[0], text[: one.start()])]
        inside = {start + place for start, part in found for place in range(1, len(part))}
        plain = (" ".join(part.split()) for start, part in sorted(found) if start not in inside)
        return tuple(dict.fromkeys(plain))

    def _spans(self, text: str) -> Iterator[Span]:
        for sign, pattern in self._patterns:
            yield from (Span(one.start(), one.end(), sign) for one in pattern.finditer(text))

    def _is_first_name(self, word: str, before: str) -> bool:
        known, folded = self._first_names, fold(word)
        if word.islower() or folded not in known.related:
            return False
        is_a_word = folded in known.also_words or folded in known.words_elsewhere
        return not is_a_word or not _BEGINNING.search(before[-20:])


def segments(text: str, spans: Iterable[Span]) -> tuple[Segment, ...]:
    """Return `text` in runs, marked where `spans` (as `highlights` returns them) say; together they are the text."""
    edges = [Span(0, 0, Sign.NAME), *spans, Span(len(text), len(text), Sign.NAME)]
    runs: list[Segment] = []
    for before, span in pairwise(edges):
        runs += [Segment(text[before.end : span.start], None), Segment(text[span.start : span.end], span.sign)]
    return tuple(run for run in runs if run.text)
