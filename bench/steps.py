"""Where the time of a submission goes: processor time of each of its requests, beside bare requests."""

import random
import sys
from collections.abc import Iterator
from functools import partial

from bench.stage import database_servers, load, make_bare_table, served, server_of, table
from bench.submit import ask
from bench.world import world_on
from feedback.domain.survey.questionnaires import Role
from tests.databases import Pair
from tests.world import hidden_value, part_filled

CLIENTS = 8


def measure(count: int) -> list[list[object]]:
    """Return a row for each database and kind of request: milliseconds, and how many bare POSTs that is."""
    rows: list[list[object]] = []
    with database_servers() as servers:
        for name, server in servers.items():
            with server.pair() as pair:
                make_bare_table(pair)
                costs = dict([*_bare(pair, count), *_steps(pair, name, count)])
            rows += [[name, request, cost, cost / costs["bare POST"]] for request, cost in costs.items()]
    return rows


def _bare(pair: Pair, count: int) -> Iterator[tuple[str, float]]:
    with served("bench.bare:create_bare", pair, "wsgi") as (port, process):
        processes = (process, *server_of(pair))
        look = lambda: ask(port, "GET", "/healthz") and None  # noqa: E731
        store = lambda: ask(port, "POST", "/", {"body": ["x" * 500]}) and None  # noqa: E731
        load([store, look] * 50, 4, processes)
        yield "bare GET", load([look] * count * 4, CLIENTS, processes).cpu_ms
        yield "bare POST", load([store] * count * 4, CLIENTS, processes).cpu_ms


def _steps(pair: Pair, name: str, count: int) -> Iterator[tuple[str, float]]:
    with world_on(pair, name) as world:
        links = world.links(world.open_wave(mentors=count, mentees=0), Role.MENTOR)
    with served("feedback.app:front_from_environment", pair) as (port, process):
        processes = (process, *server_of(pair))
        forms = filled_forms(port, links[0])
        pages: dict[str, str] = {}

        def promise(link: str) -> None:
            ask(port, "GET", f"/s/{link}")

        def questions(link: str) -> None:
            ask(port, "GET", f"/s/{link}/questions")

        def fill_in(number: int, link: str) -> None:
            carried = hidden_value(pages[link], "state") if link in pages else ""
            pages[link] = ask(port, "POST", f"/s/{link}/questions", {**forms[number], "state": [carried]})

        def send(link: str) -> None:
            ask(port, "POST", f"/s/{link}/send", {"state": [states[link]], "go": ["send"]})

        for link in links[:50]:
            promise(link)
            questions(link)
        for step in (promise, questions):
            yield step.__name__, load([partial(step, link) for link in links], CLIENTS, processes).cpu_ms
        for number in range(len(forms)):
            jobs = [partial(fill_in, number, link) for link in links]
            yield f"part {number + 1} of {len(forms)}", load(jobs, CLIENTS, processes).cpu_ms
        states = {link: hidden_value(page, "state") for link, page in pages.items()}
        yield "send", load([partial(send, link) for link in links], CLIENTS, processes).cpu_ms


def filled_forms(port: int, link: str) -> list[dict[str, list[str]]]:
    """What is posted on each part, in order."""
    forms: list[dict[str, list[str]]] = []
    page = ask(port, "GET", f"/s/{link}/questions")
    while 'data-page="questions"' in page:
        forms.append(part_filled(page, random.Random(1)))
        page = ask(port, "POST", f"/s/{link}/questions", forms[-1])
    return forms


def main(small: bool) -> None:
    """Print the table."""
    heads = ["database", "request", "CPU ms", "bare POSTs"]
    table("Where the time of a submission goes (8 clients)", heads, measure(40 if small else 800))


if __name__ == "__main__":
    main("--small" in sys.argv)
