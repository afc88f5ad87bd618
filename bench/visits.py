"""Processor time of the first visitor of each page beside the second one's, with pages drawn ahead and without."""

import random
import sys
import time
from collections import defaultdict
from collections.abc import Mapping

from bench.stage import sqlite_server, table
from bench.world import world_on
from feedback.domain.languages import LANGUAGES
from feedback.domain.survey.questionnaires import Role
from feedback.web.participants.drawn_ahead import DrawingAhead
from tests.world import World, fields_of, part_filled

Spent = dict[str, float]


def measure(languages: int) -> list[list[object]]:
    """Return a row for each page, drawn ahead and drawn for its first visitor: milliseconds, and the ratio."""
    rows: list[list[object]] = []
    with sqlite_server() as server:
        for ahead in (True, False):
            with server.pair() as pair, world_on(pair, "sqlite") as world:
                first, second = _two_visitors(world, languages, ahead=ahead)
            how = "ahead" if ahead else "for the first"
            rows += [
                [page, how, 500 * first[page] / languages, 500 * second[page] / languages, first[page] / second[page]]
                for page in first
            ]
    return rows


def _two_visitors(world: World, languages: int, *, ahead: bool) -> tuple[Spent, Spent]:
    wave = world.open_wave(mentors=12, mentees=12)
    if ahead:
        DrawingAhead(world.app).look()
    first, second = defaultdict(float), defaultdict(float)
    # Pages are kept for each role and language, so each of these has first visitors of its own.
    for role in Role:
        links = iter(world.links(wave, role))
        for language in LANGUAGES[:languages]:
            _visit(world, next(links), language.code, first)
            _visit(world, next(links), language.code, second)
    return first, second


def _visit(world: World, link: str, language: str, spent: Spent) -> None:
    client, number = world.client(), 0

    def step(page: str, path: str, fields: Mapping[str, object] | None = None) -> str:
        address = f"/s/{link}{path}?language={language}"
        began = time.process_time()
        answer = client.open(address, method="GET" if fields is None else "POST", data=fields)
        spent[page] += time.process_time() - began
        return answer.text

    step("promise", "")
    page = step("part 1", "/questions")
    while 'data-page="questions"' in page:
        number += 1
        filled = part_filled(page, random.Random(number))
        step("incomplete", "/questions", fields_of(page).hidden | {"go": "next"})
        page = step(f"after part {number}", "/questions", filled)
    step("thanks", "/send", fields_of(page).hidden | {"go": "send"})
    step("withdrawal", "/withdraw")
    step("another word", "/withdraw", {"word": "another"})


def main(small: bool) -> None:
    """Print the table."""
    heads = ["page", "drawn", "CPU ms, first visitor", "CPU ms, second visitor", "first ÷ second"]
    table("Who visits a page first, and who does so next", heads, measure(1 if small else len(LANGUAGES)))


if __name__ == "__main__":
    main("--small" in sys.argv)
