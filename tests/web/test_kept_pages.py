"""Pages of published reports are drawn once, and are gone with what they were drawn from."""

import gc

from flask import Flask
from sqlalchemy import delete

from feedback.runtime import runtime_of
from feedback.services.reports.say_what_was_done import say_what_was_done
from feedback.storage.comment_releases import CommentRelease
from feedback.storage.reports import StoredReport
from tests.databases import ON_SQLITE
from tests.reviewing import SUMMARY, TEXTS, release, reviewed_wave
from tests.web.test_after_answering import closed_wave, results_address
from tests.web.test_report_reads import json_watched
from tests.web.test_staff_pages import SITE, see, signed_in
from tests.world import World

pytestmark = ON_SQLITE


def kept_texts(app: Flask) -> str:
    """All that the cache of this application holds, and what is held by it."""
    held, seen = [runtime_of(app).kept._copies], []
    while held:
        one = held.pop()
        seen.append(one if isinstance(one, str) else "")
        held += [each for each in gc.get_referents(one) if not isinstance(each, type)]
    return " ".join(seen)


def test_the_second_visitor_of_a_report_costs_no_reading_of_it(world: World) -> None:
    wave = reviewed_wave(world)
    client = signed_in(world)
    first = see(client, f"/staff/waves/{wave}/report")
    with json_watched() as texts:
        assert see(client, f"/staff/waves/{wave}/report") == first
    assert [text for text in texts.read if len(text) > 2_000] == []


def test_the_second_visitor_of_results_costs_no_reading_of_them(world: World) -> None:
    closed_wave(world)
    client, address = world.client(), results_address(world)
    first = client.get(address).text
    with json_watched() as texts:
        assert client.get(address).text == first
    assert [text for text in texts.read if len(text) > 2_000] == []


def test_each_language_and_each_address_has_its_own_results_page(world: World) -> None:
    closed_wave(world)
    client, address = world.client(), results_address(world)
    pages = {way: client.get(f"{address}{way}").text for way in ("", "?language=fr", "?language=ar", "/1")}
    assert pages == {way: client.get(f"{address}{way}").text for way in pages}
    assert [page.count('lang="fr" dir="ltr" aria-current="true"') for page in pages.values()] == [0, 1, 0, 0]


def test_what_was_done_is_on_the_results_page_at_once(world: World) -> None:
    closed_wave(world)
    client, address = world.client(), results_address(world)
    client.get(address)
    with world.session() as session:
        say_what_was_done(session, 1, "We moved the meetings.", now=world.clock(), actor="test")
    assert "We moved the meetings." in client.get(address).text


def test_released_comments_are_on_the_report_at_once(world: World) -> None:
    wave = reviewed_wave(world)
    client = signed_in(world)
    assert SUMMARY not in see(client, f"/staff/waves/{wave}/report")
    release(world, wave)
    assert SUMMARY in see(client, f"/staff/waves/{wave}/report")


def test_nothing_stays_of_a_release_that_is_gone(world: World) -> None:
    wave = reviewed_wave(world)
    release(world, wave)
    client = signed_in(world)
    assert SUMMARY in see(client, f"/staff/waves/{wave}/report")
    assert SUMMARY in kept_texts(world.app)
    with world.session() as session:
        session.execute(delete(CommentRelease))
        session.commit()
    assert SUMMARY not in see(client, f"/staff/waves/{wave}/report")
    assert SUMMARY not in kept_texts(world.app)


def test_nothing_stays_of_a_report_that_is_gone(world: World) -> None:
    wave = reviewed_wave(world)
    release(world, wave)
    client = signed_in(world)
    for language in ("en", "fr"):
        assert client.get(f"/staff/waves/{wave}/report?language={language}", base_url=SITE).status_code == 200
    with world.session() as session:
        for table in (CommentRelease, StoredReport):
            session.execute(delete(table))
        session.commit()
    assert client.get(f"/staff/waves/{wave}/report", base_url=SITE).status_code == 404
    assert not any(text in kept_texts(world.app) for text in (SUMMARY, *TEXTS))


def test_what_cannot_be_seen_is_not_kept_either(world: World) -> None:
    closed_wave(world)
    world.client().get(f"{results_address(world)}x")
    assert len(runtime_of(world.app).kept) == 0
