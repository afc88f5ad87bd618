"""A wave's calendar as a list from the first date to the last, with today in its place."""

from dataclasses import dataclass
from datetime import datetime

from feedback.domain.waves.states import ENDED
from feedback.services.waves.show_wave import CalendarEntry, WaveView
from feedback.web.staff.wording import day_and_time


@dataclass(frozen=True)
class ListedDate:
    """One line: an entry with its moment, and when it was planned for if it came earlier. Without one it is today."""

    entry: CalendarEntry | None
    at: str
    planned_at: str = ""


def listed_dates(wave: WaveView, now: datetime) -> list[ListedDate]:
    """Return the dates in their order; of a wave that is over without today."""
    entries = sorted(wave.calendar, key=lambda one: (one.at is not None, one.at))
    lines = [
        ListedDate(one, day_and_time(one.at, wave.time_zone), day_and_time(one.planned_at, wave.time_zone))
        for one in entries
    ]
    if wave.state not in ENDED:
        place = next((at for at, one in enumerate(entries) if one.at is None or one.at > now), len(lines))
        lines.insert(place, ListedDate(None, day_and_time(now, wave.time_zone)))
    return lines
