"""The cells of a roster file: what each of them says, or what is wrong with it and how to mend it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from feedback.domain.address import Address, read_address
from feedback.domain.errors import Amount, CellRefused, quoted, sentence
from feedback.domain.roster.addresses import INVISIBLE, unwrapped
from feedback.domain.roster.words import language_tag, names_both_roles, role_in
from feedback.domain.survey.questionnaires import Role

MAX_NAME_CHARS = 200
MAX_COHORT_CHARS = 100

_NOTHING = """
n/a | n.a. | n.a | n\\a | n/d | s/o | none | null | nil | (none) | (blank) | (empty) | not applicable
aucun | aucune | néant | ninguno | ninguna | no aplica | لا يوجد | لا ينطبق
"""
_WORDS_FOR_NOTHING = frozenset(re.split(r"\s*[|\n]\s*", _NOTHING.strip()))
_ERROR = re.compile(r"#[¡¿]?[^\W\d_][\w/]*[!?]|#(?:N/A|N/D|NV|GETTING_DATA)(?: N/A)?|#{2,}|Err:\d{3}", re.IGNORECASE)
# Marks of direction, byte order marks and blanks of no width, which no keyboard types and no screen shows.
_BLANKS = "[\\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+"
_EDGES = re.compile(rf"\A{_BLANKS}|{_BLANKS}\Z")
_JOINERS = str.maketrans("", "", "\u200c\u200d")


# Few words stand on many lines: each is judged once.
_once = lru_cache(maxsize=4096)


def is_error(text: str) -> bool:
    """Tell whether a cell is what a spreadsheet shows where a formula failed or a column is too narrow."""
    return ("#" in text or ":" in text) and _ERROR.fullmatch(text.translate(INVISIBLE).strip()) is not None


def no_error(text: str) -> str:
    """Return `text`; CellRefused if it is an error of a spreadsheet."""
    if is_error(text):
        raise CellRefused(
            sentence("%(text)s is an error of the spreadsheet; mend the cell there and save the file again."),
            text=quoted(text),
        )
    return text


@_once
def stands_for_nothing(text: str) -> bool:
    """Tell whether a cell that is not blank says that there is nothing: "N/A", "none", or no letter and no digit."""
    plain = unicodedata.normalize("NFKC", text.translate(INVISIBLE)).strip().casefold()
    is_mute = all(unicodedata.category(sign)[0] == "P" or sign in "−|" for sign in plain if not sign.isspace())
    return bool(plain) and not _ERROR.fullmatch(plain) and (is_mute or plain in _WORDS_FOR_NOTHING)


def _read_name(text: str) -> str:
    name = _folded(text, MAX_NAME_CHARS)
    if not name.translate(_JOINERS):
        raise CellRefused(sentence("the field is empty; write the participant’s name."))
    return name


@_once
def _read_cohort(text: str) -> str:
    return _folded(text.translate(INVISIBLE), MAX_COHORT_CHARS)


def _folded(text: str, most: int) -> str:
    if not text.isascii():
        text = _EDGES.sub("", unicodedata.normalize("NFC", text))
    folded = " ".join(text.split())
    if not folded.translate(_JOINERS).isprintable():
        raise CellRefused(sentence("%(text)s holds an invisible character; type the text again."), text=quoted(text))
    if "\ufffd" in folded:
        raise CellRefused(
            sentence("%(text)s has lost a letter where the “�” stands; type the text again."), text=quoted(text)
        )
    if len(folded) > most:
        raise CellRefused(
            sentence("the text has %(characters)s; shorten it to %(number)s."),
            characters=Amount(len(folded), "character"),
            number=most,
        )
    return folded


def _read_address(text: str) -> Address:
    return read_address(unwrapped(text))


@_once
def _read_role(text: str) -> Role:
    role = role_in(text)
    if role is not None:
        return role
    if names_both_roles(text):
        raise CellRefused(
            sentence("%(text)s is two roles; write two rows, one as mentor and one as mentee."), text=quoted(text)
        )
    if not text.strip():
        raise CellRefused(sentence("the field is empty; write mentor or mentee."))
    raise CellRefused(sentence("%(text)s is not a role; write mentor or mentee."), text=quoted(text))


@_once
def _read_language(text: str) -> str:
    if not text.translate(INVISIBLE).strip():
        return ""
    tag = language_tag(text.translate(INVISIBLE))
    if tag is None:
        raise CellRefused(
            sentence("%(text)s is not a language; write its code, such as en or pt-BR."), text=quoted(text)
        )
    return tag


READERS: Mapping[str, Callable[[str], Any]] = {
    "name": _read_name,
    "email": _read_address,
    "role": _read_role,
    "cohort": _read_cohort,
    "language": _read_language,
}
