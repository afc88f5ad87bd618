"""Promise: no clock that is wrong opens, closes or destroys anything. Workers run in processes of their own.

What time they read is set from outside while they run (faketime); nothing in the product knows of it.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedback.domain.clocks import ClockDoubt, MachineRun
from feedback.domain.waves.states import WaveState
from feedback.storage.heartbeat import Heartbeat, last_doubt, last_heartbeat, record_heartbeat, record_run
from feedback.worker import clock_watch
from tests.answering import respond
from tests.databases import LARGE, ON_SQLITE, first_of
from tests.promises.closing import state_of
from tests.worker.test_worker import has_report, until
from tests.world import FixedClock, World
from tests.wrong_clocks import with_clock

AHEAD = "+20d"
"""Two surveys' lengths would have passed."""


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """What says how wrong the clock is."""
    file = tmp_path / "clock"
    file.write_text("+0")
    return file


@pytest.fixture
def surroundings(environment: dict[str, str], told: Path) -> dict[str, str]:
    return with_clock(environment, told)


@contextmanager
def at_work(surroundings: dict[str, str], log: Path, *options: str) -> Iterator[None]:
    command = [sys.executable, "-m", "feedback", "work", *options]
    with log.open("ab") as said, subprocess.Popen(command, env=surroundings, stdout=said, stderr=said) as worker:
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(60)
    assert b"AppNotOpen" not in log.read_bytes()


@pytest.fixture
def wave(world: World) -> int:
    """A survey that is open for two weeks from now, half of it answered."""
    world.clock.now = datetime.now(UTC)
    wave = world.open_new_wave()
    respond(world, world.links(wave)[:20])
    return wave


def doubts(world: World) -> ClockDoubt | None:
    with world.session() as session:
        return last_doubt(session)


def ticked(world: World) -> bool:
    with world.session() as session:
        return last_heartbeat(session, Heartbeat.TICK) is not None


def stays_as_it_is(world: World, wave: int) -> None:
    """A tick comes each second: give it some."""
    threading.Event().wait(4)
    assert state_of(world, wave) == WaveState.OPEN
    assert world.keys.purposes_held()[wave]
    assert not has_report(world, wave)


@pytest.mark.parametrize("wrong", first_of(1, [AHEAD, "-3h"]))
def test_a_clock_that_jumps_while_a_worker_works_closes_nothing(
    world: World, wave: int, surroundings: dict[str, str], told: Path, tmp_path: Path, wrong: str
) -> None:
    log = tmp_path / "log"
    with at_work(surroundings, log):
        until(lambda: ticked(world))
        told.write_text(wrong)
        until(lambda: doubts(world) is not None)
        stays_as_it_is(world, wave)
        assert b"Nothing is done: " in log.read_bytes()
        assert b"--accept-clock" in log.read_bytes()
        assert world.status().clock_doubt is not None
        # Once it is right again nobody has to say so.
        told.write_text("+0")
        until(lambda: doubts(world) is None)


@ON_SQLITE
def test_a_worker_that_begins_with_a_wrong_clock_closes_nothing_until_somebody_says_that_it_is_right(
    world: World, wave: int, surroundings: dict[str, str], told: Path, tmp_path: Path
) -> None:
    with at_work(surroundings, tmp_path / "log"):
        until(lambda: ticked(world))
    told.write_text(AHEAD)
    with at_work(surroundings, tmp_path / "log"):
        until(lambda: doubts(world) is not None)
        stays_as_it_is(world, wave)
    with at_work(surroundings, tmp_path / "log", "--accept-clock"):
        until(lambda: has_report(world, wave))
    assert doubts(world) is None


@LARGE
def test_after_a_long_silence_on_a_machine_that_was_started_anew_somebody_is_asked(
    world: World, wave: int, surroundings: dict[str, str], tmp_path: Path
) -> None:
    ago = datetime.now(UTC) - timedelta(days=8)
    with world.session() as session:
        record_heartbeat(session, Heartbeat.TICK, ago)
        record_run(session, MachineRun(1, ago))
    with at_work(surroundings, tmp_path / "log"):
        until(lambda: doubts(world) is ClockDoubt.SILENT)
    with at_work(surroundings, tmp_path / "log", "--accept-clock"):
        until(lambda: doubts(world) is None)
    assert state_of(world, wave) == WaveState.OPEN


def test_what_is_due_is_asked_of_the_time_that_was_found_right(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that jumps right after it was checked makes nothing due."""
    clock = FixedClock(datetime.now(UTC))
    monkeypatch.setattr(clock_watch, "system_clock", clock)
    watch, checked = clock_watch.ClockWatch(clock), clock()
    with world.session() as session:
        assert watch.doubt(session) is None
        record_heartbeat(session, Heartbeat.TICK, checked)
        clock.pass_time(days=20)
        assert watch.now() == checked
        assert watch.doubt(session) is not None
    assert watch.now() == checked


def test_a_last_tick_that_lies_ahead_is_told_by_whoever_looks(world: World) -> None:
    with world.session() as session:
        record_heartbeat(session, Heartbeat.TICK, world.clock() + timedelta(minutes=2))
    assert world.status().clock_doubt is ClockDoubt.BEHIND
