"""Whatever staff do on their pages works in the database role of their process, and the worker's role does the rest."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import ProgrammingError

from feedback.domain.errors import PlanRefused
from feedback.domain.staff import StaffRole
from feedback.domain.waves.quiet_times import QuietTimes
from feedback.domain.waves.states import WaveState
from feedback.services.mail.resend_invitation import resend_invitation
from feedback.services.programmes.set_organisation import set_approval
from feedback.services.programmes.show_programmes import list_programmes
from feedback.services.programmes.try_example import drop_example
from feedback.services.reports.say_what_was_done import publish_said, say_what_was_done, show_said, write_said
from feedback.services.reports.set_notice import name_help, show_help
from feedback.services.roster.correct_address import correct_address
from feedback.services.roster.leave_programme import leave_programme
from feedback.services.waves.ask_opening import ask_opening
from feedback.services.waves.cancel_wave import begin_cancelling
from feedback.services.waves.close_wave import begin_closing, retry_closing
from feedback.services.waves.dry_run import dry_run_wave
from feedback.services.waves.extend_wave import extend_wave
from feedback.services.waves.forecast_wave import forecast_wave
from feedback.services.waves.plan_wave import plan_wave
from feedback.services.waves.postpone_wave import postpone_wave
from feedback.services.waves.preview_wave import look_ahead, preview_wave
from feedback.services.waves.set_quiet_times import set_quiet_times, show_quiet_times
from feedback.storage.grants import GroupRole
from feedback.storage.keys import Purpose
from feedback.storage.programmes import Programme
from feedback.storage.waves import Wave
from tests.answering import respond
from tests.bouncing import FIRST_COPY, mail_states
from tests.cli.test_commands import output
from tests.databases import ON_POSTGRESQL, Pair
from tests.promises.closing import rows_left
from tests.services.mail.test_resend_invitation import MIA
from tests.services.mail.test_tell_staff import account
from tests.services.programmes.test_examples import example_of, wave_of
from tests.services.roster.test_approve_roster import approve, enrol, staff
from tests.services.waves.test_schedule import acts, ics, invite, plan_of, reminders, state_of
from tests.storage.test_grants import as_role
from tests.world import START, FixedClock, World

pytestmark = ON_POSTGRESQL

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def desk(roles: dict[GroupRole, Pair], world: World, clock: FixedClock) -> Iterator[World]:
    """The service as the process of staff reaches it."""
    desk = as_role(world, roles[GroupRole.STAFF], clock)
    yield desk
    desk.dispose()


@pytest.fixture
def worker(roles: dict[GroupRole, Pair], world: World, clock: FixedClock) -> Iterator[World]:
    worker = as_role(world, roles[GroupRole.WORKER], clock)
    yield worker
    worker.dispose()


def ask(desk: World, act: Callable[..., object], *what: object) -> None:
    """Do one of the acts of staff's pages now."""
    with desk.session() as session:
        act(session, *what, now=desk.clock(), actor="staff 1")


def planned(desk: World, **changes: object) -> int:
    """A wave that opens the next day, for two weeks, planned by staff from nothing."""
    with desk.session() as session:
        plan = plan_of(desk.programme(), **changes)
        return plan_wave(session, desk.keys, plan, key_backup_days=7, comment_days=60, now=START, actor="staff 1")


def opened(desk: World, worker: World) -> int:
    """A planned wave that the worker has opened and invited to."""
    wave = planned(desk)
    desk.clock.pass_time(days=1)
    go_on(worker)
    return wave


def go_on(worker: World) -> None:
    for _tick in range(2):
        worker.do_what_is_due()


def test_staff_plan_a_wave_look_at_it_from_all_sides_and_the_worker_opens_it(desk: World, worker: World) -> None:
    with desk.session() as session:
        assert preview_wave(session, desk.keys, plan_of(desk.programme()), now=START).twins == ()
    wave = planned(desk)
    with desk.session() as session:
        assert len(forecast_wave(session, wave).groups) == 2
        ahead = look_ahead(session, desk.keys, wave, now=START)
        assert (ahead.twins, ahead.refusal) == ((), None)
        assert len(dry_run_wave(session, wave, now=START).people) == 27
    assert b"BEGIN:VEVENT" in ics(desk, wave)
    desk.clock.pass_time(days=1)
    go_on(worker)
    assert (state_of(desk, wave), desk.mailbox.count()) == (WaveState.OPEN, 27)


