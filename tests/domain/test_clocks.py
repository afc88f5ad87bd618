"""When a worker's clock is not trusted."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback.domain.clocks import ClockDoubt, ClockReading, LastReading, MachineRun, doubt_about

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
RUN, ANOTHER = MachineRun(7, NOW - timedelta(days=40)), MachineRun(8, NOW - timedelta(minutes=3))
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))


def doubt(
    ahead: timedelta = timedelta(),
    database: timedelta | None = timedelta(),
    tick: timedelta | None = -SECOND,
    run: MachineRun | None = RUN,
    last: MachineRun | None = RUN,
) -> ClockDoubt | None:
    """Of a clock that is ahead of what is right, in the same run of the machine as the last tick, or in another."""
    now = run and MachineRun(run.id, run.began_at + ahead)
    reading = ClockReading(NOW + ahead, now, None if database is None else NOW + database)
    return doubt_about(reading, LastReading(None if tick is None else NOW + tick, last))


def test_a_right_clock_is_trusted_whatever_is_known() -> None:
    for database in (None, timedelta(), MINUTE, -MINUTE):
        for tick in (None, -SECOND, -DAY, MINUTE):
            for run in (RUN, ANOTHER, None):
                for last in (RUN, None):
                    assert doubt(database=database, tick=tick, run=run, last=last) is None


@pytest.mark.parametrize("ahead", [20 * DAY, -3 * HOUR, MINUTE + SECOND, -MINUTE - SECOND])
def test_a_clock_that_is_not_the_databases_is_not(ahead: timedelta) -> None:
    for tick in (None, -SECOND):
        assert doubt(ahead, tick=tick) is ClockDoubt.APART


@pytest.mark.parametrize("ahead", [20 * DAY, HOUR + SECOND])
def test_without_a_clock_in_the_database_the_machines_own_run_is_the_witness(ahead: timedelta) -> None:
    assert doubt(ahead, database=None) is ClockDoubt.JUMPED
    assert doubt(HOUR, database=None) is None
    # Nothing is known of a machine that was started anew, within a week.
    assert doubt(6 * DAY, database=None, run=ANOTHER) is None


def test_a_machine_that_slept_is_trusted() -> None:
    assert doubt(database=None, tick=-90 * DAY) is None


def test_a_last_tick_that_lies_ahead_is_wrong() -> None:
    for database in (None, timedelta()):
        assert doubt(database=database, tick=MINUTE + SECOND) is ClockDoubt.BEHIND


def test_a_gap_that_nothing_witnesses_is_asked_about_after_a_week() -> None:
    for database in (None, timedelta()):
        assert doubt(database=database, tick=-7 * DAY, run=ANOTHER) is None
        assert doubt(database=database, tick=-7 * DAY - SECOND, run=ANOTHER) is ClockDoubt.SILENT


def test_a_difference_that_somebody_accepted_is_no_doubt_and_another_is() -> None:
    reading = ClockReading(NOW + 20 * DAY, None, NOW)
    assert doubt_about(reading, LastReading(None, None), 20 * DAY) is None
    assert doubt_about(reading, LastReading(None, None), 19 * DAY) is ClockDoubt.APART
