"""Promise: a wave planned for six weeks runs by itself to its report, whatever is restarted meanwhile.

The clock runs a thousand times as fast and jumps from date to date; every worker is a new one.
"""

import json
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from feedback.domain.waves.states import WaveState
from feedback.storage.waves import Wave
from feedback.worker.worker import Worker, worker_context
from tests.answering import respond
from tests.promises.closing import stored_report
from tests.worker.test_worker import has_report, until, working
from tests.world import START, World, entries_about

DAY = timedelta(days=1)
OPENS, CLOSES = START + DAY, START + 43 * DAY
REMINDERS = tuple(START + days * DAY for days in (8, 22, 36))
PEOPLE = 27
SPEED = 1000


@dataclass
class HurryingClock:
    """Runs a thousand times as fast as others, and can be put forward."""

    now: datetime
    since: float = 0.0

    def __post_init__(self) -> None:
        self.jump_to(self.now)

    def __call__(self) -> datetime:
        return self.now + timedelta(seconds=SPEED * (time.monotonic() - self.since))

    def jump_to(self, moment: datetime) -> None:
        self.now, self.since = moment, time.monotonic()


@pytest.fixture
def hurry(world: World) -> HurryingClock:
    clock = HurryingClock(START)
    world.clock = clock
    return clock


@pytest.fixture
def wave(hurry: HurryingClock, world: World) -> int:
    wave = world.planned_wave(world.programme(), days=43, reminders_at=REMINDERS)
    with world.session() as session:
        dates = {"state": WaveState.SCHEDULED, "opens_at": OPENS, "closes_at": CLOSES}
        session.execute(update(Wave).where(Wave.id == wave).values(**dates))
        session.commit()
    return wave


def new_worker(world: World) -> Worker:
    return Worker(replace(worker_context(world.app), clock=world.clock))


def mail_goes_out_on(world: World, moment: datetime) -> None:
    """Let a new worker come to this date and send the mail that belongs to it."""
    expected = world.mailbox.count() + PEOPLE
    with working(new_worker(world)):
        world.clock.jump_to(moment)
        until(lambda: world.mailbox.count() >= expected)


def test_a_wave_of_six_weeks_runs_to_its_report_through_restarts(world: World, wave: int) -> None:
    for number, moment in enumerate((OPENS, *REMINDERS)):
        mail_goes_out_on(world, moment)
        respond(world, world.links(wave)[5 * number : 5 * number + 5])
    with working(new_worker(world)):
        world.clock.jump_to(CLOSES)
        until(lambda: has_report(world, wave) and world.keys.purposes_held() == {})
    check_mails(world)
    check_close(world, wave)


def check_mails(world: World) -> None:
    """Everybody got one invitation and three reminders, and nobody anything else."""
    got = Counter(mail.to for mail in world.mailbox.newest(1000))
    assert len(got) == PEOPLE
    assert set(got.values()) == {1 + len(REMINDERS)}
    names = {world.mailbox.read(serial)["Message-ID"] for serial in world.mailbox.serials()}
    assert len(names) == world.mailbox.count()


def check_close(world: World, wave: int) -> None:
    """It was opened once and closed once, and counts everybody who answered."""
    with world.session() as session:
        acts = Counter(entry.act.partition(";")[0] for entry in entries_about(session, f"wave {wave}"))
    assert (acts["opened"], acts["stopped accepting"], acts["published"]) == (1, 1, 1)
    receipts = json.loads(stored_report(world, wave).document)["receipts"]
    assert len(receipts) == 5 * (1 + len(REMINDERS))
