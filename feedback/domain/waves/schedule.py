"""When the parts of a wave happen: from local times and offsets to moments, past quiet times and clock changes.

Pure: knows no clock. A moment moves later or stays, never earlier, and moments keep their order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from feedback.domain.errors import PlanRefused, sentence
from feedback.domain.waves.quiet_times import NO_QUIET_TIMES, QuietTimes, read_time

BETWEEN_REMINDERS = timedelta(hours=20)
"""So far apart two reminders are at least: never two on one working day, and a day apart although clocks change."""
LAST_REMINDER = timedelta(hours=1)
"""So long before the close a reminder goes out at the latest: later it would only annoy."""
FURTHEST_DAYS = 366
_DAY = timedelta(days=1)
_MOST_STEPS = 4 * 366


class Anchor(StrEnum):
    """What an offset counts from."""

    OPENING = "opening"
    CLOSING = "closing"


@dataclass(frozen=True)
class Offset:
    """`days` after the opening, or before the closing, at a time of day where the programme is."""

    anchor: Anchor
    days: int
    at: time = time(10)

    def __str__(self) -> str:
        """Return it as `read_offset` reads it."""
        return f"{'+' if self.anchor is Anchor.OPENING else '-'}{self.days}@{self.at:%H:%M}"


@dataclass(frozen=True)
class Hours:
    """The clocks and the quiet times of a programme."""

    zone: ZoneInfo
    quiet: QuietTimes = NO_QUIET_TIMES

    def are_quiet(self, moment: datetime) -> bool:
        """Tell whether no mail may go out at a moment."""
        return self.quiet.covers(moment.astimezone(self.zone))

    def next_allowed(self, moment: datetime) -> datetime:
        """Return the first moment from `moment` on that is not quiet, in UTC; PlanRefused if there is none for long."""
        moment = moment.astimezone(UTC)
        for _step in range(_MOST_STEPS):
            if not self.are_quiet(moment):
                return moment
            moment = min(later for later in self._ends_of_quiet(moment) if later > moment)
        raise PlanRefused(sentence("The quiet times leave no moment for email within a year; change them first."))

    def waited_since(self, due_at: datetime, now: datetime) -> datetime | None:
        """Return since when what was due at `due_at` could have gone out, or None while it may not: quiet is no delay.

        Looks two days back; what has waited for longer is late whatever the quiet times were.
        """
        if self.are_quiet(now):
            return None
        ends = (at for at in self._ends_of_quiet(now - 2 * _DAY) if at <= now)
        return max([due_at, *(at for at in ends if self.are_quiet(at - timedelta(seconds=1)))])

    def _ends_of_quiet(self, moment: datetime) -> Iterator[datetime]:
        """Yield each moment near `moment` at which a quiet time may end: midnights, and ends of the quiet hours."""
        today = moment.astimezone(self.zone).date()
        for day in (today, today + _DAY, today + 2 * _DAY):
            for at in (time(0), self.quiet.ends):
                yield from both_moments(datetime.combine(day, at), self.zone)


def read_offset(text: str) -> Offset:
    """Return the offset that a text means, or raise PlanRefused.

    "+5" is five days after the opening, "-2@09:30" two days before the close at half past nine; else it is ten.
    """
    days, _at, at = text.strip().partition("@")
    if days[:1] not in {"+", "-"} or not days[1:].isdecimal() or int(days[1:]) > FURTHEST_DAYS:
        raise PlanRefused(
            f"“{text}” is not a time for a reminder; write +5@10:00 for five days after the opening at ten, "
            "-2@10:00 for two days before the close."
        )
    anchor = Anchor.OPENING if days[0] == "+" else Anchor.CLOSING
    return Offset(anchor, int(days[1:]), read_time(at) if at else time(10))


def moment_of(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment, in UTC, at which clocks in `zone` show `local` or later; `local` has no zone.

    Of two (clocks go back) it is the first; of a time that is skipped (clocks go forward) the end of the gap.
    """
    return min(both_moments(local, zone))


def last_moment_of(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the last moment at which clocks in `zone` show `local`: what people read as the end of a promise."""
    return max(both_moments(local, zone))


def both_moments(local: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the moments at which clocks show `local`, earlier first: mostly equal, two where clocks go back."""
    first, second = (local.replace(fold=fold, tzinfo=zone).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return first, second
    end = _end_of_gap(second, first, zone)
    return end, end


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment, to the second, after `before` at which `zone` has the offset that it has at `after`."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def plain_moment(offset: Offset, opens_at: datetime, closes_at: datetime, zone: ZoneInfo) -> datetime:
    """Return when an offset falls, before any quiet time is looked at."""
    days = timedelta(days=offset.days)
    if offset.anchor is Anchor.OPENING:
        return moment_of(datetime.combine(_day(opens_at, zone) + days, offset.at), zone)
    return moment_of(datetime.combine(_day(closes_at, zone) - days, offset.at), zone)


def place_reminders(
    plain: Sequence[datetime], closes_at: datetime, hours: Hours, *, after: datetime
) -> tuple[datetime | None, ...]:
    """Return when reminders go out that are wished for at `plain` moments, in their order; None for one left out.

    Each waits for the end of a quiet time and keeps its distance from the mail before: the first from the one that
    went out at `after`. One that would then come too close to the close is left out.
    """
    placed: list[datetime | None] = []
    earliest = after + BETWEEN_REMINDERS
    for wished in sorted(plain):
        at = hours.next_allowed(max(wished, earliest))
        placed.append(at if at <= closes_at - LAST_REMINDER else None)
        earliest = at + BETWEEN_REMINDERS
    return tuple(placed)


def moved_by_days(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the moment `days` later at the same time of day; the later one where clocks show it twice."""
    local = moment.astimezone(zone).replace(tzinfo=None)
    return last_moment_of(local + timedelta(days=days), zone)


def days_between(before: datetime, after: datetime, zone: ZoneInfo) -> int:
    """Return how many days lie between two moments on the calendar where the programme is."""
    return (_day(after, zone) - _day(before, zone)).days


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
