"""Promise: a worker that is told to stop ends after the mail in hand; none is lost and none is doubled."""

import threading

from tests.promises.test_broken_workers import (  # noqa: F401  # fixtures
    PATIENCE,
    HeldRelay,
    is_sent,
    relay,
    smtp_port,
    workers,
)
from tests.worker.test_worker import until
from tests.workers import WorkerProcesses
from tests.world import World

IN_HAND = 10


def test_the_mail_in_hand_is_the_last_one_and_the_next_worker_sends_the_others(
    world: World,
    workers: WorkerProcesses,  # noqa: F811
    relay: HeldRelay,  # noqa: F811
) -> None:
    wave = world.open_wave()
    first = workers.begin()
    assert relay.in_the_middle.wait(PATIENCE)
    first.terminate()
    threading.Event().wait(2)
    relay.let_go()
    first.join(PATIENCE)
    assert first.exitcode == 0
    assert len(relay.received) in (IN_HAND, IN_HAND + 1)
    workers.begin()
    until(lambda: is_sent(world, wave))
    assert len(relay.received) == len(set(relay.recipients)) == 27
