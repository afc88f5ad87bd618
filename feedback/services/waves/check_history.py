"""Refuse a wave whose report, subtracted from others of the organisation, would say what a few people answered (R11).

Inside the planned sequence of a programme, and for reports of long ago, that is labelled, and participants are told.
A search may last seconds: what it found is kept in this process until anything that it depends on has changed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property, lru_cache
from hashlib import sha256

from sqlalchemy.orm import Session

from feedback.domain.address import Address, one_address
from feedback.domain.disclosure.groups import EVERYBODY, Atom, Group, group_of
from feedback.domain.disclosure.history import TooManyCombinations
from feedback.domain.errors import HistoryRefused, People, sentence
from feedback.domain.report.cells import Members
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
    session: Session,
    keys: KeyStore,
    wave: Wave,
    formed: FormedGroups,
    *,
    now: datetime,
    opens: bool = False,
    members: Members | None = None,
) -> tuple[Twin, ...]:
    """Do what `check_history` does for a wave that is stored."""
    asked = formed.forecast.asked
    survey = PlannedSurvey(wave.programme_id, wave.stage, wave.minimum_group_size, asked, wave.id)
    return check_history(session, keys, survey, formed.groups, now=now, opens=opens, members=members)


def check_history(
    session: Session,
    keys: KeyStore,
    survey: PlannedSurvey,
    groups: tuple[Group, ...],
    *,
    now: datetime,
    opens: bool = False,
    members: Members | None = None,
) -> tuple[Twin, ...]:
    """Return which groups a report must label, and with which earlier survey; raise HistoryRefused where it may not be.

    If the wave `opens` now, the earlier ones of its sequence must be closed before it may be labelled. `members` are
    `invited_members`, where they are known. Answers as in a search before if nothing has changed since: so whoever
    holds a lock had better asked before that.
    """
    topics = topics_asked(asked_questions(survey.questionnaires), groups)
    others = list(_others(session, survey, topics))
    if not others:
        return ()
    if members is None:
        members = invited_members(session, keys, survey.programme_id, groups)
    mine = KnownWave(survey.wave_id or 0, survey.k, topics, members)
    known = [
        KnownWave(wave.id, wave.minimum_group_size, topics, history_of(session, wave.id)) for wave, topics in others
    ]
    unknown = frozenset(one.wave_id for one in known if _is_unknown(session, one))
    comparison = _Comparison(survey, {wave.id: wave for wave, _topics in others}, mine, known, unknown, now, opens)
    return SEARCHES.answer(comparison)


@dataclass(frozen=True)
class _Comparison:
    """A planned survey, which perhaps `opens` now, beside the waves that asked nearly the same; `waves` are by id.

    To those in `unknown` anybody may have been invited.
    """

    survey: PlannedSurvey
    waves: Mapping[int, Wave]
    mine: KnownWave
    others: Sequence[KnownWave]
    unknown: frozenset[int]
    now: datetime
    opens: bool

    @cached_property
    def fingerprint(self) -> bytes:
        """A digest of all that the answer follows from."""
        known = sha256()
        waves = [(wave.id, wave.programme_id, wave.stage) for wave in self.waves.values()]
        sets = [sorted(one) for one in (self.unknown, self._labelled, self._waiting)]
        known.update(repr((self.survey.programme_id, self.survey.stage, waves, sets)).encode())
        for one in (self.mine, *self.others):
            topics = [(sorted(topic.text.items()), sorted(topic.names)) for topic in one.topics]
            known.update(repr((one.wave_id, one.k, topics)).encode())
            for name, people in sorted(one.members.items()):
                known.update(repr((name, len(people))).encode())
                known.update(b"".join(sorted(people)))
        return known.digest()

    def refuse(self) -> None:
        """Raise HistoryRefused if a few people could be told apart, and no label allows it."""
        labelled, waiting = self._labelled, self._waiting
        if self.unknown - (labelled - waiting):
            raise HistoryRefused(_NOBODY_KNOWN)
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
        others = [one for one in self.others if one.wave_id in self._labelled]
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
        twins |= {
            Twin(self._group(name), self._stage(other.wave_id))
            for other in others
            if other.wave_id in self.unknown
            for topic in self.mine.topics
            if share_a_topic([topic], other.topics)
            for name in topic.names
        }
        return tuple(sorted(twins, key=lambda twin: (twin.group, twin.stage)))

    @cached_property
    def _labelled(self) -> set[int]:
        ended = {number: wave.closed_at for number, wave in self.waves.items() if wave.state == WaveState.CLOSED}
        return self._sequence | {number for number, at in ended.items() if at and self.now - at > LABELLED_AFTER}

    @cached_property
    def _waiting(self) -> set[int]:
        """The waves of the sequence that must be closed first."""
        return {one for one in self._sequence if self.opens and self.waves[one].state != WaveState.CLOSED}

    @cached_property
    def _sequence(self) -> set[int]:
        """The earlier waves of the planned sequence that this one is of: of each stage the last."""
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
        values = {"people": People(found.below), "groups": ", ".join(groups)}
        if all(wave.programme_id == self.survey.programme_id for wave in others):
            return HistoryRefused(_OWN, stages=_stages(others), **values)
        return HistoryRefused(_OF_OTHERS, **values)


class _Searches:
    """What the last searches of this process found, each by its fingerprint; knows no person."""

    def __init__(self) -> None:
        self.made = 0
        self._found: dict[bytes, tuple[Twin, ...] | HistoryRefused] = {}

    def answer(self, comparison: _Comparison) -> tuple[Twin, ...]:
        """Return the labels of a comparison or raise its HistoryRefused; search only if something has changed."""
        found = self._found.pop(comparison.fingerprint, None)
        if found is None:
            self.made += 1
            found = _search(comparison)
        self._found[comparison.fingerprint] = found
        if len(self._found) > _MOST_KEPT:
            self._found.pop(next(iter(self._found)), None)
        if isinstance(found, HistoryRefused):
            raise HistoryRefused(found.said, **found.values)
        return found


_MOST_KEPT = 64
SEARCHES = _Searches()


def _search(comparison: _Comparison) -> tuple[Twin, ...] | HistoryRefused:
    try:
        comparison.refuse()
    except HistoryRefused as refusal:
        return refusal.with_traceback(None)
    return comparison.labels()


_OWN = sentence(
    "Whoever subtracts this survey’s report from earlier ones of the programme (%(stages)s) would see what fewer than "
    "%(people)s answered (%(groups)s). Invite exactly the same people, or at least %(people)s who are different, or "
    "ask other questions. Where a role is small, counting both roles together may help."
)
_OF_OTHERS = sentence(
    "Whoever subtracts this survey’s report from others of your organisation would see what fewer than %(people)s "
    "answered (%(groups)s). Invite exactly the same people, or at least %(people)s who are different, or ask other "
    "questions. Where a role is small, counting both roles together may help."
)
_NOT_KNOWN = sentence(
    "Whether this survey’s report, subtracted from others of your organisation, would say what a few people answered "
    "could not be worked out: too many of them were about some of the same people. Invite exactly the same people as "
    "one of them, or wholly different ones, or ask other questions."
)
_NOBODY_KNOWN = sentence(
    "Who was invited to an earlier survey of your organisation, which asked some of the same, is no longer known. If "
    "it was nearly the same people, whoever subtracts this survey’s report from that one’s could see what a few people "
    "answered. Ask other questions, or wait until two years after that survey has closed."
)
_NOT_CLOSED_YET = sentence(
    "A few people have joined or left since an earlier survey of this programme (%(stages)s) was sent out, and that "
    "one is not closed. This survey can open once the earlier one is closed or cancelled."
)


def _stages(waves: Iterable[Wave]) -> str:
    return ", ".join(dict.fromkeys(wave.stage for wave in sorted(waves, key=lambda wave: wave.id)))


def known_twice(session: Session, programme_id: int, sees: Collection[int] | None = None) -> tuple[str, ...]:
    """Return names that the organisation knows at another address as well, in programmes that one `sees`, or in all."""
    organisation = programme_by_id(session, programme_id).organisation
    domains = organisation.same_domains
    found = namesakes(session, programme_id, sees)
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
    names = cache(lambda role, cohort: names_in(Atom(Role(role), cohort), groups))
    for address, role, cohort in people:
        person = person_digest(key, address, domains)
        for name in names(role, cohort):
            members.setdefault(name, set()).add(person)
    return {name: frozenset(found) for name, found in members.items()}


def names_in(atom: Atom, groups: tuple[Group, ...]) -> tuple[str, ...]:
    """Return by which names the history has people of this role and cohort: none, if their cohort is in no group."""
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


def _is_unknown(session: Session, wave: KnownWave) -> bool:
    """Tell whether the history has fewer people in a group that counts than were invited to it, as its report says.

    An earlier version did not write them down, or left out whose cohort had been renamed since.
    """
    counting = frozenset[str]().union(*(topic.names for topic in wave.topics))
    groups = groups_of(session, wave.wave_id)
    return any(wave.rights_known(one) < one.rights for one in groups if one.role is None or one.name in counting)


def _topics(session: Session, wave: Wave) -> tuple[Topic, ...]:
    report = report_of(session, wave.id)
    if report is not None:
        return _published(report.document)
    return topics_asked(asked_questions(questionnaires_of(session, wave.id)), groups_of(session, wave.id))


@lru_cache(maxsize=256)
def _published(document: str) -> tuple[Topic, ...]:
    return topics_published(Report.parse(document))
