"""What in a text may tell who somebody is, marked for the reviewer. Marks only: never changes a letter.

Errs on the side of marking: a mark too many costs a glance, a name that slips through may cost a person.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from feedback.domain.first_names import NAMES_THAT_ARE_WORDS, PARTICLES, forms_of


class Sign(StrEnum):
    """What a marked part looks like."""

    NAME = "name"
    MAIL = "mail"
    LINK = "link"
    PHONE = "phone"
    DATE = "date"
    ROLE = "role"
    PLACE = "place"


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


_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_ROLES = (
    r"(?:(?:my|our|her|his|their|your|the)\s+(?:line\s+|direct\s+|old\s+|new\s+|former\s+)?(?:manager|boss|supervisor"
    r"|lead|team\s+lead|superior|assistant|secretary|report)s?"
    r"|(?:deputy\s+|vice[\s-]+)?head\s+of\s+(?:the\s+)?[^\W\d_]+"
    r"|(?:vice[\s-]+|deputy\s+|managing\s+|executive\s+|non-executive\s+|general\s+)?(?:director|president|chair(?:man"
    r"|woman|person)?|principal|dean|provost)s?"
    r"|(?:line|general|regional|office|plant|branch|store|project|programme|program|product|country|area)\s+manager"
    r"|team\s+lead(?:er)?|group\s+lead(?:er)?|chief\s+(?:of\s+staff|[^\W\d_]+\s+officer)|chief\s+executive"
    r"|c[efotims]o|[se]?vp|founder|co-founder|partner\s+at|board\s+member|secretary\s+general|ombudsman|works\s+council"
    r"|treasurer|professor|minister|ambassador)"
)
_ROOMS = r"(?i:room|building|block|floor|desk|office|team|unit|department|division|ward|site|branch|lab|plant)"
_DOMAIN = r"\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,5}\.(?:com|org|net|edu|gov|io|eu|uk|de|fr|es|it|ch|at)\b"
_DAY = r"\b\d{1,2}[./-]\d{1,2}(?:[./-](?:\d{4}|\d{2}))?\b(?![./-]?\d)"
_NO_PLACE = r"(?!(?:The|Our|My|This|That|Your|Their|His|Her|Its|A|An|In|Each|Every|One|No)\b)"
_PATTERNS = (
    (Sign.MAIL, re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)*")),
    (Sign.LINK, re.compile(rf"(?i)\b(?:https?://|www\.)[^\s<>]+|{_DOMAIN}|(?<!\w)@\w{{2,}}")),
    (Sign.DATE, re.compile(rf"\b\d{{4}}-\d{{1,2}}-\d{{1,2}}\b|{_DAY}")),
    (Sign.DATE, re.compile(rf"(?i)\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTHS}\b(?:\.?,?\s+\d{{4}})?")),
    (Sign.DATE, re.compile(rf"(?i)\b{_MONTHS}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?")),
    (Sign.PHONE, re.compile(r"(?<!\w)\(?\+?\d(?:[\s()./-]{0,2}\d){6,14}(?!\w)")),
    (Sign.ROLE, re.compile(rf"(?i)\b{_ROLES}\b")),
    (Sign.PLACE, re.compile(rf"\b{_ROOMS}\s+(?:no\.?\s*)?(?:\d+\w*|[A-Z][\w-]*)")),
    (Sign.PLACE, re.compile(rf"\b{_NO_PLACE}[A-Z][\w-]+\s+{_ROOMS}\b")),
)
_WORD = re.compile(r"[^\W\d_]+")
_FOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_LEAST_LETTERS = 4
_SURE_LETTERS = 6
_FIRST_UNSPACED = "\u2e80"


class Names:
    """Names to look for: of each its parts, forms of its first name, and near misses of them."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take full names as a roster has them."""
        split = [[fold(part) for part in _WORD.findall(name)] for name in names]
        own = {part for parts in split for part in parts if len(part) > 1 and part not in PARTICLES}
        firsts = {parts[0] for parts in split if parts}
        self._known = own.union(*(forms_of(first) for first in firsts & own))
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
            return not (is_small and folded in NAMES_THAT_ARE_WORDS)
        if len(folded) < _LEAST_LETTERS or (is_small and len(folded) < _SURE_LETTERS):
            return False
        candidates = {near for shorter in (folded, *_shortened(folded)) for near in self._near.get(shorter, ())}
        return any(is_one_typo(folded, near) for near in candidates)


def fold(word: str) -> str:
    """Return a word in small letters without accents."""
    letters = unicodedata.normalize("NFKD", word.casefold().translate(_FOLDED))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


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


def highlights(text: str, names: Names) -> tuple[Span, ...]:
    """Return the parts of `text` that may tell who somebody is: in order, not empty, none over another."""
    found = [Span(one.start(), one.end(), sign) for sign, pattern in _PATTERNS for one in pattern.finditer(text)]
    found += names.spans(text)
    spans: list[Span] = []
    end = 0
    for span in sorted(found, key=lambda one: (one.start, -one.end)):
        if span.end > end:
            spans.append(Span(max(span.start, end), span.end, span.sign))
            end = span.end
    return tuple(spans)


def segments(text: str, spans: Iterable[Span]) -> tuple[Segment, ...]:
    """Return `text` in runs, marked where `spans` (as `highlights` returns them) say; together they are the text."""
    edges = [Span(0, 0, Sign.NAME), *spans, Span(len(text), len(text), Sign.NAME)]
    runs: list[Segment] = []
    for before, span in pairwise(edges):
        runs += [Segment(text[before.end : span.start], None), Segment(text[span.start : span.end], span.sign)]
    return tuple(run for run in runs if run.text)
