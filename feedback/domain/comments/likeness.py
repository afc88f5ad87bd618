"""Which comments say nearly the same in nearly the same words, so that a reviewer reads them together.

Two texts are alike if four in five of the words of both are in both (Jaccard's index of their sets of words is at least
0.8). Such texts share one of their rarest words, so only texts that do are compared (Bayardo, Ma and Srikant 2007).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from feedback.domain.comments.first_names import fold

_WORD = re.compile(r"[^\W_]+")
_SHARED, _OF = 4, 5
MOST_COMPARED = 200
"""With so many texts a word is looked up at most: beyond, it is no rare word, and the work would grow too fast."""

WordsOfText = frozenset[str]


@dataclass(frozen=True)
class _Index:
    """The texts of each set of words, and which sets have a word among their rarest ones."""

    texts: Mapping[WordsOfText, tuple[bytes, ...]]
    holding: Mapping[str, tuple[WordsOfText, ...]]
    rarest: Mapping[WordsOfText, tuple[str, ...]]


def alike(texts: Mapping[bytes, str]) -> dict[bytes, tuple[bytes, ...]]:
    """Return for each text, by its id, the ids of all that are alike, itself among them, in the order given.

    Nothing where there is no other. Equal texts share one answer: thousands may say "nothing".
    """
    index = _index({number: frozenset(map(fold, _WORD.findall(text))) for number, text in texts.items()})
    place = {number: at for at, number in enumerate(texts)}
    found: dict[bytes, tuple[bytes, ...]] = {}
    for words, same in index.texts.items():
        near = (number for other in _near(words, index) for number in index.texts[other])
        together = tuple(sorted((*same, *near), key=place.__getitem__))
        if len(together) > 1:
            found |= dict.fromkeys(same, together)
    return found


def _index(words_of: Mapping[bytes, WordsOfText]) -> _Index:
    texts: dict[WordsOfText, list[bytes]] = {}
    for number, words in words_of.items():
        if words:
            texts.setdefault(words, []).append(number)
    common = Counter(word for words in texts for word in words)
    rarest = {words: _rarest(words, common) for words in texts}
    holding: dict[str, list[WordsOfText]] = {}
    for words, few in rarest.items():
        for word in few:
            holding.setdefault(word, []).append(words)
    kept = {word: tuple(those[:MOST_COMPARED]) for word, those in holding.items()}
    return _Index({words: tuple(same) for words, same in texts.items()}, kept, rarest)


def _rarest(words: WordsOfText, common: Mapping[str, int]) -> tuple[str, ...]:
    """Return so many of the rarest words that a text that is alike has one of them."""
    size = len(words) - -(-_SHARED * len(words) // _OF) + 1
    return tuple(sorted(words, key=lambda word: (common[word], word))[:size])


def _near(words: WordsOfText, index: _Index) -> Iterator[WordsOfText]:
    candidates = dict.fromkeys(other for word in index.rarest[words] for other in index.holding[word])
    return (other for other in candidates if other != words and _are_alike(words, other))


def _are_alike(one: WordsOfText, other: WordsOfText) -> bool:
    both = len(one & other)
    return _OF * both >= _SHARED * (len(one) + len(other) - both)
