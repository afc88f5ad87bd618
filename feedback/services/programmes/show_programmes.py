"""What staff see of programmes: sizes and states. Never a person, never an answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.disclosure.groups import Atom
from feedback.domain.survey.questionnaire_json import Words
from feedback.domain.waves.states import WaveState
from feedback.services.programmes.show_ending import EndingView, ending_view
from feedback.storage.database import reading
from feedback.storage.organisations import organisations
from feedback.storage.people import roster_sizes
from feedback.storage.programmes import no_programme, owner_of, programme_by_id, programmes_of, words_of
from feedback.storage.reports import waves_reported
from feedback.storage.waves import Wave, waves_of


@dataclass(frozen=True)
class ProgrammeLine:
    """One programme in a list: how many people are in it now, and how many waves it has."""

    id: int
    name: str
    people: int
    waves: int


@dataclass(frozen=True)
class WaveLine:
    """One wave in a list. `invited` is None before the opening; `reviewer_id` is whose account reads the comments.

    `lost_report`: it was closed, and its report was lost in a restore.
    """

    id: int
    stage: str
    state: WaveState
    opens_at: datetime | None
    closes_at: datetime
    invited: int | None
    reviewer_id: int | None
    reviewer_name: str
    lost_report: bool


@dataclass(frozen=True)
class ProgrammeView:
    """One programme: its terms, its words by language, the sizes of its roster, its waves from the oldest,
    and its end, if it has one."""

    id: int
    name: str
    word: str
    focus: str
    words: Mapping[str, Words]
    minimum_group_size: int
    time_zone: ZoneInfo
    contact_name: str
    contact_email: str
    contact_id: int | None
    reviewer_name: str
    reviewer_id: int | None
    announced_at: str
    approves_rosters: bool
    roster: tuple[tuple[Atom, int], ...]
    waves: tuple[WaveLine, ...]
    ending: EndingView | None = None
    is_example: bool = False

    @property
    def people(self) -> int:
        """How many people are in the programme now."""
        return sum(size for _atom, size in self.roster)


def list_programmes(session: Session, organisation_id: int | None = None) -> tuple[ProgrammeLine, ...]:
    """Return the programmes of one organisation, or of all, oldest first."""
    with reading(session):
        return tuple(
            ProgrammeLine(
                id=programme.id,
                name=programme.name,
                people=sum(roster_sizes(session, programme.id).values()),
                waves=len(waves_of(session, programme.id)),
            )
            for programme in programmes_of(session, organisation_id)
        )


def show_programme(session: Session, programme_id: int) -> ProgrammeView:
    """Return one programme, or raise NotFound."""
    with reading(session):
        programme = programme_by_id(session, programme_id)
        return ProgrammeView(
            id=programme.id,
            name=programme.name,
            word=programme.word,
            focus=programme.focus,
            words=words_of(programme),
            minimum_group_size=programme.minimum_group_size,
            time_zone=ZoneInfo(programme.time_zone),
            contact_name=programme.contact_name,
            contact_email=programme.contact_email,
            contact_id=programme.contact_id,
            reviewer_name=programme.reviewer_name,
            reviewer_id=programme.reviewer_id,
            announced_at=programme.announced_at or "",
            approves_rosters=programme.organisation.approves_rosters,
            roster=tuple(roster_sizes(session, programme_id).items()),
            waves=tuple(_lines(session, programme_id)),
            ending=ending_view(session, programme_id),
            is_example=programme.is_example,
        )


def owner_of_programme(connection: Connection, programme_id: int) -> tuple[int, int]:
    """Return the ids of a programme's organisation and of itself, or raise NotFound."""
    owner = owner_of(connection, programme_id)
    if owner is None:
        raise no_programme(programme_id)
    return owner, programme_id


def is_example(session: Session, programme_id: int) -> bool:
    """Tell whether a programme is an example, in which nobody is asked."""
    with reading(session):
        return programme_by_id(session, programme_id).is_example


def organisation_name(session: Session, organisation_id: int) -> str:
    """Return what an organisation is called."""
    with reading(session):
        return next(one.name for one in organisations(session) if one.id == organisation_id)


def zone_of_newest(session: Session, organisation_id: int) -> str:
    """Return the time zone of an organisation's newest programme, or "" if it has none."""
    with reading(session):
        return next((one.time_zone for one in reversed(programmes_of(session, organisation_id))), "")


def _lines(session: Session, programme_id: int) -> Iterator[WaveLine]:
    reported = waves_reported(session, programme_id)
    for wave in waves_of(session, programme_id):
        yield _line(wave, lost_report=wave.state == WaveState.CLOSED and wave.id not in reported)


def _line(wave: Wave, *, lost_report: bool) -> WaveLine:
    return WaveLine(
        id=wave.id,
        stage=wave.stage,
        state=WaveState(wave.state),
        opens_at=wave.opened_at or wave.opens_at,
        closes_at=wave.closes_at,
        invited=wave.invited,
        reviewer_id=wave.reviewer_id,
        reviewer_name=wave.reviewer_name,
        lost_report=lost_report,
    )
