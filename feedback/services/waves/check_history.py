"""Refuse a wave whose report, subtracted from others of the organisation, would say what a few people answered (R11).

Inside the planned sequence of a programme, and for reports of long ago, that is labelled, and participants are told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache

from sqlalchemy.orm import Session

from feedback.domain.address import Address, one_address
from feedback.domain.disclosure.groups import EVERYBODY, Atom, Group, group_of
from feedback.domain.disclosure.history import TooManyCombinations
from feedback.domain.errors import HistoryRefused, sentence
from feedback.domain.report.overlaps import (
    GroupPlace,
    KnownWave,
    Overlap,
    Topic,
    find_overlaps,
    share_a_topic,
    topics_asked,
    topics_published,
)
from feedback.domain.report.report import ANOTHER_PROGRAMME, Report, Twin
from feedback.domain.roster.digests import person_digest
from feedback.domain.survey.asked import asked_questions
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.domain.waves.states import OPENED, WaveState, stages_before
from feedback.services.waves.form_groups import FormedGroups
from feedback.storage.history import history_of
from feedback.storage.keys import KeyStore
from feedback.storage.organisations import Organisation
from feedback.storage.people import invited_now, namesakes
from feedback.storage.programmes import programme_by_id
from feedback.storage.reports import report_of
from feedback.storage.waves import Wave, groups_of, questionnaires_of, waves_of_organisation

LABELLED_AFTER = timedelta(days=731)
"""For how long after its close a report may keep another wave from opening: 24 months."""
InvitedPeople = Iterable[tuple[Address, str, str]]
"""(address, role, cohort) of everybody invited."""


@dataclass(frozen=True)
class PlannedSurvey:
    """What is asked of a programme's people: planned, or stored as the wave `wave_id`."""

    programme_id: int
    stage: str
    k: int
    questionnaires: Mapping[Role, Questionnaire]
    wave_id: int | None


def check_wave(
    session: Session, keys: KeyStore, wave: Wave, formed: FormedGroups, *, now: datetime, opens: bool = False
) -> tuple[Twin, ...]:
    """Do what `check_history` does for a wave that is stored."""
    asked = formed.forecast.asked
    survey = PlannedSurvey(wave.programme_id, wave.stage, wave.minimum_group_size, asked, wave.id)
    return check_history(session, keys, survey, formed.groups, now=now, opens=opens)


def check_history(
    session: Session,
    keys: KeyStore,
    survey: PlannedSurvey,
    groups: tuple[Group, ...],
    *,
    now: datetime,
    opens: bool = False,
) -> tuple[Twin, ...]:
    """Return which groups a report must label, and with which earlier survey; raise HistoryRefused where it may not be.

    If the wave `opens` now, the earlier ones of its sequence must be closed before it may be labelled.
    """
    topics = topics_asked(asked_questions(survey.questionnaires), groups)
    others = list(_others(session, survey, topics))
    if not others:
        return ()
    members = invited_members(session, keys, survey.programme_id, groups)
    mine = KnownWave(survey.wave_id or 0, survey.k, topics, members)
    known = [
        KnownWave(wave.id, wave.minimum_group_size, topics, history_of(session, wave.id)) for wave, topics in others
    ]
    comparison = _Comparison(survey, {wave.id: wave for wave, _topics in others}, mine, known, now)
    comparison.refuse(opens=opens)
    return comparison.labels()


@dataclass(frozen=True)
class _Comparison:
    """A planned survey beside the waves that asked nearly the same; `waves` are by id."""

    survey: PlannedSurvey
    waves: Mapping[int, Wave]
    mine: KnownWave
    others: Sequence[KnownWave]
    now: datetime

    def refuse(self, *, opens: bool) -> None:
        """Raise HistoryRefused if a few people could be told apart, and no label allows it."""
        planned, labelled = self._sequence(), self._labelled()
        waiting = {number for number in planned if opens and self.waves[number].state != WaveState.CLOSED}
        try:
            found = next(find_overlaps(self.mine, self.others, labelled - waiting), None)
            if found is not None and waiting and next(find_overlaps(self.mine, self.others, labelled), None) is None:
                raise HistoryRefused(_NOT_CLOSED_YET, stages=_stages(self.waves[number] for number in waiting))
        except TooManyCombinations:
            raise HistoryRefused(_NOT_KNOWN) from None
        if found is not None:
            raise self._refusal(found)

    def labels(self) -> tuple[Twin, ...]:
        """Return the groups that speak of a few people with surveys of which that is allowed."""
        labelled = self._labelled()
        others = [one for one in self.others if one.wave_id in labelled]
        try:
            found = [one.places for one in find_overlaps(self.mine, others, ())]
        except TooManyCombinations:
            # So many that they are not told apart: each is labelled.
            found = [frozenset(GroupPlace(one.wave_id, name) for one in (self.mine, *others) for name in one.members)]
        twins = {
            Twin(self._group(place.name), self._stage(other.wave_id))
            for places in found
            for place in places
            for other in places
            if other.wave_id != self.mine.wave_id == place.wave_id
        }
        return tuple(sorted(twins, key=lambda twin: (twin.group, twin.stage)))

    def _labelled(self) -> set[int]:
        ended = {number: wave.closed_at for number, wave in self.waves.items() if wave.state == WaveState.CLOSED}
        return self._sequence() | {number for number, at in ended.items() if at and self.now - at > LABELLED_AFTER}

    def _sequence(self) -> set[int]:
        """Return the earlier waves of the planned sequence that this one is of: of each stage the last."""
        before = stages_before(self.survey.stage)
        own = (one for one in self.waves.values() if one.programme_id == self.survey.programme_id)
        return set({wave.stage: wave.id for wave in own if wave.stage in before}.values())

    def _stage(self, wave_id: int) -> str:
        wave = self.waves[wave_id]
        return wave.stage if wave.programme_id == self.survey.programme_id else ANOTHER_PROGRAMME

    # One role of everybody is in the group of everybody.
    def _group(self, name: str) -> str:
        return EVERYBODY if EVERYBODY in self.mine.members else name

    def _refusal(self, found: Overlap) -> HistoryRefused:
        groups = sorted({self._group(place.name) for place in found.places if place.wave_id == self.mine.wave_id})
        others = [
            self.waves[number] for number in sorted({place.wave_id for place in found.places} - {self.mine.wave_id})
        ]
        values = {"least": found.below, "groups": ", ".join(groups)}
        if all(wave.programme_id == self.survey.programme_id for wave in others):
            return HistoryRefused(_OWN, stages=_stages(others), **values)
        return HistoryRefused(_OF_OTHERS, **values)


