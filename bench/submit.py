"""All requests of one complete submission, beside one POST to a bare Flask application with one INSERT."""

import http.client
import random
import sys
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from bench.stage import Load, database_servers, load, make_bare_table, served, server_of, table
from bench.world import world_on
from tests.world import Ask, fill_parts, hidden_value

CLIENTS = (1, 8, 32)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


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
    """Return a row for each database and number of clients."""
    rows: list[list[object]] = []
    with database_servers() as servers:
        for name, server in servers.items():
            with server.pair() as pair:
                make_bare_table(pair)
                bare = _bare(pair, count)
                whole = _whole(pair, name, count)
            for clients in CLIENTS:
                ratio = whole[clients].cpu_ms / bare[clients].cpu_ms
                rows.append(
                    [
                        name,
                        clients,
                        whole[clients].rate,
                        bare[clients].rate,
                        whole[clients].cpu_ms,
                        bare[clients].cpu_ms,
                        ratio,
                    ]
                )
    return rows


def _bare(pair, count: int) -> dict[int, Load]:
    with served("bench.bare:create_bare", pair, "wsgi") as (port, process):
        job = lambda: ask(port, "POST", "/", {"body": ["x" * 500]}) and None  # noqa: E731
        processes = (process, *server_of(pair))
        load([job] * 50, 4, processes)
        return {clients: load([job] * count * 4, clients, processes) for clients in CLIENTS}


def _whole(pair, name: str, count: int) -> dict[int, Load]:
    with world_on(pair, name) as world:
        links = world.links(world.open_wave(mentors=count // 2, mentees=count // 2))
    with served("feedback.app:front_from_environment", pair) as (port, process):
        processes = (process, *server_of(pair))
        load([submission(port, link, 1) for link in links[:20]], 4, processes)
        return {
            clients: load([submission(port, link, place) for place, link in enumerate(links)], clients, processes)
            for clients in CLIENTS
        }


def main(small: bool) -> None:
    """Print the table."""
    heads = [
        "database",
        "clients",
        "submissions/s",
        "bare POSTs/s",
        "CPU ms a submission",
        "CPU ms a bare POST",
        "ratio",
    ]
    table("One complete submission (all requests) beside one bare POST", heads, measure(40 if small else 400))


if __name__ == "__main__":
    main("--small" in sys.argv)
