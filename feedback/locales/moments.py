"""Dates and times as each language writes them. Digits are 0 to 9 in every language: see docs/languages.md."""

import re
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta, get_datetime_format, get_timezone_location

from feedback.domain.errors import sentence
from feedback.locales.catalogues import catalogue

# Locale "en" is that of the United States; the service speaks the other English.
_FULL = {"en": "EEEE d MMMM y"}
_LONG = {"en": "d MMMM y"}
_TIME = {"en": "HH:mm"}
# Babel reads a code anew for every part of a date.
_locale = cache(Locale.parse)


def day(on: date, code: str) -> str:
    """Return such as "15 March 2027"."""
    return _first(on, format_date(on, _LONG.get(code, "long"), locale=_locale(code)), code)


def weekday_and_day(on: date, code: str) -> str:
    """Return such as "Monday 15 March 2027"."""
    return _first(on, format_date(on, _FULL.get(code, "full"), locale=_locale(code)), code)


def month(on: date, code: str) -> str:
    """Return the short name of a month, such as "Mar"."""
    return str(format_date(on, "LLL", locale=_locale(code)))


def _first(on: date, said: str, code: str) -> str:
    """Return a date with the first of a month as French says it: "1er mars"."""
    return re.sub(r"\b1\b", "1er", said, count=1) if code == "fr" and on.day == 1 else said


def time_of_day(at: datetime | time, code: str) -> str:
    """Return such as "10:00", in the time zone of `at` if it has one."""
    return format_time(at, _TIME.get(code, "short"), locale=_locale(code))


def ago(length: timedelta, code: str) -> str:
    """Return such as "3 minutes ago"; never less than a minute."""
    return format_timedelta(-max(length, timedelta(minutes=1)), "minute", add_direction=True, locale=_locale(code))


def end_of(at: datetime) -> tuple[date, time | None]:
    """Return the day on which something ends and the time; of what ends at midnight, the day before and no time.

    Nobody reads "until Monday, 00:00" as the night from Sunday to Monday.
    """
    if at.time() == time.min:
        return at.date() - timedelta(days=1), None
    return at.date(), at.time()


def moment(at: datetime, time_zone: ZoneInfo, code: str) -> str:
    """Return such as "Monday 15 March 2027, 10:00 (Paris time)"."""
    return f"{day_and_time(at, time_zone, code)} ({clocks_of(time_zone, code)})"


def day_and_time(at: datetime, time_zone: ZoneInfo, code: str) -> str:
    """Return such as "Monday 15 March 2027, 10:00", where it is said elsewhere whose clocks are meant."""
    local = at.astimezone(time_zone)
    words = time_of_day(local, code), weekday_and_day(local.date(), code)
    return str(get_datetime_format("full", locale=_locale(code))).format(*words)


def closing(at: datetime, time_zone: ZoneInfo, code: str) -> str:
    """Return until when something is open: as `moment`, or "the end of Sunday 14 March 2027 (Paris time)"."""
    on, time_of_closing = end_of(at.astimezone(time_zone))
    if time_of_closing is not None:
        return moment(at, time_zone, code)
    said = catalogue(code).ugettext(sentence("the end of %(date)s (%(zone)s)"))
    return str(said % {"date": weekday_and_day(on, code), "zone": clocks_of(time_zone, code)})


@cache
def clocks_of(time_zone: ZoneInfo, code: str) -> str:
    """Return whose clocks a time is told by, such as "Paris time"; of a zone without a city its own name."""
    if "/" not in time_zone.key or time_zone.key.startswith("Etc/"):
        return time_zone.key
    said = catalogue(code).ugettext(sentence("%(place)s time"))
    return str(said % {"place": get_timezone_location(time_zone, locale=_locale(code), return_city=True)})
