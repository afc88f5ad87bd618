"""What staff see first: where each programme stands, what comes next, and what waits for somebody.

Put together from what other pages show, and from nothing else: it never says how many have answered. Comments and
requests for support that wait are added by the page, since nothing that knows of emails to people may read them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.survey.questionnaires import Role
from feedback.domain.waves.states import NOT_OPENED, Band, WaveState
from feedback.services.mail.show_undeliverable import show_undeliverable
from feedback.services.programmes.show_ending import EndingView
from feedback.services.programmes.show_programmes import ProgrammeView, WaveLine, list_programmes, show_programme
from feedback.services.roster.approve_roster import waits_for_approval
from feedback.services.staff.name_people import named_with_access
from feedback.services.waves.show_wave import CalendarEntry, EntryKind, WaveView, show_wave

# What somebody has to see to first comes first; of those that are planned, the one that opens first.
_CURRENT = (WaveState.HELD, WaveState.CLOSING, WaveState.OPEN, WaveState.SCHEDULED, WaveState.DRAFT)


class NeedKind(StrEnum):
    """What waits for somebody, the most urgent first."""

    SUPPORT = "support"
    HELD = "held"
    FAILS = "fails"
    KEPT_SHUT = "kept-shut"
    SENDER_REFUSED = "sender-refused"
    TOO_FEW = "too-few"
    UNREACHED = "unreached"
    NO_CONTACT = "no-contact"
    NO_REVIEWER = "no-reviewer"
    APPROVAL = "approval"
    NOBODY = "nobody"
    COMMENTS = "comments"
    NAMES = "names"


@dataclass(frozen=True)
class Need:
    """One thing that waits. `count` is of people, or of mails; `until` is the last day on which it can be seen to.

    Comments wait for somebody's `name`, who alone reads them; `is_mine` where that is who looks.
    """

    kind: NeedKind
    wave_id: int | None = None
    stage: str = ""
    count: int = 0
    until: date | None = None
    name: str = ""
    is_mine: bool = False


@dataclass(frozen=True)
class HomeCard:
    """One programme. `current` is the wave that is under way, or else the next one; `next_date` is
    its next date on which people are told something."""

    programme: ProgrammeView
    current: WaveView | None
    next_date: CalendarEntry | None
    needs: tuple[Need, ...]

    @property
    def closed(self) -> frozenset[str]:
        """The stages of which a survey has been closed."""
        return frozenset(one.stage for one in self.programme.waves if one.state is WaveState.CLOSED)

    @property
    def lost_report(self) -> bool:
        """Whether the report of one of its surveys was lost in a restore."""
        return any(one.lost_report for one in self.programme.waves)

    def people(self, role: Role) -> int:
        """Return how many people are in the programme in one role."""
        return sum(size for atom, size in self.programme.roster if atom.role == role)


def show_home(session: Session, organisation_id: int, *, now: datetime) -> tuple[HomeCard, ...]:
    """Return a card for each programme of an organisation that goes on, oldest first, without comments that wait.

    One that the service has ended is among them until its names are deleted, or somebody has decided about it.
    """
    lines = list_programmes(session, organisation_id)
    found = (show_programme(session, line.id) for line in lines)
    return tuple(_card(session, programme, now) for programme in found if _is_shown(programme))


def show_ended(session: Session, organisation_id: int) -> tuple[ProgrammeView, ...]:
    """Return the programmes of an organisation that have ended, the last one first."""
    found = (show_programme(session, line.id) for line in list_programmes(session, organisation_id))
    ended = [(one.ending.ended_at, one) for one in found if one.ending is not None and not _is_shown(one)]
    return tuple(one for _at, one in sorted(ended, key=lambda pair: pair[0], reverse=True))


def _is_shown(programme: ProgrammeView) -> bool:
    return programme.ending is None or _is_to_look_at(programme.ending)


def show_card(session: Session, programme_id: int, *, now: datetime) -> HomeCard:
    """Return the card of one programme, or raise NotFound."""
    return _card(session, show_programme(session, programme_id), now)


def _card(session: Session, programme: ProgrammeView, now: datetime) -> HomeCard:
    live = {one.id: show_wave(session, one.id, now=now) for one in programme.waves if one.state in _CURRENT}
    current = min(programme.waves, key=_urgency, default=None)
    shown = live.get(current.id) if current is not None else None
    if programme.is_example:
        return HomeCard(programme, shown, _next_date(shown, now), ())
    if programme.ending is not None:
        return HomeCard(programme, shown, None, tuple(_of_ending(programme.ending)))
    needs = [
        *(need for wave in live.values() for need in _of_wave(session, wave)),
        *_of_people_named(session, programme),
        *_of_roster(session, programme, live.values()),
    ]
    return HomeCard(programme, shown, _next_date(shown, now), in_order(needs))


def in_order(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Return what waits, the most urgent first."""
    order = [*NeedKind]
    return tuple(sorted(needs, key=lambda need: order.index(need.kind)))


