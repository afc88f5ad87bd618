"""Visitors who are slow, whether they mean it or not, stop nobody else: in front of a real process, without a proxy."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from tests.browsing import Browser, free_port
from tests.databases import ON_SQLITE
from tests.house.test_loaded import SECRETS
from tests.processes import running, wait_until_served
from tests.world import World, fill_parts, hidden_value

pytestmark = ON_SQLITE
SLOW = 500
HEAD = "POST /s/{link}/send HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@contextmanager
def slow_visitors(port: str, begun: str, count: int) -> Iterator[list[socket.socket]]:
    """So many who have said the beginning of a request, and say no more."""
    with ExitStack() as visitors:
        slow = [visitors.enter_context(socket.create_connection(("127.0.0.1", int(port)))) for _ in range(count)]
        for one in slow:
            one.sendall(begun.encode())
        yield slow


@pytest.fixture
def site(world: World, environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """The port of a participants' process as operators start it, and links of an open wave."""
    world.clock.now = datetime.now(UTC)
    links, port = world.links(world.open_wave()), free_port()
    own = {name: value for name, value in environment.items() if name not in SECRETS}
    own |= {"FEEDBACK_SERVES": "participants", "FEEDBACK_LISTEN_PORT": port}
    with running(own, "serve", "--workers", "1", log=tmp_path / "log"):
        wait_until_served(f"http://127.0.0.1:{port}/readyz")
        yield port, links


def answer(port: str, link: str) -> str:
    browser, page = Browser(), f"http://127.0.0.1:{port}/s/{link}"
    state = hidden_value(fill_parts(browser.ask, f"{page}/questions", Random(1)), "state")
    return browser.post(f"{page}/send", {"state": [state], "go": ["send"]})


def test_somebody_answers_while_hundreds_are_slow(site: tuple[str, list[str]]) -> None:
    port, links = site
    head = HEAD.format(link=links[0], port=port)
    with (
        slow_visitors(port, head[:40], SLOW // 2),
        slow_visitors(port, f"{head}Content-Length: 1000\r\n\r\nstate=", SLOW // 2),
    ):
        assert 'data-page="thanks"' in answer(port, links[1])
