"""The whole life of a programme by the client that is given as an example, against running processes."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.answering import respond
from tests.api import new_key
from tests.browsing import free_port
from tests.needs import needs
from tests.processes import ROOT, running, wait_until_served
from tests.worker.test_worker import until
from tests.world import World

EXAMPLES = ROOT / "examples" / "client"
ROLES = ("mentor", "mentee")
PEOPLE = [
    {"name": f"{role.title()} Number {number}", "email": f"{role}.{number}@example.com", "role": role}
    for role in ROLES
    for number in range(12)
]


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import feedback_client

    return feedback_client


def test_a_programme_is_enrolled_asked_and_reported_by_the_client(
    world: World, environment: dict[str, str], tmp_path: Path, module: Any
) -> None:
    needs("curl")
    world.clock.now = datetime.now(UTC)
    programme, port = world.new_programme(0, 0, ("",)), free_port()
    site, own = f"http://127.0.0.1:{port}", environment | {"FEEDBACK_LISTEN_PORT": port}
    client = module.FeedbackClient(site, new_key(world))
    with running(own, "serve", "--workers", "1", log=tmp_path / "served"):
        with running(own, "work", log=tmp_path / "work"):
            wait_until_served(f"{site}/readyz")
            wave = begun(client, module, programme)
            until(lambda: world.mailbox.count() >= len(PEOPLE))
            assert client.wave(wave)["state"] == "open"
            respond(world, world.links(wave)[:22])
            with pytest.raises(module.Refused, match="404"):
                client.report(wave)
        # Nobody waits for its end; the process that serves sees what is there.
        world.clock.now = datetime.now(UTC) + timedelta(days=20)
        world.close(wave)
        assert client.report(wave) == client.report(wave)
        assert client.report(wave, "csv").startswith(b"text,group,answer,")
        command = [sys.executable, str(EXAMPLES / "chart.py"), site, str(wave)]
        drawn = subprocess.run(
            command, env=os.environ | {"KEY": client.key}, capture_output=True, check=True, text=True
        )
        assert re.search(r"^<svg .*mentor: \d+ of 12", drawn.stdout, re.DOTALL)
        run_lines_of_the_document(site, client.key)


def begun(client: Any, module: Any, programme: int) -> int:
    """Enrol everybody, and open a wave."""
    with pytest.raises(module.Refused) as refused:
        client.put_in(programme, [*PEOPLE, {"name": "", "email": "x", "role": "boss"}])
    assert {one["pointer"].split("/")[2] for one in refused.value.errors} == {"24"}
    seen = client.put_in(programme, PEOPLE, dry_run=True)["seen"]
    assert client.put_in(programme, PEOPLE, seen=seen)["added"] == len(PEOPLE)
    plan = {"stage": "kickoff", "closes_at": (datetime.now(UTC) + timedelta(days=14)).isoformat()}
    assert client.preview(programme, **plan)["forecast"]["invited"] == len(PEOPLE)
    wave: int = client.plan(programme, **plan)["id"]
    assert [one["id"] for one in client.waves(programme)] == [wave]
    client.open(wave)
    return wave


def run_lines_of_the_document(site: str, key: str) -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    lines = re.findall(r"^    (curl .+)$", text, re.MULTILINE)
    assert len(lines) > 3
    for line in lines:
        words = ["sh", "-c", line.replace("curl ", "curl --fail --silent --show-error ", 1)]
        done = subprocess.run(words, env=os.environ | {"SITE": site, "KEY": key}, capture_output=True, check=False)
        assert (done.returncode, bool(done.stdout)) == (0, True), (line, done.stderr)
