"""What is late is said once, and again when its age has doubled; and a report that fails stops nobody."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from feedback.storage.heartbeat import Heartbeat, last_heartbeat
from feedback.storage.waves import Wave, wave_by_id
from feedback.worker.alarm import Alarm
from feedback.worker.worker import Worker, worker_context
from tests.databases import ON_POSTGRESQL
from tests.kept import kept
from tests.promises.visits import engine_of
from tests.worker.test_worker import all_accepted, scheduled, until, working
from tests.world import START, World

AFTER = timedelta(minutes=15)


@pytest.fixture
def late(world: World) -> int:
    """A wave that should have been closed now."""
    return kept(world, "late", lambda: _newly_late(world))


def _newly_late(world: World) -> int:
    wave = world.open_wave(days=14)
    world.send_mails()
    world.clock.pass_time(days=7)
    world.do_what_is_due()
    world.clock.pass_time(days=7)
    return wave


def report_each_minute(world: World, alarm: Alarm, minutes: int) -> None:
    for _minute in range(minutes):
        world.clock.pass_time(minutes=1)
        with world.session() as session:
            alarm.report(session, world.clock())


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "feedback.worker.alarm"]


def sentence(wave: int, minutes: int) -> str:
    return f"late: close of wave {wave} has been due for {minutes} minutes"


def test_what_is_late_is_said_once_and_again_at_doubling_ages(
    world: World, late: int, caplog: pytest.LogCaptureFixture
) -> None:
    report_each_minute(world, Alarm(AFTER), 130)
    assert said(caplog) == [sentence(late, minutes) for minutes in (16, 30, 60, 120)]
    assert {record.levelno for record in caplog.records} == {logging.ERROR}


def test_what_was_late_and_is_late_anew_is_said_anew(world: World, late: int, caplog: pytest.LogCaptureFixture) -> None:
    alarm = Alarm(AFTER)
    report_each_minute(world, alarm, 20)
    postpone(world, late, world.clock() + timedelta(minutes=1))
    report_each_minute(world, alarm, 18)
    assert said(caplog) == [sentence(late, 16), sentence(late, 16)]


def postpone(world: World, wave: int, closes_at: object) -> None:
    with world.session() as session:
        session.execute(update(Wave).where(Wave.id == wave).values(closes_at=closes_at))
        session.commit()


def test_the_line_carries_facts_for_a_machine(world: World, late: int, caplog: pytest.LogCaptureFixture) -> None:
    report_each_minute(world, Alarm(AFTER), 16)
    facts = {name: value for name, value in vars(caplog.records[0]).items() if name in {"act", "wave", "late_seconds"}}
    assert facts == {"act": "close", "wave": late, "late_seconds": 16 * 60}


def test_what_is_due_and_not_late_is_not_spoken_of(world: World, late: int, caplog: pytest.LogCaptureFixture) -> None:
    report_each_minute(world, Alarm(AFTER), 15)
    assert said(caplog) == []
    assert late


def test_a_worker_leaves_its_tick(world: World) -> None:
    with working(Worker(worker_context(world.app))), world.session() as session:
        until(lambda: last_heartbeat(session, Heartbeat.TICK) == START)


@pytest.mark.own_databases
@ON_POSTGRESQL
def test_a_worker_that_may_not_report_works_all_the_same(world: World) -> None:
    with engine_of(world).begin() as connection:
        connection.execute(text(f"DROP SEQUENCE {Heartbeat.TICK}"))
    wave = scheduled(world)
    with working(Worker(worker_context(world.app))):
        world.clock.pass_time(hours=1)
        until(lambda: all_accepted(world, wave))
    with world.session() as session:
        assert wave_by_id(session, wave).state == "open"
