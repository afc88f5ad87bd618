"""Dates and times as each language writes them. Digits are 0 to 9 in every language: see docs/languages.md."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_datetime_format

# Locale "en" is that of the United States; the service speaks the other English.
_FULL = {"en": "EEEE d MMMM y"}
_LONG = {"en": "d MMMM y"}
_TIME = {"en": "HH:mm"}


def day(on: date, code: str) -> str:
    """Return such as "15 March 2027"."""
    return format_date(on, _LONG.get(code, "long"), locale=code)


def weekday_and_day(on: date, code: str) -> str:
    """Return such as "Monday 15 March 2027"."""
    return format_date(on, _FULL.get(code, "full"), locale=code)


def time_of_day(at: datetime | time, code: str) -> str:
    """Return such as "10:00", in the time zone of `at` if it has one."""
    return format_time(at, _TIME.get(code, "short"), locale=code)


def end_of(at: datetime) -> tuple[date, time | None]:
    """Return the day on which something ends and the time; of what ends at midnight, the day before and no time.

    Nobody reads "until Monday, 00:00" as the night from Sunday to Monday.
    """
    if at.time() == time.min:
        return at.date() - timedelta(days=1), None
    return at.date(), at.time()


def moment(at: datetime, time_zone: ZoneInfo, code: str) -> str:
    """Return such as "Monday 15 March 2027, 10:00 (Europe/Paris)"."""
    local = at.astimezone(time_zone)
    both = str(get_datetime_format("full", locale=code)).format(
        time_of_day(local, code), weekday_and_day(local.date(), code)
    )
    return f"{both} ({time_zone.key})"
