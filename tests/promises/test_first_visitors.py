"""Promise: no page takes longer for the first who visits it: all are drawn before, and kept while the survey is open.

Counted is what a first visitor would pay for: pages drawn, templates loaded, catalogues and names of time zones read.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask import template_rendered

from feedback.app import create_app
from feedback.domain.survey.questionnaires import PREFER_NOT_TO_SAY, Role
from feedback.locales.catalogues import catalogue
from feedback.locales.moments import clocks_of
from feedback.services.reports.set_notice import name_help
from feedback.storage.waves import wave_by_id
from feedback.web.health import DRAWN_AHEAD
from feedback.web.participants.drawn_ahead import DrawingAhead
from forms.bank import pair
from tests.databases import ON_SQLITE, first_of
from tests.processes import ROOT, surroundings
from tests.promises.test_sizes import Choose, chosen, longest, shortest, with_conditions
from tests.web.test_languages import WORD
from tests.world import World, fields_of

LANGUAGES = tuple(WORD)
LOADED = ("loaded: 0 0",)
WRONG = ("drawn: <Template 'participant/part.html'>", *LOADED)


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """Note what is drawn, loaded and read."""
    found: list[str] = []

    def note(_app: object, template: object, **_more: object) -> None:
        found.append(f"drawn: {template}")

    loaded, missed = len(world.app.jinja_env.cache), misses()
    with template_rendered.connected_to(note, world.app):
        yield found
    found.append(f"loaded: {len(world.app.jinja_env.cache) - loaded} {misses() - missed}")


def misses() -> int:
    return catalogue.cache_info().misses + clocks_of.cache_info().misses


def steps(world: World, link: str, language: str, choose: Choose) -> Iterator[tuple[str, list[str]]]:
    """Go everywhere; yield each page with what it cost."""

    def step(path: str, fields: Mapping[str, str] | None = None) -> str:
        address = f"/s/{link}{path}?language={language}"
        with counted(world) as cost:
            answer = world.client().open(address, method="GET" if fields is None else "POST", data=fields)
        seen.append((path, cost))
        return answer.text

    seen: list[tuple[str, list[str]]] = []
    step("")
    page = step("/questions")
    while 'data-page="questions"' in page:
        filled = chosen(page, choose)
        step("/questions", fields_of(page).hidden | {"go": "next"})
        step("/questions", filled | dict.fromkeys(fields_of(page).radios, "wrong") | {"go": "next"})
        step("/questions", filled | {"go": "stay"})
        back = step("/questions", filled | {"go": "back"})
        step("/questions", fields_of(back).hidden | {"go": "resume"})
        page = step("/questions", filled | {"go": "next"})
    step("/questions", fields_of(page).hidden | {"change": "learning"})
    step("/send", fields_of(page).hidden | {"go": "send"})
    left = step("/questions", fields_of(page).hidden | {"part": "learning", "go": "next"})
    step("/send", fields_of(left).hidden | {"go": "send"})
    step("/withdraw")
    step("/withdraw", {"word": "another"})
    step("/withdraw", {"word": WORD[language]})
    yield from seen


def opened(world: World) -> list[str]:
    # Another test may have read them in this process.
    clocks_of.cache_clear()
    return world.links(world.open_wave(9, 9, questionnaires=with_conditions("kickoff")), Role.MENTOR)


def longest_said(values: list[str]) -> list[str]:
    """The longest answer that says something, so that nobody is asked less."""
    return longest([value for value in values if PREFER_NOT_TO_SAY not in value])


@pytest.mark.parametrize("language", first_of(2, LANGUAGES))
def test_the_first_visitor_causes_no_more_work_than_the_second_whatever_they_answer(
    world: World, language: str
) -> None:
    links = opened(world)
    DrawingAhead(world.app).look()
    first, second, third = (
        list(steps(world, link, language, choose))
        for link, choose in zip(links, (shortest, longest_said, shortest), strict=False)
    )
    assert first == second == third
    assert {tuple(cost) for _path, cost in first} == {LOADED, WRONG}


@ON_SQLITE
@pytest.mark.parametrize("link", ["unknown", "A" * 43, "x/y"])
def test_an_address_that_leads_nowhere_costs_the_first_as_much_as_the_second(world: World, link: str) -> None:
    DrawingAhead(world.app).look()
    costs = []
    for _visitor in range(2):
        for path in ("", "/questions", "/withdraw"):
            with counted(world) as cost:
                assert world.client().get(f"/s/{link}{path}?language=cy").status_code == 404
            costs.append(cost)
    assert [cost for cost in costs if cost != costs[0]] == []
    assert costs[0][-1] == "loaded: 0 0"


@ON_SQLITE
def test_a_process_that_starts_again_draws_before_it_is_ready(world: World) -> None:
    link, *_others = opened(world)
    again = World(create_app(world.tools.settings, world.clock), world.clock, world.mailbox, world.kind)
    ahead = again.app.extensions[DRAWN_AHEAD] = DrawingAhead(again.app)
    assert again.client().get("/readyz").status_code == 503
    ahead.look()
    assert again.client().get("/readyz").status_code == 200
    assert {tuple(cost) for _path, cost in steps(again, link, "fr", shortest)} == {LOADED, WRONG}
    again.dispose()


@ON_SQLITE
def test_what_is_drawn_does_not_lapse_and_still_tells_what_has_changed(world: World) -> None:
    wave = world.open_wave(9, 9, questionnaires=pair("exit"), stage="exit", days=40)
    link = world.links(wave, Role.MENTOR)[0]
    DrawingAhead(world.app).look()
    world.clock.pass_time(days=39)
    with world.session() as session:
        name_help(session, 1, "Somebody to call: 000", now=world.clock(), actor="test")
        wave_by_id(session, wave).closes_at += timedelta(days=1)
        session.commit()
    assert {tuple(cost) for _path, cost in steps(world, link, "en", shortest)} == {LOADED, WRONG}
    assert "Somebody to call: 000" in world.part_asking(link, "H1")
    assert "Sunday 11 April 2027" in world.client().get(f"/s/{link}").text


_PROCESS = """
import sys
read = []
sys.addaudithook(lambda event, about: read.append(str(about[0])) if event == "open" else None)
from feedback.app import create_app_from_environment
client = create_app_from_environment().test_client()
read.clear()
for language in {languages}:
    assert client.get("/s/{link}?language=" + language).status_code == 200
    assert client.get("/s/{link}/questions?language=" + language).status_code == 200
    assert client.post("/s/-/send?language=" + language, data={{"F2": "Too late."}}).status_code == 404
print(read)
"""


@ON_SQLITE
def test_the_first_visitor_of_a_process_makes_it_read_no_file(world: World, environment: dict[str, str]) -> None:
    world.clock.now = datetime.now(UTC)
    script = _PROCESS.format(link=opened(world)[0], languages=LANGUAGES)
    command = [sys.executable, "-c", script]
    said = subprocess.run(
        command, cwd=ROOT, env=surroundings(**environment), capture_output=True, check=True, text=True
    )
    assert said.stdout == "[]\n"
