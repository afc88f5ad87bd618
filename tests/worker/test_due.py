"""What is due follows from the waves' own dates and the ledger, and can be asked as often as one likes."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from feedback.domain.errors import KeysMissing, WaveNotReady
from feedback.domain.waves.mails import MailKind, WaveMail
from feedback.domain.waves.states import WaveState
from feedback.services.waves.cancel_wave import begin_cancelling, cancel_wave
from feedback.services.waves.close_wave import begin_closing
from feedback.services.waves.find_due import Act
from feedback.storage.audit_log_chain import head_of
from feedback.storage.deliveries import Batch, delivery_counts, queue_mails
from feedback.storage.reports import report_of
from feedback.storage.responses import count_responses
from feedback.storage.waves import Wave, wave_by_id
from feedback.worker.due import MOST_BATCHES, Chore, Due, Task, do, what_is_due
from feedback.worker.worker import worker_context
from tests.answering import respond
from tests.world import START, World

DAY = timedelta(days=1)
ALWAYS = [Due(Chore.DESTROY, 0)]


@pytest.fixture
def programme(world: World) -> int:
    return world.programme()


def scheduled(world: World, programme: int, **changes: object) -> int:
    """A wave that opens after one day, as if it had been planned so."""
    wave = world.planned_wave(programme, **changes)
    with world.session() as session:
        session.execute(
            update(Wave).where(Wave.id == wave).values(state=WaveState.SCHEDULED, opens_at=world.clock() + DAY)
        )
        session.commit()
    return wave


def due(world: World) -> list[Due]:
    """What is due, but for mails to staff (tests/services/mail/test_tell_staff.py)."""
    with world.session() as session:
        return [one for one in what_is_due(session, world.clock()) if one.task is not Chore.TELL_STAFF]


def state_of(world: World, wave: int) -> str:
    with world.session() as session:
        return wave_by_id(session, wave).state


def test_on_a_quiet_day_only_spent_keys_are_looked_for(world: World) -> None:
    assert due(world) == ALWAYS


def test_what_was_noted_is_chained_and_then_not_looked_at_again(world: World, programme: int) -> None:
    def is_due() -> bool:
        with world.session() as session:
            return Due(Chore.CHAIN_LOG, 0) in what_is_due(session, world.clock(), chains_log=True)

    assert is_due()
    do(Due(Chore.CHAIN_LOG, 0), worker_context(world.app))
    assert not is_due()
    with world.session() as session:
        assert head_of(session) is not None


def test_old_entries_are_looked_for_when_it_is_time(world: World) -> None:
    context = worker_context(world.app)
    with world.session() as session:
        assert Due(Chore.FORGET_LOG, 0) in what_is_due(session, world.clock(), forgets_log=True)
    assert context.log.is_due(world.clock())
    do(Due(Chore.FORGET_LOG, 0), context)
    assert not context.log.is_due(world.clock())


def test_a_draft_never_opens_by_itself(world: World, programme: int) -> None:
    world.planned_wave(programme, days=400)
    world.clock.pass_time(days=300)
    assert due(world) == ALWAYS


def test_a_scheduled_wave_opens_at_its_time_and_not_before(world: World, programme: int) -> None:
    wave = scheduled(world, programme)
    world.clock.pass_time(hours=23, minutes=59)
    assert due(world) == ALWAYS
    world.clock.pass_time(minutes=1)
    assert due(world) == [Due(Act.OPEN, wave), *ALWAYS]


def test_an_open_wave_has_its_invitations_sent(world: World, programme: int) -> None:
    world.open(world.planned_wave(programme))
    assert due(world) == [Due(Act.SEND, 1), *ALWAYS]


def test_an_open_wave_closes_at_its_time_and_not_before(world: World) -> None:
    wave = world.open_wave(days=14)
    world.send_mails()
    world.clock.now = START + 14 * DAY - timedelta(seconds=1)
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.OPEN
    world.clock.pass_time(seconds=1)
    assert Due(Act.CLOSE, wave) in due(world)


def test_a_close_that_was_interrupted_is_due_again(world: World) -> None:
    wave = world.open_wave(may_close_early=True)
    with world.session() as session:
        begin_closing(session, wave, now=world.clock(), actor="test")
    assert due(world)[0] == Due(Act.CLOSE, wave)


def stuck_wave(world: World) -> int:
    """A closing wave whose keys are lost."""
    wave = world.open_wave(days=14)
    respond(world, world.links(wave)[:20])
    world.keys.destroy_wave_keys(wave, keep_comments=False)
    world.clock.pass_time(days=14)
    with pytest.raises(KeysMissing):
        world.do_what_is_due()
    return wave


def test_a_wave_that_cannot_close_is_tried_again_for_a_week(world: World) -> None:
    wave = stuck_wave(world)
    world.clock.pass_time(days=6, hours=23)
    assert due(world)[0] == Due(Act.CLOSE, wave)


def test_a_wave_that_could_not_close_for_a_week_is_destroyed_unopened(world: World) -> None:
    wave = stuck_wave(world)
    world.clock.pass_time(days=7)
    assert due(world)[0] == Due(Act.DISCARD, wave)
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.CANCELLED
    with world.session() as session:
        assert count_responses(session, wave) == 0


@pytest.mark.parametrize("days", [7, 14])
def test_a_look_is_due_at_its_time_unless_the_wave_closes_first(world: World, days: int) -> None:
    wave = world.open_wave(days=14)
    world.send_mails()
    world.clock.pass_time(days=days)
    world.do_what_is_due()
    with world.session() as session:
        assert (wave_by_id(session, wave).state == WaveState.CLOSED) == (days == 14)
    for _tell_and_send in range(2):
        world.do_what_is_due()
    assert due(world) == ALWAYS


def test_what_is_done_is_no_longer_due(world: World, programme: int) -> None:
    world.open(world.planned_wave(programme, reminders_at=(START + DAY,)))
    world.clock.pass_time(days=8)
    for _tick in range(2):
        world.do_what_is_due()
    assert due(world) == ALWAYS


def test_of_a_cancelled_wave_nothing_is_due_but_to_tell_everybody(world: World, programme: int) -> None:
    wave = world.open(world.planned_wave(programme, reminders_at=(START + DAY,)))
    with world.session() as session:
        cancel_wave(session, world.keys, wave, now=world.clock(), actor="test")
    for _tick in range(2):
        world.do_what_is_due()
    world.clock.pass_time(days=30)
    assert due(world) == ALWAYS
    assert {mail.subject for mail in world.mailbox.newest(100)} == {"Pilot: the survey was cancelled"}


def test_a_wave_that_was_never_opened_is_cancelled_without_a_word(world: World, programme: int) -> None:
    wave = world.planned_wave(programme)
    with world.session() as session:
        cancel_wave(session, world.keys, wave, now=world.clock(), actor="test")
    assert due(world) == ALWAYS


def test_what_a_page_cancelled_is_destroyed_by_the_worker(world: World, programme: int) -> None:
    wave = world.open(world.planned_wave(programme))
    with world.session() as session:
        begin_cancelling(session, wave, now=world.clock(), actor="test")
    assert Due(Chore.FINISH_CANCELLING, wave) in due(world)
    for _tick in range(3):
        world.do_what_is_due()
    assert world.keys.purposes_held() == {}
    assert due(world) == ALWAYS


def test_what_closes_comes_first_and_what_is_sent_comes_late(world: World, programme: int) -> None:
    closing = world.open(world.planned_wave(programme, days=2, look_at=START + DAY))
    opening = scheduled(world, programme, days=20)
    world.open(world.planned_wave(programme, days=20, reminders_at=(START + DAY,)))
    world.clock.pass_time(days=2)
    first, second, *middle, last = due(world)
    assert [first, second, last] == [Due(Act.CLOSE, closing), Due(Act.OPEN, opening), *ALWAYS]
    assert [one.task for one in middle] == [Act.LOOK, Act.REMIND, Act.SEND, Act.SEND]


def test_a_batch_that_waits_is_not_due(world: World) -> None:
    world.open_wave()
    with world.session() as session:
        session.execute(update(Batch).values(not_before_at=START + DAY))
        session.commit()
    assert due(world) == ALWAYS


def test_no_more_batches_are_due_at_once_than_the_engine_can_hold(world: World) -> None:
    wave = world.open_wave()
    with world.session() as session:
        for number in range(1, MOST_BATCHES + 6):
            queue_mails(session, wave, WaveMail(MailKind.REMINDER, number), [[1]], world.clock())
        session.commit()
    assert sum(one.task is Act.SEND for one in due(world)) == MOST_BATCHES


def test_asking_changes_nothing(world: World) -> None:
    wave = world.open_wave()
    world.clock.pass_time(days=20)
    assert due(world) == due(world)
    assert state_of(world, wave) == WaveState.OPEN


def test_an_opening_that_is_done_twice_is_refused_the_second_time(world: World, programme: int) -> None:
    wave = scheduled(world, programme)
    world.clock.pass_time(days=1)
    do(Due(Act.OPEN, wave), worker_context(world.app))
    with pytest.raises(WaveNotReady):
        do(Due(Act.OPEN, wave), worker_context(world.app))


@pytest.mark.parametrize("task", [Act.REMIND, Act.LOOK, Act.SEND, Chore.DESTROY])
def test_whatever_is_done_twice_is_done_once(world: World, programme: int, task: Task) -> None:
    wave = world.open(world.planned_wave(programme, reminders_at=(START + DAY,)))
    number = {Act.REMIND: 1, Act.LOOK: 2, Act.SEND: 1, Chore.DESTROY: 0}[task]
    do(Due(task, number), worker_context(world.app))
    with world.session() as session:
        before = delivery_counts(session, wave)
    do(Due(task, number), worker_context(world.app))
    with world.session() as session:
        assert delivery_counts(session, wave) == before


def test_a_batch_that_does_not_exist_is_no_error(world: World) -> None:
    do(Due(Act.SEND, 99), worker_context(world.app))
    assert world.mailbox.count() == 0


def test_a_wave_lives_its_whole_life_by_ticks_alone(world: World, programme: int) -> None:
    wave = scheduled(world, programme, days=15, reminders_at=(START + 3 * DAY,))
    for day in range(1, 16):
        world.clock.now = START + day * DAY
        world.do_what_is_due()
        world.do_what_is_due()
        if day == 2:
            respond(world, world.links(wave)[:20])
    assert world.mailbox.count() == 54
    with world.session() as session:
        assert report_of(session, wave) is not None
    assert world.keys.purposes_held() == {}


def test_a_worker_that_was_away_catches_up(world: World) -> None:
    wave = world.open_wave(days=14)
    respond(world, world.links(wave)[:20])
    world.clock.pass_time(days=60)
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.CLOSED
    assert world.mailbox.count() == 0
