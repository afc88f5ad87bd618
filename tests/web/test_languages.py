"""Pages in languages: chosen by the address, never a mixture, and switched without losing what was filled in."""

import re
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from feedback.domain.languages import LANGUAGES
from feedback.domain.survey.questionnaire_json import with_words
from feedback.domain.survey.questionnaires import Questionnaire, Role
from forms.bank import pair
from tests.databases import ON_SQLITE
from tests.promises.scanner import fingerprint
from tests.speaking import Words, foreign_texts
from tests.world import World, fields_of, hidden_value, part_filled

pytestmark = ON_SQLITE

TRANSLATED = [language.code for language in LANGUAGES if language.code != "en"]
WORD = {"en": "withdraw", "fr": "retirer", "es": "retirar", "ar": "سحب", "cy": "tynnu"}
DATA = (
    "https://feedback.example.com/",
    "Example Organisation",
    "Pilot",
    "Ana Contact",
    "contact@example.com",
    "Rea Viewer",
    "Europe/Paris",
    "LGBTQ+",
)


def open_link(world: World, role: Role = Role.MENTOR) -> str:
    return world.links(world.open_wave(14, 13), role)[0]


def page_in(world: World, path: str, **headers: str) -> Words:
    asked = {name.replace("_", "-"): said for name, said in headers.items()}
    return Words(world.client().get(path, headers=asked).text)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_a_page_speaks_the_language_of_its_address(world: World, language) -> None:
    page = page_in(world, f"/s/{open_link(world)}?language={language.code}")
    assert (page.lang, page.dir) == (language.code, language.direction)


def test_without_one_a_page_speaks_the_browsers_language_or_english(world: World) -> None:
    link = open_link(world)
    asked = ("fr-CA, en;q=0.5", "de, cy;q=0.8", "de", "")
    assert [page_in(world, f"/s/{link}", Accept_Language=one).lang for one in asked] == ["fr", "cy", "en", "en"]


def test_the_address_comes_before_the_browser_and_nonsense_is_passed_over(world: World) -> None:
    link = open_link(world)
    assert page_in(world, f"/s/{link}?language=es", Accept_Language="fr").lang == "es"
    assert page_in(world, f"/s/{link}?language=zz", Accept_Language="fr").lang == "fr"


def test_every_address_on_a_page_names_its_language(world: World) -> None:
    page = world.client().get(f"/s/{open_link(world)}", headers={"Accept-Language": "cy"}).text
    addresses = re.findall(r'(?:href|action)="(/[so]/[^"]*)"', page)
    assert addresses
    assert [address for address in addresses if not address.endswith("?language=cy")] == []


def test_a_page_offers_every_language_in_its_own_name(world: World) -> None:
    page = page_in(world, f"/s/{open_link(world)}?language=fr")
    assert {(language.code, language.name) for language in LANGUAGES} <= set(page.texts)


def press_language(world: World, path: str, page: str, code: str, **fields: object) -> TestResponse:
    """Press a language's button on a page with a form, with these fields filled in."""
    return world.client().post(path, data={**fields_of(page).hidden, **fields, "language": code})


def test_switching_a_part_keeps_what_was_chosen_and_written(world: World) -> None:
    link = open_link(world)
    page = world.part_asking(link, "F2")
    again = press_language(world, f"/s/{link}/questions", page, "ar", F2="Half a sentence", A1="likely")
    assert (again.status_code, Words(again.text).lang) == (200, "ar")
    assert "Half a sentence</textarea>" in again.text
    assert re.search(r'<input[^>]*checked[^>]*value="likely\.', again.text)
    assert 'class="error"' not in again.text


def test_a_journey_through_four_languages_ends_in_one_answer(world: World) -> None:
    link, client = open_link(world), world.client()
    page, spoken = client.get(f"/s/{link}/questions?language=fr").text, iter(["es", "ar", "cy", "fr"] * 3)
    while 'data-page="questions"' in page:
        filled = part_filled(page, world.chance)
        switched = client.post(f"/s/{link}/questions", data={**filled, "language": next(spoken)}).text
        page = client.post(f"/s/{link}/questions", data={**part_filled(switched, world.chance), **filled}).text
    looked = press_language(world, f"/s/{link}/send", page, "ar")
    assert (looked.status_code, Words(looked.text).lang) == (200, "ar")
    sent = client.post(f"/s/{link}/send?language=ar", data={**fields_of(looked.text).hidden, "go": "send"})
    assert receipt(sent.text)


def receipt(page: str) -> str:
    found = re.search(r'class="receipt"[^>]*>([^<]*)<', page)
    return found[1] if found else ""


def test_the_thanks_can_be_read_in_another_language_and_nothing_is_sent_twice(world: World) -> None:
    link = open_link(world)
    thanks = world.answer(link).text
    before = fingerprint(world)
    again = press_language(world, f"/s/{link}/send", thanks, "cy").text
    assert (Words(again).lang, receipt(again)) == ("cy", receipt(thanks))
    assert fingerprint(world) == before


def test_a_forged_receipt_is_never_shown(world: World) -> None:
    link = open_link(world)
    forged = world.client().post(f"/s/{link}/send", data={"language": "cy", "sent": "AAAA"})
    sealed = hidden_value(world.answer(world.links(1, Role.MENTOR)[1]).text, "sent")
    stolen = press_language(world, f"/s/{link}/send", "", "cy", sent=sealed)
    assert [receipt(page.text) for page in (forged, stolen)] == ["", ""]


