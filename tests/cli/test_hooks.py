"""`feedback hook`, and the receiver of docs/webhooks.md, which believes what is sent and sees a message once."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feedback.domain.errors import NotFound
from feedback.domain.hooks import SECRET_PREFIX
from tests.cli.test_commands import output, refusal
from tests.databases import ON_SQLITE
from tests.hooks import add, receiver, send
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
RECEIVER = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8"), re.DOTALL)
NAME = "Example Organisation"
pytestmark = ON_SQLITE


def test_an_address_is_told_and_forgotten(world: World) -> None:
    world.programme()
    added = output(world, "hook", "add", NAME, "https://hr.example.com/feedback", "--event", "report.published")
    assert SECRET_PREFIX in added
    assert "https://hr.example.com/feedback  on; all programmes; report.published" in output(
        world, "hook", "list", NAME
    )
    output(world, "hook", "test", NAME, "1")
    assert "test  waits until" in output(world, "hook", "log", NAME, "1")
    assert SECRET_PREFIX in output(world, "hook", "rotate", NAME, "1")
    assert "two secrets sign" in output(world, "hook", "list", NAME)
    output(world, "hook", "rotate", NAME, "1", "--end-former")
    output(world, "hook", "switch", NAME, "1", "off")
    assert "given up" in output(world, "hook", "log", NAME, "1")
    output(world, "hook", "remove", NAME, "1")
    assert output(world, "hook", "list", NAME) == ""


def test_the_documents_receiver_believes_what_is_sent_and_sees_a_message_once(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert RECEIVER is not None
    names: dict[str, Any] = {}
    exec(RECEIVER[1], names)  # the document's own words
    world.clock.now = datetime.now(UTC)
    with receiver() as found:
        number, secret = add(world, found)
        output(world, "hook", "test", NAME, str(number))
        send(world, found)
    [(headers, body)] = found.came
    for _time in range(2):
        assert names["receive"](secret, headers, body) == 204
    assert capsys.readouterr().out.count("test {'organisation': 1") == 1
    assert names["receive"](secret, headers, body + b" ") == 401


def test_the_documents_receiver_refuses_what_somebody_sends_again_later(world: World) -> None:
    assert RECEIVER is not None
    names: dict[str, Any] = {}
    exec(RECEIVER[1], names)  # the document's own words
    world.clock.now = datetime.now(UTC) - timedelta(minutes=5, seconds=5)
    with receiver() as found:
        number, secret = add(world, found)
        output(world, "hook", "test", NAME, str(number))
        send(world, found)
    [(headers, body)] = found.came
    assert names["receive"](secret, headers, body) == 401
    later = {**headers, "webhook-timestamp": str(int(datetime.now(UTC).timestamp()))}
    assert names["receive"](secret, later, body) == 401


def test_an_address_inside_is_refused_in_a_sentence(world: World) -> None:
    world.programme()
    assert "not in the public network" in str(refusal(world, "hook", "add", NAME, "https://10.0.0.1/"))
    assert isinstance(refusal(world, "hook", "list", "Nobody"), NotFound)
