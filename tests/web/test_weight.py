"""Every participants' page is light: at once there on a slow telephone, with no more style than it needs."""

import re
from collections.abc import Iterator

import pytest

from feedback.domain.survey.questionnaires import Role
from forms.bank import STAGES, pair
from tests.databases import ON_SQLITE
from tests.promises.test_sentences import plain
from tests.world import World, part_filled

pytestmark = ON_SQLITE

MOST_BYTES, MOST_STYLE, MOST_REQUESTS = 30_000, 10_000, 3
_LOADED = re.compile(r'<(?:link|img|script)[^>]+(?:href|src)="(/[^"]+)"')


def pages(world: World, link: str) -> Iterator[str]:
    """The pages behind a link, in the language whose letters take the most bytes."""
    client, spoken = world.client(), "?language=ar"
    yield client.get(f"/s/{link}{spoken}").text
    page = client.get(f"/s/{link}/questions{spoken}").text
    while 'data-page="questions"' in page:
        yield page
        page = client.post(f"/s/{link}/questions{spoken}", data=part_filled(page, world.chance)).text
    yield page


def loaded(world: World, page: str) -> dict[str, int]:
    """What a page loads besides itself, and the bytes of each."""
    found = {}
    for address in _LOADED.findall(page):
        with world.client().get(address) as response:
            found[address] = len(response.data)
    return found


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("role", Role)
def test_every_page_of_every_questionnaire_is_light(world: World, stage: str, role: Role) -> None:
    wave = world.open_wave(9, 9, questionnaires=pair(stage), stage=stage)
    drawn = list(pages(world, world.links(wave, role)[0]))
    others = [loaded(world, page) for page in drawn]
    assert len(drawn) > 4
    assert max(len(page.encode()) + sum(one.values()) for page, one in zip(drawn, others, strict=True)) <= MOST_BYTES
    assert max(len(one) for one in others) < MOST_REQUESTS


def test_participants_load_one_style_and_none_of_the_staffs(world: World) -> None:
    drawn = [*pages(world, world.links(world.open_wave())[0]), world.client().get("/s/nothing").text]
    styles = [{address: size for address, size in loaded(world, page).items() if ".css" in address} for page in drawn]
    assert styles[1:] == styles[:-1]
    assert [size <= MOST_STYLE for size in styles[0].values()] == [True]


def test_indentation_is_left_out_of_pages_and_of_nothing_that_was_written(world: World) -> None:
    link = world.links(world.open_wave())[0]
    written = "First line\n    second line"
    page = world.client().post(f"/s/{link}/questions", data={"part": "survey", "F2": written, "go": "stay"}).text
    assert re.findall(r"^ {4,}(?=<)", page, re.MULTILINE) == []
    assert written in page


def test_sentences_that_follow_each_other_are_kept_apart(world: World) -> None:
    link = world.links(world.open_wave(9, 9, may_close_early=True))[0]
    promise = plain(world.client().get(f"/s/{link}").text)
    thanks = plain(world.answer(link).text)
    assert re.findall(r"[.:][A-Z]\w+", promise + thanks) == []
