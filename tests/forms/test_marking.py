"""Lists of words that people edit: read as they are meant, or refused with every wrong line and its mend."""

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from feedback.domain.comments.first_names import read_first_names
from feedback.domain.comments.highlights import Marker
from feedback.domain.comments.telling_words import read_telling_words
from feedback.domain.errors import WordsRefused
from forms.vocabulary import read_vocabulary

READERS = {
    "first_names.toml": read_first_names,
    "telling_words.toml": read_telling_words,
    "words.toml": read_vocabulary,
}
FILES = {name: (files("forms") / name).read_text(encoding="utf-8") for name in READERS}


START = """
import json, sys
from feedback.app import create_app
from feedback.config import read_settings
create_app(read_settings(json.loads(sys.argv[1])))
from forms.marking import marker
print(marker.cache_info().misses)
"""


def edited(file: str, old: str, new: str) -> str:
    assert FILES[file].count(old) == 1
    return FILES[file].replace(old, new)


def problems_of(file: str, text: str) -> list[str]:
    with pytest.raises(WordsRefused) as refused:
        READERS[file](text, file)
    return str(refused.value).split("\n")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("file", "old", "new", "wrong", "mend"),
    [
        (
            "first_names.toml",
            "\nabraham ",
            "\nZoë abraham ",
            "“Zoë abraham abram abe ibrahim” in related",
            "without accents",
        ),
        ("first_names.toml", "van von zu", "van O'von zu", "“O'von” in particles", "with spaces between them"),
        ("telling_words.toml", "professor,", "professor(, ", "“professor(” in words", "like manager(s)"),
        ("telling_words.toml", "professor,", "Professor, ", "“Professor” in words", "in small letters"),
        ("telling_words.toml", "professor,", "(…), ", "“(…)” in words", "like manager(s)"),
        ("telling_words.toml", "شباط,", "شباط), ", "“شباط)” in ar", "like manager(s)"),
    ],
)
def test_a_wrong_entry_is_named_with_its_line_and_mend(file: str, old: str, new: str, wrong: str, mend: str) -> None:
    text = edited(file, old, new)
    (problem,) = problems_of(file, text)
    entry = wrong[1 : wrong.index("”")]
    assert problem.startswith(file)
    assert f"line {line_of(text, entry)} has {wrong}; " in problem
    assert mend in problem


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("first_names.toml", "particles =", "particle =", "unknown key “particle”"),
        ("first_names.toml", "particles =", "particle =", "has no particles; add some"),
        ("telling_words.toml", "[months]", "[month]", "months: is not a table"),
        ("telling_words.toml", 'cy = "ionawr', 'de = "ionawr', "months: has no cy; add some"),
        ("telling_words.toml", 'after = "mi, ', 'after = 3 # "mi, ', "roles 8: has after not as text"),
        ("telling_words.toml", 'words = "مدير, مشرف"', 'word = "مدير"', "roles 11: has no words; add some"),
        ("telling_words.toml", 'numbered_between = "رقم"', "numbered_between = 4", "places: has no numbered_between"),
        ("words.toml", 'fr = "le handicap"\n', "", "focus 3: has no fr; add fr, in quotes"),
        ("words.toml", 'fr = "le handicap"\n', 'de = "Behinderung"\n', "focus 3: has the unknown key “de”"),
    ],
)
def test_a_wrong_list_is_named_with_its_mend(file: str, old: str, new: str, named: str) -> None:
    assert any(problem.startswith(file) and named in problem for problem in problems_of(file, edited(file, old, new)))


@pytest.mark.parametrize("file", READERS)
def test_what_is_no_toml_is_refused_with_its_line(file: str) -> None:
    text = FILES[file] + '\nbroken = "\n'
    (problem,) = problems_of(file, text)
    assert problem.startswith(f"{file}: cannot be read as TOML")
    assert f"line {text.count(chr(10))}" in problem


def test_all_wrong_entries_are_named_together() -> None:
    text = edited("telling_words.toml", "professor,", "Professor, ").replace("ambassador", "ambassador)")
    assert len(problems_of("telling_words.toml", text)) == 2


@pytest.mark.parametrize("serves", ["participants", "staff"])
def test_the_lists_are_read_before_the_first_visitor_comes(tmp_path: Path, serves: str) -> None:
    environment = {
        "FEEDBACK_SERVES": serves,
        "FEEDBACK_INSTANCE": str(tmp_path),
        "FEEDBACK_DATABASE_URL": f"sqlite:///{tmp_path}/main.sqlite",
        "FEEDBACK_BASE_URL": "https://feedback.example.com",
    }
    secrets = {"FEEDBACK_KEYS_URL": f"sqlite:///{tmp_path}/keys.sqlite", "FEEDBACK_SESSION_KEY": "s" * 32}
    secrets["FEEDBACK_MASTER_KEY"] = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    pepper = {"FEEDBACK_PEPPER": secrets["FEEDBACK_MASTER_KEY"]}
    command = [sys.executable, "-c", START, json.dumps(environment | (secrets if serves == "staff" else pepper))]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "1\n"


def test_what_is_added_is_found() -> None:
    names = read_first_names(edited("first_names.toml", "\nzola\n", "\nzola\nquill quilly\n"), "first_names.toml")
    words = read_telling_words(
        edited("telling_words.toml", "professor,", "reader(s) in …, d’œuvre, professor,"), "telling_words.toml"
    )
    marker = Marker(names, words)
    assert marker.giveaways("We met Quill, two Readers  in law and a reader.") == ("Quill", "Readers in law")
    assert marker.giveaways("un d'œuvre") == ("d'œuvre",)
    text = "I saw quilly."
    (span,) = marker.highlights(text, marker.names(["Quill Smith"]))
    assert text[span.start : span.end] == "quilly"
