"""Bytes and requests of each participant's page, uncompressed, everything that it loads included."""

import re
import sys

from bench.stage import sqlite_server, table
from bench.world import world_on
from feedback.domain.links import results_secret, to_address
from forms.bank import pair
from tests.world import World, hidden_value, part_filled

AIM = "30 kB in 3 requests"


def measure() -> list[list[object]]:
    """Return a row for each participants' page, from the link to the results."""
    with sqlite_server() as server, server.pair() as pair, world_on(pair, "sqlite") as world:
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
        for path in ("/receipt", "/accessibility", "/s/closed"):
            pages[path] = client.get(path)
        pages["results"] = _results(world)
        return [[name, *_weight(client, page.text)] for name, page in pages.items()]


def _results(world: World):
    """The page that says most: an exit, closed."""
    wave = world.open(world.planned_wave(world.programme(), questionnaires=pair("exit"), stage="exit"))
    for link in world.links(wave):
        world.answer(link)
    world.close(wave)
    world.do_what_is_due()
    programme = 2
    address = to_address(results_secret(world.keys.opt_out_key(programme), programme))
    return world.client().get(f"/r/{address}")


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
