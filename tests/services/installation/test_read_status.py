"""How the service stands: the same acts as the worker finds, each with its age, and what should be gone by now."""

from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, text, update
from sqlalchemy.engine import Engine

from feedback.domain.waves.mails import MailKind, WaveMail
from feedback.domain.waves.quiet_times import QuietTimes
from feedback.domain.waves.states import WaveState
from feedback.services.installation.read_status import ServiceStatus
from feedback.services.waves.find_due import Act, DueAct
from feedback.storage.comments import StoredComment
from feedback.storage.deliveries import Batch, Delivery, DeliveryState
from feedback.storage.heartbeat import Heartbeat, last_heartbeat, record_heartbeat
from feedback.storage.relay_pace import take_turn
from feedback.storage.waves import Moment, Wave
from feedback.worker.due import what_is_due
from tests.answering import respond
from tests.promises.visits import engine_of, keys_engine_of
from tests.reviewing import wave_in_review
from tests.world import START, World

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def status(world: World) -> ServiceStatus:
    return world.status()


def change(world: World, statement: Any) -> None:
    with world.session() as session:
        session.execute(statement)
        session.commit()


def busy_world(world: World) -> None:
    """Something of every kind is due."""
    programme = world.programme()
    scheduled = world.planned_wave(programme, days=90)
    change(world, update(Wave).where(Wave.id == scheduled).values(state=WaveState.SCHEDULED, opens_at=START + DAY))
    world.open(world.planned_wave(programme, days=2))
    world.open(world.planned_wave(programme, days=80, reminders_at=(START + DAY,), look_at=START + DAY))
    held = world.open(world.planned_wave(programme, days=85))
    change(world, update(Wave).where(Wave.id == held).values(state=WaveState.HELD, news="extended", news_due_at=START))
    world.clock.pass_time(days=3)


def test_what_is_due_here_is_what_the_worker_does(world: World) -> None:
    busy_world(world)
    change(world, update(Wave).where(Wave.id == 4).values(close_failed_at=START - 7 * DAY))
    with world.session() as session:
        worker = {one.task for one in what_is_due(session, world.clock()) if isinstance(one.task, Act)}
    assert worker == {one.act for one in status(world).due} == set(Act)


def test_a_wave_that_is_held_for_a_week_is_to_be_discarded_and_not_before(world: World) -> None:
    busy_world(world)
    change(world, update(Wave).where(Wave.id == 4).values(close_failed_at=START - 4 * DAY + timedelta(seconds=1)))
    assert Act.DISCARD not in {one.act for one in status(world).due}
    world.clock.pass_time(seconds=1)
    assert DueAct(Act.DISCARD, 4, START + 3 * DAY + timedelta(seconds=1)) in status(world).due


def test_an_opening_that_was_missed_stays_late_and_is_left_alone(world: World) -> None:
    busy_world(world)
    world.clock.pass_time(days=87)
    with world.session() as session:
        assert Act.OPEN not in {one.task for one in what_is_due(session, world.clock())}
    assert DueAct(Act.OPEN, 1, START + DAY, is_missed=True) in status(world).late


def test_each_act_is_as_old_as_its_time(world: World) -> None:
    busy_world(world)
    now = world.clock()
    ages = {(one.act, one.wave_id): one.age(now) for one in status(world).due}
    assert ages[Act.OPEN, 1] == 2 * DAY
    assert ages[Act.CLOSE, 2] == DAY
    assert ages[Act.REMIND, 3] == ages[Act.LOOK, 3] == 2 * DAY
    assert ages[Act.TELL, 4] == 3 * DAY
    assert [one.since for one in status(world).due] == sorted(one.since for one in status(world).due)


def test_on_a_quiet_day_nothing_is_due_or_late(world: World) -> None:
    world.open_wave()
    world.send_mails()
    assert (status(world).due, status(world).late) == ((), ())


def test_an_act_is_late_when_it_has_been_due_for_longer_than_the_alarm_waits(world: World) -> None:
    wave = world.open_wave(days=14)
    world.send_mails()
    world.clock.pass_time(days=7)
    world.do_what_is_due()
    world.clock.pass_time(days=7, minutes=15)
    assert status(world).late == ()
    world.clock.pass_time(seconds=1)
    assert status(world).late == (DueAct(Act.CLOSE, wave, START + 14 * DAY),)


def test_mails_that_the_relay_puts_off_count_from_when_they_were_due(world: World) -> None:
    wave = world.open_wave()
    world.clock.pass_time(hours=2)
    change(world, update(Batch).values(not_before_at=world.clock() + MINUTE))
    change(world, update(Delivery).values(fence=b"fence"))
    assert status(world).due == (DueAct(Act.SEND, wave, START, is_put_off=True),)
    assert (status(world).batches_waiting, status(world).batches_put_off) == (0, 1)


def test_reminders_that_the_relay_puts_off_count_from_when_they_were_queued(world: World) -> None:
    wave = world.open(world.planned_wave(world.programme(), reminders_at=(START + DAY,)))
    world.send_mails()
    world.clock.pass_time(days=1, hours=1)
    world.do_what_is_due()
    change(world, update(Batch).values(not_before_at=world.clock() + MINUTE))
    change(world, update(Delivery).where(Delivery.mail == WaveMail(MailKind.REMINDER, 1)).values(fence=b"fence"))
    assert status(world).due == (DueAct(Act.SEND, wave, START + DAY + HOUR, is_put_off=True),)


def test_mails_that_were_never_tried_and_may_not_go_yet_are_not_due(world: World) -> None:
    world.open_wave()
    change(world, update(Batch).values(not_before_at=START + HOUR))
    assert status(world).due == ()


