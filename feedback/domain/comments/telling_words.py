"""How dates, roles and places are written in texts; the words are read from a file that people may add to.

A part of a text that matches may reveal who somebody is. The reader decides; nothing here changes a letter.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from feedback.domain.comments.word_files import Entries, WordFile
from feedback.domain.languages import ENGLISH, LANGUAGES
from feedback.domain.survey.questionnaire_tables import TomlTable

_OTHER_LANGUAGES = tuple(language.code for language in LANGUAGES if language is not ENGLISH)
_PHRASE = re.compile(r"(?:[^()]|\([^()\s]+\))+")
_WORD = r"[^\W\d_]+"
_DAY = r"\b\d{1,2}[./-]\d{1,2}(?:[./-](?:\d{4}|\d{2}))?\b(?![./-]?\d)"


def _is_phrase(entry: str) -> bool:
    says_something = entry.isprintable() and any(letter.isalnum() for letter in entry)
    return says_something and entry == entry.lower() and _PHRASE.fullmatch(entry) is not None


_PHRASES = Entries(
    ",|\n", _is_phrase, "write it in small letters, and what may be missing in brackets, like manager(s)"
)


@dataclass(frozen=True)
class TellingWords:
    """Patterns of days (in figures or with the name of a month), of places in an organisation, of rooms and teams.

    `extensions` are of telephones within a house, `staff_numbers` of people, both behind a word for them.
    """

    dates: tuple[re.Pattern[str], ...]
    roles: tuple[re.Pattern[str], ...]
    places: tuple[re.Pattern[str], ...]
    extensions: tuple[re.Pattern[str], ...]
    staff_numbers: tuple[re.Pattern[str], ...]


def read_telling_words(text: str, file: str) -> TellingWords:
    """Return what the TOML `text` of `file` describes; raise WordsRefused with all problems, one on a line."""
    words = WordFile(text, file)
    words.top.only("months", "roles", "places", "numbers")
    months = words.top.inner(words.top.values.get("months"), "months")
    places = words.top.inner(words.top.values.get("places"), "places")
    tables = [words.top.inner(one, f"roles {n}") for n, one in enumerate(words.top.entries("roles"), start=1)]
    numbers = words.top.inner(words.top.values.get("numbers"), "numbers")
    found = TellingWords(
        _dates(words, months), (_roles(words, tables),), _places(words, places), *_numbers(words, numbers)
    )
    words.check()
    return found


def _dates(words: WordFile, months: TomlTable) -> tuple[re.Pattern[str], ...]:
    months.only("en", *_OTHER_LANGUAGES)
    english = _any_of(words.words(months, "en", _PHRASES))
    others = _any_of(month for language in _OTHER_LANGUAGES for month in words.words(months, language, _PHRASES))
    return (
        re.compile(rf"\b\d{{4}}-\d{{1,2}}-\d{{1,2}}\b|{_DAY}"),
        re.compile(rf"(?i)\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{english}\b(?:\.?,?\s+\d{{4}})?"),
        re.compile(rf"(?i)\b{english}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?"),
        re.compile(rf"(?i)\b\d{{1,2}}(?:er|º|eg|ain|fed)?\s+(?:de\s+|o\s+|من\s+)?{others}\b(?:\s+(?:de\s+)?\d{{4}})?"),
    )


def _roles(words: WordFile, tables: list[TomlTable]) -> re.Pattern[str]:
    return re.compile(rf"(?i)\b(?:{'|'.join(_role(words, table) for table in tables)})\b")


def _role(words: WordFile, table: TomlTable) -> str:
    table.only("after", "perhaps", "beginnings", "words", "endings")
    after, perhaps, beginnings, endings = (
        words.perhaps(table, key, _PHRASES) for key in ("after", "perhaps", "beginnings", "endings")
    )
    return "".join(
        (
            rf"{_any_of(after)}\s+" if after else "",
            f"(?:{'|'.join(map(_joined, perhaps))})?" if perhaps else "",
            f"{_any_of(beginnings)}?" if beginnings else "",
            _any_of(words.words(table, "words", _PHRASES)),
            f"{_any_of(endings)}?" if endings else "",
        )
    )


def _places(words: WordFile, table: TomlTable) -> tuple[re.Pattern[str], ...]:
    keys = ("named", "between", "no_names", "numbered", "numbered_between")
    table.only(*keys)
    lists = {key: words.words(table, key, _PHRASES) for key in keys}
    named, between, numbered, numbered_between = (_any_of(lists[key]) for key in keys if key != "no_names")
    no_names = _any_of(word.capitalize() for word in lists["no_names"])
    return (
        re.compile(rf"\b(?i:{named})\s+(?:(?i:{between})\s*)?(?:\d+\w*|[A-Z][\w-]*)"),
        re.compile(rf"\b(?!{no_names}\b)[A-Z][\w-]+\s+(?i:{named})\b"),
        re.compile(rf"\b{numbered}\s+(?:{numbered_between}\s*)?\d+"),
    )


def _numbers(words: WordFile, table: TomlTable) -> tuple[tuple[re.Pattern[str]], tuple[re.Pattern[str]]]:
    keys = ("extensions", "of_staff", "between")
    table.only(*keys)
    extensions, of_staff, between = (_any_of(words.words(table, key, _PHRASES)) for key in keys)
    behind = rf"[\s.:#-]*(?:{between}[\s.:#-]*)?"
    return (
        (re.compile(rf"(?i)\b{extensions}{behind}\d{{2,6}}\b"),),
        (re.compile(rf"(?i)\b{of_staff}{behind}(?=[\w-]*\d)\w[\w-]{{1,15}}\b"),),
    )


def _any_of(entries: Iterable[str]) -> str:
    # The longest first: "head of the board" says more than "head of the".
    return f"(?:{'|'.join(map(_pattern, sorted(entries, key=len, reverse=True)))})"


def _joined(entry: str) -> str:
    return _pattern(entry.removesuffix("-")) + (r"[\s-]+" if entry.endswith("-") else r"\s+")


_WRITTEN = {"(": "(?:", ")": ")?", "…": _WORD, " ": r"\s+", "'": "['’]", "’": "['’]"}


def _pattern(entry: str) -> str:
    return "".join(_WRITTEN.get(letter) or re.escape(letter) for letter in entry)
