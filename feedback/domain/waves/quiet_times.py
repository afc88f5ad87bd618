"""Quiet times: the hours, weekdays and holidays of a programme in which no mail goes out.

Refuses settings under which a mail could wait for months.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from feedback.domain.errors import PlanRefused, sentence

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_HOLIDAYS = 60
SHORTEST_WAKING_MINUTES = 60


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


@dataclass(frozen=True)
class QuietTimes:
    """Quiet from `begins` until `ends` each night (equal: no quiet hours), on `weekdays` (0 is Monday), on `holidays`.

    All are meant on the clocks where the programme is. Raises PlanRefused for what leaves hardly a moment for mail.
    """

    begins: time = time(20)
    ends: time = time(8)
    weekdays: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what would hold mails back for months."""
        if not self.weekdays < frozenset(range(7)):
            raise PlanRefused(
                sentence("All seven weekdays would be quiet, so no email could ever go out. Leave at least one.")
            )
        if len(self.holidays) > MOST_HOLIDAYS:
            raise PlanRefused(
                sentence("There is room for fewer holidays than that (%(most)s); take out those that are past."),
                most=MOST_HOLIDAYS,
            )
        if (_minutes(self.begins) - _minutes(self.ends)) % 1440 < SHORTEST_WAKING_MINUTES and self.begins != self.ends:
            raise PlanRefused(
                sentence("The quiet hours leave less than an hour a day for email. Let them begin later or end sooner.")
            )

    def covers(self, local: datetime) -> bool:
        """Tell whether a moment is quiet; `local` is what clocks and calendars show where the programme is."""
        return self.covers_day(local.date()) or self._covers_hour(local.time())

    def covers_day(self, day: date) -> bool:
        """Tell whether a whole day is quiet."""
        return day.weekday() in self.weekdays or day in self.holidays

    def _covers_hour(self, at: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


DEFAULT_QUIET_TIMES = QuietTimes()
NO_QUIET_TIMES = QuietTimes(time(0), time(0), frozenset())


def read_quiet_times(hours: str, weekdays: Iterable[str], holidays: Iterable[str]) -> QuietTimes:
    """Return quiet times as people write them, or raise PlanRefused naming what cannot be read.

    `hours` is such as "20:00-08:00", or "none"; `weekdays` such as "sat"; `holidays` such as "2027-12-24".
    """
    begins, ends = (time(0), time(0)) if hours.strip().lower() in {"", "none"} else _hours(hours)
    days = frozenset(_weekday(word) for word in weekdays if word.strip())
    return QuietTimes(begins, ends, days, frozenset(_day(word) for word in holidays if word.strip()))


def quiet_times_record(quiet: QuietTimes) -> dict[str, object]:
    """Return quiet times as JSON can hold them."""
    return {
        "hours": hours_in_digits(quiet),
        "weekdays": [WEEKDAYS[day] for day in sorted(quiet.weekdays)],
        "holidays": [day.isoformat() for day in sorted(quiet.holidays)],
    }


def quiet_times_from(record: Mapping[str, Any]) -> QuietTimes:
    """Return the quiet times that `quiet_times_record` wrote."""
    return read_quiet_times(record["hours"], record["weekdays"], record["holidays"])


def hours_in_digits(quiet: QuietTimes) -> str:
    """Return such as "20:00-08:00", or "none"."""
    return "none" if quiet.begins == quiet.ends else f"{quiet.begins:%H:%M}-{quiet.ends:%H:%M}"


def read_time(text: str) -> time:
    """Return a time of day such as 09:30, or raise PlanRefused."""
    try:
        return datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007
    except ValueError:
        raise PlanRefused(f"“{text}” is not a time of day; write it like 09:30.") from None


def _hours(text: str) -> tuple[time, time]:
    begins, _dash, ends = text.replace("–", "-").partition("-")
    if not _dash:
        raise PlanRefused(f"“{text}” are no quiet hours; write them like 20:00-08:00, or none.")
    return read_time(begins), read_time(ends)


def _weekday(word: str) -> int:
    if word.strip().lower() not in WEEKDAYS:
        raise PlanRefused(f"“{word}” is not a weekday; write {', '.join(WEEKDAYS)}.")
    return WEEKDAYS.index(word.strip().lower())


def _day(word: str) -> date:
    try:
        return datetime.strptime(word.strip(), "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        raise PlanRefused(sentence("“%(text)s” is not a day; write it like 2027-12-24."), text=word) from None
