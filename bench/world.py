"""A programme of any size with an open wave, on given databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.stage import environment
from feedback.app import create_app
from feedback.config import read_settings
from feedback.demo.mailbox import Mailbox
from tests.databases import Pair
from tests.world import FixedClock, World


@contextmanager
def world_on(pair: Pair, kind: str) -> Iterator[World]:
    """A world at the real time, since a served process uses the real clock."""
    clock = FixedClock(datetime.now(UTC))
    world = World(create_app(read_settings(environment(pair)), clock), clock, Mailbox(Path("/tmp/none")), kind)
    yield world.begin_to_serve()
    world.dispose()