def test_the_promise_in_between_keeps_the_answers_in_another_language(world: World) -> None:
    link = open_link(world)
    first = world.client().get(f"/s/{link}/questions").text
    promise = world.client().post(f"/s/{link}/questions", data={**part_filled(first, world.chance), "go": "back"}).text
    again = press_language(world, f"/s/{link}/questions", promise, "es").text
    assert 'data-page="promise"' in again
    assert (Words(again).lang, bool(hidden_value(again, "state"))) == ("es", True)


def test_switching_the_withdrawal_takes_nothing_back(world: World) -> None:
    link = open_link(world)
    world.answer(link)
    before = fingerprint(world)
    page = press_language(world, f"/s/{link}/withdraw", "", "fr", word="withdraw", go="withdraw")
    assert (Words(page.text).lang, 'data-page="withdraw"' in page.text) == ("fr", True)
    assert fingerprint(world) == before


def test_switching_the_opt_out_stops_no_mails_and_keeps_what_was_said(world: World) -> None:
    world.open_wave()
    before = fingerprint(world)
    asked = press_language(world, "/o/" + "A" * 43, "", "cy", go="stop", done="").text
    told = press_language(world, "/o/" + "A" * 43, "", "cy", go="resume", done="stopped").text
    assert ("Atal gwahoddiadau" in asked, "Ni chewch ragor" in told) == (True, True)
    assert fingerprint(world) == before


def with_languages(one: Questionnaire, *codes: str) -> Questionnaire:
    kept = {code: {"focus": "x", "word": "y"} for code in codes}
    return with_words(one, kept)


def test_a_survey_is_offered_in_its_languages_only_and_never_half(world: World) -> None:
    own = {role: with_languages(one, "en", "fr") for role, one in pair("kickoff").items()}
    link = world.links(world.open_wave(7, 7, questionnaires=own))[0]
    page = page_in(world, f"/s/{link}?language=ar")
    assert (page.lang, page.dir) == ("en", "ltr")
    assert [code for code, text in page.texts if text in {language.name for language in LANGUAGES}] == ["en", "fr"]


def test_a_survey_in_english_alone_has_no_switch(world: World) -> None:
    own = {role: with_languages(one, "en") for role, one in pair("kickoff").items()}
    link = world.links(world.open_wave(7, 7, questionnaires=own))[0]
    assert 'class="languages"' not in world.client().get(f"/s/{link}").text


def test_a_name_that_runs_against_the_text_is_set_apart(world: World) -> None:
    programme = world.programme(7, 7, organisation="مؤسسة <المثال>")
    link = world.links(world.open(world.planned_wave(programme)))[0]
    english, arabic = (world.client().get(f"/s/{link}?language={code}").text for code in ("en", "ar"))
    assert "<bdi>مؤسسة &lt;المثال&gt;</bdi>" in english
    assert "<bdi>Pilot</bdi>" in arabic
    assert "<bdi>Pilot</bdi>" not in english


def participants_pages(world: World, code: str) -> Iterator[str]:
    """Every page that a participant can see, in this language."""
    link, client, named = open_link(world), world.client(), f"?language={code}"
    yield client.get(f"/s/{link}{named}").text
    yield client.post(f"/s/nothing/send{named}", data={"F2": "LGBTQ+"}).text
    page = client.get(f"/s/{link}/questions{named}").text
    first = page
    while 'data-page="questions"' in page:
        yield page
        yield client.post(f"/s/{link}/questions{named}", data=fields_of(page).hidden).text
        page = client.post(f"/s/{link}/questions{named}", data=part_filled(page, world.chance, ("",))).text
    yield page
    yield from left_open_pages(world, link, named)
    yield world.send_part(link, F2="LGBTQ+" * 200, language=code).text
    yield client.post(f"/s/{link}/questions{named}", data={**part_filled(first, world.chance), "go": "back"}).text
    yield client.post(f"/s/{link}/send{named}", data={**fields_of(page).hidden, "go": "send"}).text
    yield client.get(f"/s/{link}/withdraw{named}").text
    yield client.post(f"/s/{link}/withdraw{named}", data={"word": "x"}).text
    yield client.post(f"/s/{link}/withdraw{named}", data={"word": WORD[code]}).text
    for path in ("/", "/s/nothing", "/nothing", f"/o/{'A' * 43}"):
        yield client.get(f"{path}{named}").text
    for said in ("stop", "resume"):
        yield client.post(f"/o/{'A' * 43}{named}", data={"go": said}).text
    yield client.get(f"/s/{link}/send{named}").text
    yield client.post(f"/s/{link}/questions{named}", data={"F2": "x" * 1_000_000}).text


def left_open_pages(world: World, link: str, named: str) -> Iterator[str]:
    """The check of what was left open, the prompt for it, and the page where nothing is answered."""
    for said in ({"C1": "very"}, {}):
        page = world.client().get(f"/s/{link}/questions{named}").text
        while 'data-page="questions"' in page:
            fields = {**fields_of(page).hidden, **said}
            page = world.client().post(f"/s/{link}/questions{named}", data=fields).text
        yield page
        yield world.client().post(f"/s/{link}/send{named}", data={**fields_of(page).hidden, "go": "send"}).text


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_participants_page_has_a_word_of_english_left(world: World, code: str) -> None:
    pages = list(participants_pages(world, code))
    assert len(pages) > 20
    assert {Words(page).lang for page in pages} == {code}
    assert [text for page in pages for text in foreign_texts(page, DATA)] == []


def test_the_search_for_english_finds_some_on_an_english_page(world: World) -> None:
    page = world.client().get(f"/s/{open_link(world)}").text
    for code in TRANSLATED:
        assert list(foreign_texts(page.replace('lang="en"', f'lang="{code}"'), DATA))
