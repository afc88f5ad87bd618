"""First names, what people make of them, and which names are also words; read from a file that people may add to."""

import unicodedata
from dataclasses import dataclass, field

from feedback.domain.comments.word_files import Entries, WordFile

_FOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def fold(word: str) -> str:
    """Return a word in small letters without accents."""
    letters = unicodedata.normalize("NFKD", word.casefold().translate(_FOLDED))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _is_folded(name: str) -> bool:
    return name.isalpha() and fold(name) == name


_MEND = "write names in small letters without accents, with spaces between them"
_NAMES = Entries(r"\s", _is_folded, _MEND)
_FAMILIES = Entries(r"\n", lambda family: all(map(_is_folded, family.split())), _MEND)


@dataclass(frozen=True)
class FirstNames:
    """All in small letters without accents. `related` has the forms of each name, itself among them.

    `particles` are parts of names that say nothing by themselves. In small letters `also_words` are read as words;
    `words_elsewhere` are words of French, Spanish or Welsh.
    """

    related: dict[str, set[str]] = field(repr=False)
    particles: frozenset[str]
    also_words: frozenset[str]
    words_elsewhere: frozenset[str]

    def forms_of(self, first_name: str) -> set[str]:
        """Return the forms of a first name, itself among them."""
        return self.related.get(first_name, {first_name})


def read_first_names(text: str, file: str) -> FirstNames:
    """Return what the TOML `text` of `file` lists; raise WordsRefused with all problems, one on a line."""
    words = WordFile(text, file)
    words.top.only("related", "particles", "also_words", "words_elsewhere")
    related: dict[str, set[str]] = {}
    for family in words.words(words.top, "related", _FAMILIES):
        forms = set(family.split())
        for form in forms:
            related.setdefault(form, set()).update(forms)
    particles, also_words, words_elsewhere = (
        frozenset(words.words(words.top, key, _NAMES)) for key in ("particles", "also_words", "words_elsewhere")
    )
    words.check()
    return FirstNames(related, particles, also_words, words_elsewhere)
