"""What a process does not need it does not load: its secrets' code least of all. Asked of the real processes."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from urllib.error import HTTPError

import click
import psutil
import pytest

from feedback.cli import feedback
from tests.answering import respond
from tests.browsing import Browser, free_port
from tests.databases import IN_TURN, ON_SQLITE
from tests.loaded import Spy
from tests.processes import ROOT, running, wait_until_served
from tests.roster_cases import case
from tests.worker.test_worker import until
from tests.world import World, fill_parts, hidden_value

MOST_MODULES = 750
DRIVERS = {"psycopg", "psycopg_binary", "sqlalchemy.dialects"}
# The server takes it where it is installed, which is where the tests of the interface for programs are.
OF_TESTS = {"anyio"}
SECRETS = {"FEEDBACK_KEYS_URL", "FEEDBACK_MASTER_KEY", "FEEDBACK_SESSION_KEY"}
HEAVY = {
    "alembic",
    "authlib",
    "chardet",
    "highspy",
    "joserfc",
    "numpy",
    "openpyxl",
    "procrastinate",
    "python_calamine",
    "requests",
    "scipy",
    "typst",
    "waitress",
    "webauthn",
    "xlsxwriter",
}
NOT_PARTICIPANTS = HEAVY | {
    "aiosmtpd",
    "lxml",
    "feedback.auditor",
    "feedback.bounce_box",
    "feedback.demo",
    "feedback.guarded_calls",
    "feedback.mail",
    "feedback.rendering.pdf",
    "feedback.rendering.workbook",
    "feedback.spreadsheets",
    "feedback.services.waves.close_wave",
    "feedback.storage.api_keys",
    "feedback.storage.keys",
    "feedback.storage.migrate",
    "feedback.web.api",
    "feedback.web.bounces",
    "feedback.web.metrics",
    "feedback.web.staff",
    "feedback.worker",
    "flask_mail",
    "prometheus_client",
    "pydantic",
}
PAGES = {"feedback.web.api", "feedback.web.participants", "feedback.web.staff", "pydantic"}
NOT_WORKER = PAGES | {
    "alembic",
    "authlib",
    "chardet",
    "feedback.guarded_calls",
    "granian",
    "openpyxl",
    "python_calamine",
    "typst",
    "waitress",
    "webauthn",
    "xlsxwriter",
}
NOT_STATUS = HEAVY | PAGES | {"feedback.auditor", "feedback.bounce_box", "forms", "psycopg"}
NOT_HELP = NOT_STATUS | {"feedback.app", "feedback.services", "feedback.storage", "flask_babel", "sqlalchemy"}


@pytest.fixture
def spy(tmp_path: Path) -> Spy:
    (tmp_path / "spy").mkdir()
    return Spy(tmp_path / "spy")


def of(modules: set[str], packages: set[str]) -> set[str]:
    """Those of `modules` that are one of `packages`, or in one."""
    return {name for name in modules if any(f"{name}.".startswith(f"{package}.") for package in packages)}


def loaded_by(environment: dict[str, str], spy: Spy, *words: str) -> set[str]:
    """What a command had loaded when it ended."""
    command = [sys.executable, "-m", "feedback", *words]
    with subprocess.Popen(command, cwd=ROOT, env=spy.environment(environment), stdout=subprocess.DEVNULL) as process:
        assert process.wait() == 0
    return spy.last_words(process.pid)


def visit_pages(site: str, link: str) -> None:
    browser, page = Browser(), f"{site}/s/{link}"
    for path in ("", "/accessibility", "/receipt", "/readyz", "/static/feedback.css", f"/o/{'A' * 43}"):
        browser.get(f"{site}{path}")
    for path in ("/r/unknown", "/support/unknown", "/s/unknown", "/staff/"):
        with pytest.raises(HTTPError):
            browser.get(f"{site}{path}")
    browser.get(page)
    state = hidden_value(fill_parts(browser.ask, f"{page}/questions", Random(1)), "state")
    assert 'data-page="thanks"' in browser.post(f"{page}/send", {"state": [state], "go": ["send"]})


@IN_TURN
def test_the_participants_process_loads_nothing_of_the_others(
    world: World, environment: dict[str, str], spy: Spy, tmp_path: Path
) -> None:
    world.clock.now = datetime.now(UTC)
    link, port = world.links(world.open_wave())[0], free_port()
    own = {name: value for name, value in environment.items() if name not in SECRETS}
    own |= {"FEEDBACK_SERVES": "participants", "FEEDBACK_LISTEN_PORT": port}
    with running(spy.environment(own), "serve", "--workers", "1", log=tmp_path / "log") as server:
        wait_until_served(f"http://127.0.0.1:{port}/readyz")
        visit_pages(f"http://127.0.0.1:{port}", link)
        (worker,) = psutil.Process(server.pid).children()
        modules = spy.modules(worker.pid)
    assert {"granian", "feedback.web.participants.pages"} <= modules
    assert of(modules, NOT_PARTICIPANTS) == set()
    assert len(modules - of(modules, DRIVERS | OF_TESTS)) <= MOST_MODULES


@ON_SQLITE
def test_a_worker_loads_no_page_and_no_server(
    world: World, environment: dict[str, str], spy: Spy, tmp_path: Path
) -> None:
    world.clock.now = datetime.now(UTC)
    world.open_wave(mentors=5, mentees=5)
    with running(spy.environment(environment), "work", log=tmp_path / "log") as worker:
        until(lambda: world.mailbox.count() == 10)
    modules = spy.last_words(worker.pid)
    assert "feedback.worker.worker" in modules
    assert of(modules, NOT_WORKER) == set()


@ON_SQLITE
def test_a_look_at_the_waves_loads_nothing_that_opens_or_closes_one(
    world: World, environment: dict[str, str], spy: Spy
) -> None:
    world.open_wave()
    modules = loaded_by(environment, spy, "wave", "status")
    assert "feedback.services.waves.show_wave" in modules
    assert of(modules, NOT_STATUS) == set()


@ON_SQLITE
def test_a_spreadsheet_is_opened_by_another_process_only(
    world: World, environment: dict[str, str], spy: Spy, tmp_path: Path
) -> None:
    programme, file = str(world.programme(0, 0)), tmp_path / "roster.xlsx"
    file.write_bytes(case("structure/xlsx.xlsx"))
    modules = loaded_by(environment, spy, "roster", "check", programme, str(file))
    assert "feedback.spreadsheets.reading" in modules
    assert of(modules, {"chardet", "openpyxl", "python_calamine", "feedback.spreadsheets.formats"}) == set()


@ON_SQLITE
def test_a_report_with_its_intervals_is_shown_without_scipy(
    world: World, environment: dict[str, str], spy: Spy
) -> None:
    wave = world.open_wave()
    respond(world, world.links(wave)[:22])
    world.close(wave)
    modules = loaded_by(environment, spy, "report", "show", str(wave))
    assert "feedback.domain.report.statistics" in modules
    assert of(modules, {"scipy"}) == set()


def test_the_list_of_commands_loads_none_of_them(spy: Spy) -> None:
    modules = loaded_by({}, spy, "--help")
    assert "feedback.cli.lazy" in modules
    assert of(modules, NOT_HELP) == set()


def test_every_command_is_where_it_is_said_to_be() -> None:
    names = {" ".join(path) for path, _command in commands(feedback)}
    assert {"serve", "wave open", "report audit", "demo sample", "programme quiet"} <= names
    assert all(command.name == path[-1] and command.help for path, command in commands(feedback))


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command under `group`, groups too, by the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
