"""What is asked for before and for now: errors name which is meant, and what explains both stands once."""

import re

import pytest

from feedback.domain.languages import LANGUAGES
from forms.bank import pair
from tests.databases import ON_SQLITE
from tests.promises.test_sentences import plain
from tests.world import World

pytestmark = ON_SQLITE
THEN_AND_NOW = {
    "en": ("Before the programme", "Now"),
    "fr": ("Avant le programme", "Maintenant"),
    "es": ("Antes del programa", "Ahora"),
    "ar": ("قبل البرنامج", "الآن"),
    "cy": ("Cyn y rhaglen", "Nawr"),
}


def mistaken(world: World, code: str) -> str:
    """The first part of an exit, with answers to two questions that were not offered, one of them only for before."""
    wave = world.open_wave(9, 9, questionnaires=pair("exit"), stage="exit")
    address = f"/s/{world.links(wave)[0]}/questions?language={code}"
    said = {**dict.fromkeys(("C1-then", "C2-then", "C2-now"), "sometimes"), "C1-now": "very"}
    return world.client().post(address, data={"part": "learning", **said, "go": "next"}).text


def errors(page: str) -> list[str]:
    return [plain(said) for said in re.findall(r'<p class="error"[^>]*>(.*?)</p>', page, re.DOTALL)]


def summary(page: str) -> list[str]:
    return [plain(said) for said in re.findall(r'<a href="#[^"]+">(.*?)</a>', page)]


@pytest.mark.parametrize("code", [language.code for language in LANGUAGES])
def test_an_error_says_whether_before_or_now_is_meant(world: World, code: str) -> None:
    page, (then, now) = mistaken(world, code), THEN_AND_NOW[code]
    assert [said.startswith((f"{then}:", f"{then} :")) for said in errors(page)[:2]] == [True, True]
    assert [said.endswith(f" – {then}") for said in summary(page)[:3]] == [True, True, False]
    assert summary(page)[2].endswith(f" – {now}")


def groups(page: str) -> list[str]:
    """What each question that is asked twice says of what describes it."""
    return re.findall(r'<fieldset class="question"\s+aria-describedby="([^"]+)">', page)


def test_what_explains_several_questions_stands_once_and_describes_each(world: World) -> None:
    wave = world.open_wave(9, 9, questionnaires=pair("exit"), stage="exit")
    page = world.client().get(f"/s/{world.links(wave)[0]}/questions").text
    assert page.count("First think back to before the programme") == 1
    assert len(groups(page)) == 2
    assert set(groups(page)) == {"C1-hint"}
    assert page.count('id="C1-hint"') == 1
