"""A calendar as an iCalendar file (RFC 5545): in UTC, and the same bytes for the same dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event

from feedback.rendering.wording import printable

_PRODUCT = "-//Feedback//Calendar of surveys//EN"


@dataclass(frozen=True)
class CalendarEvent:
    """One date. `uid` names it for ever; a higher `sequence` tells calendar programs that it has changed since."""

    uid: str
    at: datetime
    title: str
    sequence: int
    changed_at: datetime
    is_cancelled: bool = False


def write_calendar(events: Iterable[CalendarEvent]) -> bytes:
    """Return the file, its events in the order of the list. It warns nobody and marks nobody as busy."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for one in events:
        calendar.add_component(_event(one))
    return bytes(calendar.to_ical())


def _event(one: CalendarEvent) -> Event:
    event = Event()
    event.add("uid", one.uid)
    event.add("dtstamp", one.changed_at)
    event.add("dtstart", one.at)
    event.add("summary", printable(one.title))
    event.add("sequence", one.sequence)
    event.add("status", "CANCELLED" if one.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event
