"""How often operators' mistakes, by chance and one after another, cost an answer, a report or a mail: never."""

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from bench.stage import database_servers, environment, table
from feedback.app import create_app_without_pages
from feedback.config import read_settings
from feedback.demo.mailbox import Mailbox
from tests.databases import PostgresServer, SqliteServer
from tests.operators import MISTAKES, Mistake, Operators, operate
from tests.services.mail.relays import ScriptedRelay
from tests.world import FixedClock, World
from tests.wrong_clocks import with_clock

EACH_PHASE = 3


def live(server: SqliteServer | PostgresServer, kind: str, chance: random.Random) -> list[Mistake]:
    """Let one survey live among mistakes, and return them; raises AssertionError for what they cost."""
    relay = ScriptedRelay()
    with server.pair() as pair, tempfile.TemporaryDirectory(prefix="feedback-bench-operators-") as name:
        folder = Path(name)
        told = folder / "clock"
        told.write_text("+0")
        own = {key: value for key, value in environment(pair).items() if key.startswith("FEEDBACK_")}
        own |= {"FEEDBACK_JOURNAL": str(folder / "journal.json"), "FEEDBACK_SMTP_PORT": str(relay.port)}
        clock = FixedClock()
        world = World(create_app_without_pages(read_settings(own), clock), clock, Mailbox(folder / "mailbox"), kind)
        operators = Operators(world.begin_to_serve(), with_clock(own, told), told, relay, folder / "log", chance)
        phases = [chance.choices(MISTAKES, k=chance.randint(0, EACH_PHASE)) for _phase in range(3)]
        try:
            operate(operators, *phases)
        finally:
            world.dispose()
            relay.goes_down()
    return [mistake for phase in phases for mistake in phase]


def lives(number: int, one: Callable[[random.Random], Iterable[Mistake]]) -> list[object]:
    """Return how many lives went well, and how many mistakes of each kind they outlived."""
    made: Counter[str] = Counter()
    for seed in range(number):
        made.update(mistake.__name__ for mistake in one(random.Random(seed)))
    return [number, *(made[mistake.__name__] for mistake in MISTAKES)]


def main(small: bool) -> None:
    """Print the table; stops at the first life that cost something, with its seed in the traceback."""
    number, rows = 2 if small else 20, []
    with database_servers() as servers:
        for name, server in servers.items():
            rows.append([name, *lives(number, partial(live, server, name.lower()))])
    heads = ["database", "surveys", *(mistake.__name__.replace("_", " ") for mistake in MISTAKES)]
    table(
        "Mistakes that surveys outlived, with every answer in one report and no mail doubled but in flight", heads, rows
    )
