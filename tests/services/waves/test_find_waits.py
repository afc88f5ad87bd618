"""What waits says for what, and until when; nothing waits that goes out by itself now."""

from datetime import datetime, time, timedelta

from sqlalchemy import update

from feedback.domain.waves.quiet_times import QuietTimes
from feedback.domain.waves.states import WaveState
from feedback.domain.waves.waits import Wait, WaitReason
from feedback.services.programmes.set_organisation import set_approval
from feedback.services.waves.find_waits import find_waits
from feedback.storage.deliveries import Batch, Delivery
from feedback.storage.relay_pace import take_turn
from feedback.storage.waves import Wave
from tests.services.installation.test_read_status import DAY, HOUR, MINUTE, change
from tests.world import START, World

NIGHT = QuietTimes(time(20), time(8), frozenset())
MORNING = START + 22 * HOUR


def waits(world: World) -> tuple[Wait, ...]:
    with world.session() as session:
        return find_waits(session, now=world.clock())


def scheduled(world: World, opens_at: datetime, programme: int | None = None) -> int:
    wave = world.planned_wave(programme or world.programme(quiet=NIGHT))
    change(world, update(Wave).where(Wave.id == wave).values(state=WaveState.SCHEDULED, opens_at=opens_at))
    return wave


def last_try(world: World, wave: int) -> datetime:
    with world.session() as session:
        found = session.get(Wave, wave)
        assert found is not None
        return found.closes_at - HOUR


def test_nothing_waits_by_day_before_its_time(world: World) -> None:
    scheduled(world, START + HOUR)
    assert waits(world) == ()
    world.clock.pass_time(hours=2)
    assert waits(world) == ()


def test_at_night_an_opening_waits_for_the_morning(world: World) -> None:
    wave = scheduled(world, START + 12 * HOUR)
    world.clock.pass_time(hours=13)
    assert waits(world) == (Wait(wave, WaitReason.QUIET_OPENING, MORNING),)


def test_at_night_emails_wait_for_the_morning(world: World) -> None:
    wave = world.open(world.planned_wave(world.programme(quiet=NIGHT)))
    assert waits(world) == ()
    world.clock.pass_time(hours=13)
    assert waits(world) == (Wait(wave, WaitReason.QUIET_EMAILS, MORNING),)


def test_the_emails_of_a_survey_that_was_cancelled_wait_for_nothing(world: World) -> None:
    wave = world.open(world.planned_wave(world.programme(quiet=NIGHT)))
    world.clock.pass_time(hours=13)
    change(world, update(Batch).where(Batch.wave_id == wave).values(not_before_at=MORNING))
    change(world, update(Delivery).values(fence=b"fence"))
    assert [one.reason for one in waits(world)] == [WaitReason.QUIET_EMAILS, WaitReason.RELAY]
    change(world, update(Wave).where(Wave.id == wave).values(state=WaveState.CANCELLED))
    assert waits(world) == ()
    change(world, update(Batch).values(has_turn=True))
    assert waits(world) == ()


def test_an_opening_waits_for_a_second_person_and_says_until_when(world: World) -> None:
    wave = scheduled(world, START + HOUR)
    with world.session() as session:
        set_approval(session, "Example Organisation", approves_rosters=True, now=world.clock(), actor="test")
    assert waits(world) == (Wait(wave, WaitReason.APPROVAL, last_try(world, wave)),)
    change(world, update(Wave).where(Wave.id == wave).values(opening_was_refused=True))
    assert waits(world) == (Wait(wave, WaitReason.APPROVAL, last_try(world, wave)),)


def test_an_opening_that_was_refused_waits_until_it_is_too_late(world: World) -> None:
    wave = scheduled(world, START + HOUR)
    change(world, update(Wave).where(Wave.id == wave).values(opening_was_refused=True))
    end = last_try(world, wave)
    assert waits(world) == (Wait(wave, WaitReason.KEPT_SHUT, end),)
    world.clock.now = end + timedelta(seconds=1)
    assert waits(world) == ()


def test_emails_that_the_relay_did_not_take_say_when_they_are_tried_again(world: World) -> None:
    wave = world.open_wave()
    change(world, update(Batch).values(not_before_at=START + 5 * MINUTE))
    change(world, update(Delivery).values(fence=b"fence"))
    assert waits(world) == (Wait(wave, WaitReason.RELAY, START + 5 * MINUTE),)
    change(world, update(Batch).values(sender_refusals=1, refusal_code=550))
    assert waits(world) == (Wait(wave, WaitReason.SENDER, START + 5 * MINUTE),)


def test_emails_in_the_line_say_when_the_next_ones_go(world: World) -> None:
    wave = world.open_wave()
    with world.session() as session:
        take_turn(session, world.clock(), HOUR)
        session.commit()
    assert waits(world) == (Wait(wave, WaitReason.TURN, START + HOUR),)
    change(world, update(Batch).values(has_turn=True, not_before_at=START + 2 * MINUTE))
    assert waits(world) == (Wait(wave, WaitReason.TURN, START + 2 * MINUTE),)
    world.clock.pass_time(days=1)
    assert waits(world) == ()


def test_nothing_that_people_answer_changes_what_waits(world: World) -> None:
    from tests.answering import respond

    wave = world.open(world.planned_wave(world.programme(quiet=NIGHT), reminders_at=(START + 12 * HOUR,)))
    world.clock.now = START + DAY - 12 * HOUR
    before = waits(world)
    assert before
    respond(world, world.links(wave)[:9])
    assert waits(world) == before
