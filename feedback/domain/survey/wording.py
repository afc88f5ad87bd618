"""When two questions ask the same: by their words, whatever their codes, their case and their full stops."""

import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import lru_cache

NEARLY = 0.9


def are_nearly_equal(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether two texts, given by language, are the same or nearly so in any language that both have."""
    return any(_is_near(*sorted((one[language], other[language]))) for language in one.keys() & other.keys())


@lru_cache(maxsize=4096)
def normalised(text: str) -> str:
    """Return the letters and digits of a text, NFKC and case folded."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


# Surveys of one organisation ask the same few hundred texts again and again.
@lru_cache(maxsize=65_536)
def _is_near(one: str, other: str) -> bool:
    one, other = normalised(one), normalised(other)
    if one == other:
        return True
    # A long text has hardly a letter that is rare, so none may be left out for being common.
    pair = SequenceMatcher(None, one, other, autojunk=False)
    return pair.real_quick_ratio() >= NEARLY and pair.quick_ratio() >= NEARLY and pair.ratio() >= NEARLY
