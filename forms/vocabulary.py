"""Words that many programmes use, in every language of the service; read from a file that people may add to."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from feedback.domain.errors import WordsRefused
from feedback.domain.languages import ENGLISH, LANGUAGES
from feedback.domain.survey.questionnaire_tables import PLACEHOLDERS, Findings, TomlTable, parsed_toml
from feedback.domain.survey.questionnaires import Texts

_FILE = "words.toml"


@cache
def vocabulary() -> Mapping[str, tuple[Texts, ...]]:
    """Return what `focus` and `word` can be, each in its languages; raise WordsRefused if the file is wrong."""
    return read_vocabulary((files("forms") / _FILE).read_text(encoding="utf-8"), _FILE)


def read_vocabulary(text: str, file: str) -> Mapping[str, tuple[Texts, ...]]:
    """Return what the TOML `text` of `file` lists; raise WordsRefused with all problems, one on a line."""
    findings = Findings()
    top = TomlTable(parsed_toml(text, file, WordsRefused), file, findings)
    top.only(*PLACEHOLDERS)
    found = {
        name: tuple(_texts(top.inner(one, f"{name} {number}")) for number, one in enumerate(top.entries(name), start=1))
        for name in PLACEHOLDERS
    }
    if findings.problems:
        raise WordsRefused("\n".join(findings.problems))
    return found


def _texts(table: TomlTable) -> Texts:
    codes = [language.code for language in LANGUAGES]
    table.only(*codes)
    return {code: table.line(code) for code in codes}


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
