"""What programs ask for: a kept report beside a bare GET of its bytes, a roster beside the import of the same file."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from tempfile import NamedTemporaryFile
from urllib.request import Request, urlopen

from flask.testing import FlaskClient

from bench.roster import roster_of
from bench.stage import load, served, sqlite_server, table
from bench.world import world_on
from feedback.domain.api_keys import ApiScope
from feedback.services.roster.import_roster import import_roster
from tests.answering import respond
from tests.api import ROOT, new_key
from tests.databases import Pair
from tests.world import World

FORMS = ("json", "csv", "pdf")
FIELDS = ("name", "email", "role", "cohort", "language")


ROUNDS = 5


def reports(world: World, pair: Pair, count: int) -> list[list[object]]:
    """Return a row for the report in each form.

    kB, milliseconds by key, of a bare GET under the server's own WSGI, of one behind the same front, and both ratios.
    All are asked in turn, in some rounds, since a machine may be slower a minute later; of each the median counts.
    """
    wave = world.open_wave()
    respond(world, world.links(wave)[:22])
    world.close(wave)
    rows: list[list[object]] = []
    with served("feedback.app:front_from_environment", pair) as (port, process):
        for name in FORMS:
            path = f"{ROOT}/waves/{wave}/report?format={name}"
            data = get(port, path, new_key(world, *ApiScope))
            with _bare(pair, data, "bench.bare:create_bare", "wsgi") as bare, _bare(pair, data) as fronted:
                costs: list[tuple[float, ...]] = []
                for _ in range(ROUNDS):
                    # One key may not ask so often.
                    ours = _cost(port, path, new_key(world, *ApiScope), count, process)
                    costs.append((ours, *(_cost(one, "/file", "", count, other) for one, other in (bare, fronted))))
            ratios = [median(one[0] / one[place] for one in costs) for place in (1, 2)]
            rows.append([name, len(data) / 1000, *(median(one) for one in zip(*costs, strict=True)), *ratios])
    return rows


def get(port: int, path: str, key: str = "") -> bytes:
    """Return what is answered at a path."""
    asked = Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {key}"} if key else {})
    with urlopen(asked, timeout=60) as answer:
        found: bytes = answer.read()
    return found


@contextmanager
def _bare(
    pair: Pair, data: bytes, target: str = "bench.bare:front_of_bare", interface: str = "asginl"
) -> Iterator[tuple[int, int]]:
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        os.environ["BENCH_FILE"] = file.name
        with served(target, pair, interface) as found:
            yield found


def _cost(port: int, path: str, key: str, count: int, process: int) -> float:
    get(port, path, key)
    return load([lambda: get(port, path, key) and None] * count, 1, (process,)).cpu_ms


def rosters(world: World, client: FlaskClient, key: str, people: int) -> list[list[object]]:
    """Return one row: so many people, seconds of CPU by key, of the import of the same file, their ratio."""
    lines = roster_of(people)
    by_import, by_key = world.new_programme(0, 0, ()), world.new_programme(0, 0, ())
    sent = [dict(zip(FIELDS, one.split(","), strict=True)) for one in lines.decode().splitlines()[1:]]
    data = json.dumps({"people": sent}).encode()
    ours = _cpu(lambda: _put_in(client, key, by_key, data))
    with world.session() as session:
        theirs = _cpu(
            lambda: import_roster(session, world.keys, by_import, lines, now=world.clock(), actor="command line")
        )
    return [[people, ours, theirs, ours / theirs]]


def _put_in(client: FlaskClient, key: str, programme: int, data: bytes) -> None:
    shown, path = {"Authorization": f"Bearer {key}"}, f"{ROOT}/programmes/{programme}/roster"
    base = client.application.extensions["feedback"].settings.base_url
    answer = client.post(path, data=data, content_type="application/json", headers=shown, base_url=base)
    assert answer.status_code == 200, answer.text


def _cpu(deed: Callable[[], object]) -> float:
    began = time.process_time()
    deed()
    return time.process_time() - began


def main(small: bool) -> None:
    """Print two tables."""
    with sqlite_server() as server, server.pair() as pair, world_on(pair, "sqlite") as world:
        shown = reports(world, pair, 5 if small else 500)
        put_in = rosters(world, world.client(), new_key(world, *ApiScope), 1_000 if small else 100_000)
    titles = ["form", "kB", "CPU ms", "bare GET", "bare GET behind the front", "ratio", "ratio behind the front"]
    table("A published report, by key", titles, shown)
    table("A roster put in by key", ["people", "CPU s", "CPU s, roster import", "ratio"], put_in)


if __name__ == "__main__":
    main("--small" in sys.argv)
