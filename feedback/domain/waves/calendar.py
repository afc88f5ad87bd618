"""The whole calendar of a wave, drawn ahead from what was wished for: opening, reminders, looks, closing.

Mails (the opening sends invitations) wait for the end of quiet times. The close is a promise and no mail: it stays.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from feedback.domain.errors import ClosingRefused, LookRefused, OpeningRefused, PlanRefused, ReminderRefused, sentence
from feedback.domain.waves.schedule import Hours, Offset, place_reminders, plain_moment
from feedback.domain.waves.states import SIZE_FOR_WEEKLY_BANDS

MOST_REMINDERS = 3
SHORTEST_OPENING = timedelta(hours=1)
LONGEST_CLOSING = timedelta(days=7)
"""What cannot close for so long after its end is destroyed unopened: that it would be gone by then was promised."""
SHORTEST_TRIES = timedelta(days=1)
"""But not before the close has been tried for so long, however late a worker came."""
USUAL_CLOSING = timedelta(minutes=15)
"""Whoever still tries to close a wave after this is said not to succeed."""
_WEEK = timedelta(days=7)
_BETWEEN = sentence("Reminders and the look must lie between opening and closing.")


def keys_gone_by(closes_on: date, backup_days: int) -> date:
    """Return the day by whose end the last backup of a wave's keys is gone, whether it closed, was held or discarded.

    The keys themselves are gone a week after the wave's end, if a worker is at work within six days of it. One more day
    is for what midnight, or a change of the clocks, pushes into the next.
    """
    return closes_on + LONGEST_CLOSING + timedelta(days=backup_days + 1)


@dataclass(frozen=True)
class Wishes:
    """When things are wished to happen. Without `opens_at` somebody opens the wave by hand, as if now.

    A reminder is an offset, or a fixed moment. Without `look_at` there is a look half-way, or one a week.
    """

    opens_at: datetime | None
    closes_at: datetime
    reminders: tuple[Offset | datetime, ...] = ()
    look_at: datetime | None = None


@dataclass(frozen=True)
class PlannedReminder:
    """One reminder: when it goes out, when it was wished for, and the offset it came from, if it did."""

    at: datetime
    wished_at: datetime
    offset: Offset | None


@dataclass(frozen=True)
class WaveCalendar:
    """The dates of a wave, in order. `opens_at` is None if it is opened by hand; `opening_moved` by a quiet time."""

    opens_at: datetime | None
    reminders: tuple[PlannedReminder, ...]
    looks: tuple[datetime, ...]
    closes_at: datetime
    opening_moved: bool


def draw_calendar(wishes: Wishes, hours: Hours, *, now: datetime, invited: int) -> WaveCalendar:
    """Return the calendar of a wave for so many people, or raise PlanRefused naming the date that cannot be."""
    if wishes.opens_at is not None and wishes.opens_at < now:
        raise OpeningRefused(sentence("The opening lies in the past; name a later time, or none to open it by hand."))
    opens_at = None if wishes.opens_at is None else hours.next_allowed(wishes.opens_at)
    opening = opens_at or now
    if wishes.closes_at < opening + SHORTEST_OPENING:
        raise ClosingRefused(
            sentence("It would close before people can answer; close it at least an hour after the opening.")
        )
    if len(wishes.reminders) > MOST_REMINDERS:
        raise PlanRefused(f"A wave has at most {MOST_REMINDERS} reminders.")
    reminders = _reminders(wishes, hours, opening)
    looks = _looks(wishes, opening, invited)
    if not all(opening < moment < wishes.closes_at for moment in looks):
        raise LookRefused(_BETWEEN)
    placed = tuple(sorted({place_look(at, wishes.closes_at, hours) for at in looks}))
    return WaveCalendar(opens_at, reminders, placed, wishes.closes_at, opens_at != wishes.opens_at)


def place_look(at: datetime, closes_at: datetime, hours: Hours) -> datetime:
    """Return when a look is taken: in hours in which mails go out, as long as that is before the close."""
    try:
        later = hours.next_allowed(at)
    except PlanRefused:
        return at
    return later if later < closes_at else at


def wished_moment(wish: Offset | datetime, opening: datetime, closing: datetime, hours: Hours) -> datetime:
    """Return when a reminder is wished for."""
    return plain_moment(wish, opening, closing, hours.zone) if isinstance(wish, Offset) else wish


def _reminders(wishes: Wishes, hours: Hours, opening: datetime) -> tuple[PlannedReminder, ...]:
    found = [
        (wished_moment(wish, opening, wishes.closes_at, hours), place, wish)
        for place, wish in enumerate(wishes.reminders, start=1)
    ]
    found.sort(key=lambda one: one[:2])
    for wished_at, place, _wish in found:
        if wished_at <= opening or wished_at >= wishes.closes_at:
            raise ReminderRefused(_BETWEEN, place=place)
    placed = place_reminders([at for at, _place, _wish in found], wishes.closes_at, hours, after=opening)
    planned = []
    for number, (at, (wished_at, place, wish)) in enumerate(zip(placed, found, strict=True), start=1):
        if at is None:
            raise ReminderRefused(
                sentence(
                    "Reminder %(number)s would go out after the close or on top of it, because emails wait for the end "
                    "of quiet times and reminders keep a day apart. Leave it out, or move it to an earlier day."
                ),
                number=number,
                place=place,
            )
        planned.append(PlannedReminder(at, wished_at, wish if isinstance(wish, Offset) else None))
    return tuple(planned)


def _looks(wishes: Wishes, opening: datetime, invited: int) -> tuple[datetime, ...]:
    closing = wishes.closes_at
    if wishes.look_at is not None:
        return (wishes.look_at,)
    if invited < SIZE_FOR_WEEKLY_BANDS or closing - opening <= _WEEK:
        return (opening + (closing - opening) / 2,)
    weeks = (closing - opening) // _WEEK
    return tuple(moment for week in range(1, weeks + 1) if (moment := opening + week * _WEEK) < closing)
