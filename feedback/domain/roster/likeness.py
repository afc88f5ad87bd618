"""What people take for the same: names whatever their case, accents, punctuation and order of words."""

import re
import unicodedata

_APOSTROPHES = re.compile("['’‘ʼ`´]")
_WORD = re.compile(r"[^\W_]+")


def name_key(name: str) -> tuple[str, ...]:
    """Return what is equal for names that people take for one: "Ito, ADA" and "Ada Itó"."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return tuple(sorted(_WORD.findall(_APOSTROPHES.sub("", plain)))) or (name,)
