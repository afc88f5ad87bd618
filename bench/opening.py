"""Importing a roster and opening a wave, beside a plain bulk insert of the same rows into tables without rules."""

import secrets
import sys
import time
from collections.abc import Callable

from sqlalchemy import text

from bench.stage import database_servers, table
from bench.world import world_on
from feedback.services.roster.import_roster import import_roster
from tests.world import World, roster_csv

SIZES = (10_000, 100_000)


def seconds(deed: Callable[[], object]) -> float:
    """Return how long a deed takes."""
    started = time.perf_counter()
    deed()
    return time.perf_counter() - started


def plain_insert(world: World, people: int) -> None:
    """Insert as many entitlements and deliveries as an opening does, and nothing else."""
    rights = [{"digest": secrets.token_bytes(32), "wave": 1, "role": "mentor", "name": "mentor"} for _ in range(people)]
    mails = [{"batch": 1, "wave": 1, "person": number, "mail": "invitation"} for number in range(people)]
    with world.session() as session:
        session.execute(text("CREATE TABLE plain_rights (digest bytea, wave integer, role text, name text)"))
        session.execute(text("CREATE TABLE plain_mails (batch integer, wave integer, person integer, mail text)"))
        session.execute(text("INSERT INTO plain_rights VALUES (:digest, :wave, :role, :name)"), rights)
        session.execute(text("INSERT INTO plain_mails VALUES (:batch, :wave, :person, :mail)"), mails)
        session.commit()


def measure(sizes: tuple[int, ...]) -> list[list[object]]:
    """Return a row for each database and size."""
    rows: list[list[object]] = []
    with database_servers() as servers:
        for name, server in servers.items():
            for people in sizes:
                with server.pair() as pair, world_on(pair, name) as world:
                    rows.append([name, people, *_one(world, people)])
    return rows


def _one(world: World, people: int) -> tuple[float, float, float, float]:
    programme = world.programme(mentors=0, mentees=0)
    data = roster_csv(people // 2, people // 2, ("Spring", "Autumn"))

    def take_in() -> None:
        with world.session() as session:
            import_roster(session, world.keys, programme, data, now=world.clock(), actor="bench")

    imported = seconds(take_in)
    wave = world.planned_wave(programme)
    opened = seconds(lambda: world.open(wave))
    plain = seconds(lambda: plain_insert(world, people))
    return imported, opened, plain, opened / plain


def main(small: bool) -> None:
    """Print the table."""
    heads = ["database", "people", "import s", "open s", "plain insert s", "open ÷ plain"]
    table("Opening a wave beside a plain bulk insert", heads, measure((1_000,) if small else SIZES))


if __name__ == "__main__":
    main("--small" in sys.argv)