def test_staff_ask_for_an_opening_and_the_worker_opens(desk: World, worker: World) -> None:
    wave = desk.planned_wave(desk.programme())
    ask(desk, ask_opening, desk.keys, wave)
    go_on(worker)
    assert (state_of(desk, wave), desk.mailbox.count()) == (WaveState.OPEN, 27)


def test_staff_postpone_a_wave_and_the_worker_tells_them(desk: World, worker: World) -> None:
    wave = planned(desk)
    invite(desk, StaffRole.COORDINATOR)
    ask(desk, postpone_wave, wave, START + 8 * DAY)
    go_on(worker)
    assert [mail.subject for mail in desk.mailbox.newest(9)] == ["A survey was postponed"]
    desk.clock.pass_time(days=8)
    go_on(worker)
    assert state_of(desk, wave) == WaveState.OPEN


def test_staff_make_an_example_and_delete_it_and_nothing_else(desk: World) -> None:
    account(desk, "cob@example.com", StaffRole.COORDINATOR)
    own, example = desk.programme(7, 7), example_of(desk)
    ask(desk, postpone_wave, wave_of(desk, example), START + 9 * DAY)
    ask(desk, drop_example, example)
    with pytest.raises(PlanRefused, match="no example"):
        ask(desk, drop_example, own)
    with desk.session() as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(update(Programme).where(Programme.id == own).values(is_example=True))
    with desk.session() as session:
        assert [one.id for one in list_programmes(session)] == [own]


def test_staff_extend_a_wave_after_the_workers_look_and_everybody_is_told(desk: World, worker: World) -> None:
    wave = opened(desk, worker)
    desk.clock.pass_time(days=7)
    go_on(worker)
    ask(desk, extend_wave, wave, START + 22 * DAY)
    go_on(worker)
    told = [mail for mail in desk.mailbox.newest(60) if mail.subject.startswith("Open for longer")]
    assert (len(told), acts(desk, wave).count("extended")) == (27, 1)


def test_staff_set_quiet_times_and_reminders_ahead_move(desk: World) -> None:
    wave = planned(desk, reminders_at=(START + 3 * DAY,))
    ask(desk, set_quiet_times, 1, QuietTimes(holidays=frozenset({date(2027, 3, 4)})))
    with desk.session() as session:
        assert show_quiet_times(session, 1).holidays == {date(2027, 3, 4)}
    assert [entry.at for entry in reminders(desk, wave)] == [START.replace(day=5, hour=7)]


def test_staff_say_in_their_own_words_what_was_done_and_where_help_is(desk: World) -> None:
    planned(desk)
    ask(desk, write_said, 1, {"en": "We have blocked an hour a month.", "fr": "Une heure par mois."})
    ask(desk, name_help, 1, "The confidant, room 12")
    with desk.session() as session:
        mark = show_said(session, 1).mark
    ask(desk, publish_said, 1, mark)
    with desk.session() as session:
        assert show_said(session, 1).published == {
            "en": "We have blocked an hour a month.",
            "fr": "Une heure par mois.",
        }
        assert show_help(session, 1) == "The confidant, room 12"


def test_staff_cancel_an_open_wave_and_the_worker_destroys_it_and_tells_everybody(
    desk: World, worker: World, world: World
) -> None:
    wave = opened(desk, worker)
    respond(world, world.links(wave)[:20])
    ask(desk, begin_cancelling, wave)
    assert (state_of(desk, wave), rows_left(world, wave)) == (WaveState.CANCELLED, (20, 27))
    go_on(worker)
    assert (rows_left(world, wave), world.keys.purposes_held()) == ((0, 0), {})
    assert desk.mailbox.count() == 54


