"""Whether the time of a reply tells if a link was used: unused, proven, unproven and contested, over HTTP.

As the share of pairs in which the first reply was the quicker one: one half says nothing. They are sent in a random
order, each on a link of its own; an insert may differ from an update within the request's noise.
"""

import random
import time
from collections.abc import Mapping, Sequence
from itertools import product

from bench.stage import database_servers, served, table
from bench.submit import ask
from bench.world import world_on
from feedback.domain.links import new_receipt, receipt_words
from tests.answering import ready_to_send, respond
from tests.world import World

CASES = ("unused", "proven", "unproven", "contested")


def prepared(world: World, count: int) -> list[tuple[str, str, dict[str, list[str]]]]:
    """Return case, link and form of each answer that is to be sent."""
    links = world.links(world.open_wave(mentors=2 * count, mentees=2 * count))
    by_case = {case: links[place::4] for place, case in enumerate(CASES)}
    receipts = dict(zip(by_case["proven"], respond(world, by_case["proven"]), strict=True))
    respond(world, by_case["unproven"])
    for seed in (1, 2):
        respond(world, by_case["contested"], seed=seed)
    forms = []
    for link in links:
        case = next(case for case in CASES if link in by_case[case])
        typed = receipt_words(receipts.get(link) or new_receipt())
        form = {name: [said] for name, said in ready_to_send(world, link).items()}
        forms.append((case, link, {**form, "receipt": [typed]}))
    random.Random(6).shuffle(forms)
    return forms


def times(port: int, forms: Sequence[tuple[str, str, Mapping[str, list[str]]]]) -> dict[str, list[float]]:
    """Return the seconds that each reply took, by case."""
    taken: dict[str, list[float]] = {case: [] for case in CASES}
    for case, link, form in forms:
        started = time.perf_counter()
        ask(port, "POST", f"/s/{link}/send", form)
        taken[case].append(time.perf_counter() - started)
    return taken


def quicker(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the share of pairs in which the first was the quicker (the area under the curve)."""
    pairs = list(product(one, other))
    return sum((a < b) + (a == b) / 2 for a, b in pairs) / len(pairs)


def main(small: bool) -> None:
    """Print the table."""
    rows: list[list[object]] = []
    with database_servers() as servers:
        for name, server in servers.items():
            with server.pair() as pair:
                with world_on(pair, name) as world:
                    forms = prepared(world, 10 if small else 200)
                with served("feedback.app:front_from_environment", pair) as (port, _process):
                    taken = times(port, forms)
            rows += [[name, case, round(quicker(taken["unused"], taken[case]), 3)] for case in CASES[1:]]
    table("An unused link replies quicker than", ["database", "this one", "in this share of pairs"], rows)
