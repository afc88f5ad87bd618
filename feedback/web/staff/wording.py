"""Dates as staff read them: in the programme's time zone and the reader's language."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask_babel import get_locale


def language() -> str:
    """Return the language of the request, such as "en"."""
    return str(get_locale() or "en")


def moment_in_words(at: datetime, time_zone: ZoneInfo) -> str:
    """Return such as "Friday 12 June 2026, 18:00 (Europe/London)"."""
    return format_datetime(at.astimezone(time_zone), "EEEE d MMMM y, HH:mm '('VV')'", locale=language())


def moment_in_utc(at: datetime) -> str:
    """Return such as "Friday 12 June 2026, 16:00", for what belongs to no programme; say UTC beside it."""
    return format_datetime(at.astimezone(UTC), "EEEE d MMMM y, HH:mm", locale=language())


def day_in_words(day: date) -> str:
    """Return such as "12 June 2026"."""
    return format_date(day, "d MMMM y", locale=language())
