"""Promise: a form that is sent too late says so, gives its texts back, and tells nothing of the link it was sent to."""

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from feedback.domain.links import LinkSecret, page_key, to_address
from feedback.services.waves.submit_response import read_link
from feedback.web.participants.cached_pages import PAGE_STEP
from feedback.web.participants.page_state import seal, unseal
from tests.promises.listening import statements_heard
from tests.promises.scanner import fingerprint
from tests.promises.visits import fill_in
from tests.world import World, fields_of

POSTS = ("/questions", "/send", "/withdraw", "/nowhere")
TEXT = "We meet <b>every</b> week & talk.\nThat helps."
UNKNOWN = to_address(bytes(range(32)))
TOO_LATE = "Too late: what you filled in was not sent, and none of it was kept"


def closed_link(world: World) -> tuple[str, str]:
    """A link whose survey is over, and what its check carried before."""
    wave = world.open_wave(10, 0)
    link = world.links(wave)[0]
    state = fill_in(world, link, TEXT)
    world.close(wave)
    return link, state


def sealed_for(link: str, other: str, state: str) -> str:
    """What the `other` link's check would carry if it said what this one's did."""
    carried = unseal(page_key(read_link(link)), state)
    assert carried is not None
    return seal(page_key(LinkSecret(read_link(other))), carried)


def post(world: World, link: str, path: str = "/send", **fields: object) -> TestResponse:
    return world.client().post(f"/s/{link}{path}", data=fields)


def given_back(page: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<textarea[^>]*readonly[^>]*>\n(.*?)</textarea>", page, re.DOTALL)]


@pytest.mark.parametrize("path", POSTS)
def test_a_form_sent_too_late_says_so_and_gives_its_texts_back(world: World, path: str) -> None:
    link, state = closed_link(world)
    before = fingerprint(world)
    page = post(world, link, path, state=state, go="send")
    assert (page.status_code, page.text.count(TOO_LATE)) == (404, 1)
    assert given_back(page.text) == [TEXT]
    assert fingerprint(world) == before


def test_a_closed_link_and_an_unknown_one_say_the_same_at_the_same_cost(world: World) -> None:
    link, state = closed_link(world)
    seen = []
    for dead in (link, UNKNOWN):
        with statements_heard() as asked:
            pages = [post(world, dead, path, state=sealed_for(link, dead, state), go="send") for path in POSTS]
        seen.append(([(page.status_code, page.text) for page in pages], asked))
    assert seen[0] == seen[1]


def test_the_page_asks_the_database_no_more_than_a_look_at_the_link(world: World) -> None:
    link, state = closed_link(world)
    with statements_heard() as looked:
        world.client().get(f"/s/{link}/questions")
    with statements_heard() as asked:
        post(world, link, "/questions", state=state, go="next")
    assert asked == looked


def test_what_another_link_carried_is_given_to_nobody(world: World) -> None:
    _link, state = closed_link(world)
    page = post(world, UNKNOWN, state=state, go="send")
    assert TOO_LATE in page.text
    assert given_back(page.text) == []
    assert "every" not in page.text


def test_what_was_typed_last_takes_the_place_of_what_was_carried(world: World) -> None:
    wave = world.open_wave(10, 0)
    link = world.links(wave)[0]
    part = world.part_asking(link, "F2")
    world.close(wave)
    fields = {**fields_of(part).hidden, "F2": TEXT, "F2-wish": "quote", "A1": "likely", "go": "next"}
    assert given_back(post(world, link, "/questions", **fields).text) == [TEXT]


def test_nothing_but_what_was_written_is_given_back(world: World) -> None:
    sent = {
        "C1": "very................",
        "F2": "Own words.",
        "receipt": "1234-5678",
        "word": "withdraw it",
        "state": "x y",
    }
    assert given_back(post(world, UNKNOWN, "/questions", **sent, part="learning").text) == ["Own words."]


def test_another_language_keeps_the_texts(world: World) -> None:
    link, state = closed_link(world)
    page = post(world, link, state=state, go="send").text
    again = post(world, link, written=given_back(page), language="cy")
    assert (given_back(again.text), '<html lang="cy"' in again.text) == ([TEXT], True)


def test_a_text_shows_in_the_pages_size_in_steps_only(world: World) -> None:
    sizes = {len(post(world, UNKNOWN, F2="Own words" * times).data) for times in (1, 2, 30)}
    assert {size % PAGE_STEP for size in sizes} == {0}


def test_a_form_that_is_too_long_is_told_the_same(world: World) -> None:
    page = post(world, UNKNOWN, F2="x" * 300_000)
    assert (page.status_code, TOO_LATE in page.text, given_back(page.text)) == (404, True, [])


def test_a_link_that_is_open_takes_what_is_sent(world: World) -> None:
    link = world.links(world.open_wave(10, 0))[0]
    page = post(world, link, state=fill_in(world, link, TEXT), go="send")
    assert (page.status_code, TOO_LATE in page.text) == (200, False)