_OWN = sentence(
    "Whoever subtracts this survey’s report from earlier ones of the programme (%(stages)s) would see what fewer than "
    "%(least)s people answered (%(groups)s). Invite exactly the same people, or at least %(least)s different ones, or "
    "ask other questions. Where a role is small, counting both roles together may help."
)
_OF_OTHERS = sentence(
    "Whoever subtracts this survey’s report from others of your organisation would see what fewer than %(least)s "
    "people answered (%(groups)s). Invite exactly the same people, or at least %(least)s different ones, or ask other "
    "questions. Where a role is small, counting both roles together may help."
)
_NOT_KNOWN = sentence(
    "Whether this survey’s report, subtracted from others of your organisation, would say what a few people answered "
    "could not be worked out: too many of them were about some of the same people. Invite exactly the same people as "
    "one of them, or wholly different ones, or ask other questions."
)
_NOT_CLOSED_YET = sentence(
    "A few people have joined or left since an earlier survey of this programme (%(stages)s) was sent out, and that "
    "one is not closed. This survey can open once the earlier one is closed or cancelled."
)


def _stages(waves: Iterable[Wave]) -> str:
    return ", ".join(dict.fromkeys(wave.stage for wave in sorted(waves, key=lambda wave: wave.id)))


def known_twice(session: Session, programme_id: int) -> tuple[str, ...]:
    """Return the names of those who may be somebody whom the organisation knows at another address as well."""
    organisation = programme_by_id(session, programme_id).organisation
    domains = organisation.same_domains
    found = namesakes(session, programme_id)
    return tuple(dict.fromkeys(name for name, *both in found if len({one_address(one, domains) for one in both}) > 1))


def invited_members(
    session: Session, keys: KeyStore, programme_id: int, groups: tuple[Group, ...]
) -> dict[str, frozenset[bytes]]:
    """Return the digests of everybody who is in the programme now, by group, as the history keeps them."""
    organisation = programme_by_id(session, programme_id).organisation
    return members_of(keys, organisation, invited_now(session, programme_id), groups)


def members_of(
    keys: KeyStore, organisation: Organisation, people: InvitedPeople, groups: tuple[Group, ...]
) -> dict[str, frozenset[bytes]]:
    """Return the digests of people by group and, where everybody is one group, by role besides.

    Left out is who is in none of the groups, since a cohort was renamed.
    """
    key, domains = keys.history_key(organisation.id), organisation.same_domains
    members: dict[str, set[bytes]] = {}
    names = cache(lambda role, cohort: _names(Atom(Role(role), cohort), groups))
    for address, role, cohort in people:
        person = person_digest(key, address, domains)
        for name in names(role, cohort):
            members.setdefault(name, set()).add(person)
    return {name: frozenset(found) for name, found in members.items()}


def _names(atom: Atom, groups: tuple[Group, ...]) -> tuple[str, ...]:
    try:
        group = group_of(atom, groups)
    except ValueError:
        return ()
    return (group.name,) if group.role else (group.name, atom.role.value)


def _others(
    session: Session, survey: PlannedSurvey, topics: Sequence[Topic]
) -> Iterable[tuple[Wave, tuple[Topic, ...]]]:
    """Yield the organisation's waves, oldest first, that have published nearly the same, or may, with all they did."""
    organisation_id = programme_by_id(session, survey.programme_id).organisation_id
    for wave in waves_of_organisation(session, organisation_id):
        if wave.id != survey.wave_id and wave.state in OPENED:
            known = _topics(session, wave)
            if share_a_topic(topics, known):
                yield wave, known


def _topics(session: Session, wave: Wave) -> tuple[Topic, ...]:
    report = report_of(session, wave.id)
    if report is not None:
        return _published(report.document)
    return topics_asked(asked_questions(questionnaires_of(session, wave.id)), groups_of(session, wave.id))


@lru_cache(maxsize=256)
def _published(document: str) -> tuple[Topic, ...]:
    return topics_published(Report.parse(document))
