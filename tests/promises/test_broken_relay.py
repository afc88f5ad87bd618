"""Promise: a relay that refuses or hangs up for an hour costs nobody the mail, and who runs the service is told."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from feedback.services.waves.find_due import Act
from feedback.storage.deliveries import unsent_batches
from feedback.storage.heartbeat import Heartbeat
from feedback.worker.due import Due, do
from feedback.worker.worker import worker_context
from tests.databases import ON_POSTGRESQL
from tests.promises.test_broken_workers import is_sent
from tests.services.mail.relays import ScriptedRelay
from tests.world import START, World

ADDRESSES = [f"{person}@example.com" for person in ("mentee.0", "mentee.1", "mentor.0", "mentor.1", "mentor.2")]


@pytest.fixture
def smtp_port(relay: ScriptedRelay) -> int:
    return relay.port


@pytest.mark.parametrize("reply", ["451 Later", "421 Going away", "452 Full"])
def test_an_hour_of_refusals_for_now_costs_nobody_the_mail(world: World, relay: ScriptedRelay, reply: str) -> None:
    wave = world.open_wave(mentors=3, mentees=2)
    for minutes in (1, 2, 4, 8, 16, 32, 64):
        for address in ADDRESSES:
            relay.says(address, reply)
        world.do_what_is_due()
        world.clock.pass_time(minutes=minutes)
    assert relay.received == []
    world.do_what_is_due()
    assert is_sent(world, wave)
    assert sorted(relay.recipients) == ADDRESSES


def test_an_hour_of_broken_lines_sends_the_very_same_mails_again_and_three_times_at_most(
    world: World, relay: ScriptedRelay
) -> None:
    wave = world.open_wave(mentors=3, mentees=2)
    for address in ADDRESSES:
        relay.hangs_up_on(address, times=2)
    for minutes in (1, 2, 4, 8, 16, 29):
        world.do_what_is_due()
        assert max(Counter(relay.recipients).values()) <= 2
        world.clock.pass_time(minutes=minutes)
    world.clock.pass_time(minutes=1)
    world.do_what_is_due()
    assert is_sent(world, wave)
    assert Counter(relay.recipients) == dict.fromkeys(ADDRESSES, 3)
    assert len({mail["Message-ID"] for _recipient, mail in relay.received}) == 5


def test_a_relay_that_refuses_for_now_makes_the_mails_late(world: World, relay: ScriptedRelay) -> None:
    wave = world.open_wave(mentors=3, mentees=2)
    for minutes in (1, 2, 4, 8, 15):
        for address in ADDRESSES:
            relay.says(address, "451 Later")
        world.do_what_is_due()
        world.clock.pass_time(minutes=minutes)
    assert late_acts(world) == [(Act.SEND, wave, START)]


def test_a_large_wave_is_not_late_while_its_mails_go_out(world: World, relay: ScriptedRelay) -> None:
    relay.before_it_takes = lambda _recipient: world.clock.pass_time(seconds=6)
    wave = world.open_wave(mentors=110, mentees=110)
    assert [send_a_batch(world) for _batch in range(3)] == [[], [], []]
    assert world.clock() == START + timedelta(minutes=22)
    assert is_sent(world, wave)


def test_a_large_wave_is_late_once_its_mails_have_stood_still(world: World, relay: ScriptedRelay) -> None:
    wave = world.open_wave(mentors=110, mentees=110)
    world.clock.pass_time(minutes=20)
    assert send_a_batch(world) == []
    moved_at = world.clock()
    world.clock.pass_time(minutes=15, seconds=1)
    assert late_acts(world) == [(Act.SEND, wave, moved_at)]


def send_a_batch(world: World) -> list[tuple[Act, int, datetime]]:
    """Send the next batch, and tell what is late then."""
    with world.session() as session:
        (batch,) = unsent_batches(session, world.clock(), 1)
    do(Due(Act.SEND, batch), worker_context(world.app))
    return late_acts(world)


def late_acts(world: World) -> list[tuple[Act, int, datetime]]:
    return [(one.act, one.wave_id, one.since) for one in world.status().late]


@pytest.mark.own_databases
@ON_POSTGRESQL
def test_a_progress_that_cannot_be_noted_doubles_no_mail(world: World, relay: ScriptedRelay) -> None:
    world.open_wave(mentors=3, mentees=2)
    with world.session() as session:
        session.execute(text(f"DROP SEQUENCE {Heartbeat.MAIL}"))
        session.commit()
        (batch,) = unsent_batches(session, world.clock(), 1)
    with pytest.raises(ProgrammingError, match=Heartbeat.MAIL):
        do(Due(Act.SEND, batch), worker_context(world.app))
    do(Due(Act.SEND, batch), worker_context(world.app))
    assert sorted(relay.recipients) == ADDRESSES