def test_mails_that_go_out_steadily_are_not_late_however_many_wait(world: World) -> None:
    wave = world.open_wave()
    world.clock.pass_time(hours=2)
    assert status(world).late == (DueAct(Act.SEND, wave, START),)
    with world.session() as session:
        record_heartbeat(session, Heartbeat.MAIL, world.clock())
    world.clock.pass_time(minutes=10)
    assert (status(world).due, status(world).late) == ((DueAct(Act.SEND, wave, START + 2 * HOUR),), ())
    world.clock.pass_time(minutes=6)
    assert status(world).late == (DueAct(Act.SEND, wave, START + 2 * HOUR),)


def test_a_mail_that_a_relay_takes_is_a_sign_of_progress(world: World) -> None:
    world.open_wave()
    world.clock.pass_time(minutes=5)
    world.send_mails()
    with world.session() as session:
        assert last_heartbeat(session, Heartbeat.MAIL) == START + 5 * MINUTE


def test_mails_that_a_quota_keeps_waiting_are_not_late(world: World) -> None:
    wave = world.open_wave()
    world.clock.pass_time(hours=2)
    with world.session() as session:
        take_turn(session, world.clock(), HOUR)
        session.commit()
    assert status(world).due == ()
    change(world, update(Batch).values(has_turn=True))
    assert status(world).late == (DueAct(Act.SEND, wave, START),)


def test_mails_that_wait_for_their_turn_were_not_put_off_by_the_relay(world: World) -> None:
    world.open_wave()
    change(world, update(Batch).values(not_before_at=START + MINUTE, has_turn=True))
    change(world, update(Delivery).values(fence=b"fence"))
    assert (status(world).due, status(world).batches_put_off) == ((), 0)


def test_mails_are_counted_by_state(world: World) -> None:
    world.open_wave()
    change(world, update(Delivery).where(Delivery.id <= 3).values(state=DeliveryState.REFUSED))
    counts = status(world).mails
    assert (counts[DeliveryState.REFUSED], counts[DeliveryState.QUEUED], sum(counts.values())) == (3, 24, 27)


def test_keys_of_a_wave_that_is_over_are_overdue(world: World) -> None:
    wave = world.open_wave()
    assert status(world).overdue_keys == 0
    change(world, update(Wave).where(Wave.id == wave).values(state=WaveState.CANCELLED))
    assert status(world).overdue_keys == 1
    world.do_what_is_due()
    assert status(world).overdue_keys == 0


def test_a_comment_key_is_needed_while_comments_are_in_review_and_no_longer(world: World) -> None:
    wave_in_review(world)
    assert status(world).overdue_keys == 0
    change(world, delete(StoredComment))
    assert status(world).overdue_keys == 1


def test_comments_whose_time_is_up_are_overdue(world: World) -> None:
    wave_in_review(world)
    world.clock.pass_time(days=60)
    assert (status(world).overdue_comments, status(world).overdue_keys) == (1, 1)
    world.do_what_is_due()
    assert (status(world).overdue_comments, status(world).overdue_keys) == (0, 0)


@pytest.mark.own_databases
def test_without_its_key_store_the_rest_is_told_all_the_same(world: World) -> None:
    world.open_wave()
    with keys_engine_of(world).begin() as connection:
        connection.execute(text("DROP VIEW keys_held"))
    assert (status(world).overdue_keys, status(world).waves[WaveState.OPEN]) == (None, 1)


def test_a_worker_is_silent_when_it_has_not_ticked_for_longer_than_the_alarm_waits(world: World) -> None:
    assert status(world).worker_is_silent
    with world.session() as session:
        record_heartbeat(session, Heartbeat.TICK, world.clock())
    world.clock.pass_time(minutes=15)
    assert not status(world).worker_is_silent
    world.clock.pass_time(seconds=1)
    assert status(world).worker_is_silent


def test_each_running_wave_has_its_next_act(world: World) -> None:
    busy_world(world)
    change(world, update(Wave).where(Wave.id == 4).values(close_failed_at=START))
    change(world, update(Moment).where(Moment.wave_id == 3, Moment.kind == "look").values(is_done=True))
    nexts = {line.id: (line.state, line.next_act, line.next_at) for line in status(world).lines}
    assert nexts == {
        1: (WaveState.SCHEDULED, "open", START + DAY),
        2: (WaveState.OPEN, "look", nexts[2][2]),
        3: (WaveState.OPEN, "reminder", START + DAY),
        4: (WaveState.HELD, "discard", START + 7 * DAY),
    }


@pytest.fixture
def statements(world: World):
    """Every statement that is sent to a database from here on."""
    heard: list[str] = []

    def hear(_connection, _cursor, words, _parameters, _context, _many) -> None:
        heard.append(words.lower())

    event.listen(Engine, "before_cursor_execute", hear)
    yield heard
    event.remove(Engine, "before_cursor_execute", hear)


def test_no_figure_is_asked_of_rights_or_answers_or_people(world: World, statements: list[str]) -> None:
    wave = world.open_wave()
    respond(world, world.links(wave)[:20])
    statements.clear()
    status(world)
    assert len(statements) > 8
    forbidden = ("entitlements", "sealed_responses", "participants", "opt_outs", "staff")
    assert [words for words in statements for name in forbidden if name in words] == []
    assert engine_of(world).dialect.name == world.kind


def test_a_night_does_not_make_anything_late(world: World) -> None:
    night = QuietTimes(time(20), time(8), frozenset())
    wave = world.planned_wave(world.programme(quiet=night))
    change(world, update(Wave).where(Wave.id == wave).values(state=WaveState.SCHEDULED, opens_at=START + HOUR))
    world.clock.pass_time(hours=12)
    assert status(world).due == ()
    world.clock.pass_time(hours=11, minutes=30)
    assert status(world).due == (DueAct(Act.OPEN, wave, START + 22 * HOUR),)
