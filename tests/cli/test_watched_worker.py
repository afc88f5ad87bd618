"""A worker that is watched answers on this machine at three addresses and nowhere else."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browsing import free_port
from tests.databases import ON_SQLITE
from tests.processes import feedback, running, surroundings, wait_until_served
from tests.world import World

pytestmark = ON_SQLITE

TOKEN = "t" * 32


@pytest.fixture
def address(environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    port = free_port()
    watched = surroundings(**environment, FEEDBACK_METRICS_TOKEN=TOKEN, FEEDBACK_METRICS_PORT=str(port))
    with running(watched, "work", log=tmp_path / "worker.log"):
        wait_until_served(f"http://127.0.0.1:{port}/readyz")
        yield f"http://127.0.0.1:{port}"


def status(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.usefixtures("sound_server")
def test_a_worker_answers_its_watchers_alone_and_names_a_port_that_is_taken(
    address: str, environment: dict[str, str], world: World
) -> None:
    assert [status(f"{address}/{page}") for page in ("healthz", "readyz", "metrics")] == [200, 200, 401]
    assert status(f"{address}/metrics", Authorization=f"Bearer {TOKEN}") == 200
    assert {status(f"{address}{page}") for page in ("/", "/staff/", "/staff/sign-in", "/s/x", "/static/staff.css")} == {
        404
    }
    assert "All is well." in feedback(surroundings(**environment), "status", "--check")
    port = address.rpartition(":")[2]
    with pytest.raises(AssertionError, match=f"FEEDBACK_METRICS_PORT is {port}, which cannot be used"):
        feedback(surroundings(**environment, FEEDBACK_METRICS_PORT=port), "work")
