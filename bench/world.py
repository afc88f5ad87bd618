"""A programme of any size with an open wave, on given databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.stage import environment
from feedback.app import create_app
from feedback.config import read_settings
from feedback.demo.mailbox import Mailbox
from feedback.demo.relay import start_smtp
from tests.databases import Pair
from tests.world import FixedClock, World


@contextmanager
def world_on(pair: Pair, kind: str) -> Iterator[World]:
    """A world at the real time, since a served process uses the real clock, with a relay that takes its emails."""
    with TemporaryDirectory(prefix="feedback-bench-mailbox-") as folder:
        clock, mailbox = FixedClock(datetime.now(UTC)), Mailbox(Path(folder))
        relay = start_smtp(mailbox, "127.0.0.1", 0)
        # Its pages are asked as tests ask them, by this name.
        given = {"FEEDBACK_SMTP_PORT": str(relay.port), "FEEDBACK_BASE_URL": "https://feedback.example.com"}
        settings = read_settings({**environment(pair), **given})
        world = World(create_app(settings, clock), clock, mailbox, kind)
        yield world.begin_to_serve()
        world.dispose()
        relay.stop()
