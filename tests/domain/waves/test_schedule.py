"""The calendar of a wave, over many zones and their clock changes."""

# Local times have no zone until they are put into one.
# ruff: noqa: DTZ001

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.errors import PlanRefused
from feedback.domain.waves.quiet_times import (
    DEFAULT_QUIET_TIMES,
    NO_QUIET_TIMES,
    QuietTimes,
    quiet_times_from,
    quiet_times_record,
    read_quiet_times,
)
from feedback.domain.waves.schedule import (
    BETWEEN_REMINDERS,
    LAST_REMINDER,
    Anchor,
    Hours,
    Offset,
    days_between,
    last_moment_of,
    moment_of,
    moved_by_days,
    place_reminders,
    plain_moment,
    read_offset,
)
from tests.tried import tried

PARIS = ZoneInfo("Europe/Paris")
# Half-hour changes, changes at midnight, a day that never was, and zones that never change.
HARD = (
    "Europe/Paris",
    "Europe/London",
    "America/New_York",
    "America/Santiago",
    "Asia/Beirut",
    "Africa/Cairo",
    "America/Asuncion",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "America/St_Johns",
    "UTC",
)
zones = st.one_of(st.sampled_from(HARD), st.sampled_from(sorted(available_timezones()))).map(ZoneInfo)
times = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))
local_times = st.datetimes(datetime(2009, 1, 1), datetime(2037, 12, 1)).map(lambda at: at.replace(microsecond=0))
moments = local_times.map(lambda at: at.replace(tzinfo=UTC))


@st.composite
def quiet_times(draw: st.DrawFn) -> QuietTimes:
    weekdays = draw(st.sets(st.integers(0, 6), max_size=5))
    holidays = draw(st.sets(st.dates(date(2026, 1, 1), date(2028, 1, 1)), max_size=8))
    begins, ends = draw(times), draw(times)
    waking = (begins.hour * 60 + begins.minute - ends.hour * 60 - ends.minute) % 1440
    return QuietTimes(begins, begins if waking < 60 else ends, frozenset(weekdays), frozenset(holidays))


@st.composite
def changes(draw: st.DrawFn) -> tuple[Hours, datetime]:
    """A moment within two days of a clock change of a zone, if it has any that year."""
    zone = draw(zones)
    start = datetime(draw(st.integers(2010, 2036)), 1, 1, tzinfo=UTC)
    days = [start + timedelta(days=number) for number in range(366)]
    near = [a for a, b in pairwise(days) if a.astimezone(zone).utcoffset() != b.astimezone(zone).utcoffset()]
    day = draw(st.sampled_from(near or days))
    return Hours(zone, draw(quiet_times())), day + timedelta(minutes=draw(st.integers(-1440, 2880)))


