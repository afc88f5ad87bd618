"""What pages and mails say of the time at which a survey closes, and in its last hour again."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from feedback.storage.waves import wave_by_id
from tests.databases import ON_SQLITE
from tests.web.test_after_answering import last_mail
from tests.world import World, fields_of, part_filled

pytestmark = ON_SQLITE

SOON = "This survey closes soon. It is open until Monday 15 March 2027, 10:00 (Paris time)."
EARLIER = "The survey may also close earlier."


def open_links(world: World, left: timedelta, **changes: object) -> list[str]:
    """The links of an open survey of which so much is left."""
    wave = world.open_wave(7, 7, **changes)
    with world.session() as session:
        world.clock.now = wave_by_id(session, wave).closes_at - left
    return world.links(wave)


def parts(world: World, link: str) -> list[str]:
    """Every part, as it is shown and as it is shown again with what is wrong with it."""
    page, found = world.client().get(f"/s/{link}/questions").text, []
    while 'data-page="questions"' in page:
        wrong = {re.findall(r'type="radio" name="([\w-]+)"', page)[0]: "not-offered"}
        judged = world.client().post(f"/s/{link}/questions", data={**fields_of(page).hidden, **wrong})
        found += [page, judged.text]
        page = world.client().post(f"/s/{link}/questions", data=part_filled(page, world.chance)).text
    return found


@pytest.mark.parametrize(("minutes", "is_told"), [(60, True), (1, True), (61, False)])
def test_each_part_says_in_the_last_hour_when_the_survey_closes(world: World, minutes: int, is_told: bool) -> None:
    pages = parts(world, open_links(world, timedelta(minutes=minutes))[0])
    assert len(pages) == 8
    assert {SOON in page for page in pages} == {is_told}


def test_the_last_hour_is_as_long_for_whoever_has_answered(world: World) -> None:
    first, second = open_links(world, timedelta(minutes=9))[:2]
    world.answer(first)
    sizes = [len(world.client().get(f"/s/{link}/questions").data) for link in (first, second)]
    assert sizes[0] == sizes[1]


def withdrawn(world: World, link: str) -> str:
    return world.client().post(f"/s/{link}/withdraw", data={"word": "withdraw"}).text


def first_part(world: World, link: str) -> str:
    return world.client().get(f"/s/{link}/questions").text


@pytest.mark.parametrize("page", [withdrawn, first_part, lambda world, link: world.answer(link).text])
@pytest.mark.parametrize("early", [True, False])
def test_a_survey_that_may_close_earlier_says_so_wherever_it_says_until_when(
    world: World, page: Callable[[World, str], str], early: bool
) -> None:
    link = open_links(world, timedelta(minutes=9), may_close_early=early)[0]
    assert (EARLIER in page(world, link)) == early


def promise(world: World, link: str) -> str:
    return world.client().get(f"/s/{link}").text


@pytest.mark.parametrize("page", [promise, withdrawn, first_part, lambda world, link: world.answer(link).text])
def test_midnight_is_the_end_of_the_day_before_on_pages_too(world: World, page: Callable[[World, str], str]) -> None:
    world.clock.now -= timedelta(hours=10)
    link = open_links(world, timedelta(minutes=9), may_close_early=False)[0]
    said = re.sub("<[^>]+>", "", page(world, link))
    assert "until the end of Sunday 14 March 2027 (Paris time)" in said
    assert "00:00" not in said


@pytest.mark.parametrize("early", [True, False])
def test_a_mail_says_that_a_survey_may_close_earlier(world: World, early: bool) -> None:
    world.open_wave(7, 7, may_close_early=early)
    world.send_mails()
    assert (EARLIER in re.sub(r"\s+", " ", last_mail(world))) == early
