"""The relay's quota: whatever is queued, and whoever sends it, in no minute does more go out than was agreed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from feedback.domain.pace import Pace
from feedback.services.waves.cancel_wave import begin_cancelling
from feedback.services.waves.find_due import Act
from feedback.storage.deliveries import DeliveryState, delivery_counts
from feedback.worker.context import WorkerContext
from feedback.worker.due import do, what_is_due
from feedback.worker.worker import worker_context
from tests.world import World

MINUTE = timedelta(minutes=1)


LONGEST = 200


@dataclass
class Watch:
    """Workers under the fixed clock that tick every few seconds, and how many mails went out at each tick."""

    world: World
    quota: int
    workers: int = 1
    sent: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def tools(self) -> WorkerContext:
        return replace(worker_context(self.world.app), pace=Pace(self.quota))

    def run(self, ticks: int) -> None:
        for _turn in range(ticks):
            before = self.world.mailbox.count()
            with ThreadPoolExecutor(self.workers) as pool:
                for done in [pool.submit(self._tick) for _worker in range(self.workers)]:
                    done.result()
            self.sent.append((self.world.clock(), self.world.mailbox.count() - before))
            self.world.clock.pass_time(seconds=3)

    def run_until_sent(self, *waves: int) -> None:
        for _turn in range(LONGEST):
            if all(is_sent(self.world, wave) for wave in waves):
                return
            self.run(1)
        pytest.fail("the mails never went out")

    def _tick(self) -> None:
        tools = self.tools
        with tools.scope() as session:
            due = what_is_due(session, self.world.clock(), tools.pace)
        for one in due:
            if one.task is Act.SEND:
                do(one, tools)

    @property
    def most_in_a_minute(self) -> int:
        return max(sum(n for at, n in self.sent if begin <= at < begin + MINUTE) for begin, _n in self.sent)


def is_sent(world: World, wave: int) -> bool:
    with world.session() as session:
        return {state for _mail, state in delivery_counts(session, wave)} == {DeliveryState.ACCEPTED}


def small_wave(world: World) -> int:
    return world.open_wave(mentors=5, mentees=5)


@pytest.mark.parametrize("quota", [8, 60])
def test_a_wave_goes_out_whole_and_within_the_quota(world: World, quota: int) -> None:
    wave, watch = small_wave(world), Watch(world, quota)
    watch.run_until_sent(wave)
    assert world.mailbox.count() == 10
    assert watch.most_in_a_minute <= quota


def test_most_of_the_quota_is_made_use_of(world: World) -> None:
    small_wave(world)
    Watch(world, quota=10).run(ticks=20)
    assert world.mailbox.count() >= 8


def test_waves_share_one_quota(world: World) -> None:
    waves, watch = [small_wave(world), small_wave(world)], Watch(world, quota=12)
    watch.run_until_sent(*waves)
    assert watch.most_in_a_minute <= 12


def test_workers_on_several_machines_share_one_quota(world: World) -> None:
    waves, watch = [small_wave(world), small_wave(world)], Watch(world, quota=20, workers=3)
    watch.run_until_sent(*waves)
    assert watch.most_in_a_minute <= 20


def test_what_piled_up_while_no_worker_ran_does_not_go_out_at_once(world: World) -> None:
    waves, watch = [small_wave(world) for _one in range(3)], Watch(world, quota=20)
    watch.run(ticks=3)
    world.clock.pass_time(hours=3)
    watch.run_until_sent(*waves)
    assert watch.most_in_a_minute <= 20


def test_a_wave_that_is_cancelled_holds_nobody_up(world: World) -> None:
    cancelled, other, watch = world.open_wave(mentors=150, mentees=150), small_wave(world), Watch(world, quota=60)
    watch.run(ticks=5)
    with world.session() as session:
        begin_cancelling(session, cancelled, now=world.clock(), actor="test")
    watch.run_until_sent(other)
    assert world.mailbox.count() < 60


def test_without_a_quota_all_goes_out_at_once(world: World) -> None:
    wave = small_wave(world)
    world.do_what_is_due()
    assert is_sent(world, wave)
