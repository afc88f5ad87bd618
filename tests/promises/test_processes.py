"""Promise: the process that takes answers holds no secret. A wave is served by three processes apart, each with its
own role on PostgreSQL, from the roster to the report."""

import json
import random
import re
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback.demo.mailbox import Mailbox
from feedback.resources import rosters_folder
from feedback.storage.grants import GroupRole
from tests.apart import Apart, three_processes
from tests.browsing import Browser
from tests.databases import ON_POSTGRESQL, Pair
from tests.processes import PAUSE, TRIES, feedback
from tests.world import fill_parts, hidden_value

pytestmark = ON_POSTGRESQL

CREATE = (
    "programme create --organisation Example --name Pilot --focus disability --time-zone Europe/London "
    "--contact-name Ana --contact-email ana@example.com --reviewer-name Rea --reviewer-email rea@example.com "
    "--quiet-hours none --quiet-weekdays none"
)
LINK = re.compile(r"http://127\.0\.0\.1:\d+/s/[A-Za-z0-9_-]{43}")


@pytest.fixture
def apart(roles: dict[GroupRole, Pair], environment: dict[str, str], tmp_path: Path) -> Iterator[Apart]:
    with three_processes(roles, environment, tmp_path) as apart:
        yield apart


def open_a_wave(apart: Apart) -> str:
    staff, worker = apart.environments[GroupRole.STAFF], apart.environments[GroupRole.WORKER]
    programme = feedback(staff, *CREATE.split()).strip()
    feedback(staff, "roster", "import", programme, str(rosters_folder() / "roster.csv"))
    words = ["wave", "plan", programme, "--stage", "kickoff", "--closes", "2099-01-01T12:00", "--may-close-early"]
    wave = feedback(staff, *words).strip()
    feedback(worker, "wave", "open", wave)
    return wave


def links_that_arrive(mailbox: Mailbox, expected: int) -> list[str]:
    for _ in range(TRIES):
        if mailbox.count() == expected:
            break
        time.sleep(PAUSE)
    bodies = [mailbox.read(serial).get_body(("plain",)) for serial in mailbox.serials()]
    return [LINK.findall(body.get_content())[0] for body in bodies if body is not None]


def answer(link: str, chance: random.Random) -> str:
    browser = Browser()
    state = hidden_value(fill_parts(browser.ask, f"{link}/questions", chance), "state")
    return browser.post(f"{link}/send", {"state": [state], "go": ["send"]})


def sign_in(apart: Apart) -> Browser:
    words = ["staff", "invite", "--organisation", "Example", "--name", "Ana", "--email", "ana@example.com"]
    page = (
        apart.staff + "/staff/" + feedback(apart.environments[GroupRole.STAFF], *words).strip().partition("/staff/")[2]
    )
    browser = Browser()
    browser.press(page, page)
    return browser


def report_of(browser: Browser, wave: str) -> str:
    for _ in range(TRIES):
        try:
            return browser.get(f"{wave}/report.json")
        except urllib.error.HTTPError:
            time.sleep(PAUSE)
    raise AssertionError("the worker never published a report")


def test_three_processes_serve_a_wave_from_roster_to_report_each_its_own_pages(
    apart: Apart, mailbox: Mailbox, tmp_path: Path
) -> None:
    logs = {role: (tmp_path / f"{role}.log").read_text() for role in GroupRole}
    assert {role for role, said in logs.items() if "Nobody can sign in yet" in said} == {GroupRole.STAFF}
    wave, chance = open_a_wave(apart), random.Random(5)
    links = links_that_arrive(mailbox, 27)
    for link in links:
        assert 'data-page="thanks"' in answer(link, chance)
    browser, page = sign_in(apart), f"{apart.staff}/staff/waves/{wave}"
    browser.press(page, f"{page}/close", sure="y")
    assert '"outcome":"published"' in report_of(browser, page)
    for role in GroupRole:
        check_log((tmp_path / f"{role}.log").read_text(), links)
    for url in (f"{apart.participants}/staff/", f"{apart.staff}/s/abc", f"{apart.staff}/o/abc"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            Browser().get(url)


def check_log(written: str, links: list[str]) -> None:
    """Every line is JSON, whichever part of the process wrote it, and names nobody."""
    assert all({"time", "level", "logger", "event"} <= json.loads(line).keys() for line in written.splitlines())
    assert written
    assert not re.search(r"@|/s/|/staff/", written)
    assert not [link for link in links if link.rpartition("/")[2] in written]
