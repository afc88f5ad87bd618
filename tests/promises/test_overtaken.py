"""Promise: what somebody decides holds for what is under way already: an opening, a close, a reminder, a batch."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback.domain.errors import WaveNotReady
from feedback.domain.links import opt_out_token, to_address
from feedback.domain.waves.mails import MailKind
from feedback.domain.waves.states import MomentKind, WaveState
from feedback.services.hooks.manage_hooks import switch_hook
from feedback.services.mail.opt_out import opt_out
from feedback.services.roster.leave_programme import leave_programme
from feedback.services.waves import close_wave, open_wave
from feedback.services.waves.close_wave import begin_closing
from feedback.services.waves.find_due import Act
from feedback.services.waves.postpone_wave import postpone_wave
from feedback.services.waves.stop_lost_waves import resume_stopped_waves
from feedback.storage.deliveries import delivery_counts
from feedback.storage.people import Participant
from feedback.storage.waves import moments_of
from feedback.worker.due import Due, Task, do
from feedback.worker.engine import engine_for, job_for
from feedback.worker.worker import worker_context
from tests.databases import BOTH, ON_POSTGRESQL
from tests.hooks import add, administrator, receiver, send
from tests.kept import small_wave
from tests.promises.closing import newly_answered_wave, state_of
from tests.promises.test_held import held_wave, try_again
from tests.services.mail.relays import ScriptedRelay
from tests.services.mail.test_send_mail import EVERYBODY, person
from tests.worker.test_due import scheduled
from tests.world import World

NEW = "new@example.com"


@pytest.fixture
def smtp_port(relay: ScriptedRelay) -> int:
    return relay.port


def work(world: World, task: Task, number: int) -> None:
    do(Due(task, number), worker_context(world.app))


@pytest.mark.parametrize("seconds", [0.005, 2])
def test_a_close_by_a_clock_that_is_ahead_is_not_taken_back(world: World, seconds: float) -> None:
    wave = newly_answered_wave(world, may_close_early=True)
    world.clock.pass_time(days=3)
    with world.session() as session:
        begin_closing(session, wave, now=world.clock() + timedelta(seconds=seconds), actor="coordinator")
        resume_stopped_waves(session, now=world.clock())
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.CLOSED


def test_a_wave_that_is_put_off_while_it_opens_stays_shut(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wave = scheduled(world, world.programme())
    world.clock.pass_time(days=1)
    lock_wave = open_wave.lock_wave

    def put_off_before(session: Session, number: int) -> None:
        with world.session() as other:
            later = world.clock() + timedelta(days=3)
            postpone_wave(other, wave, later, now=world.clock(), actor="coordinator")
        lock_wave(session, number)

    monkeypatch.setattr(open_wave, "lock_wave", put_off_before)
    with pytest.raises(WaveNotReady, match="put off"):
        work(world, Act.OPEN, wave)
    assert state_of(world, wave) == WaveState.SCHEDULED


def test_a_wave_that_is_to_be_tried_again_is_not_discarded(world: World) -> None:
    wave = held_wave(world)
    world.clock.pass_time(days=8)
    try_again(world, wave)
    with pytest.raises(WaveNotReady, match="may still close"):
        work(world, Act.DISCARD, wave)
    assert state_of(world, wave) == WaveState.CLOSING


def test_no_wave_is_discarded_while_a_try_to_close_it_runs(world: World) -> None:
    engine = engine_for(None)
    for task in (Act.CLOSE, Act.DISCARD):
        engine.task(name=task.value)(print)
    close, discard, another = (
        job_for(engine, Due(task, number)).job for task, number in ((Act.CLOSE, 1), (Act.DISCARD, 1), (Act.DISCARD, 2))
    )
    assert close.lock == discard.lock != another.lock
    assert close.queueing_lock != discard.queueing_lock


@pytest.mark.parametrize(("kind", "act"), [(MomentKind.REMINDER, Act.REMIND), (MomentKind.LOOK, Act.LOOK)])
def test_a_date_that_is_moved_while_its_job_waits_is_the_later_one(world: World, kind: MomentKind, act: Act) -> None:
    wave = small_wave(world)
    with world.session() as session:
        moment = next(one for one in moments_of(session, wave) if one.kind == kind)
        number, moment.due_at = moment.id, world.clock() + timedelta(days=3)
        session.commit()
    work(world, act, number)
    with world.session() as session:
        assert not next(one for one in moments_of(session, wave) if one.id == number).is_done
        assert {mail.kind for mail, _state in delivery_counts(session, wave)} == {MailKind.INVITATION}


def leaves(world: World, session: Session, email: str) -> None:
    leave_programme(session, 1, email, now=world.clock(), actor="coordinator")


def wants_no_mail(world: World, session: Session, email: str) -> None:
    token = opt_out_token(world.keys.opt_out_key(1), person(world, email))
    assert opt_out(session, to_address(token), wants_no_mail=True)


def moves(_world: World, session: Session, email: str) -> None:
    session.execute(update(Participant).where(Participant.email == email).values(email=NEW))
    session.commit()


@BOTH
@pytest.mark.parametrize(
    ("happens", "also"), [(leaves, []), (wants_no_mail, []), (moves, [NEW])], ids=["leaves", "wishes", "moves"]
)
def test_nobody_is_written_to_who_left_moved_or_wished_so_while_the_batch_goes_out(
    world: World, relay: ScriptedRelay, happens: Callable[[World, Session, str], None], also: list[str]
) -> None:
    small_wave(world)
    others: list[str] = []

    def at_the_first(recipient: str) -> None:
        if not others:
            others.extend(one for one in EVERYBODY if one != recipient)
            with world.session() as session:
                happens(world, session, others[0])

    relay.before_it_takes = at_the_first
    world.do_what_is_due()
    world.do_what_is_due()
    assert sorted(relay.recipients) == sorted([*(one for one in EVERYBODY if one != others[0]), *also])


@ON_POSTGRESQL
def test_an_address_that_is_switched_off_beside_an_event_is_told_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as found:
        number, _secret = add(world, found)
        wave = world.open_new_wave()
        send(world, found)
        found.came.clear()
        world.clock.pass_time(days=15)
        note = close_wave.note

        def switched_off_before(session: Session, *rest: object) -> None:
            # The event is announced, and not committed yet.
            with world.session() as other:
                switch_hook(other, administrator(), number, is_on=False, now=world.clock())
            note(session, *rest)

        monkeypatch.setattr(close_wave, "note", switched_off_before)
        with world.session() as session:
            begin_closing(session, wave, now=world.clock(), actor="service")
        world.clock.pass_time(hours=1)
        send(world, found)
        assert not found.came
        assert state_of(world, wave) == WaveState.CLOSING
