"""Bytes and requests of each participant's page, uncompressed, everything that it loads included."""

import re
import sys

from bench.stage import database_servers, table
from bench.world import world_on
from tests.world import hidden_value, part_filled

AIM = "30 kB in 3 requests"


def measure() -> list[list[object]]:
    """Return a row for each page on the way from the link to the thanks."""
    with database_servers() as servers, servers["SQLite"].pair() as pair, world_on(pair, "sqlite") as world:
        link, client = world.links(world.open_wave())[0], world.client()
        address = f"/s/{link}/questions"
        pages = {"promise": client.get(f"/s/{link}"), "part 1": client.get(address)}
        while 'data-page="questions"' in (last := list(pages.values())[-1]).text:
            number = len(pages)
            pages[f"part {number}"] = client.post(address, data=part_filled(last.text, world.chance))
        pages["check"] = pages.pop(f"part {len(pages) - 1}")
        first = part_filled(pages["part 1"].text, world.chance)
        pages["incomplete"] = client.post(address, data={"part": first["part"]})
        state = hidden_value(pages["check"].text, "state")
        pages["thanks"] = client.post(f"/s/{link}/send", data={"state": state, "go": "send"})
        return [[name, *_weight(client, page.text)] for name, page in pages.items()]


def _weight(client, page: str) -> tuple[int, int, int]:
    loaded = set(re.findall(r'<(?:link|img|script)[^>]+(?:href|src)="(/[^"]+)"', page))
    return len(page.encode()), sum(_bytes(client, path) for path in loaded), 1 + len(loaded)


def _bytes(client, path: str) -> int:
    with client.get(path) as response:
        return len(response.data)


def main(small: bool) -> None:  # noqa: ARG001
    """Print the table."""
    rows = [[name, own, others, own + others, requests] for name, own, others, requests in measure()]
    table(f"Participants' pages (aim: at most {AIM})", ["page", "HTML bytes", "other bytes", "bytes", "requests"], rows)


if __name__ == "__main__":
    main("--small" in sys.argv)
