"""What staff see of one wave: state, calendar, deliveries, bands. Never how many have answered, never who.

Delivery counts come only from the mails; a look shows its band and nothing else.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.disclosure.groups import Group
from feedback.domain.errors import PlanRefused
from feedback.domain.languages import languages_with
from feedback.domain.survey.questionnaires import Questionnaire
from feedback.domain.waves.mails import WaveMail
from feedback.domain.waves.states import ENDED, Band, MomentKind, WaveState
from feedback.services.waves.late_closes import fails_since, gives_up_at
from feedback.storage.database import reading
from feedback.storage.deliveries import DeliveryState, delivery_counts
from feedback.storage.programmes import programme_by_id
from feedback.storage.quiet_times import hours_of
from feedback.storage.reports import report_of
from feedback.storage.sender_refusals import WaitsForSender, waits_for_the_sender
from feedback.storage.wave_places import WavePlace, place_of
from feedback.storage.waves import Moment, Wave, groups_of, moments_of, no_wave, owner_of, questionnaires_of, wave_by_id


class EntryKind(StrEnum):
    """What a line of a wave's calendar is about."""

    OPENING = "opening"
    REMINDER = "reminder"
    LOOK = "look"
    CLOSING = "closing"


@dataclass(frozen=True)
class CalendarEntry:
    """One date of a wave. `at` is None if somebody opens it by hand; `band` is what a look that was taken showed.

    A reminder that was left out counts as done, and sent nothing. What `fell_away` was ahead when the wave ended.
    `planned_at` is when it was to happen, if it came earlier.
    """

    kind: EntryKind
    number: int
    at: datetime | None
    is_done: bool
    band: Band | None = None
    was_left_out: bool = False
    fell_away: bool = False
    planned_at: datetime | None = None


@dataclass(frozen=True)
class DeliveryCount:
    """How many copies of one mail are in one state."""

    mail: WaveMail
    state: DeliveryState
    count: int

    @property
    def is_on_its_way(self) -> bool:
        """Whether they are still to be sent."""
        return self.state in {DeliveryState.QUEUED, DeliveryState.SENDING}

    @property
    def is_unsent(self) -> bool:
        """Whether they never will be: no email wanted, left, or closed."""
        return self.state is DeliveryState.SKIPPED


@dataclass(frozen=True)
class WaveView:
    """One wave. `languages` are codes; `groups` is empty before the opening, which may have been refused (R11).

    `own_questions` is the version of the programme's own questions that it asks, None if others.
    `fails_since`: it has been trying to close since then without success, and gives up at `gives_up_at`. `is_opening`:
    it is due to open, and nothing keeps it; `is_counting`: a worker has begun to make its report.
    `waits_until`: it is due to open, and waits for the end of a quiet time. `mails_from`: from when on
    emails go out, None if quiet times leave no moment for them. `reviewer_id` is whose account alone reads comments.
    """

    id: int
    programme_id: int
    programme: str
    time_zone: ZoneInfo
    stage: str
    languages: tuple[str, ...]
    own_questions: int | None
    state: WaveState
    minimum_group_size: int
    invited: int | None
    may_close_early: bool
    may_be_closed: bool
    may_be_extended: bool
    opening_was_refused: bool
    is_opening: bool
    is_counting: bool
    waits_until: datetime | None
    mails_from: datetime | None
    has_report: bool
    fails_since: datetime | None
    gives_up_at: datetime | None
    calendar: tuple[CalendarEntry, ...]
    deliveries: tuple[DeliveryCount, ...]
    sender_refused: WaitsForSender | None
    reviewer_id: int | None
    groups: tuple[Group, ...]

    @property
    def lost_report(self) -> bool:
        """Whether it was closed, and its report was lost in a restore."""
        return self.state is WaveState.CLOSED and not self.has_report


def show_wave(session: Session, wave_id: int, *, now: datetime) -> WaveView:
    """Return one wave as it is now, or raise NotFound."""
    with reading(session):
        return _view(session, wave_by_id(session, wave_id), now)


def place_of_wave(session: Session, wave_id: int) -> WavePlace:
    """Return where a wave belongs, or raise NotFound."""
    with reading(session):
        place = place_of(session, wave_id)
        if place is None:
            raise no_wave(wave_id)
        return place


