"""Administrators hear once that the service has stopped by itself, whatever its clock says, and again the next time."""

from itertools import count

import pytest

from feedback.domain.errors import MailRefused
from feedback.domain.staff import StaffRole
from feedback.services.mail.tell_of_halt import forget_halt, tell_of_halt
from feedback.storage.heartbeat import Halt
from feedback.worker.halt_messenger import HaltMessenger
from feedback.worker.worker import worker_context
from tests.services.mail.relays import ScriptedRelay
from tests.services.mail.test_tell_staff import ADA, COB, OTTO, account, text_of
from tests.world import World


@pytest.fixture
def smtp_port(relay: ScriptedRelay) -> int:
    return relay.port


@pytest.fixture
def staffed(world: World) -> World:
    """Administrators of two organisations, and a coordinator."""
    world.programme()
    account(world, ADA, StaffRole.ADMINISTRATOR)
    account(world, COB, StaffRole.COORDINATOR)
    account(world, OTTO, StaffRole.ADMINISTRATOR, "Other Organisation")
    return world


def tell(world: World, halt: Halt = Halt.CLOCK) -> None:
    tools = worker_context(world.app)
    with tools.scope() as session:
        tell_of_halt(session, tools.relay, halt, sender_settings=tools.sender_settings)


def test_administrators_of_every_organisation_are_told_once(staffed: World, relay: ScriptedRelay) -> None:
    for _tick in range(3):
        tell(staffed)
    assert sorted(relay.recipients) == [ADA, OTTO]
    assert "one of its clocks may be wrong" in " ".join(text_of(relay.received[0][1]).split())


def test_another_reason_and_another_time_are_news(staffed: World, relay: ScriptedRelay) -> None:
    tell(staffed)
    tell(staffed, Halt.RESTORED)
    assert len(relay.received) == 4
    assert "come from a backup" in " ".join(text_of(relay.received[-1][1]).split())
    with staffed.session() as session:
        forget_halt(session)
    tell(staffed, Halt.RESTORED)
    assert len(relay.received) == 6


def test_where_the_relay_is_away_they_are_told_later(staffed: World, relay: ScriptedRelay) -> None:
    relay.goes_down()
    with pytest.raises(MailRefused):
        tell(staffed)
    relay.comes_back()
    tell(staffed)
    assert sorted(relay.recipients) == [ADA, OTTO]


def test_a_worker_tells_of_a_halt_and_forgets_it_when_it_is_over(staffed: World, relay: ScriptedRelay) -> None:
    tools, seven_hours = worker_context(staffed.app), count(1.0, 7 * 3600)
    messenger = HaltMessenger(tools, lambda: next(seven_hours))
    with tools.scope() as session:
        for halt in (Halt.CLOCK, Halt.CLOCK, None, Halt.CLOCK):
            messenger.tell(session, halt)
    assert sorted(relay.recipients) == [ADA, ADA, OTTO, OTTO]


def test_a_clock_that_is_right_one_minute_and_wrong_the_next_is_told_of_once(
    staffed: World, relay: ScriptedRelay
) -> None:
    tools = worker_context(staffed.app)
    messenger = HaltMessenger(tools)
    with tools.scope() as session:
        for halt in (Halt.CLOCK, None) * 5:
            messenger.tell(session, halt)
    assert sorted(relay.recipients) == [ADA, OTTO]