def _urgency(wave: WaveLine) -> tuple[int, float]:
    place = _CURRENT.index(wave.state) if wave.state in _CURRENT else len(_CURRENT)
    return place, (wave.opens_at or wave.closes_at).timestamp()


def _next_date(wave: WaveView | None, now: datetime) -> CalendarEntry | None:
    if wave is None or wave.state in {WaveState.HELD, WaveState.CLOSING}:
        return None
    ahead = (one for one in wave.calendar if one.kind is not EntryKind.LOOK and not one.is_done)
    return next((one for one in ahead if one.at is not None and one.at > now), None)


def _of_ending(ending: EndingView) -> Iterator[Need]:
    if _is_to_look_at(ending):
        yield Need(NeedKind.NAMES, until=ending.purge_on)


def _is_to_look_at(ending: EndingView) -> bool:
    """Tell whether names are to be deleted although nobody has asked for it."""
    return ending.is_by_itself and ending.purged_at is None and ending.held_at is None


def _of_wave(session: Session, wave: WaveView) -> Iterator[Need]:
    if wave.state is WaveState.HELD:
        yield Need(NeedKind.HELD, wave.id, wave.stage, until=_day(wave.gives_up_at, wave.time_zone))
    elif wave.fails_since is not None:
        yield Need(NeedKind.FAILS, wave.id, wave.stage, until=_day(wave.gives_up_at, wave.time_zone))
    if wave.opening_was_refused:
        yield Need(NeedKind.KEPT_SHUT, wave.id, wave.stage)
    if wave.sender_refused is not None:
        yield Need(NeedKind.SENDER_REFUSED, wave.id, wave.stage, wave.sender_refused.mails)
    if wave.state is WaveState.OPEN:
        looks = [one.band for one in wave.calendar if one.kind is EntryKind.LOOK and one.band is not None]
        if wave.may_be_extended and looks[-1] is Band.FEWER_THAN_K:
            yield Need(NeedKind.TOO_FEW, wave.id, wave.stage, until=_day(wave.calendar[-1].at, wave.time_zone))
        if lost := len(show_undeliverable(session, wave.id)):
            yield Need(NeedKind.UNREACHED, wave.id, wave.stage, lost)


def _of_people_named(session: Session, programme: ProgrammeView) -> Iterator[Need]:
    named = named_with_access(session, programme.id)
    if not named.has_contact:
        yield Need(NeedKind.NO_CONTACT)
    live = [one for one in programme.waves if one.state in _CURRENT]
    if (live or not programme.waves) and not named.has_reviewer:
        yield Need(NeedKind.NO_REVIEWER)


def _of_roster(session: Session, programme: ProgrammeView, live: Iterable[WaveView]) -> Iterator[Need]:
    if not any(wave.state in NOT_OPENED for wave in live):
        return
    if not programme.people:
        yield Need(NeedKind.NOBODY)
    elif waits_for_approval(session, programme.id):
        yield Need(NeedKind.APPROVAL, count=programme.people)


def _day(at: datetime | None, zone: ZoneInfo) -> date | None:
    return None if at is None else at.astimezone(zone).date()