def owner_of_wave(connection: Connection, wave_id: int) -> tuple[int, int]:
    """Return the ids of a wave's organisation and of its programme, or raise NotFound."""
    owner = owner_of(connection, wave_id)
    if owner is None:
        raise no_wave(wave_id)
    return owner


def _view(session: Session, wave: Wave, now: datetime) -> WaveView:
    programme = programme_by_id(session, wave.programme_id)
    state = WaveState(wave.state)
    moments = moments_of(session, wave.id)
    asked = questionnaires_of(session, wave.id).values()
    counts = delivery_counts(session, wave.id)
    mails_from = _mails_from(session, programme.id, now)
    return WaveView(
        id=wave.id,
        programme_id=programme.id,
        programme=programme.name,
        time_zone=ZoneInfo(programme.time_zone),
        stage=wave.stage,
        languages=_languages(asked),
        own_questions=next((one.own_version for one in asked), None),
        state=state,
        minimum_group_size=wave.minimum_group_size,
        invited=wave.invited,
        may_close_early=wave.may_close_early,
        may_be_closed=state is WaveState.OPEN and (wave.may_close_early or wave.closes_at <= now),
        may_be_extended=may_be_extended(wave, moments, now),
        opening_was_refused=state is WaveState.SCHEDULED and wave.opening_was_refused,
        is_opening=_is_due(wave, now) and mails_from == now and not wave.opening_was_refused,
        is_counting=state is WaveState.CLOSING and wave.close_failed_at is not None,
        waits_until=mails_from if _is_due(wave, now) and mails_from != now else None,
        mails_from=mails_from,
        has_report=report_of(session, wave.id) is not None,
        fails_since=fails_since(wave, now),
        gives_up_at=gives_up_at(wave),
        calendar=_calendar(wave, moments),
        deliveries=tuple(DeliveryCount(mail, stands, count) for (mail, stands), count in counts.items()),
        sender_refused=next((one for one in waits_for_the_sender(session) if one.wave_id == wave.id), None),
        reviewer_id=wave.reviewer_id,
        groups=groups_of(session, wave.id),
    )


def may_be_extended(wave: Wave, moments: list[Moment], now: datetime) -> bool:
    """Tell whether the last look showed so few answers that a wave may be extended, and it is not too late."""
    looks = [moment for moment in moments if moment.kind == MomentKind.LOOK and moment.is_done]
    saw_too_few = bool(looks) and looks[-1].band == Band.FEWER_THAN_K
    return saw_too_few and wave.state == WaveState.OPEN and now < wave.closes_at and not wave.was_extended


def _mails_from(session: Session, programme_id: int, now: datetime) -> datetime | None:
    try:
        return hours_of(session, programme_id).next_allowed(now)
    except PlanRefused:
        return None


def _is_due(wave: Wave, now: datetime) -> bool:
    return wave.state == WaveState.SCHEDULED and wave.opens_at is not None and wave.opens_at <= now


def _languages(asked: Collection[Questionnaire]) -> tuple[str, ...]:
    both = frozenset.intersection(*(one.languages for one in asked)) if asked else frozenset()
    return tuple(language.code for language in languages_with(both))


def _calendar(wave: Wave, moments: list[Moment]) -> tuple[CalendarEntry, ...]:
    opening = CalendarEntry(EntryKind.OPENING, 1, wave.opened_at or wave.opens_at, wave.opened_at is not None)
    closing = CalendarEntry(
        EntryKind.CLOSING,
        1,
        wave.closed_at or wave.closes_at,
        wave.closed_at is not None,
        planned_at=wave.closes_at if wave.closed_at is not None and wave.closed_at < wave.closes_at else None,
    )
    entries = (opening, *(_entry(moment) for moment in moments), closing)
    return tuple(replace(one, fell_away=wave.state in ENDED and not one.is_done) for one in entries)


def _entry(moment: Moment) -> CalendarEntry:
    kind = EntryKind.LOOK if moment.kind == MomentKind.LOOK else EntryKind.REMINDER
    band = Band(moment.band) if moment.band else None
    return CalendarEntry(kind, moment.number, moment.due_at, moment.is_done, band, moment.was_left_out)
