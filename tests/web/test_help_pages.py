"""Short help where somebody stands: each staff page leads to the page of help that belongs to it."""

import re

import pytest
from flask import Flask

from feedback.domain.languages import LANGUAGES
from feedback.domain.staff import StaffRole
from feedback.web.staff.help_pages import HelpTopic, topic_of
from tests.databases import ON_SQLITE
from tests.house.test_documents import ROOT
from tests.reviewing import reviewed_wave
from tests.web.test_access import OPEN, first, go, ways
from tests.web.test_staff_pages import SITE, see, signed_in
from tests.world import World

pytestmark = ON_SQLITE

MOST_WORDS = 250
AS_PARTICIPANTS = {"staff.preview", "staff.said_preview"}
"""Pages drawn as participants get them."""
HELP = re.compile(r'href="(/staff/help/[a-z-]+)(?:\?[^"]*)?">')
MAIN = re.compile(r"<main.*?>(.*?)<nav class=\"no-print\" aria-labelledby", re.DOTALL)


def body(page: str) -> str:
    """What a page of help says, without the list of the others and the way back."""
    said = MAIN.findall(page)[0]
    return " ".join(re.sub(r"<nav.*?</nav>|<[^>]*>", " ", said, flags=re.DOTALL).split())


def test_whoever_shows_a_page_of_staff_has_said_which_help_belongs_to_it(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("staff.")}
    with app.app_context():
        assert [one for one in sorted(endpoints) if topic_of(one) is None] == []


@pytest.mark.parametrize("role", [StaffRole.ADMINISTRATOR, StaffRole.REVIEWER])
def test_every_page_leads_to_one_page_of_help_that_is_there(world: World, role: StaffRole) -> None:
    reviewed_wave(world)
    client = signed_in(world, role)
    asked = [way for way in ways(world.app, first) if way.method == "GET" and way.endpoint not in AS_PARTICIPANTS]
    answers = {way.endpoint: go(client, way) for way in asked}
    shown = {name: one.text for name, one in answers.items() if (one.status_code, one.mimetype) == (200, "text/html")}
    led = {name: HELP.findall(page.partition("<main")[0]) for name, page in shown.items() if name != "staff.help_index"}
    assert {endpoint: found for endpoint, found in led.items() if len(found) != 1} == {}
    assert {client.get(address, base_url=SITE).status_code for (address,) in led.values()} == {200}
    assert "staff.programmes" in led
    assert [name for name, page in shown.items() if 'action="/staff/sign-out' not in page] == []


@pytest.mark.parametrize(
    ("endpoint", "topic"),
    [
        ("staff.programmes", "first-programme"),
        ("staff.roster", "people"),
        ("staff.change_questions", "questions"),
        ("staff.wave", "dates"),
        ("staff.try_emails", "emails"),
        ("staff.previews", "what-nobody-sees"),
        ("staff.web_hooks", "programs"),
        ("staff.report", "report"),
        ("staff.end_programme", "ending"),
    ],
)
def test_the_help_of_a_page_is_on_what_is_done_there(app: Flask, endpoint: str, topic: str) -> None:
    assert endpoint in app.view_functions
    with app.app_context():
        assert topic_of(endpoint) == topic


def test_a_page_that_is_not_there_leads_to_the_list_of_all_help(world: World) -> None:
    client = signed_in(world)
    assert 'href="/staff/help"' in client.get("/staff/nowhere", base_url=SITE).text
    assert client.get("/staff/help/nothing", base_url=SITE).status_code == 404
    listed = client.get("/staff/help", base_url=SITE).text.partition("<main")[2]
    assert HELP.findall(listed) == [f"/staff/help/{topic}" for topic in HelpTopic]


@pytest.mark.parametrize("topic", [one for one in HelpTopic if one is not HelpTopic.WORDS])
def test_a_page_of_help_is_read_in_three_minutes(world: World, topic: str) -> None:
    said = body(signed_in(world).get(f"/staff/help/{topic}", base_url=SITE).text)
    assert 100 < len(said.split()) <= MOST_WORDS


@pytest.mark.parametrize("language", [one.code for one in LANGUAGES])
def test_help_is_there_in_every_language(world: World, language: str) -> None:
    client = signed_in(world)
    pages = [see(client, f"/staff/help/{topic}?language={language}") for topic in HelpTopic]
    assert len(set(pages)) == len(HelpTopic)
    english = [see(client, f"/staff/help/{topic}?language=en") for topic in HelpTopic]
    assert [one for one, other in zip(pages, english, strict=True) if one == other] == (
        english if language == "en" else []
    )


def test_help_names_the_numbers_that_are_enforced(world: World) -> None:
    client = signed_in(world)
    assert "Results of fewer than 5 people" in see(client, "/staff/help/what-nobody-sees")
    assert "at least 10 people have answered" in see(client, "/staff/help/report")
    assert "after 30 days, or another time that you choose, of 180 days at most" in see(client, "/staff/help/ending")
    assert "it works once, for 10 minutes" in see(client, "/staff/help/first-programme")


def test_the_words_of_pages_are_those_of_the_glossary(world: World) -> None:
    page = signed_in(world).get("/staff/help/words", base_url=SITE).text
    terms = [" ".join(term.split()).lower() for term in re.findall(r"<dt>(.*?)</dt>", page, re.DOTALL)]
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").lower()
    marked = set(re.findall(r"\*+([^*]+)\*+", glossary))
    assert len(terms) > 20
    assert [term for term in terms if not marked & {term, f"{term}s", term.removesuffix(" for support")}] == []


def test_a_stranger_gets_no_help_but_the_way_to_sign_in(world: World) -> None:
    answer = world.client().get("/staff/help/people", base_url=SITE)
    assert (answer.status_code, answer.location) == (302, "/staff/sign-in")
    assert "staff.help" not in OPEN
