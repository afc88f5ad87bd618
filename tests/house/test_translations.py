"""The catalogues are whole: every sentence of the sources, in every language, with its values and its spelling."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from feedback.domain.languages import LANGUAGES
from feedback.locales.catalogues import catalogue, is_missing, staff_languages

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "feedback" / "translations"
TRANSLATED = [language.code for language in LANGUAGES if language.code != "en"]
in_every_language = pytest.mark.parametrize("code", TRANSLATED)
PLACES = re.compile(r"%\(\w+\)s|%%|\{\}|</?\w+>")
# Where sentences stand that staff alone read; all others are read by participants.
FOR_STAFF = (
    *("feedback/web/staff/", "forms/staff", "forms/planning", "forms/moments", "templates/staff/", "templates/report/"),
    *("feedback/domain/", "feedback/services/"),
    *("templates/macros/comments.html", "templates/macros/people.html", "templates/macros/planning.html"),
    *("templates/macros/sure.html", "templates/macros/waves.html", "feedback/reporting/forecast_words.py"),
    *("templates/mail/held/", "templates/mail/postponement/", "templates/mail/refusal/", "templates/mail/support/"),
)
# Words that are the same in both languages.
NAMES = {"Boschloo", "Fisher", "n = %(n)s"}
ALIKE: dict[str, set[str]] = {
    "fr": {
        *NAMES,
        "%(num)s point",
        "%(num)s points",
        "%(num)s minute",
        "%(num)s minutes",
        "%(count)s mentor",
        "%(count)s mentors",
        "%(num)s mentor",
        "%(num)s mentors",
        "Mentor",
        "Mentors",
        "mentors",
        "Question",
        "Code",
        "Programme",
        "Programmes",
        "Invitation",
        "%(low)s point",
        "%(low)s points",
        "Signature (Ed25519, base64)",
    },
    "es": {*NAMES, "Error:", "No", "no"},
    "ar": NAMES,
    "cy": {*NAMES, "%(num)s mentor", "Mentor", "%(num)s person"},
}


OURS = {"lazy_gettext": None, "sentence": None}


@cache
def sources() -> dict[tuple[str | None, object], None]:
    """What `make messages` finds in the sources."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(one["pattern"], one["method"]) for one in mappings]
    found = extract_from_dir(ROOT, methods, keywords={**DEFAULT_KEYWORDS, **OURS}, directory_filter=_ours)
    return {(context, message): None for _file, _line, message, _comments, context in found}


def _ours(folder: str) -> bool:
    return not Path(folder).name.startswith(".") and Path(folder).name not in {"instance", "mutants", "build"}


@cache
def read(code: str) -> Catalog:
    with (FOLDER / code / "LC_MESSAGES" / "feedback.po").open("rb") as file:
        return read_po(file, locale=code)


def messages(code: str) -> Iterator[Message]:
    return (message for message in read(code) if message.id)


def is_for_staff(message: Message) -> bool:
    return all(place.startswith(FOR_STAFF) for place, _line in message.locations)


