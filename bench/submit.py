"""All requests of one complete submission, beside one POST to a bare Flask application with one INSERT."""

import http.client
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from statistics import median
from typing import NamedTuple
from urllib.parse import urlencode

from bench.stage import database_servers, load, make_bare_table, served, server_of, table
from bench.world import world_on
from tests.databases import Pair
from tests.world import Ask, fill_parts, hidden_value

CLIENTS = (1, 8, 32)
ROUNDS = 5
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Side(NamedTuple):
    """What is asked of one of those compared, and the processes that work on it."""

    jobs: list[Callable[[], None]]
    processes: tuple[int, ...]


def ask(port: int, method: str, path: str, fields: Mapping[str, list[str]] | None = None) -> str:
    """One request over a connection of its own, as phones make them."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, urlencode(fields, doseq=True) if fields else None, FORM if fields else {})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{method} answered {response.status}")
    return text


def browsing(port: int) -> Ask:
    """Ask as somebody does who follows the pages."""
    return lambda path, fields: ask(port, "GET" if fields is None else "POST", path, fields)


def submission(port: int, link: str, seed: int) -> Callable[[], None]:
    """Read the promises, fill in part after part, look once more, send."""

    def submit() -> None:
        ask(port, "GET", f"/s/{link}")
        state = hidden_value(fill_parts(browsing(port), f"/s/{link}/questions", random.Random(seed)), "state")
        ask(port, "POST", f"/s/{link}/send", {"state": [state], "go": ["send"]})

    return submit


def measure(count: int) -> list[list[object]]:
    """Return a row for each database and number of clients: medians of rounds that took turns."""
    rows: list[list[object]] = []
    with database_servers() as servers:
        for name, server in servers.items():
            with server.pair() as pair, _all_served(pair, name, count) as jobs:
                rows += [[name, clients, *_costs(jobs, clients)] for clients in CLIENTS]
    return rows


@contextmanager
def _all_served(pair: Pair, name: str, count: int) -> Iterator[list[Side]]:
    """Serve ours, a bare application as it is, and the same behind what ours stands behind; each with its own jobs."""
    make_bare_table(pair)
    with world_on(pair, name) as world:
        links = world.links(world.open_wave(mentors=count // 2, mentees=count // 2))
    with ExitStack() as stack:
        port, process = stack.enter_context(served("feedback.app:front_from_environment", pair))
        jobs = [submission(port, link, place) for place, link in enumerate(links)]
        runs = [Side(jobs, (process, *server_of(pair)))]
        for target, interface in (("bench.bare:create_bare", "wsgi"), ("bench.bare:front_of_bare", "asginl")):
            port, process = stack.enter_context(served(target, pair, interface))
            store = partial(ask, port, "POST", "/", {"body": ["x" * 500]})
            runs.append(Side([lambda store=store: store() and None] * count * 4, (process, *server_of(pair))))
        for run in runs:
            load(run.jobs[:20], 4, run.processes)
        yield runs


def _costs(runs: list[Side], clients: int) -> list[float]:
    """Return how many of ours are done in a second, the processor time of each, and the ratios."""
    rounds = [[load(run.jobs[start::ROUNDS], clients, run.processes) for run in runs] for start in range(ROUNDS)]
    ours, bare, behind = (median(one.cpu_ms for one in same) for same in zip(*rounds, strict=True))
    return [median(ours.rate for ours, *_bare in rounds), ours, bare, behind, ours / bare, ours / behind]


def main(small: bool) -> None:
    """Print the table."""
    heads = [
        "database",
        "clients",
        "submissions/s",
        "CPU ms a submission",
        "CPU ms a bare POST",
        "the same, served as ours",
        "ratio",
        "ratio, served as ours",
    ]
    table("One complete submission (all requests) beside one bare POST", heads, measure(40 if small else 400))


if __name__ == "__main__":
    main("--small" in sys.argv)
