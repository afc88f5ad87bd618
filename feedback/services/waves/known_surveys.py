"""The surveys that links lead to, read once and known while they are open: everything that was fixed at the opening.

What may change (whether the wave is open, and until when, the contact, where help is) is read at every request.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.disclosure.groups import Group, sizes_of_roles
from feedback.domain.links import to_address
from feedback.domain.sealing import Place, PublicKey
from feedback.domain.survey.drafts import largest_choice
from feedback.domain.survey.questionnaire_json import load_questionnaire
from feedback.domain.survey.questionnaires import Questionnaire
from feedback.storage.programmes import programme_by_id
from feedback.storage.support import desk_of
from feedback.storage.waves import (
    Wave,
    groups_of,
    invited_sizes,
    open_questionnaires,
    questionnaire_asked,
    wave_by_id,
)


@dataclass(frozen=True, eq=False)
class Survey:
    """What a link's pages show: the questionnaire and the terms of the wave, nothing about the person.

    `place`, `response_key`, `body_bytes` and `has_pepper` say how an answer is sealed and found, `draft_bytes` how
    large a page's draft is. `has_sides`: what one role alone is asked is shown for it, though all are one group.
    `reviewer_name` is None once whoever was to read the comments has left: nobody reads them.
    """

    questionnaire: Questionnaire
    organisation: str
    programme: str
    stage: str
    minimum_group_size: int
    invited: int
    groups: tuple[Group, ...]
    has_sides: bool
    may_close_early: bool
    key_backup_days: int
    comment_days: int
    reviewer_name: str | None
    time_zone: ZoneInfo
    twin_stages: tuple[str, ...]
    roster_was_approved: bool
    place: Place
    response_key: PublicKey
    body_bytes: int
    draft_bytes: int
    has_pepper: bool
    support_address: str | None


class KnownSurveys:
    """Keeps surveys by wave and role, and whether the reviewer has left, and never reads one again for having been
    visited. One per application."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._known: dict[tuple[int, str, bool], Survey] = {}

    def survey(self, connection: Connection, wave_id: int, role: str, reviewer_left: bool) -> Survey:
        """Return what a wave asks a role."""
        key = (wave_id, role, reviewer_left)
        found = self._known.get(key)
        if found is None:
            with Session(connection) as session:
                found = self._known.setdefault(key, _read(session, *key))
        return found

    def all_open(self, connection: Connection) -> list[Survey]:
        """Return everything that is asked just now, and forget what no longer is."""
        with Session(connection) as session:
            wanted = open_questionnaires(session)
        for key in self._known.keys() - wanted:
            self._known.pop(key, None)
        return [self.survey(connection, *key) for key in sorted(wanted)]


def _has_sides(session: Session, wave: Wave) -> bool:
    are_one_group = any(group.role is None for group in groups_of(session, wave.id))
    return wave.shows_sides and are_one_group and len(sizes_of_roles(invited_sizes(wave))) > 1


def _read(session: Session, wave_id: int, role: str, reviewer_left: bool) -> Survey:
    wave = wave_by_id(session, wave_id)
    programme = programme_by_id(session, wave.programme_id)
    desk = desk_of(session, programme.id)
    questionnaire = load_questionnaire(questionnaire_asked(session, wave.id, role))
    return Survey(
        questionnaire=questionnaire,
        organisation=programme.organisation.name,
        programme=programme.name,
        stage=wave.stage,
        minimum_group_size=wave.minimum_group_size,
        invited=wave.invited or 0,
        groups=groups_of(session, wave.id),
        has_sides=_has_sides(session, wave),
        may_close_early=wave.may_close_early,
        key_backup_days=wave.key_backup_days,
        comment_days=wave.comment_days,
        reviewer_name=None if reviewer_left else wave.reviewer_name,
        time_zone=ZoneInfo(programme.time_zone),
        twin_stages=tuple(sorted({one["stage"] for one in wave.twins or ()})),
        roster_was_approved=wave.roster_was_approved,
        place=Place(programme.id, wave.id),
        response_key=wave.response_key,
        body_bytes=wave.body_bytes or 0,
        draft_bytes=largest_choice(questionnaire),
        has_pepper=wave.has_pepper,
        support_address=to_address(desk.handle) if desk else None,
    )