@given(local_times, zones)
def test_a_local_time_becomes_a_moment_at_which_clocks_show_it_or_the_end_of_the_gap(
    local: datetime, zone: ZoneInfo
) -> None:
    moment = moment_of(local, zone)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    just_before = (moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
    assert shown == local or just_before < local < shown


@tried(300)
@given(changes(), st.integers(0, 240))
def test_local_times_keep_their_order_over_a_clock_change(near: tuple[Hours, datetime], minutes: int) -> None:
    zone = near[0].zone
    local = near[1].astimezone(zone).replace(tzinfo=None)
    later = local + timedelta(minutes=minutes)
    assert moment_of(local, zone) <= moment_of(later, zone)
    assert last_moment_of(local, zone) <= last_moment_of(later, zone)


@tried(500)
@given(changes())
def test_a_moment_moves_to_the_very_next_that_is_not_quiet(near: tuple[Hours, datetime]) -> None:
    hours, moment = near
    allowed = hours.next_allowed(moment)
    assert allowed >= moment
    assert not hours.are_quiet(allowed)
    step = max((allowed - moment) / 500, timedelta(seconds=1))
    between = [moment + number * step for number in range(500) if moment + number * step < allowed]
    assert all(hours.are_quiet(one) for one in between)
    assert allowed == moment or hours.are_quiet(allowed - timedelta(seconds=1))


@given(changes())
def test_moving_a_second_time_moves_nothing(near: tuple[Hours, datetime]) -> None:
    hours, moment = near
    assert hours.next_allowed(hours.next_allowed(moment)) == hours.next_allowed(moment)


@given(changes(), st.integers(0, 100_000))
def test_moved_moments_keep_their_order(near: tuple[Hours, datetime], seconds: int) -> None:
    hours, moment = near
    assert hours.next_allowed(moment) <= hours.next_allowed(moment + timedelta(seconds=seconds))


@tried(300)
@given(changes(), st.lists(st.integers(0, 40 * 24 * 60), min_size=1, max_size=3), st.integers(1, 60))
def test_reminders_are_late_or_left_out_never_early_quiet_together_or_at_the_close(
    near: tuple[Hours, datetime], minutes: list[int], days: int
) -> None:
    hours, opens_at = near
    closes_at = opens_at + timedelta(days=days)
    plain = sorted(opens_at + timedelta(minutes=number) for number in minutes)
    placed = place_reminders(plain, closes_at, hours, after=opens_at)
    kept = [at for at in placed if at is not None]
    assert all(at is None or at >= wished for at, wished in zip(placed, plain, strict=True))
    assert not any(hours.are_quiet(at) for at in kept)
    assert all(later - earlier >= BETWEEN_REMINDERS for earlier, later in pairwise([opens_at, *kept]))
    assert all(at <= closes_at - LAST_REMINDER for at in kept)
    assert place_reminders(kept, closes_at, hours, after=opens_at) == tuple(kept)


@given(changes(), st.integers(0, 30), times)
def test_an_offset_counts_days_on_the_calendar_of_the_place(near: tuple[Hours, datetime], days: int, at: time) -> None:
    hours, opens_at = near
    plain = plain_moment(Offset(Anchor.OPENING, days, at), opens_at, opens_at + timedelta(days=60), hours.zone)
    day = opens_at.astimezone(hours.zone).date() + timedelta(days=days)
    assert plain == moment_of(datetime.combine(day, at), hours.zone)


@given(changes(), st.integers(1, 60))
def test_what_is_put_off_by_days_keeps_its_time_of_day_or_is_later(near: tuple[Hours, datetime], days: int) -> None:
    hours, moment = near
    later = moved_by_days(moment, days, hours.zone)
    wished = moment.astimezone(hours.zone).replace(tzinfo=None) + timedelta(days=days)
    assert later.astimezone(hours.zone).replace(tzinfo=None) >= wished
    assert later > moment


@given(quiet_times())
def test_quiet_times_are_read_as_they_were_written(quiet: QuietTimes) -> None:
    found = quiet_times_from(quiet_times_record(quiet))
    assert quiet_times_record(found) == quiet_times_record(quiet)


@given(st.builds(Offset, st.sampled_from(Anchor), st.integers(0, 366), times))
def test_an_offset_is_read_as_it_was_written(offset: Offset) -> None:
    assert read_offset(str(offset)) == offset


@pytest.mark.parametrize(
    ("local", "first", "last"),
    [
        (datetime(2027, 3, 28, 2, 30), "01:00", "01:00"),
        (datetime(2027, 10, 31, 2, 30), "00:30", "01:30"),
        (datetime(2027, 6, 1, 9, 0), "07:00", "07:00"),
    ],
)
def test_a_skipped_time_is_the_end_of_the_gap_and_of_a_double_one_the_promise_is_the_later(
    local: datetime, first: str, last: str
) -> None:
    assert f"{moment_of(local, PARIS):%H:%M}" == first
    assert f"{last_moment_of(local, PARIS):%H:%M}" == last


@pytest.mark.parametrize(
    ("local", "allowed"),
    [
        ((2027, 3, 5, 20, 0), "2027-03-08 08:00"),
        ((2027, 3, 5, 19, 59), "2027-03-05 19:59"),
        ((2027, 3, 8, 7, 59), "2027-03-08 08:00"),
        ((2027, 3, 6, 12, 0), "2027-03-08 08:00"),
        ((2027, 12, 24, 9, 0), "2027-12-27 08:00"),
    ],
)
def test_by_default_no_mail_goes_out_at_night_or_on_a_weekend(local: tuple[int, ...], allowed: str) -> None:
    quiet = QuietTimes(holidays=frozenset({date(2027, 12, 24)}))
    found = Hours(PARIS, quiet).next_allowed(moment_of(datetime(*local), PARIS))
    assert f"{found.astimezone(PARIS):%Y-%m-%d %H:%M}" == allowed


def test_without_quiet_times_nothing_moves() -> None:
    sunday_night = datetime(2027, 3, 7, 2, 0, tzinfo=UTC)
    assert Hours(PARIS, NO_QUIET_TIMES).next_allowed(sunday_night) == sunday_night


def test_days_are_counted_where_the_programme_is() -> None:
    late = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)
    assert days_between(datetime(2027, 3, 1, 9, tzinfo=UTC), late, PARIS) == 1


@pytest.mark.parametrize(
    ("hours", "weekdays", "holidays", "complaint"),
    [
        ("20:00", [], [], "20:00-08:00"),
        ("20-8", [], [], "09:30"),
        ("08:00-07:30", [], [], "less than an hour"),
        ("none", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], [], "at least one"),
        ("none", ["Sonntag"], [], "not a weekday"),
        ("none", [], ["24.12.2027"], "2027-12-24"),
        ("none", [], [f"2027-{month:02}-{day:02}" for month in (1, 3, 5) for day in range(1, 30)], "fewer holidays"),
    ],
)
def test_quiet_times_that_cannot_be_are_refused(
    hours: str, weekdays: list[str], holidays: list[str], complaint: str
) -> None:
    with pytest.raises(PlanRefused, match=complaint):
        read_quiet_times(hours, weekdays, holidays)


@pytest.mark.parametrize("text", ["", "5", "+", "+five", "+400", "5@10:00", "+5@25:00", "2027-03-01"])
def test_what_is_no_offset_is_refused(text: str) -> None:
    with pytest.raises(PlanRefused):
        read_offset(text)


def test_the_default_is_a_working_week() -> None:
    assert quiet_times_record(DEFAULT_QUIET_TIMES) == {
        "hours": "20:00-08:00",
        "weekdays": ["sat", "sun"],
        "holidays": [],
    }


def test_a_quiet_time_that_clocks_show_twice_ends_twice() -> None:
    hours = Hours(PARIS, QuietTimes(time(22), time(2, 30), frozenset()))
    second_quarter_past_two = datetime(2027, 10, 31, 1, 15, tzinfo=UTC)
    assert hours.next_allowed(second_quarter_past_two) == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
