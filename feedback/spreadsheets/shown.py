"""What a cell shows: a number or a date as its format writes it, or in the plainest way that loses nothing."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

GENERAL = "General"
_MONTHS = ("January February March April May June July August September October November December").split()  # noqa: SIM905
_TOKEN = re.compile(r"yyyy|yy|mmmm|mmm|mm|m|dd|d|[-/. ,]", re.IGNORECASE)
_NOISE = re.compile(r"\[[^\]]*\]|\\(?=.)|\"|;@?.*$")
# What Excel itself shows for these depends on the country; ISO 8601 is read everywhere.
_BY_COUNTRY = {"mm-dd-yy", "m/d/yy", "mm/dd/yy", GENERAL}


def shown(value: Any, number_format: str = GENERAL) -> str:
    """Return what a cell with this value and number format shows."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, date | datetime):
        return _date(value, number_format)
    if isinstance(value, time):
        return value.isoformat("minutes")
    return str(value)


def _number(value: float, number_format: str) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        value = int(value)
    first = number_format.split(";")[0]
    if isinstance(value, int) and re.fullmatch(r"0+", first):
        return f"{value:0{len(first)}}"
    if first.endswith("%"):
        return f"{Decimal(repr(value)) * 100:f}".rstrip("0").rstrip(".") + "%"
    return repr(value)


def _date(value: date | datetime, number_format: str) -> str:
    plain = _NOISE.sub("", number_format)
    day = value.date() if isinstance(value, datetime) else value
    if number_format not in _BY_COUNTRY and "".join(_TOKEN.findall(plain)) == plain:
        return _TOKEN.sub(lambda token: _token(token[0].lower(), day), plain)
    if isinstance(value, datetime) and value.time() != time():
        return value.isoformat(" ", "minutes")
    return day.isoformat()


def _token(token: str, day: date) -> str:
    name = _MONTHS[day.month - 1]
    values = {
        "yyyy": f"{day.year:04}",
        "yy": f"{day.year % 100:02}",
        "mmmm": name,
        "mmm": name[:3],
        "mm": f"{day.month:02}",
        "m": f"{day.month}",
        "dd": f"{day.day:02}",
        "d": f"{day.day}",
    }
    return values.get(token, token)
