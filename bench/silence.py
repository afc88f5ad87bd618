"""Whether the time of an answer to a program tells that somebody has answered a survey: each GET, before and after.

Three processes on copies of the same databases are asked in turn, in a random order: one as it was, one in which most
have answered, and another one as it was, which shows how far two that do not differ lie apart.
"""

import random
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median
from urllib.error import HTTPError

from bench.alike import quicker
from bench.programs import get
from bench.stage import database_servers, served, table
from bench.world import world_on
from feedback.domain.api_keys import ApiScope
from feedback.web.api.operations import MOST_A_MINUTE, OPERATIONS
from tests.answering import respond
from tests.api import ROOT, new_key
from tests.databases import Pair, PostgresServer, SqliteServer
from tests.world import World

QUERIES = {"get_comparison": "?before=1"}
PATHS = {
    one.name: ROOT + re.sub(r"<int:\w+>", "1", one.path) + QUERIES.get(one.name, "")
    for one in OPERATIONS
    if one.method == "GET"
}


@contextmanager
def three_pairs(server: SqliteServer | PostgresServer, name: str, keys: int) -> Iterator[tuple[list[Pair], list[str]]]:
    """Yield databases with an open wave: as it was, with answers, as it was; and so many keys."""
    with ExitStack() as kept:
        pair = kept.enter_context(server.pair())
        with world_on(pair, name) as world:
            links = world.links(world.open_wave(mentors=20, mentees=20))
            shown = [_key(world) for _ in range(keys)]
        pairs = [pair, *(kept.enter_context(server.copy_of(pair)) for _ in range(2))]
        with world_on(pairs[1], name) as world:
            respond(world, links[:34])
        yield pairs, shown


def _key(world: World) -> str:
    return new_key(world, *ApiScope)


def times(ports: Sequence[int], path: str, keys: Sequence[str], count: int) -> list[list[float]]:
    """Return the seconds of so many answers of each process."""
    chance, taken = random.Random(18), [list[float]() for _ in ports]
    for place in range(count):
        # One key may not ask so often.
        key = keys[place * len(keys) // count]
        for number in chance.sample(range(len(ports)), len(ports)):
            started = time.perf_counter()
            _ask(ports[number], path, key)
            taken[number].append(time.perf_counter() - started)
    return taken


def _ask(port: int, path: str, key: str) -> None:
    try:
        get(port, path, key)
    except HTTPError as refusal:
        # Such as a report that is not there yet.
        refusal.read()


def measured(pairs: Sequence[Pair], keys: Sequence[str], count: int) -> Iterator[list[object]]:
    """Yield a row for each operation."""
    with ExitStack() as kept:
        ports = [kept.enter_context(served("feedback.app:front_from_environment", pair))[0] for pair in pairs]
        for name, path in PATHS.items():
            times(ports, path, keys, len(keys))
            before, after, again = times(ports, path, keys, count)
            yield [
                name,
                1000 * median(before),
                median(after) / median(before),
                median(again) / median(before),
                round(quicker(before, after), 3),
                round(quicker(before, again), 3),
            ]


def main(small: bool) -> None:
    """Print a table for each database."""
    count = 10 if small else 300
    for name, server in _servers(small):
        with three_pairs(server, name, 1 + count * len(PATHS) // MOST_A_MINUTE) as (pairs, keys):
            rows = list(measured(pairs, keys, count))
        heads = ["operation", "ms", "after answers", "nothing changed", "quicker before answers", "nothing changed"]
        table(f"{name}: what programs are told, before and after 34 of 40 have answered", heads, rows)


def _servers(small: bool) -> Iterator[tuple[str, SqliteServer | PostgresServer]]:
    with database_servers(sqlite_only=small) as servers:
        yield from servers.items()


if __name__ == "__main__":
    import sys

    main("--small" in sys.argv)
