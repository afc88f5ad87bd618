"""A wave's calendar for other calendar programs: dates and what they are for. No link, no secret, no participant."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.waves.states import ENDED, MomentKind, WaveState
from feedback.rendering.calendar_file import CalendarEvent, write_calendar
from feedback.services.waves.show_wave import EntryKind
from feedback.storage.database import reading
from feedback.storage.programmes import programme_by_id
from feedback.storage.waves import Moment, Wave, moments_of, wave_by_id

Title = Callable[[EntryKind, int, str, str], str]
"""Words for a kind of date, its number, a stage and a programme's name."""


def export_calendar(session: Session, wave_id: int, *, host: str, title: Title) -> bytes:
    """Return a wave's calendar as an iCalendar file; `host` makes its ids unique in the world."""
    with reading(session):
        wave = wave_by_id(session, wave_id)
        programme = programme_by_id(session, wave.programme_id)
        return write_calendar(
            CalendarEvent(
                uid=f"wave-{wave.id}-{kind}-{number}@{host}",
                at=at,
                title=title(kind, number, wave.stage, programme.name),
                sequence=wave.calendar_revision,
                changed_at=wave.calendar_changed_at or wave.closes_at,
                is_cancelled=wave.state == WaveState.CANCELLED or fell_away,
            )
            for kind, number, at, fell_away in _dates(wave, moments_of(session, wave.id))
        )


def _dates(wave: Wave, moments: list[Moment]) -> list[tuple[EntryKind, int, datetime, bool]]:
    opening = wave.opened_at or wave.opens_at
    kinds = {MomentKind.REMINDER: EntryKind.REMINDER, MomentKind.LOOK: EntryKind.LOOK}
    return [
        *([(EntryKind.OPENING, 1, opening, False)] if opening else []),
        *((kinds[MomentKind(one.kind)], one.number, one.due_at, _falls_away(wave, one)) for one in moments),
        (EntryKind.CLOSING, 1, wave.closed_at or wave.closes_at, False),
    ]


def _falls_away(wave: Wave, moment: Moment) -> bool:
    return moment.was_left_out or (wave.state in ENDED and not moment.is_done)
