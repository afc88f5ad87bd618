"""Organisations with six programmes of new and returning people, three waves each, and what their history says."""

import random
from collections import Counter
from collections.abc import Collection, Sequence

from feedback.domain.disclosure.history import TooManyCombinations
from feedback.domain.report.overlaps import KnownWave, Topic, find_overlaps

ASKED = {"en": "Does it help?"}
OF_MENTORS = {"en": "What have you learned from a mentee?"}
PROGRAMMES, STAGES = 6, 3


def wave(number: int, groups: dict[str, set[int]], k: int = 5, asks: str = "") -> KnownWave:
    """A wave that asks all groups one thing, and the groups named in `asks` another."""
    topics = [Topic(ASKED, frozenset(groups))] + ([Topic(OF_MENTORS, frozenset({asks}))] if asks else [])
    members = {name: frozenset(str(one).encode() for one in people) for name, people in groups.items()}
    return KnownWave(number, k, tuple(topics), members)


def some_organisation(seed: int, returning: float = 0.6, leaving: float = 0.0) -> Counter[str]:
    """Count its waves, and those that are refused, first ones and later ones, and that are labelled.

    Up to `returning` of a programme's people were in earlier ones; somebody leaves between two waves as `leaving` says.
    """
    chance, known, waves, seen = random.Random(seed), 20, list[KnownWave](), Counter[str]()
    for programme in range(PROGRAMMES):
        size = chance.randint(8, 60)
        back = chance.sample(range(known), min(known, round(size * chance.uniform(0, returning))))
        people = [*back, *range(known, known + size - len(back))]
        known += size - len(back)
        cohorts = chance.random() < 0.5
        for stage in range(STAGES):
            mine = wave(STAGES * programme + stage, partition(people, cohorts=cohorts))
            before = waves[STAGES * programme :]
            allowed = [one.wave_id for one in before]
            seen["first" if stage == 0 else "later"] += 1
            if is_found(mine, waves, allowed):
                seen["refused first" if stage == 0 else "refused later"] += 1
            seen["labelled"] += is_found(mine, before, ())
            waves.append(mine)
            people = [person for person in people if chance.random() >= leaving]
    return seen


def is_found(mine: KnownWave, others: Sequence[KnownWave], allowed: Collection[int]) -> bool:
    """Whether a wave speaks of a few people with others, or that cannot be found out."""
    try:
        return any(find_overlaps(mine, others, allowed))
    except TooManyCombinations:
        return True


def partition(people: list[int], *, cohorts: bool) -> dict[str, set[int]]:
    """Two roles, one of them perhaps in two cohorts; everybody, if a role is small."""
    mentors, mentees = people[::2], people[1::2]
    if len(mentees) < 10:
        return {"all": set(people), "mentor": set(mentors), "mentee": set(mentees)}
    if not cohorts or len(mentors) < 20:
        return {"mentor": set(mentors), "mentee": set(mentees)}
    return {"mentor/a": set(mentors[::2]), "mentor/b": set(mentors[1::2]), "mentee": set(mentees)}
