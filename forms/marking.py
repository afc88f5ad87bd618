"""What may tell who somebody is, by the lists of words that ship with the product; read from files, and checked."""

from functools import cache
from importlib.resources import files

from feedback.domain.comments.first_names import read_first_names
from feedback.domain.comments.highlights import Marker
from feedback.domain.comments.telling_words import read_telling_words

_FIRST_NAMES, _TELLING_WORDS = "first_names.toml", "telling_words.toml"


@cache
def marker() -> Marker:
    """Return the marker of this product; raise WordsRefused if a list is wrong."""
    return Marker(
        read_first_names(_text(_FIRST_NAMES), _FIRST_NAMES), read_telling_words(_text(_TELLING_WORDS), _TELLING_WORDS)
    )


def _text(file: str) -> str:
    return (files("forms") / file).read_text(encoding="utf-8")
