"""What the log says of a job that had nothing to do any more, and of one that is due all the same."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from feedback.domain.waves.states import WaveState
from feedback.services.waves.find_due import Act
from feedback.worker import clock_watch
from feedback.worker.clock_watch import ClockWatch
from feedback.worker.tasks import Tasks
from feedback.worker.worker import worker_context
from tests.databases import ON_SQLITE
from tests.promises.closing import Stopped, answered_wave, begin, finish, state_of, stop_after
from tests.promises.test_held import held_wave, try_again
from tests.worker.test_due import scheduled
from tests.world import World

pytestmark = ON_SQLITE


def perform(world: World, act: Act, wave: int, clock: Callable[[], datetime]) -> None:
    engine = App(connector=InMemoryConnector())
    Tasks(replace(worker_context(world.app), clock=clock), 60, ClockWatch(clock)).add_to(engine)
    engine.tasks[act.value](number=wave)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "feedback.worker.tasks"]


def test_a_wave_that_another_worker_has_opened_is_no_problem(world: World, caplog: pytest.LogCaptureFixture) -> None:
    perform(world, Act.OPEN, world.open_wave(), world.clock)
    assert warnings(caplog) == []


def test_a_clock_that_jumps_after_it_was_checked_dates_no_job(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wave, checked = world.open_wave(), world.clock()
    reads = itertools.count(1)

    def jumping() -> datetime:
        # The look at the clock reads it twice.
        return checked if next(reads) <= 2 else checked + timedelta(days=20)

    monkeypatch.setattr(clock_watch, "system_clock", jumping)
    perform(world, Act.CLOSE, wave, jumping)
    assert state_of(world, wave) == WaveState.OPEN
    assert warnings(caplog) == []


def test_what_was_refused_and_is_due_is_one(world: World, caplog: pytest.LogCaptureFixture) -> None:
    wave, seconds = world.open_wave(), iter([0, -1, 1])
    closes_at = world.clock() + timedelta(days=14)
    # Due when the job begins, not when the wave is asked, and due again.
    perform(world, Act.CLOSE, wave, lambda: closes_at + timedelta(seconds=next(seconds)))
    assert len(warnings(caplog)) == 1
    assert warnings(caplog)[0].startswith(f"close {wave}: ")


def test_a_close_that_waited_beyond_its_week_closes_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    wave = answered_wave(world)
    begin(world, wave)
    with pytest.raises(Stopped):
        finish(world, wave, stop_after("opened"))
    world.clock.pass_time(days=8)
    perform(world, Act.CLOSE, wave, world.clock)
    assert state_of(world, wave) == WaveState.CLOSING
    perform(world, Act.DISCARD, wave, world.clock)
    assert state_of(world, wave) == WaveState.CANCELLED
    assert warnings(caplog) == []


def test_a_discard_that_waited_until_somebody_wished_another_try_discards_nothing(world: World) -> None:
    wave = held_wave(world)
    world.clock.pass_time(days=8)
    try_again(world, wave)
    perform(world, Act.DISCARD, wave, world.clock)
    assert state_of(world, wave) == WaveState.CLOSING


def test_an_opening_that_waited_until_its_wave_was_planned_for_later_opens_nothing(world: World) -> None:
    wave = scheduled(world, world.programme())
    perform(world, Act.OPEN, wave, world.clock)
    assert state_of(world, wave) == WaveState.SCHEDULED
