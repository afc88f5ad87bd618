"""A wave's calendar at work: quiet times, late workers, postponing, extending. Nothing goes out at night or twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from feedback.domain.errors import PlanRefused, WaveNotReady
from feedback.domain.links import opt_out_token, to_address
from feedback.domain.staff import StaffRole
from feedback.domain.waves.quiet_times import DEFAULT_QUIET_TIMES, NO_QUIET_TIMES, QuietTimes
from feedback.domain.waves.schedule import Anchor, Offset
from feedback.domain.waves.states import MomentKind, WaveState
from feedback.reporting.words import date_title
from feedback.services.mail.opt_out import opt_out
from feedback.services.roster.leave_programme import leave_programme
from feedback.services.staff.invite_staff import invite_staff
from feedback.services.waves.cancel_wave import cancel_wave
from feedback.services.waves.dry_run import DryRun, LeftOut, dry_run_wave
from feedback.services.waves.export_calendar import export_calendar
from feedback.services.waves.extend_wave import extend_wave
from feedback.services.waves.plan_wave import WavePlan, plan_wave
from feedback.services.waves.postpone_wave import postpone_wave
from feedback.services.waves.preview_wave import preview_wave
from feedback.services.waves.set_quiet_times import set_quiet_times
from feedback.services.waves.show_wave import CalendarEntry, EntryKind, show_wave
from feedback.storage.waves import Wave, moments_of, wave_by_id
from feedback.worker.due import Chore, what_is_due
from forms.bank import pair
from tests.answering import respond
from tests.bouncing import mail_states
from tests.databases import ON_SQLITE
from tests.world import START, World, entries_about

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLUS_3, PLUS_5, PLUS_6 = (Offset(Anchor.OPENING, days) for days in (3, 5, 6))
LAST_2 = Offset(Anchor.CLOSING, 2)
NIGHT = QuietTimes(weekdays=frozenset())

pytestmark = ON_SQLITE


def plan_of(programme: int, **changes: object) -> WavePlan:
    """A wave that opens on Tuesday 2 March at ten in Paris, for two weeks."""
    values = {
        "programme_id": programme,
        "stage": "kickoff",
        "questionnaires": pair("kickoff"),
        "opens_at": START + DAY,
        "closes_at": START + 15 * DAY,
    }
    return WavePlan(**(values | changes))


def scheduled(world: World, quiet: QuietTimes = DEFAULT_QUIET_TIMES, **changes: object) -> int:
    plan = plan_of(world.programme(quiet=quiet), **changes)
    with world.session() as session:
        return plan_wave(session, world.keys, plan, key_backup_days=7, comment_days=60, now=START, actor="test")


def at(world: World, day: int, hour: float = 9) -> None:
    """Let it be so many days after the start, a Monday, at an hour of UTC, and do what is due twice."""
    world.clock.now = START.replace(hour=0) + day * DAY + hour * HOUR
    for _tick in range(2):
        world.do_what_is_due()


def state_of(world: World, wave: int) -> str:
    with world.session() as session:
        return wave_by_id(session, wave).state


def reminders(world: World, wave: int) -> list[CalendarEntry]:
    with world.session() as session:
        sheet = show_wave(session, wave, now=world.clock())
    return [entry for entry in sheet.calendar if entry.kind is EntryKind.REMINDER]


def days(entries: list[CalendarEntry]) -> list[str]:
    return [f"{entry.at:%a %d %H:%M}" for entry in entries if entry.at is not None]


def acts(world: World, wave: int) -> list[str]:
    with world.session() as session:
        return [entry.act for entry in entries_about(session, f"wave {wave}")]


def test_reminders_on_a_weekend_wait_for_monday_and_keep_a_day_apart(world: World) -> None:
    wave = scheduled(world, reminders=(PLUS_3, PLUS_5, PLUS_6))
    assert days(reminders(world, wave)) == ["Fri 05 09:00", "Mon 08 07:00", "Tue 09 07:00"]


def test_an_opening_in_a_quiet_time_waits_for_its_end(world: World) -> None:
    wave = scheduled(world, opens_at=START + 5 * DAY)
    with world.session() as session:
        assert wave_by_id(session, wave).opens_at == datetime(2027, 3, 8, 7, tzinfo=UTC)


def test_a_close_on_a_holiday_stays_where_it_was_promised(world: World) -> None:
    quiet = QuietTimes(holidays=frozenset({date(2027, 3, 16)}))
    wave = scheduled(world, quiet)
    with world.session() as session:
        assert wave_by_id(session, wave).closes_at == START + 15 * DAY


def test_a_reminder_that_quiet_times_push_onto_the_close_is_refused_at_planning(world: World) -> None:
    with pytest.raises(PlanRefused, match="Reminder 1 would go out after the close"):
        scheduled(world, closes_at=START + 7 * DAY - 2 * HOUR, reminders=(Offset(Anchor.CLOSING, 1),))


def test_a_late_worker_opens_when_it_is_back_but_not_at_night(world: World) -> None:
    wave = scheduled(world)
    at(world, 1, 22)
    assert state_of(world, wave) == WaveState.SCHEDULED
    at(world, 2, 7)
    assert state_of(world, wave) == WaveState.OPEN


def test_a_wave_that_missed_its_whole_time_is_not_opened(world: World) -> None:
    wave = scheduled(world)
    at(world, 15)
    assert state_of(world, wave) == WaveState.SCHEDULED


def test_after_a_late_opening_reminders_count_from_it(world: World) -> None:
    wave = scheduled(world, NIGHT, reminders=(PLUS_3, LAST_2))
    at(world, 4)
    assert days(reminders(world, wave)) == ["Mon 08 09:00", "Sun 14 09:00"]


def test_of_two_missed_reminders_one_goes_out_and_not_at_night(world: World) -> None:
    wave = scheduled(world, reminders=(PLUS_3, Offset(Anchor.OPENING, 7)))
    at(world, 1)
    sent = world.mailbox.count()
    at(world, 9, 23)
    assert world.mailbox.count() == sent
    at(world, 10)
    assert world.mailbox.count() == sent + 27
    assert [entry.was_left_out for entry in reminders(world, wave)] == [True, False]
    at(world, 11)
    assert world.mailbox.count() == sent + 27


def test_a_reminder_that_is_late_keeps_the_next_one_at_a_distance(world: World) -> None:
    wave = scheduled(world, NIGHT, reminders=(PLUS_3, Offset(Anchor.OPENING, 4)))
    at(world, 1)
    at(world, 5, 8)
    at(world, 5, 12)
    assert "queued reminder 2" not in acts(world, wave)
    at(world, 6, 8)
    assert "queued reminder 2" in acts(world, wave)


def test_a_reminder_that_was_missed_until_the_close_is_left_out(world: World) -> None:
    wave = scheduled(world, reminders=(LAST_2,))
    at(world, 1)
    at(world, 15, 8.5)
    assert state_of(world, wave) == WaveState.OPEN
    assert [entry.was_left_out for entry in reminders(world, wave)] == [True]
    assert world.mailbox.count() == 27


def test_what_an_earlier_reminder_has_left_unsent_is_not_sent_beside_the_next(world: World) -> None:
    wave = scheduled(world, reminders=(PLUS_3, Offset(Anchor.OPENING, 7)))
    at(world, 1)
    # The mails of the first are written into the ledger, and the worker stops before it sends one.
    world.clock.now = START + 4 * DAY
    world.do_what_is_due()
    world.clock.now = START + 8 * DAY
    world.do_what_is_due()
    world.do_what_is_due()
    assert world.mailbox.count() == 27 + 27
    with world.session() as session:
        deliveries = show_wave(session, wave, now=world.clock()).deliveries
        counts = {(str(one.mail), one.state): one.count for one in deliveries}
    assert counts["reminder-1", "skipped"] == counts["reminder-2", "accepted"] == 27


def test_mails_that_wait_for_the_relay_wait_for_the_morning_too(world: World) -> None:
    scheduled(world)
    world.clock.now = START + DAY
    world.do_what_is_due()
    world.clock.now = START + DAY + 13 * HOUR
    world.do_what_is_due()
    assert world.mailbox.count() == 0
    at(world, 2, 7)
    assert world.mailbox.count() == 27


def test_a_postponed_wave_moves_with_all_its_dates_and_staff_alone_are_told(world: World) -> None:
    wave = scheduled(world, reminders=(PLUS_3, LAST_2))
    with world.session() as session:
        invite(world, StaffRole.COORDINATOR)
        invite(world, StaffRole.REVIEWER)
        postpone_wave(session, wave, START + 8 * DAY, now=START, actor="test")
        row = wave_by_id(session, wave)
        looks = [one.due_at for one in moments_of(session, wave) if one.kind == MomentKind.LOOK]
    assert (row.opens_at, row.closes_at, looks) == (START + 8 * DAY, START + 22 * DAY, [START + 15 * DAY])
    assert days(reminders(world, wave)) == ["Fri 12 09:00", "Mon 22 07:00"]
    at(world, 0, 10)
    assert [mail.subject for mail in world.mailbox.newest(9)] == ["A survey was postponed"]


def invite(world: World, role: StaffRole) -> None:
    with world.session() as session:
        invite_staff(
            session,
            organisation="Example Organisation",
            name="Dana",
            email=f"{role}@example.com",
            role=role,
            now=START,
            actor="test",
        )


def test_postponing_twice_to_the_same_day_is_postponing_once(world: World) -> None:
    wave = scheduled(world)
    for _press in range(2):
        with world.session() as session:
            postpone_wave(session, wave, START + 8 * DAY, now=START, actor="test")
    assert acts(world, wave).count("postponed") == 1


@pytest.mark.parametrize(("day", "complaint"), [(0.5, "only put off"), (-1, "only put off")])
def test_an_opening_never_moves_earlier(world: World, day: float, complaint: str) -> None:
    wave = scheduled(world, NO_QUIET_TIMES)
    with world.session() as session, pytest.raises(WaveNotReady, match=complaint):
        postpone_wave(session, wave, START + day * DAY, now=START, actor="test")


def test_an_open_wave_is_not_postponed(world: World) -> None:
    wave = scheduled(world)
    at(world, 1)
    with world.session() as session, pytest.raises(WaveNotReady, match="only a wave with an opening ahead"):
        postpone_wave(session, wave, START + 8 * DAY, now=world.clock(), actor="test")


def looked_at(world: World) -> int:
    """A wave that nobody has answered, on the Tuesday of its look, its reminder two days before the close."""
    wave = scheduled(world, reminders=(LAST_2,))
    at(world, 1)
    at(world, 8)
    return wave


def extend(world: World, wave: int) -> None:
    with world.session() as session:
        extend_wave(session, wave, START + 22 * DAY, now=world.clock(), actor="test")


def test_everybody_is_told_of_an_extension_once_and_not_at_night(world: World) -> None:
    wave = looked_at(world)
    world.clock.pass_time(hours=12)
    for _press in range(2):
        extend(world, wave)
    at(world, 8, 22)
    assert world.mailbox.count() == 27
    at(world, 9, 7)
    at(world, 9, 8)
    told = [mail for mail in world.mailbox.newest(60) if mail.subject.startswith("Open for longer")]
    assert len(told) == len({mail.to for mail in told}) == 27
    assert acts(world, wave).count("extended") == 1


def test_an_extended_wave_reminds_before_its_new_close(world: World) -> None:
    wave = looked_at(world)
    extend(world, wave)
    assert days(reminders(world, wave)) == ["Mon 22 07:00"]


def test_other_quiet_times_move_what_is_ahead_and_no_close(world: World) -> None:
    wave = scheduled(world, reminders=(PLUS_3,))
    quiet = QuietTimes(holidays=frozenset({date(2027, 3, 2), date(2027, 3, 5)}))
    with world.session() as session:
        set_quiet_times(session, 1, quiet, now=START, actor="test")
        row = wave_by_id(session, wave)
        found = (row.opens_at, row.closes_at)
    assert found == (datetime(2027, 3, 3, 7, tzinfo=UTC), START + 15 * DAY)
    assert days(reminders(world, wave)) == ["Mon 08 07:00"]


def test_quiet_times_that_would_keep_a_wave_from_opening_are_refused(world: World) -> None:
    wave = scheduled(world, NIGHT, closes_at=START + 2 * DAY)
    quiet = QuietTimes(holidays=frozenset({date(2027, 3, 2), date(2027, 3, 3)}))
    with world.session() as session, pytest.raises(PlanRefused, match=f"Survey {wave}"):
        set_quiet_times(session, 1, quiet, now=START, actor="test")


def ics(world: World, wave: int) -> bytes:
    with world.app.test_request_context(), world.session() as session:
        return export_calendar(session, wave, host="example.com", title=date_title)


def events(data: bytes) -> dict[str, tuple[int, str]]:
    return {
        str(one["uid"]): (int(one["sequence"]), str(one["status"])) for one in Calendar.from_ical(data).walk("VEVENT")
    }


def test_a_calendar_file_is_the_same_until_a_date_moves_and_names_nobody(world: World) -> None:
    wave = scheduled(world, reminders=(PLUS_3,))
    first = ics(world, wave)
    assert first == ics(world, wave)
    assert not any(word in first for word in (b"mentor", b"Number", b"/s/", b"staff", b"ATTENDEE"))
    before = events(first)
    with world.session() as session:
        postpone_wave(session, wave, START + 8 * DAY, now=START + HOUR, actor="test")
    after = events(ics(world, wave))
    assert before.keys() == after.keys() == {f"wave-{wave}-{n}-1@example.com" for n in EntryKind}
    assert all(after[uid][0] > before[uid][0] for uid in before)


def test_the_dates_of_a_cancelled_wave_are_taken_back(world: World) -> None:
    wave = scheduled(world)
    before = events(ics(world, wave))
    for _press in range(2):
        with world.session() as session:
            cancel_wave(session, world.keys, wave, now=START, actor="test")
    after = events(ics(world, wave))
    assert {status for _sequence, status in after.values()} == {"CANCELLED"}
    assert all(after[uid][0] == before[uid][0] + 1 for uid in before)


def everything(world: World) -> list[tuple[object, ...]]:
    with world.session() as session:
        rows = [session.get_one(Wave, 1), *moments_of(session, 1), *entries_about(session, "wave 1")]
        return [tuple(getattr(row, column.key) for column in row.__table__.columns) for row in rows]


def test_a_dry_run_names_who_gets_no_mail_and_why_and_writes_nothing(world: World) -> None:
    wave = scheduled(world, reminders=(PLUS_3,))
    with world.session() as session:
        leave_programme(session, 1, "mentor.0@example.com", now=START, actor="test")
    before = everything(world)
    with world.session() as session:
        found = dry_run_wave(session, wave, now=START)
    assert [str(one.mail) for one in found.mails] == ["invitation", "reminder-1"]
    assert {one.email: one.left_out for one in found.people if one.left_out} == {
        "mentor.0@example.com": LeftOut.HAS_LEFT
    }
    assert (found.reached, len(found.people), everything(world)) == (26, 27, before)


def test_a_dry_run_is_what_then_happens_whoever_has_answered(world: World) -> None:
    wave = scheduled(world, reminders=(PLUS_3,))
    with world.session() as session:
        token = to_address(opt_out_token(world.keys.opt_out_key(1), 2))
        opt_out(session, token, wants_no_mail=True)
    at(world, 1)
    respond(world, world.links(wave)[:20])
    with world.session() as session:
        found = dry_run_wave(session, wave, now=world.clock())
    (mail,) = found.mails
    before = world.mailbox.count()
    world.clock.now = mail.at
    world.do_what_is_due()
    world.do_what_is_due()
    assert world.mailbox.count() - before == found.reached == 26


def wants_no_mail(world: World, person: int) -> None:
    with world.session() as session:
        opt_out(session, to_address(opt_out_token(world.keys.opt_out_key(1), person)), wants_no_mail=True)


def dry_run(world: World, wave: int) -> DryRun:
    with world.session() as session:
        return dry_run_wave(session, wave, now=world.clock())


def test_a_dry_run_counts_who_wanted_no_mail_at_the_last_one_and_names_nobody(world: World) -> None:
    wave = scheduled(world, reminders=(PLUS_3, PLUS_5))
    at(world, 1)
    before = dry_run(world, wave)
    wants_no_mail(world, 2)
    assert dry_run(world, wave) == before
    world.clock.now = before.mails[0].at
    world.do_what_is_due()
    world.do_what_is_due()
    after = dry_run(world, wave)
    assert after.people == before.people
    assert (before.unwilling, after.unwilling, after.reached) == (0, 1, 26)


def test_a_mail_that_was_dropped_with_its_wave_is_no_wish_for_none(world: World) -> None:
    wave = scheduled(world, reminders=(PLUS_3,))
    world.clock.pass_time(days=1)
    world.do_what_is_due()
    world.close(wave)
    world.send_mails()
    assert set(mail_states(world).values()) == {"skipped"}
    assert dry_run(world, world.planned_wave(1, stage="midpoint")).unwilling == 0


def test_who_has_left_is_not_counted_among_those_who_wanted_no_mail(world: World) -> None:
    wave = scheduled(world)
    wants_no_mail(world, 1)
    at(world, 1)
    assert (dry_run(world, wave).unwilling, dry_run(world, wave).reached) == (1, 26)
    with world.session() as session:
        leave_programme(session, 1, "mentor.0@example.com", now=START, actor="test")
    assert (dry_run(world, wave).unwilling, dry_run(world, wave).reached) == (0, 26)


def test_a_preview_is_what_planning_then_writes_down(world: World) -> None:
    plan = plan_of(world.programme(quiet=DEFAULT_QUIET_TIMES), reminders=(PLUS_3, PLUS_5, LAST_2))
    with world.session() as session:
        seen = preview_wave(session, world.keys, plan, now=START)
        wave = plan_wave(session, world.keys, plan, key_backup_days=7, comment_days=60, now=START, actor="test")
    assert [entry.at for entry in reminders(world, wave)] == [one.at for one in seen.calendar.reminders]


def test_looking_at_a_plan_writes_nothing(world: World) -> None:
    programme = world.programme()
    with world.session() as session:
        preview_wave(session, world.keys, plan_of(programme), now=START)
        assert session.get(Wave, 1) is None


def test_nothing_is_due_at_night(world: World) -> None:
    scheduled(world, reminders=(PLUS_3,))
    world.clock.now = START + DAY + 12 * HOUR
    with world.session() as session:
        assert [one.task for one in what_is_due(session, world.clock())] == [Chore.DESTROY]
