"""What mails say in other languages, word for word. After a change: write the files anew, and read what changed."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from feedback.domain.languages import LANGUAGES
from feedback.domain.survey.duration import minutes_needed
from feedback.domain.survey.questionnaires import Role
from feedback.services.roster.import_roster import import_roster
from forms.bank import STAGES, pair
from tests.databases import ON_SQLITE
from tests.mails.letters import ADDRESSEE, LINK, MAILS, OPT_OUT, SIGN_IN, VALUES, Read, a_letter, read
from tests.speaking import Words, foreign_texts
from tests.world import World

pytestmark = ON_SQLITE

FOLDER = Path(__file__).parent
TRANSLATED = [language for language in LANGUAGES if language.code != "en"]
in_every_language = pytest.mark.parametrize("language", TRANSLATED, ids=[one.code for one in TRANSLATED])
ROSTER = ("en", "fr", "es", "ar", "cy", "fr-CA", "de")
DATA = [ADDRESSEE, LINK, OPT_OUT, SIGN_IN, *(value for value in VALUES.values() if isinstance(value, str))]


def written(app: Flask, mail: str, code: str) -> Read:
    return read(app, a_letter(mail, language=code))


@in_every_language
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_says_what_its_file_says_in_every_language(app: Flask, name: str, language) -> None:
    message = written(app, name, language.code)
    kept = (FOLDER / language.code / f"{name}.txt").read_text(encoding="utf-8")
    assert f"{message.subject}\n\n{message.body}\n" == kept


@in_every_language
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_has_its_language_and_direction_and_no_english(app: Flask, name: str, language) -> None:
    html = written(app, name, language.code).html
    page = Words(html)
    assert (page.lang, page.dir) == (language.code, language.direction)
    assert list(foreign_texts(html, DATA)) == []


@in_every_language
@pytest.mark.parametrize("name", MAILS)
def test_a_subject_stays_short_and_discreet_in_every_language(app: Flask, name: str, language) -> None:
    subject = written(app, name, language.code).subject
    assert 5 < len(subject) < 85
    assert not re.search("Example|Mia|Ana|http", subject)


def test_names_are_set_apart_in_arabic_text_and_its_link_is_not(app: Flask) -> None:
    text = written(app, "invitation", "ar").body
    assert "\u2068Mia Mentor\u2069" in text
    assert f"\n{LINK}\n" in text
    assert "\u2068" not in written(app, "invitation", "fr").body


def bodies(world: World) -> Iterator[tuple[str, str]]:
    for serial in world.mailbox.serials():
        mail: EmailMessage = world.mailbox.read(serial)
        part = mail.get_body(("plain",))
        assert part is not None
        yield str(mail["To"]), part.get_content()


def test_a_mail_is_in_the_rosters_language_and_so_is_the_page_behind_its_link(world: World) -> None:
    lines = [f"Person {code},{code.lower()}@example.com,mentor,{code}" for code in ROSTER]
    programme = world.programme(7, 7)
    with world.session() as session:
        data = "\n".join(["name,email,role,language", *lines]).encode()
        import_roster(session, world.keys, programme, data, now=world.clock(), actor="test")
    world.open(world.planned_wave(programme))
    world.send_mails()
    spoken = {}
    for recipient, text in bodies(world):
        found = re.search(r"https://feedback\.example\.com(/s/\S+)", text)
        assert found
        spoken[recipient] = Words(world.client().get(found[1], headers={"Accept-Language": "es"}).text).lang
    expected = {"en": "en", "fr": "fr", "es": "es", "ar": "ar", "cy": "cy", "fr-ca": "fr", "de": "en"}
    assert {name: spoken[f"{name}@example.com"] for name in expected} == expected


@pytest.mark.parametrize("stage", STAGES)
def test_an_invitation_says_how_long_the_questions_of_its_role_take(world: World, stage: str) -> None:
    world.open_wave(9, 9, questionnaires=pair(stage), stage=stage)
    world.send_mails()
    said = {
        (address.split("@")[0].split(".")[0], *re.findall(r"It takes about (\d+) minutes", " ".join(text.split())))
        for address, text in bodies(world)
    }
    assert said == {(role, str(minutes_needed(pair(stage)[role]))) for role in Role}
