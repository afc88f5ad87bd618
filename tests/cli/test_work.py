"""`feedback work` in real processes: several at once, ended politely, ended by a death, ended with their parent."""

import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen

import psutil
import pytest

from feedback.domain.errors import SettingsRefused
from tests.cli.test_commands import refusal
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.processes import PAUSE, TRIES, running, surroundings
from tests.world import World


def until(is_so: Callable[[], bool]) -> None:
    for _turn in range(TRIES):
        if is_so():
            return
        time.sleep(PAUSE)
    pytest.fail("it never came to be")


def members(parent: Popen[bytes]) -> list[psutil.Process]:
    """The workers that a process has started and that work by now."""
    family = psutil.Process(parent.pid).children()
    return [one for one in family if "--with-parent" in one.cmdline()]


@pytest.fixture
def workers(environment: dict[str, str], tmp_path: Path) -> Iterator[Popen[bytes]]:
    """Two workers and their parent, at work."""
    with running(surroundings(**environment), "work", "--processes", "2", log=tmp_path / "log") as parent:
        until(lambda: len(members(parent)) == 2 and "working" in (tmp_path / "log").read_text())
        family = members(parent)
        yield parent
        for member in family:
            if member.is_running():
                member.kill()


def send_invitations(world: World) -> None:
    """Open a wave at the time that the processes' clocks show, and wait for its mails."""
    world.clock.now = datetime.now(UTC)
    world.open_wave()
    until(lambda: world.mailbox.count() == 27)


@ON_POSTGRESQL
def test_several_processes_work_and_end_politely(workers: Popen[bytes], world: World) -> None:
    send_invitations(world)
    family = members(workers)
    workers.send_signal(signal.SIGTERM)
    assert workers.wait(60) == 0
    until(lambda: not any(member.is_running() for member in family))


@ON_POSTGRESQL
def test_a_process_that_dies_ends_all_of_them_with_an_error(workers: Popen[bytes], tmp_path: Path) -> None:
    first, second = members(workers)
    first.kill()
    assert workers.wait(60) == 1
    until(lambda: not second.is_running())


@ON_POSTGRESQL
def test_processes_end_with_the_one_that_started_them(workers: Popen[bytes]) -> None:
    family = members(workers)
    workers.kill()
    until(lambda: not any(member.is_running() for member in family))


@ON_SQLITE
def test_on_sqlite_there_is_one_process(world: World) -> None:
    refused = refusal(world, "work", "--processes", "2")
    assert isinstance(refused, SettingsRefused)
    assert "FEEDBACK_DATABASE_URL" in str(refused)


@ON_SQLITE
def test_on_sqlite_it_says_that_it_is_for_one_machine(environment: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running(surroundings(**environment), "work", log=log):
        until(lambda: "on this machine only" in log.read_text())
