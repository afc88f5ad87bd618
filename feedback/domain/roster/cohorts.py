"""Cohorts as people compare them: in one spelling, whatever the case, dashes, spaces and forms of a month.

The first spelling wins, the roster's before the file's; what was joined is said.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from feedback.domain.errors import RosterNote, quoted, sentence
from feedback.domain.roster.rows import RosterRow

_MONTHS = """
january janvier enero januar ionawr يناير
february février febrero februar chwefror فبراير
march mars marzo märz mrz mawrth مارس
april avril abril ebrill أبريل
may mai mayo أيار مايو
june juin junio juni mehefin يونيو
july juillet julio juli gorffennaf يوليو
august août agosto awst أغسطس
september septembre septiembre setiembre medi سبتمبر
october octobre octubre oktober hydref أكتوبر
november novembre noviembre tachwedd نوفمبر
december décembre diciembre dezember rhagfyr ديسمبر
"""
_NAMES_BY_MONTH = {month: line.split() for month, line in enumerate(_MONTHS.strip().splitlines(), start=1)}
_TWO_SPELLINGS = sentence(
    "The cohorts %(cohort)s (%(place)s) and %(other)s (%(places)s) are taken for one, %(cohort)s. If they are two, "
    "give one of them another name."
)
_A_DATE = sentence(
    "The cohort %(cohort)s (%(places)s) looks like a date that a spreadsheet made of something else. Is it the "
    "cohort’s name? If not, set the column to text and type it again."
)
_A_NAME = sentence(
    "The cohort %(cohort)s (%(places)s) is taken for a name. If it says that there is none, leave the cells empty."
)
_LEAST_LETTERS = 3
_NOTHING_OR_A_NAME = "na"
_MONTH_YEAR = re.compile(r"([^\W\d_]+)\.?[-\s/’']*(\d{4}|\d{2})")
_DAY_MONTH = re.compile(r"\d{1,2}[-\s/.]+([^\W\d_]+)\.?")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.]0?1(?:[t\s]00:00(?::00)?)?)?")
_NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{4})")
_FULL_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[t\s]\d{1,2}:\d\d(?::\d\d)?)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
)
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DASHES = re.compile(r"\s*[-‐-―−⁃˗﹘﹣－]+\s*")
_QUOTES = str.maketrans("’‘ʼ`´“”„«»", "'''''\"\"\"\"\"")


def cohort_key(cohort: str) -> str:
    """Return what is equal for cohorts that people take for one: "LONDON" and "London", "2027-03" and "Mar-27"."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", cohort)).casefold().translate(_QUOTES)
    plain = " ".join(_DASHES.sub("-", plain).split())
    return _month_key(plain) or plain


def in_one_spelling(
    rows: tuple[RosterRow, ...], known: Iterable[str]
) -> tuple[tuple[RosterRow, ...], tuple[RosterNote, ...]]:
    """Return rows whose cohorts are spelled as they were first, in `known` or above, and what is to be said of it."""
    first: dict[str, str] = {}
    lines: dict[str, dict[str, list[int]]] = {}
    for cohort in dict.fromkeys(filter(None, known)):
        first.setdefault(cohort_key(cohort), cohort)
    keys = {cohort: cohort_key(cohort) for cohort in {row.cohort for row in rows} if cohort}
    for row in rows:
        if row.cohort:
            key = keys[row.cohort]
            first.setdefault(key, row.cohort)
            lines.setdefault(key, {}).setdefault(row.cohort, []).append(row.line)
    chosen = {cohort: first[key] for cohort, key in keys.items()}
    spelled = tuple(
        row if chosen.get(row.cohort, "") == row.cohort else replace(row, cohort=chosen[row.cohort]) for row in rows
    )
    return spelled, tuple(_remarks(first, lines))


def _remarks(first: Mapping[str, str], lines: Mapping[str, Mapping[str, list[int]]]) -> Iterator[RosterNote]:
    for key, spellings in lines.items():
        chosen = first[key]
        for other, at in spellings.items():
            if other != chosen:
                place = _lines(spellings[chosen][:1]) if chosen in spellings else RosterNote(sentence("on the roster"))
                names = {"cohort": quoted(chosen), "other": quoted(other)}
                yield RosterNote(_TWO_SPELLINGS, **names, place=place, places=_lines(at))
        named = {"cohort": quoted(chosen), "places": _lines(min(spellings.values()))}
        if len(spellings) == 1 and _looks_like_a_date(chosen):
            yield RosterNote(_A_DATE, **named)
        if key == _NOTHING_OR_A_NAME:
            yield RosterNote(_A_NAME, **named)


def _lines(at: list[int]) -> RosterNote:
    if not at[1:]:
        return RosterNote(sentence("line %(number)s"), number=at[0])
    return RosterNote(sentence("line %(number)s and %(more)s more"), number=at[0], more=f"{len(at) - 1:,}")


def _month_key(plain: str) -> str | None:
    if found := _YEAR_MONTH.fullmatch(plain):
        year, month = int(found[1]), int(found[2])
    elif found := _NUMBERS.fullmatch(plain):
        year, month = int(found[2]), int(found[1])
    elif (found := _MONTH_YEAR.fullmatch(plain)) and (named := _month(found[1])):
        year, month = int(found[2]) + (2000 if len(found[2]) == 2 else 0), named
    else:
        return None
    return f"{year}-{month:02}" if 1 <= month <= 12 else None


def _month(name: str) -> int | None:
    """Return the month that a name or the beginning of one means in any of the languages; None if it is none or two."""
    if len(name) < _LEAST_LETTERS:
        return None
    months = {month for month, names in _NAMES_BY_MONTH.items() if any(one.startswith(name) for one in names)}
    return months.pop() if len(months) == 1 else None


def _looks_like_a_date(cohort: str) -> bool:
    plain = " ".join(_DASHES.sub("-", unicodedata.normalize("NFKC", cohort)).casefold().split())
    if _FULL_DATE.fullmatch(plain):
        return True
    found = _DAY_MONTH.fullmatch(plain) or re.fullmatch(r"([^\W\d_]+)\.?-\d{2}", plain)
    return found is not None and _month(found[1]) is not None
