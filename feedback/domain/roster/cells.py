"""The cells of a roster file: what each of them says, or what is wrong with it and how to mend it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from sys import intern
from typing import Any

from feedback.domain.address import read_address
from feedback.domain.errors import quoted
from feedback.domain.languages import LANGUAGE_CODES
from feedback.domain.survey.questionnaires import Role

MAX_NAME_CHARS = 200
MAX_COHORT_CHARS = 100

_NOTHING = """
n/a | n.a. | n.a | n\\a | n/d | s/o | none | null | nil | (none) | (blank) | (empty) | not applicable
aucun | aucune | néant | ninguno | ninguna | no aplica | لا يوجد | لا ينطبق
"""
_WORDS_FOR_NOTHING = frozenset(re.split(r"\s*[|\n]\s*", _NOTHING.strip()))
_ERROR = re.compile(r"#[¡¿]?[^\W\d_][\w/]*[!?]|#(?:N/A|N/D|NV|GETTING_DATA)(?: N/A)?|#{2,}|Err:\d{3}", re.IGNORECASE)
_JOINERS = str.maketrans("", "", "\u200c\u200d")
_MARKS = dict.fromkeys(map(ord, "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\ufeff")) | dict.fromkeys(
    (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_]([a-z]{2}|[0-9]{3}))?", re.IGNORECASE | re.ASCII)


def no_error(text: str) -> str:
    """Return `text`; ValueError if it is what a spreadsheet shows where a formula failed or a column is too narrow."""
    if _ERROR.fullmatch(text.strip()):
        raise ValueError(f"{quoted(text)} is an error of the spreadsheet; mend the cell there and save the file again.")
    return text


def stands_for_nothing(text: str) -> bool:
    """Tell whether a cell that is not blank says that there is nothing: "N/A", "none", or no letter and no digit."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    is_mute = all(unicodedata.category(sign)[0] == "P" or sign in "−|" for sign in plain if not sign.isspace())
    return bool(plain) and not _ERROR.fullmatch(plain) and (is_mute or plain in _WORDS_FOR_NOTHING)


def _read_name(text: str) -> str:
    name = _folded(text, MAX_NAME_CHARS)
    if not name.translate(_JOINERS):
        raise ValueError("the field is empty; write the participant’s name.")
    return name


def _read_cohort(text: str) -> str:
    # Few cohorts stand on many lines: one copy of each is enough.
    return intern(_folded(text.translate(_MARKS).strip(" \u200c\u200d"), MAX_COHORT_CHARS))


def _folded(text: str, most: int) -> str:
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    if not folded.translate(_JOINERS).isprintable():
        raise ValueError(f"{quoted(text)} holds an invisible character; type the text again.")
    if "\ufffd" in folded:
        raise ValueError(f"{quoted(text)} has lost a letter where the “�” stands; type the text again.")
    if len(folded) > most:
        raise ValueError(f"the text has {len(folded):,} characters; shorten it to {most}.")
    return folded


def _read_role(text: str) -> Role:
    try:
        return Role(text.strip().casefold().removesuffix("s"))
    except ValueError:
        raise ValueError(f"{quoted(text)} is not a role; write mentor or mentee.") from None


def _read_language(text: str) -> str:
    if not text.strip():
        return ""
    code = _LANGUAGE.fullmatch(text.strip())
    if not code or code[1].lower() not in LANGUAGE_CODES:
        raise ValueError(f"{quoted(text)} is not a language code; write one like en or pt-BR.")
    return "-".join((code[1].lower(), *((code[2].upper(),) if code[2] else ())))


READERS: Mapping[str, Callable[[str], Any]] = {
    "name": _read_name,
    "email": read_address,
    "role": _read_role,
    "cohort": _read_cohort,
    "language": _read_language,
}
