"""You said, we did: written in each language, read as participants will, and published."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.demo.mailbox import plain_text
from feedback.domain.staff import StaffRole
from feedback.domain.survey.answers import LONGEST_NOTICE
from feedback.domain.waves.quiet_times import DEFAULT_QUIET_TIMES
from feedback.services.reports.say_what_was_done import publish_said, say_what_was_done, show_said
from feedback.services.waves.set_quiet_times import set_quiet_times
from tests.databases import ON_SQLITE
from tests.ending import end
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


def publish(client: FlaskClient, tells: str = "") -> TestResponse:
    return client.post(PUBLISH, data={**marks(client), "tells": tells}, base_url=SITE)


def told(world: World) -> list[str]:
    """To whom an email on what was done was sent, in the order in which they went."""
    world.send_mails()
    mails = (world.mailbox.read(serial) for serial in world.mailbox.serials())
    return [str(mail["To"]) for mail in mails if "what was done" in mail["Subject"]]


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
    sent = {**marks(client), "tells": "y"}
    for _time in range(2):
        assert client.post(PUBLISH, data=sent, base_url=SITE).location == PAGE
        world.do_what_is_due()
    assert "It was published already. Nothing was done a second time." in see(client, PAGE)
    assert len(noted(world, "said what was done")) == 1
    assert len(told(world)) == 14


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
    assert "the email" not in page
    answer = publish(client, tells="y")
    assert (answer.status_code, "there are no results yet" in answer.text, published(world)) == (422, True, {})
    publish(client)
    assert published(world) == {"en": SAID}
    world.do_what_is_due()
    assert told(world) == []


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


# ---- the email


def test_everybody_who_was_invited_is_mailed_once_and_reads_it_behind_the_link(world: World) -> None:
    closed_wave(world)
    client = signed_in(world)
    write(client, en=SAID)
    page = see(client, CHECK)
    assert "whether or not they answered or want reminders: Kick-off, 14 people." in page
    publish(client, tells="y")
    assert "It is published, and an email goes out. Emails go out from now on." in see(client, PAGE)
    world.do_what_is_due()
    assert len(set(told(world))) == 14
    world.do_what_is_due()
    assert len(told(world)) == 14
    mail = plain_text(world.mailbox.read(world.mailbox.serials()[-1]))
    assert f"https://feedback.example.com{results_address(world)}?language=en" in mail
    assert "We have blocked an hour a month." not in mail
    assert "We have blocked an hour a month." in results(world, "en")


@ON_SQLITE
def test_a_correction_is_shown_at_once_and_mailed_only_if_somebody_asks(world: World) -> None:
    closed_wave(world)
    client = signed_in(world)
    write(client, en=SAID)
    publish(client, tells="y")
    write(client, en="Corrected.")
    assert "is being made ready" in see(client, CHECK)
    world.do_what_is_due()
    assert len(told(world)) == 14
    page = client.get(CHECK, base_url=SITE).text
    assert re.search(r'class="button" type="submit">Publish it without an email<', page)
    publish(client)
    world.do_what_is_due()
    assert len(told(world)) == 14
    assert "Corrected." in results(world, "en")
    assert "Sent about this survey so far: 1" in see(client, CHECK)
    publish(client, tells="y")
    world.do_what_is_due()
    assert sorted(told(world)) == sorted([*set(told(world))] * 2)


@ON_SQLITE
def test_nobody_is_mailed_more_than_three_times_about_one_survey(world: World) -> None:
    closed_wave(world)
    client = signed_in(world)
    write(client, en=SAID)
    for _time in range(3):
        assert publish(client, tells="y").status_code == 303
        world.do_what_is_due()
    assert len(told(world)) == 3 * 14
    assert "were sent three, which nobody can stop" in see(client, CHECK)
    assert publish(client, tells="y").status_code == 422
    world.do_what_is_due()
    assert len(told(world)) == 3 * 14


@ON_SQLITE
def test_a_text_that_is_taken_away_before_the_emails_go_stops_them(world: World) -> None:
    closed_wave(world)
    client = signed_in(world)
    write(client, en=SAID)
    publish(client, tells="y")
    write(client, en="")
    publish(client)
    world.do_what_is_due()
    assert told(world) == []


@ON_SQLITE
def test_who_is_mailed_does_not_depend_on_who_answered(world: World) -> None:
    sent = []
    for answering in (8, 14):
        world.clock.pass_time(days=1)
        programme = world.programme(14, 0, name=f"With {answering}")
        wave = world.open(world.planned_wave(programme))
        world.send_mails()
        for link in world.links(wave)[:answering]:
            world.answer(link)
        world.close(wave)
        world.do_what_is_due()
        world.send_mails()
        with world.session() as session:
            say_what_was_done(session, programme, SAID, now=world.clock(), actor="test")
            mark = show_said(session, programme).mark
            publish_said(session, programme, mark, tells=True, now=world.clock(), actor="test")
        before = len(told(world))
        world.do_what_is_due()
        sent.append(sorted(told(world)[before:]))
    assert sent[0] == sent[1]
    assert len(sent[0]) == 14


@ON_SQLITE
def test_no_email_goes_out_at_night(world: World) -> None:
    closed_wave(world)
    with world.session() as session:
        set_quiet_times(session, 1, DEFAULT_QUIET_TIMES, now=world.clock(), actor="test")
    client = signed_in(world)
    world.clock.now = world.clock().replace(hour=22)
    client = signed_in(world)
    write(client, en=SAID)
    publish(client, tells="y")
    assert "Emails go out after the quiet times, from" in see(client, PAGE)
    world.do_what_is_due()
    assert told(world) == []
    world.clock.pass_time(days=3)
    world.clock.now = world.clock().replace(hour=10)
    world.do_what_is_due()
    assert len(told(world)) == 14


@ON_SQLITE
def test_an_ended_programme_shows_a_text_and_mails_nobody(world: World) -> None:
    closed_wave(world)
    # No comment may wait any more.
    world.clock.pass_time(days=61)
    world.do_what_is_due()
    end(world, 1)
    client = signed_in(world)
    write(client, en=SAID)
    assert "This programme has ended, so no more emails go out." in see(client, CHECK)
    assert publish(client, tells="y").status_code == 422
    assert publish(client).status_code == 303
    world.do_what_is_due()
    assert told(world) == []
    assert "We have blocked an hour a month." in results(world, "en")
