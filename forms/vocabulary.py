"""Words that many programmes use, in every language of the service; read from a file that people may add to."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from feedback.domain.languages import ENGLISH
from feedback.domain.survey.questionnaire_tables import PLACEHOLDERS
from feedback.domain.survey.questionnaires import Texts

_FILE = files("forms") / "words.toml"


@cache
def vocabulary() -> Mapping[str, tuple[Texts, ...]]:
    """Return what `focus` and `word` can be, each in its languages."""
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {name: tuple(found[name]) for name in PLACEHOLDERS}


def translated_words(**words: str) -> dict[str, dict[str, str]]:
    """Return the words, given in English by the names `focus` and `word`, by language, as far as they are known."""
    found: dict[str, dict[str, str]] = {}
    for name, said in words.items():
        for code, text in _known(name, said).items():
            found.setdefault(code, {})[name] = text
    return found


def _known(name: str, said: str) -> Texts:
    texts = next((one for one in vocabulary()[name] if one[ENGLISH.code].casefold() == said.strip().casefold()), {})
    return {code: text for code, text in texts.items() if code != ENGLISH.code}
