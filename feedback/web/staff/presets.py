"""The usual dates of a programme's three surveys: from one first day on, each open for two weeks."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from feedback.domain.errors import PlanRefused
from feedback.domain.waves.schedule import Anchor, Hours, moment_of
from feedback.domain.waves.states import SEQUENCE

PRESETS = {"half": (0, 3, 6), "year": (0, 6, 12)}
"""After how many months each survey opens."""
OPEN_FOR = timedelta(days=14)
_OPENS_AT = time(9)
_REMINDED_AT = time(10)
_FURTHEST = date(9000, 1, 1)


def first_day(hours: Hours, now: datetime) -> date:
    """Return the next day on which emails go out in the morning, from tomorrow on."""
    tomorrow = now.astimezone(hours.zone).date() + timedelta(days=1)
    wished = moment_of(datetime.combine(tomorrow, _OPENS_AT), hours.zone)
    try:
        return hours.next_allowed(wished).astimezone(hours.zone).date()
    except PlanRefused:
        return tomorrow


def preset_dates(name: str, first: date, taken: Collection[str]) -> dict[str, dict[str, object]]:
    """Return what the form of three surveys is filled with; a stage that is `taken` is not wanted again."""
    months = PRESETS[name]
    return {
        stage: {"wanted": stage not in taken, **_dates(months_later(first, later))}
        for stage, later in zip(SEQUENCE, months, strict=True)
    }


def _dates(opens_on: date) -> dict[str, object]:
    return {
        "opens_on": opens_on,
        "closes_on": opens_on + OPEN_FOR,
        "first": {"days": 5, "anchor": Anchor.OPENING.value, "at": _REMINDED_AT},
        "second": {"days": 2, "anchor": Anchor.CLOSING.value, "at": _REMINDED_AT},
    }


def months_later(on: date, months: int) -> date:
    """Return the same day of a later month, or its last day if it has no such day."""
    on = min(on, _FURTHEST)
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(on.day, (following - timedelta(days=1)).day))
