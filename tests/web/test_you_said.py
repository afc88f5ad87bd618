"""You said, we did: written in each language, read as participants will, and published."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.domain.staff import StaffRole
from feedback.domain.survey.answers import LONGEST_NOTICE
from feedback.services.reports.say_what_was_done import say_what_was_done, show_said
from tests.databases import ON_SQLITE
from tests.web.test_after_answering import closed_wave, results_address
from tests.web.test_previews import _Live
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World, hidden_value, noted

PAGE = "/staff/programmes/1/you-said"
CHECK, PUBLISH = f"{PAGE}/check", f"{PAGE}/publish"
SAID = "You asked for <b>more</b> time.\n\nWe have blocked an hour a month."
FRENCH = "Vous avez demandé du temps."


def published(world: World) -> dict[str, str]:
    with world.session() as session:
        return dict(show_said(session, 1).published)


def marks(client: FlaskClient) -> dict[str, str]:
    page = client.get(CHECK, base_url=SITE).text
    return {name: hidden_value(page, name) for name in ("csrf_token", "mark")}


def write(client: FlaskClient, **texts: str) -> None:
    assert press(client, PAGE, PAGE, **texts).location == CHECK


def publish(client: FlaskClient) -> TestResponse:
    return client.post(PUBLISH, data=marks(client), base_url=SITE)


def results(world: World, language: str) -> str:
    return world.client().get(f"{results_address(world)}?language={language}").text


def test_what_is_written_is_read_by_nobody_before_it_is_published(world: World) -> None:
    closed_wave(world)
    client, before = signed_in(world), results(world, "en")
    write(client, en=SAID.replace("\n", "\r\n"))
    assert results(world, "en") == before
    assert published(world) == {}
    assert "Not all of it is published" in see(client, PAGE)
    assert "We have blocked an hour a month." in see(client, CHECK)
    assert publish(client).location == PAGE
    assert "It is published." in see(client, PAGE)
    assert published(world) == {"en": SAID}
    assert "You asked for &lt;b&gt;more&lt;/b&gt; time." in results(world, "en")


def test_everybody_reads_their_own_language_or_is_told_which_one_it_is(world: World) -> None:
    closed_wave(world)
    client = signed_in(world)
    write(client, fr=FRENCH)
    publish(client)
    assert "n’est pas" not in results(world, "fr")
    assert f'lang="fr">{FRENCH}</p>' in results(world, "fr")
    english = results(world, "en")
    assert f'lang="fr">{FRENCH}</p>' in english
    assert "This is not written in the language of this page, but in: Français" in english
    write(client, en=SAID, fr=FRENCH)
    publish(client)
    assert FRENCH not in results(world, "en")
    assert "not written in the language of this page" not in results(world, "en")
    # Nothing is written in Arabic: the first text there is, in the order of the service's languages.
    assert 'lang="en">We have blocked an hour a month.</p>' in results(world, "ar")


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_preview_is_the_page_that_participants_will_read(world: World, language: str) -> None:
    closed_wave(world)
    client = signed_in(world)
    write(client, en=SAID, fr=FRENCH)
    preview = client.get(f"{PAGE}/page?in={language}", base_url=SITE).text
    assert _Live(preview).live == []
    assert "This is a preview" in preview
    publish(client)
    assert _Live(preview).words == _Live(results(world, language)).words


@ON_SQLITE
def test_a_missing_language_is_marked_with_what_its_readers_get(world: World) -> None:
    world.programme()
    client = signed_in(world)
    assert "Missing" not in see(client, CHECK)
    write(client, fr=FRENCH)
    page = client.get(CHECK, base_url=SITE).text
    missing = re.findall(r'<h2 id="in-(\w+)"[^>]*>[^<]*</h2>\s*<span class="tag needs">', page)
    assert missing == ["en", "es", "ar", "cy"]
    assert "gets the text in another one, and is told so: Français" in see(client, CHECK)
    assert "Nothing is written in this language yet." in see(client, PAGE)


@ON_SQLITE
def test_a_button_that_is_pressed_twice_publishes_once(world: World) -> None:
    closed_wave(world)
    client = signed_in(world)
    write(client, en=SAID)
    sent = marks(client)
    for _time in range(2):
        assert client.post(PUBLISH, data=sent, base_url=SITE).location == PAGE
    assert "It was published already. Nothing was done a second time." in see(client, PAGE)
    assert len(noted(world, "said what was done")) == 1


@ON_SQLITE
def test_nothing_is_published_that_was_not_on_the_page(world: World) -> None:
    closed_wave(world)
    client = signed_in(world)
    write(client, en=SAID)
    sent = marks(client)
    write(client, en="Other words.")
    answer = client.post(PUBLISH, data=sent, base_url=SITE)
    assert (answer.status_code, published(world)) == (422, {})
    assert "somebody has changed the text since this page was made" in answer.text
    client.post(PUBLISH, data={**sent, "mark": hidden_value(answer.text, "mark")}, base_url=SITE)
    assert published(world) == {"en": "Other words."}


@ON_SQLITE
def test_before_the_first_results_it_waits_for_them(world: World) -> None:
    world.open_wave(7, 7)
    client = signed_in(world)
    write(client, en=SAID)
    page = see(client, CHECK)
    assert "There are no results yet. Participants read it on the results page from the first results on." in page
    assert "Their results page" not in page
    assert client.get(f"{PAGE}/page", base_url=SITE).status_code == 404
    publish(client)
    assert published(world) == {"en": SAID}


@ON_SQLITE
def test_it_can_be_taken_away_again(world: World) -> None:
    closed_wave(world)
    client = signed_in(world)
    write(client, en=SAID)
    publish(client)
    write(client, en="")
    assert "The text is taken off the results page at once." in see(client, CHECK)
    assert "You said, we did" in results(world, "en")
    publish(client)
    assert published(world) == {}
    assert "You said, we did" not in results(world, "en")


@ON_SQLITE
def test_what_is_as_before_leaves_nothing_to_publish(world: World) -> None:
    closed_wave(world)
    client = signed_in(world)
    write(client, en=SAID)
    publish(client)
    write(client, en=SAID)
    assert "There is nothing to publish." in see(client, CHECK)
    write(client, en="Other words.")
    write(client, en=SAID)
    assert "There is nothing to publish." in see(client, CHECK)
    assert len(noted(world, "wrote what was done")) == 3


@ON_SQLITE
def test_a_command_publishes_one_language_and_leaves_what_is_being_written(world: World) -> None:
    closed_wave(world)
    client = signed_in(world)
    write(client, en=SAID, fr="Brouillon")
    with world.session() as session:
        say_what_was_done(session, 1, FRENCH, language="fr", now=world.clock(), actor="test")
    assert published(world) == {"fr": FRENCH}
    with world.session() as session:
        assert show_said(session, 1).written == {"en": SAID, "fr": FRENCH}


@ON_SQLITE
def test_a_text_that_is_too_long_is_refused_at_its_field_and_stays_on_the_page(world: World) -> None:
    world.programme()
    long = "x" * (LONGEST_NOTICE + 1)
    answer = press(signed_in(world), PAGE, PAGE, en=SAID, fr=long)
    assert answer.status_code == 422
    assert 'id="fr-error">Write at most 6,000 characters.' in answer.text
    assert long in answer.text
    with world.session() as session:
        assert show_said(session, 1).written == {}


@ON_SQLITE
@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.VIEWER, StaffRole.CONTACT])
def test_others_neither_read_what_is_written_nor_publish_it(world: World, role: StaffRole) -> None:
    closed_wave(world)
    write(signed_in(world), en=SAID)
    client = signed_in(world, role)
    for page in (PAGE, CHECK, f"{PAGE}/page"):
        assert client.get(page, base_url=SITE).status_code == 403
    assert press(client, "/staff/", PUBLISH, mark="0-x").status_code == 403
    assert published(world) == {}