def said(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def asked(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def test_every_language_has_a_catalogue_and_every_catalogue_a_language() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(TRANSLATED)


def test_people_read_of_surveys_and_never_of_waves() -> None:
    read = re.sub(r"feedback wave|%\(wave\)s", "", " ".join(str(message) for _context, message in sources()))
    assert re.findall(r"(?i).{20}\bwaves?\b.{20}", read) == []


def test_people_get_emails_and_no_mails() -> None:
    mailing = re.compile(r"(?i)(?<![\w`(])mails?\b(?! relay)")
    commands = (node for path in (ROOT / "feedback/cli").glob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    printed = [str(one.value) for one in commands if isinstance(one, ast.Constant) and " " in str(one.value).strip()]
    said = [text for _context, message in sources() for text in (message if isinstance(message, tuple) else [message])]
    assert len(said) > 500
    assert len(printed) > 200
    assert [text for text in [*said, *printed] if mailing.search(re.sub("feedback mail", "", str(text)))] == []


@in_every_language
def test_a_catalogue_has_every_sentence_of_the_sources_and_no_other(code: str) -> None:
    kept = {(message.context, message.id) for message in messages(code)}
    assert (sources().keys() - kept, kept - sources().keys()) == (set(), set())


@in_every_language
def test_no_sentence_that_participants_read_is_untranslated_or_uncertain(code: str) -> None:
    theirs = [message for message in messages(code) if not is_for_staff(message)]
    assert len(theirs) > 200
    assert [message.id for message in theirs if is_missing(message)] == []


def test_staff_are_offered_the_languages_in_which_nothing_is_missing() -> None:
    whole = [code for code in TRANSLATED if not any(map(is_missing, messages(code)))]
    assert [language.code for language in staff_languages()] == ["en", *whole]


@pytest.mark.parametrize(
    ("place", "theirs"), [("templates/staff/wave.html", True), ("templates/participant/part.html", False)]
)
def test_a_sentence_belongs_to_those_who_read_it(place: str, theirs: bool) -> None:
    shared = Message("Open", locations=[("templates/staff/wave.html", None), (place, None)])
    assert is_for_staff(shared) is theirs


@pytest.mark.parametrize(
    ("said", "flags", "missing"), [("Ouvert", (), False), ("", (), True), ("Ouvert", ("fuzzy",), True)]
)
def test_a_sentence_is_missing_until_a_translator_is_sure(said: str, flags: tuple[str, ...], missing: bool) -> None:
    assert is_missing(Message("Open", said, flags=flags)) is missing


@in_every_language
def test_no_sentence_was_left_in_english(code: str) -> None:
    left = {text for message in messages(code) for text in said(message) if text and text in asked(message)}
    assert {text for text in left if re.search("[A-Za-z]{2,}", PLACES.sub("", text))} <= ALIKE[code]


@in_every_language
def test_a_translation_has_the_same_places_for_values_and_marks(code: str) -> None:
    wrong = [
        (message.id, text)
        for message in messages(code)
        for text in said(message)
        if text
        and places(text) not in [places(source) for source in asked(message)]
        and not _is_said_in_words(message, text)
    ]
    assert wrong == []


def places(text: str) -> list[str]:
    return sorted(PLACES.findall(text))


def _is_said_in_words(message: Message, text: str) -> bool:
    """Whether it is the plural form for no, one or two things, which Arabic and Spanish say without the number."""
    left_out = [place for place in places(message.id[0]) if place not in ("%(num)s", "%(count)s")]
    return message.pluralizable and text in said(message)[:3] and places(text) == left_out


@in_every_language
def test_a_count_has_every_plural_form_of_its_language(code: str) -> None:
    plural = [message for message in messages(code) if isinstance(message.id, tuple) and not is_missing(message)]
    assert plural
    assert {len(said(message)) for message in plural} == {read(code).num_plurals}
    # A percent sign and a space look like a place for a value to Babel.
    checked = [message for message, _errors in read(code).check() if not is_missing(message)]
    wrong = [message.id for message in checked if places(asked(message)[0])]
    assert wrong == []


def texts(code: str) -> list[str]:
    return [text for message in messages(code) for text in said(message)]


def test_french_has_no_break_before_its_punctuation() -> None:
    assert [text for text in texts("fr") if re.search(r"[^\u202f\u00a0 ] [;!?:»]|« |[\w)][;!?]", text)] == []


def test_spanish_questions_and_exclamations_open_as_they_close() -> None:
    wrong = [text for text in texts("es") if (text.count("?"), text.count("!")) != (text.count("¿"), text.count("¡"))]
    assert wrong == []


def test_arabic_has_its_own_punctuation() -> None:
    assert [text for text in texts("ar") if re.search(r"[\u0600-\u06ff]\s?[,;?]", text)] == []


@in_every_language
def test_no_translation_has_two_spaces_or_a_space_too_many(code: str) -> None:
    assert [text for text in texts(code) if "  " in text or text != text.strip()] == []


@in_every_language
def test_a_catalogue_names_no_machine_and_no_person(code: str) -> None:
    head = (FOLDER / code / "LC_MESSAGES" / "feedback.po").read_text(encoding="utf-8").partition("\n\n")[0]
    assert not re.search(r"@|/home|/tmp|EMAIL|FULL NAME", head)


def test_the_service_speaks_from_the_catalogue() -> None:
    assert catalogue("fr").ugettext("Thank you") == "Merci"
    assert catalogue("ar").ungettext("%(num)s person", "%(num)s people", 12) == "%(num)s شخصًا"
    assert catalogue("cy").ungettext("%(num)s person", "%(num)s people", 2) == "%(num)s berson"


def test_english_is_what_the_sources_say() -> None:
    assert [catalogue(code).ugettext("Thank you") for code in ("en", "de")] == ["Thank you", "Thank you"]


def test_days_and_commands_in_arabic_are_set_apart_so_that_they_are_not_turned_round() -> None:
    texts = [text for message in messages("ar") for text in said(message)]
    loose = re.compile(r"(?<![\u2066\d-])\d{4}-\d\d-\d\d|(?<!\u2066)feedback [a-z]+ [a-z-]+ %")
    assert any("2027-12-24" in text for text in texts)
    assert [text for text in texts if loose.search(text)] == []
