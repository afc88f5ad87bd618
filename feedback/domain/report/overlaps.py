"""Which groups of a wave would speak of a few people, together with what other waves have published or may (R11).

Question by question, by its words: the groups of other waves count in which nearly the same was asked.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from feedback.domain.disclosure.groups import Group, reported_in
from feedback.domain.disclosure.history import PublishedGroup, combinations
from feedback.domain.disclosure.statements import GroupStatement, Withheld
from feedback.domain.report.report import Outcome, Report
from feedback.domain.survey.asked import AskedQuestion
from feedback.domain.survey.questionnaires import Role, Texts
from feedback.domain.survey.wording import are_nearly_equal


class GroupPlace(NamedTuple):
    """Some people of a wave of whom something is published together: a group, or one role of everybody."""

    wave_id: int
    name: str


class Topic(NamedTuple):
    """The words of a question, and the names of the places of one wave in which it is published, or may be."""

    text: Texts
    names: frozenset[str]


@dataclass(frozen=True)
class KnownWave:
    """What is published of a wave, or may be. `members` are digests of people, by the name of a place."""

    wave_id: int
    k: int
    topics: tuple[Topic, ...]
    members: Mapping[str, frozenset[bytes]]

    def rights_known(self, group: Group) -> int:
        """Return of how many rights to answer it is known whose they are: of somebody in both roles of both."""
        names = (group.name,) if group.role else tuple(Role)
        return sum(len(self.members.get(name, ())) for name in names)


@dataclass(frozen=True)
class Overlap:
    """Places that speak together of 1 to `below` − 1 people."""

    places: frozenset[GroupPlace]
    below: int


def topics_asked(asked: Iterable[AskedQuestion], groups: Iterable[Group]) -> tuple[Topic, ...]:
    """Return what a wave may publish that asks this of these groups."""
    return _topics(asked, groups, None)


def topics_published(report: Report) -> tuple[Topic, ...]:
    """Return what a report says something of; nothing if too few had answered."""
    if report.outcome is Outcome.TOO_FEW:
        return ()
    about = [one for one in report.statements if isinstance(one, GroupStatement) and not isinstance(one, Withheld)]
    return _topics(report.asked, report.groups, {(one.group, one.question) for one in about})


def share_a_topic(mine: Iterable[Topic], others: Sequence[Topic]) -> bool:
    """Tell whether nearly the same is asked in both."""
    return any(are_nearly_equal(one.text, other.text) for one in mine for other in others)


def find_overlaps(mine: KnownWave, others: Sequence[KnownWave], allowed: Collection[int]) -> Iterator[Overlap]:
    """Yield the places of `mine` and of `others` that speak together of a few people, more than the others do alone.

    Left out is what follows from `mine` and the waves whose ids are `allowed`. Raises TooManyCombinations where that
    cannot be found out.
    """
    known = {
        GroupPlace(wave.wave_id, name): PublishedGroup(people, wave.k)
        for wave in (mine, *others)
        for name, people in wave.members.items()
    }
    for places in dict.fromkeys(_places(mine, others)):
        near = _reached(mine.wave_id, {place: known[place].members for place in places})
        own = frozenset(at for at, place in enumerate(near) if place.wave_id == mine.wave_id)
        also = frozenset(at for at, place in enumerate(near) if place.wave_id in allowed)
        before = frozenset(range(len(near))) - own
        if before - also:
            for found in combinations([known[place] for place in near], [before, own | also]):
                yield Overlap(frozenset(near[at] for at in found.groups), found.below)


def _topics(
    asked: Iterable[AskedQuestion], groups: Iterable[Group], said: Collection[tuple[str, str]] | None
) -> tuple[Topic, ...]:
    closed, known = [one for one in asked if one.question.closed], list(groups)
    everybody = {role for one in closed for role in one.roles}
    topics = []
    for one in closed:
        mine = (group for group in known if group.role in (None, *one.roles))
        names = {reported_in(group, one.roles, everybody).name for group in mine}
        names = {name for name in names if said is None or (name, one.question.code) in said}
        topics.append(Topic(one.question.text, frozenset(names)))
    return tuple(topic for topic in topics if topic.names)


def _places(mine: KnownWave, others: Sequence[KnownWave]) -> Iterator[tuple[GroupPlace, ...]]:
    for text, _names in mine.topics:
        found = {
            GroupPlace(wave.wave_id, name)
            for wave in (mine, *others)
            for topic in wave.topics
            for name in topic.names & wave.members.keys()
            if are_nearly_equal(text, topic.text)
        }
        if any(place.wave_id != mine.wave_id for place in found):
            yield tuple(sorted(found))


def _reached(wave_id: int, members: Mapping[GroupPlace, frozenset[bytes]]) -> list[GroupPlace]:
    """Return the places of a wave and those that share people with them, or with others that do."""
    left = set(members)
    reached = {place for place in left if place.wave_id == wave_id}
    new = reached
    while new:
        left -= new
        new = {place for place in left if any(not members[place].isdisjoint(members[one]) for one in new)}
        reached = reached | new
    return sorted(reached)
