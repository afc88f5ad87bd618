"""What people take for the same: names whatever their case, accents, punctuation and order of words."""

import re
import unicodedata

_APOSTROPHES = re.compile("['’‘ʼ`´]")
_WORD = re.compile(r"[^\W_]+")


def name_key(name: str) -> tuple[str, ...]:
    """Return what is equal for names that people take for one: "Ito, ADA" and "Ada Itó"."""
    plain = name.casefold()
    if not plain.isascii():
        plain = "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))
    return tuple(sorted(_WORD.findall(_APOSTROPHES.sub("", plain)))) or (name,)
