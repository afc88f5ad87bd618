"""The surveys that links lead to, read once and kept for a while: everything that was fixed when a wave opened.

What may change (whether the wave is open, and until when) is not kept, but read at every request.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.disclosure.groups import Group
from feedback.domain.links import to_address
from feedback.domain.sealing import Place, PublicKey
from feedback.domain.survey.drafts import largest_choice
from feedback.domain.survey.questionnaire_json import load_questionnaire
from feedback.domain.survey.questionnaires import Questionnaire
from feedback.storage.entitlements import OpenRight
from feedback.storage.notices import read_notice
from feedback.storage.organisations import Organisation
from feedback.storage.programmes import programme_by_id
from feedback.storage.support import desk_of
from feedback.storage.waves import groups_of, questionnaire_asked, wave_by_id

KEPT_FOR = timedelta(minutes=5)
MOST_KEPT = 500


@dataclass(frozen=True, eq=False)
class Survey:
    """What a link's pages show: the questionnaire and the terms of the wave, nothing about the person.

    `place`, `response_key` and `body_bytes` say how an answer is sealed, `draft_bytes` how large a page's draft is.
    `help_contacts` are the programme's own words, a line each, on where help is.
    """

    questionnaire: Questionnaire
    organisation: str
    programme: str
    stage: str
    minimum_group_size: int
    invited: int
    groups: tuple[Group, ...]
    closes_at: datetime
    may_close_early: bool
    key_backup_days: int
    comment_days: int
    reviewer_name: str
    contact_name: str
    contact_email: str
    time_zone: ZoneInfo
    twin_stages: tuple[str, ...]
    roster_was_approved: bool
    place: Place
    response_key: PublicKey
    body_bytes: int
    draft_bytes: int
    support_address: str | None
    help_contacts: str

    @property
    def closes_on(self) -> date:
        """The day on which the wave closes, where the programme is."""
        return self.closes_at.astimezone(self.time_zone).date()


class _Key(NamedTuple):
    wave_id: int
    role: str
    closes_at: datetime


class KnownSurveys:
    """Keeps surveys by wave and role; an extended wave is another entry. One per application."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._kept: dict[_Key, tuple[Survey, datetime]] = {}

    def survey(self, connection: Connection, right: OpenRight, now: datetime) -> Survey:
        """Return the survey that a right to answer is for."""
        key = _Key(right.wave_id, right.role, right.closes_at)
        found = self._kept.get(key)
        if found is not None and now - found[1] < KEPT_FOR:
            return found[0]
        if len(self._kept) >= MOST_KEPT:
            self._kept = {}
        with Session(connection) as session:
            read = _read(session, right)
        self._kept[key] = (read, now)
        return read


def _read(session: Session, right: OpenRight) -> Survey:
    wave = wave_by_id(session, right.wave_id)
    programme = programme_by_id(session, wave.programme_id)
    desk = desk_of(session, programme.id)
    questionnaire = load_questionnaire(questionnaire_asked(session, wave.id, right.role))
    return Survey(
        questionnaire=questionnaire,
        organisation=session.get_one(Organisation, programme.organisation_id).name,
        programme=programme.name,
        stage=wave.stage,
        minimum_group_size=wave.minimum_group_size,
        invited=wave.invited or 0,
        groups=groups_of(session, wave.id),
        closes_at=wave.closes_at,
        may_close_early=wave.may_close_early,
        key_backup_days=wave.key_backup_days,
        comment_days=wave.comment_days,
        reviewer_name=wave.reviewer_name,
        contact_name=programme.contact_name,
        contact_email=programme.contact_email,
        time_zone=ZoneInfo(programme.time_zone),
        twin_stages=tuple(sorted({one["stage"] for one in wave.twins or ()})),
        roster_was_approved=wave.roster_was_approved,
        place=Place(programme.id, wave.id),
        response_key=wave.response_key,
        body_bytes=wave.body_bytes or 0,
        draft_bytes=largest_choice(questionnaire),
        support_address=to_address(desk.handle) if desk else None,
        help_contacts=read_notice(session, programme.id)[1],
    )
