"""Planners hear that a programme has ended and when its names go: once, by day, and anew when the day is another."""

import pytest

from feedback.domain.errors import MailRefused
from feedback.domain.staff import StaffRole
from feedback.services.mail.tell_of_endings import endings_to_tell, tell_of_ending
from feedback.services.programmes.end_idle import end_idle
from feedback.services.programmes.end_programme import take_back_end
from feedback.services.programmes.hold_purge import hold_purge, lift_hold
from feedback.worker.due import Chore, Due, do, what_is_due
from feedback.worker.worker import worker_context
from tests.ending import end, planner
from tests.services.mail.relays import ScriptedRelay
from tests.services.mail.test_tell_staff import ADA, COB, OTTO, VIC, account
from tests.world import World, noted

ANA = "coordinator@example.com"


@pytest.fixture
def smtp_port(relay: ScriptedRelay) -> int:
    return relay.port


@pytest.fixture
def ended(world: World) -> World:
    """A programme of an organisation with two planners more than the one who has ended it, and with others."""
    world.programme()
    for email, role in ((ADA, StaffRole.ADMINISTRATOR), (COB, StaffRole.COORDINATOR), (VIC, StaffRole.VIEWER)):
        account(world, email, role)
    account(world, OTTO, StaffRole.ADMINISTRATOR, "Other Organisation")
    end(world, 1)
    return world


def tell(world: World) -> None:
    """What the worker does of its own accord about ends, but for names."""
    tools = worker_context(world.app)
    with tools.scope() as session:
        due = [one for one in what_is_due(session, world.clock()) if one.task is Chore.TELL_OF_END]
    for one in due:
        do(one, tools)


def told(relay: ScriptedRelay) -> list[str]:
    return sorted(relay.recipients)


def test_all_planners_are_told_once_with_the_day_and_the_way(ended: World, relay: ScriptedRelay) -> None:
    for _tick in range(3):
        tell(ended)
    assert told(relay) == sorted([ADA, COB, ANA])
    assert noted(ended, "told of: the end") == [("service", "programme 1")]


def test_nobody_is_told_at_night(world: World, relay: ScriptedRelay) -> None:
    world.programme()
    world.clock.pass_time(hours=12)
    end(world, 1)
    tell(world)
    assert told(relay) == []
    world.clock.pass_time(hours=10)
    tell(world)
    assert told(relay) == [ANA]


def test_a_far_day_is_told_thirty_days_before(world: World, relay: ScriptedRelay) -> None:
    world.programme()
    end(world, 1, days=90)
    world.clock.pass_time(days=59)
    tell(world)
    assert told(relay) == []
    world.clock.pass_time(days=1)
    tell(world)
    assert told(relay) == [ANA]


def test_whoever_takes_it_back_stops_the_mail_and_so_does_a_hold(ended: World, relay: ScriptedRelay) -> None:
    staff_id = planner(ended)
    with ended.session() as session:
        hold_purge(session, 1, "A complaint.", staff_id=staff_id, now=ended.clock())
    tell(ended)
    assert told(relay) == []
    with ended.session() as session:
        lift_hold(session, 1, staff_id=staff_id, now=ended.clock())
    tell(ended)
    assert told(relay) == sorted([ADA, COB, ANA])
    with ended.session() as session:
        take_back_end(session, 1, now=ended.clock(), actor="staff 1")
        assert endings_to_tell(session, ended.clock()) == []


def test_an_end_that_the_service_made_is_told_as_well(world: World, relay: ScriptedRelay) -> None:
    world.programme()
    planner(world)
    world.clock.pass_time(days=400)
    with world.session() as session:
        end_idle(session, days=365, now=world.clock())
    tell(world)
    assert told(relay) == [ANA]


def test_a_relay_that_is_away_is_tried_again(ended: World, relay: ScriptedRelay) -> None:
    relay.says_to_everybody("451 later")
    with pytest.raises(MailRefused):
        do(Due(Chore.TELL_OF_END, 1), worker_context(ended.app))
    relay.says_to_everybody(None)
    tell(ended)
    assert told(relay) == []
    ended.clock.pass_time(minutes=5)
    tell(ended)
    assert told(relay) == sorted([ADA, COB, ANA])


def test_nothing_is_told_of_a_programme_that_goes_on(world: World, relay: ScriptedRelay) -> None:
    world.programme()
    tools = worker_context(world.app)
    with tools.scope() as session:
        tell_of_ending(session, tools.relay, 1, sender_settings=tools.sender_settings, now=world.clock())
    assert told(relay) == []
