"""Takes single values out of a questionnaire file's tables; notes each wrong one in a sentence with its mend."""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from feedback.domain.errors import FeedbackError
from feedback.domain.survey.questionnaires import Texts

PLACEHOLDERS = ("focus", "word")
"""What a text may leave to the programme, as `{focus}` and `{word}`."""

_PLACEHOLDER = re.compile("|".join(rf"\{{{name}\}}" for name in PLACEHOLDERS))
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
_JOINERS = "\u200c\u200d"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

Choice = TypeVar("Choice", bound=str)


def parsed_toml(text: str, file: str, refused: type[FeedbackError]) -> Mapping[str, object]:
    """Return what the TOML `text` of `file` holds, in NFC; raise `refused` if it cannot be parsed."""
    try:
        # The same letter can be typed in two ways; equal words must stay equal in fingerprints.
        return tomllib.loads(unicodedata.normalize("NFC", text))
    except (ValueError, RecursionError) as error:
        reason = str(error).rstrip(".")
        raise refused(f"{file}: cannot be read as TOML; correct what is named here: {reason}.") from error


def has_hidden_letters(text: str) -> bool:
    """Tell whether a text has a line break, or characters that cannot be seen and may change how others are read."""
    return any(unicodedata.category(letter) in _HIDDEN and letter not in _JOINERS for letter in text)


def has_other_braces(text: str) -> bool:
    """Tell whether a text has braces that are not the place of a programme's word."""
    return re.search("[{}]", _PLACEHOLDER.sub("", text)) is not None


@dataclass
class Findings:
    """What was noticed in one file: `problems`, and for every text its place, its key and its languages."""

    problems: list[str] = field(default_factory=list)
    languages: list[tuple[str, str, frozenset[str]]] = field(default_factory=list)

    def missing_languages(self) -> Iterator[str]:
        """Yield a sentence for each text that lacks English, or a language that another text has."""
        wanted = frozenset({"en"}).union(*(codes for _, _, codes in self.languages))
        for place, key, codes in self.languages:
            for code in sorted(wanted - codes):
                language = "English" if code == "en" else f"“{code}”"
                yield " ".join(f"{place}: has no {language} {key}; add {key}.{code}.".split())


@dataclass(frozen=True)
class TomlTable:
    """One table of a file. A wrong value is noted, and a harmless one returned, so that reading can go on."""

    values: Mapping[str, object]
    place: str
    findings: Findings

    def refuse(self, problem: str) -> None:
        """Note a problem of this table, on one line whatever values it repeats."""
        self.findings.problems.append(" ".join(f"{self.place}: {problem}.".split()))

    def inner(self, values: object, name: str) -> "TomlTable":
        """Return a table inside this one, called `name` in sentences."""
        table = TomlTable(values if isinstance(values, dict) else {}, f"{self.place}, {name}", self.findings)
        if not isinstance(values, dict):
            table.refuse("is not a table; write it as the other entries are written")
        return table

    def only(self, *known: str) -> None:
        """Note every key that is not known."""
        for key in sorted(set(self.values) - set(known)):
            self.refuse(f"has the unknown key “{key}”; correct its spelling, move it or remove it")

    def line(self, key: str) -> str:
        """Return a text in no language, on one line."""
        value = self.values.get(key, "")
        if not isinstance(value, str) or not value.strip():
            self.refuse(f"has no {key}; add {key}, in quotes")
            return ""
        self._check_letters(key, value)
        return value

    def code(self, key: str, pattern: str, looks: str) -> str:
        """Return a code that fits the regular expression `pattern`, which `looks` puts in words."""
        value = self.line(key)
        if value and not re.fullmatch(pattern, value):
            self.refuse(f"has the {key} “{value}”; use {looks}")
        return value

    def one_of(self, key: str, choices: Collection[Choice], default: Choice | None = None) -> Choice:
        """Return one of `choices`; without `default` it must be there."""
        value = self.values.get(key, default)
        for choice in choices:
            if choice == value:
                return choice
        found = f"has no {key}" if value is None else f"has the unknown {key} “{value}”"
        self.refuse(f"{found}; use one of {', '.join(choices)}")
        return next(iter(choices))

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self.values.get(key, default)
        if isinstance(value, bool):
            return value
        self.refuse(f"has a {key} that is neither true nor false; write true or false without quotes")
        return default

    def number(self, key: str, default: int, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`, or `default` where there is none."""
        value = self.values.get(key)
        if key not in self.values:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.refuse(f"has a wrong {key}; write a whole number from {least} to {most}, without quotes")
        return default

    def entries(self, key: str) -> list[object]:
        """Return the entries of a list, which must be there."""
        value = self.values.get(key)
        if isinstance(value, list) and value:
            return value
        self.refuse(f"has no {key}; add some")
        return []

    def texts(self, key: str) -> Texts:
        """Return a text per language; English and completeness are looked at when the whole file is read."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.refuse(f"has a {key} in no language; write {key}.en")
            return {}
        said = {language: text for language, text in value.items() if self._check_text(key, language, text)}
        self.findings.languages.append((self.place, key, frozenset(value)))
        return said

    def _check_text(self, key: str, language: str, text: object) -> bool:
        if not _LANGUAGE.fullmatch(language):
            self.refuse(f"has the {key} in the unknown language “{language}”; use a code such as en, de or pt-BR")
            return False
        if not isinstance(text, str) or not text.strip():
            self.refuse(f"has an empty {key}.{language}; write the text in quotes")
            return False
        self._check_letters(f"{key}.{language}", text)
        if has_other_braces(text):
            self.refuse(f"has other braces than {{focus}} and {{word}} in {key}.{language}; remove them")
        return True

    def _check_letters(self, key: str, text: str) -> None:
        if has_hidden_letters(text):
            self.refuse(f"has a line break or a hidden character in {key}; type the text again, on one line")