def test_staff_close_a_wave_before_its_time_and_the_worker_publishes(desk: World, worker: World, world: World) -> None:
    wave = planned(desk, may_close_early=True)
    desk.clock.pass_time(days=1)
    go_on(worker)
    respond(world, world.links(wave)[:20])
    ask(desk, begin_closing, wave)
    go_on(worker)
    assert state_of(desk, wave) == WaveState.CLOSED
    ask(desk, say_what_was_done, 1, "You said: more time. We did: an hour more.")
    ask(desk, name_help, 1, "Ana Contact")


def test_staff_let_a_held_wave_try_again_and_the_worker_publishes(desk: World, worker: World, world: World) -> None:
    wave = opened(desk, worker)
    respond(world, world.links(wave)[:20])
    desk.clock.pass_time(days=15)
    hold(world, wave)
    ask(desk, retry_closing, wave)
    go_on(worker)
    assert state_of(desk, wave) == WaveState.CLOSED


def hold(world: World, wave: int) -> None:
    with world.session() as session:
        begin_closing(session, wave, now=world.clock(), actor="service")
        session.execute(update(Wave).where(Wave.id == wave).values(state=WaveState.HELD))
        session.commit()


def test_staff_send_an_invitation_again_and_the_worker_sends_it(desk: World, worker: World) -> None:
    wave = opened(desk, worker)
    desk.clock.pass_time(hours=1)
    ask(desk, resend_invitation, wave, MIA)
    go_on(worker)
    assert mail_states(desk, FIRST_COPY) == {MIA: "accepted"}


def test_staff_correct_an_address_and_note_who_leaves(desk: World, worker: World) -> None:
    wave = planned(desk)
    ask(desk, correct_address, 1, MIA, "mia@example.com")
    ask(desk, leave_programme, 1, "mentor.1@example.com")
    desk.clock.pass_time(days=1)
    go_on(worker)
    addressed = {mail.to for mail in desk.mailbox.newest(60)}
    assert "mia@example.com" in addressed
    assert (len(addressed), state_of(desk, wave)) == (26, WaveState.OPEN)


def test_staff_approve_a_roster_and_only_then_the_worker_opens(desk: World, worker: World) -> None:
    programme = desk.programme(0, 0)
    with desk.session() as session:
        set_approval(session, "Example Organisation", approves_rosters=True, now=START, actor="test")
    enrol(desk, programme, staff(desk, "Ana"))
    wave = desk.planned_wave(programme)
    colleague = staff(desk, "Bo")
    approve(desk, programme, colleague)
    ask(desk, ask_opening, desk.keys, wave)
    go_on(worker)
    assert (state_of(desk, wave), Purpose.LINK in worker.keys.purposes_held()[wave]) == (WaveState.OPEN, True)


# ---- by command line, which leaves to the worker what staff's role may not do


def test_a_wave_that_staff_cancel_by_command_is_destroyed_by_the_worker(
    desk: World, worker: World, world: World
) -> None:
    wave = opened(desk, worker)
    respond(world, world.links(wave)[:20])
    said = output(desk, "wave", "cancel", str(wave), "--yes")
    assert said.startswith(f"Wave {wave} is cancelled. A worker destroys its answers unread and tells everybody")
    assert rows_left(world, wave) == (20, 27)
    go_on(worker)
    assert (rows_left(world, wave), desk.mailbox.count()) == ((0, 0), 54)


def test_a_wave_that_staff_open_and_close_by_command_is_opened_and_closed_by_the_worker(
    desk: World, worker: World, world: World
) -> None:
    wave = desk.planned_wave(desk.programme(), may_close_early=True)
    assert "is to be opened" in output(desk, "wave", "open", str(wave))
    go_on(worker)
    respond(world, world.links(wave)[:20])
    assert "takes no more answers" in output(desk, "wave", "close", str(wave))
    go_on(worker)
    assert state_of(desk, wave) == WaveState.CLOSED


def test_a_held_wave_that_staff_retry_by_command_is_closed_by_the_worker(
    desk: World, worker: World, world: World
) -> None:
    wave = opened(desk, worker)
    respond(world, world.links(wave)[:20])
    desk.clock.pass_time(days=15)
    hold(world, wave)
    assert "tries to close again" in output(desk, "wave", "retry", str(wave))
    go_on(worker)
    assert state_of(desk, wave) == WaveState.CLOSED
