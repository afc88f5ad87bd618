"""Moments as staff read them: in the programme's time zone and the reader's language."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from feedback.locales import moments
from feedback.locales.speech import spoken


def moment_in_words(at: datetime | None, time_zone: ZoneInfo) -> str:
    """Return such as "Friday 12 June 2026, 18:00 (Europe/London)"; empty for no moment."""
    return "" if at is None else moments.moment(at, time_zone, spoken().code)


def day_and_time(at: datetime | None, time_zone: ZoneInfo) -> str:
    """Return such as "Friday 12 June 2026, 18:00", for a page that says whose clocks are meant; empty for no moment."""
    return "" if at is None else moments.day_and_time(at, time_zone, spoken().code)


def time_in_words(at: time) -> str:
    """Return such as "20:00"."""
    return moments.time_of_day(at, spoken().code)
