"""Addresses tried by the thousand: told to stop, and nobody else is in the way."""

import logging

import pytest

from feedback.web.guessing import MOST_FAILURES, Guesses
from tests.databases import ON_SQLITE
from tests.world import World

pytestmark = ON_SQLITE


def exhausted(world: World) -> None:
    guesses: Guesses = world.app.extensions["feedback-guessing"]
    for _ in range(MOST_FAILURES):
        guesses.too_many("127.0.0.1")


@pytest.mark.parametrize("path", ["/s/x", f"/s/{'A' * 43}", f"/r/{'A' * 22}", f"/support/{'A' * 22}"])
def test_too_many_dead_addresses_are_told_to_stop_on_the_same_page(world: World, path: str) -> None:
    before = world.client().get(path)
    exhausted(world)
    after = world.client().get(path)
    assert (before.status_code, after.status_code) == (404, 429)
    assert after.headers["Retry-After"] == "60"
    assert after.text == before.text


def test_a_link_of_ones_own_works_however_many_others_were_tried(world: World) -> None:
    link = world.links(world.open_wave(7, 7))[0]
    exhausted(world)
    assert world.client().get("/s/x").status_code == 429
    assert world.answer(link).status_code == 200


def test_somebody_elsewhere_is_not_counted_with_them(world: World) -> None:
    exhausted(world)
    page = world.client().get("/s/x", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert page.status_code == 404


def test_receipts_are_counted_too(world: World) -> None:
    exhausted(world)
    assert world.client().post("/receipt", data={"receipt": "0" * 32}).status_code == 429


def test_no_network_address_is_kept_or_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    guesses = Guesses()
    with caplog.at_level(logging.DEBUG):
        for _ in range(MOST_FAILURES + 3):
            guesses.too_many("192.0.2.99")
    assert len(caplog.records) == 1
    assert "192.0.2.99" not in caplog.text + str(guesses._counts)


def test_two_processes_count_under_different_names(world: World) -> None:
    one, other = Guesses(), Guesses()
    for guesses in (one, other):
        guesses.too_many("192.0.2.99")
    names = [set(guesses._counts) for guesses in (one, other)]
    assert not names[0] & names[1]


def test_a_minute_later_everybody_may_fail_again_and_nothing_of_before_is_kept(world: World) -> None:
    minutes = [0.0]
    guesses = Guesses(lambda: 60 * minutes[0])
    assert [guesses.too_many("192.0.2.99") for _ in range(MOST_FAILURES + 1)][-2:] == [False, True]
    minutes[0] = 1
    assert not guesses.too_many("192.0.2.7")
    assert len(guesses._counts) == 1
