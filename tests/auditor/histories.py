"""Seeded organisations over the years: pilots within roll-outs, people who join, leave and swap, in one role or both.

Each wave passes all that the service would do with it: groups kept or chosen, the history (R11), the disclosure rules,
the attack on its report alone and beside the programme's earlier ones. Nothing is stored or sealed.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from feedback.auditor import audit
from feedback.domain.disclosure.forecast import Forecast, choices, forecast
from feedback.domain.disclosure.groups import Atom, Group, counted_once, group_of, kept_partition
from feedback.domain.disclosure.history import TooManyCombinations
from feedback.domain.disclosure.publishing import publish, withhold
from feedback.domain.disclosure.tally import Tally
from feedback.domain.report.cells import cells_of
from feedback.domain.report.document import ReportFacts, build_report, build_too_few
from feedback.domain.report.overlaps import KnownWave, find_overlaps, topics_asked, topics_published
from feedback.domain.report.report import About, Outcome, Report, Twin
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.asked import asked_questions
from feedback.domain.survey.kinds import MANY
from feedback.domain.survey.questionnaires import (
    NONE_OF_THESE,
    PREFER_NOT_TO_SAY,
    Condition,
    Order,
    Question,
    Questionnaire,
    Rating,
    Role,
    Section,
)
from feedback.services.reports.audit_together import EarlierReports, Hidden, attacks_with, to_withhold
from tests.auditor.programmes import PROMISE, K, a_question

STAGES = ("kickoff", "midpoint", "exit")
COHORTS = ("London", "York", "")
SHARED = (
    a_question("C1", 5),
    a_question("D1", 3, shown_when=Condition("C1", ("0", "1"))),
    a_question("S1", 4, sensitive=True, order=Order.FALLING),
    a_question("B1", 3, kind=MANY, order=Order.NONE),
    a_question("T1", 3, then_now=True),
)
OWN = {Role.MENTOR: (a_question("V1", 4),), Role.MENTEE: (a_question("W2", 4, order=Order.NONE),)}
Seats = dict[tuple[int, Role], str]
"""The cohort of each person in each role."""


@dataclass(frozen=True)
class Closed:
    """One wave that has closed: what the history knows of it, and its report."""

    number: int
    programme: int
    stage: str
    sizes: Mapping[Atom, int]
    groups: tuple[Group, ...]
    members: Mapping[str, frozenset[bytes]]
    report: Report

    @property
    def speaks(self) -> bool:
        return self.report.outcome is Outcome.PUBLISHED


@dataclass
class Organisation:
    """What has happened so far. `found` counts outcomes: waves, refused ones, labels, findings by rule, questions that
    earlier reports withhold, findings that do not say which, and what they would give away after that."""

    dice: random.Random
    closed: list[Closed] = field(default_factory=list)
    said: dict[tuple[int, Role, str], Rating] = field(default_factory=dict)
    found: Counter[str] = field(default_factory=Counter)


def history(seed: int) -> Counter[str]:
    """Return what came of one organisation; everything follows from the seed."""
    dice = random.Random(seed)
    made = Organisation(dice)
    pilot = _roster(dice, start=0)
    rosters = [pilot]
    if dice.random() < 0.6:
        nested = pilot if dice.random() < 0.7 else {}
        rosters.append({**nested, **_roster(dice, start=1_000)})
    for programme, roster in enumerate(rosters):
        for stage in sorted(dice.sample(STAGES, dice.randint(1, 3)), key=STAGES.index):
            _wave(made, programme, stage, roster)
            rosters[programme] = roster = _later(dice, roster)
    return made.found


def _roster(dice: random.Random, start: int) -> Seats:
    cohorts = COHORTS[: dice.randint(1, 3)]
    seats: Seats = {}
    for role in Role:
        for number in range(dice.choice((5, 8, 8, 9, 12, 20, 30))):
            seats[start + number + (500 if role is Role.MENTEE else 0), role] = dice.choice(cohorts)
    for person, role in list(seats)[: dice.choice((0, 0, 1, 3))]:
        seats[person, Role.MENTEE if role is Role.MENTOR else Role.MENTOR] = dice.choice(cohorts)
    return seats


def _later(dice: random.Random, seats: Seats) -> Seats:
    """Some leave, some join, some are swapped; a cohort may be renamed, or all of them blanked."""
    left = dice.sample(sorted(seats), min(len(seats), dice.choice((0, 0, 1, 2, 4))))
    kept = {seat: cohort for seat, cohort in seats.items() if seat not in left}
    joining = left if dice.random() < 0.4 else dice.sample(sorted(seats), dice.choice((0, 0, 1, 3)))
    new = {(dice.randrange(10_000, 10**9), role): dice.choice(COHORTS) for _person, role in joining}
    renamed = {"London": "Greater London"} if dice.random() < 0.15 else {}
    blank = dice.random() < 0.1
    return {seat: "" if blank else renamed.get(cohort, cohort) for seat, cohort in {**kept, **new}.items()}


def _wave(made: Organisation, programme: int, stage: str, roster: Seats) -> None:
    sizes = dict(Counter(Atom(role, cohort) for (_person, role), cohort in sorted(roster.items())))
    doubled = len(roster) - len({person for person, _role in roster})
    seen = _foreseen(made, programme, sizes, doubled)
    if seen.invited < K or not all(_closed_questions(one) for one in seen.asked.values()):
        return
    number, members = len(made.closed) + made.found["refused"] + 1, _members(roster, seen.groups)
    twins = _twins(
        made, KnownWave(number, K, topics_asked(asked_questions(seen.asked), seen.groups), members), (programme, stage)
    )
    made.found["waves"] += 1
    if twins is None:
        made.found["refused"] += 1
        return
    made.found["labelled"] += bool(twins)
    report = _close(made, (programme, stage), roster, seen, twins, members)
    made.closed.append(Closed(number, programme, stage, sizes, seen.groups, members, report))


def _foreseen(made: Organisation, programme: int, sizes: Mapping[Atom, int], doubled: int) -> Forecast:
    planned = {role: _questionnaire(role) for role in Role}
    before = [one for one in made.closed if one.programme == programme and one.speaks]
    kept = kept_partition(before[-1].groups, before[-1].sizes, sizes, K) if before else None
    if kept is not None:
        groups = counted_once(kept, doubled)
        if groups[0].role is not None or groups[0].invited >= 2 * K:
            return forecast(sizes, planned, K, doubled, groups=groups)
    both = list(choices(sizes, planned, K, doubled).values())
    return made.dice.choice(both) if both else forecast(sizes, planned, K, doubled)


def _twins(made: Organisation, mine: KnownWave, of: tuple[int, str]) -> tuple[Twin, ...] | None:
    """Return the labels of a wave; None if it is refused (R11)."""
    others = [KnownWave(one.number, K, topics_published(one.report), one.members) for one in made.closed]
    stages = STAGES[: STAGES.index(of[1])]
    sequence = {one.number: one.stage for one in made.closed if one.programme == of[0] and one.stage in stages}
    try:
        if next(find_overlaps(mine, others, set(sequence)), None) is not None:
            return None
        found = list(find_overlaps(mine, [one for one in others if one.wave_id in sequence], ()))
    except TooManyCombinations:
        return None
    labels = {
        Twin("all" if "all" in mine.members else place.name, sequence[other.wave_id])
        for overlap in found
        for place in overlap.places
        for other in overlap.places
        if place.wave_id == mine.wave_id != other.wave_id
    }
    return tuple(sorted(labels, key=lambda one: (one.group, one.stage)))


def _close(
    made: Organisation,
    of: tuple[int, str],
    roster: Seats,
    seen: Forecast,
    twins: tuple[Twin, ...],
    members: Mapping[str, frozenset[bytes]],
) -> Report:
    tally = _answered(made, roster, seen)
    about = About("Org", f"Programme {of[0]}", "reverse", "", of[1], date(2027, 3, 1), date(2027, 3, 15))
    facts = ReportFacts(about, PROMISE, K, seen.groups, seen.asked, twins=twins)
    if sum(tally.answered(group) for group in seen.groups) < K:
        return build_too_few(facts, None)
    publication = publish(tally, K)

    def without(hidden: Hidden) -> Report:
        return build_report(facts, withhold(publication, tally, hidden), None)

    report = without(frozenset())
    sizes = {(str(atom.role), atom.cohort): size for atom, size in seen.sizes.items()}
    alone = audit(json.loads(report.json), sizes).findings
    made.found.update(f"alone {one.rule}" for one in alone if one.rule != "partition")
    before = _before(made, of[0], seen.groups, members)
    hidden = to_withhold(without, before)
    if not hidden:
        return report
    made.found["withheld"] += len(hidden)
    for attack in attacks_with(before, report):
        made.found["nameless"] += sum(not (one.questions and one.groups) for one in attack.findings(report))
        made.found["left"] += len(attack.given_away(without(hidden)))
    return without(hidden)


def _before(
    made: Organisation, programme: int, groups: tuple[Group, ...], members: Mapping[str, frozenset[bytes]]
) -> EarlierReports:
    earlier = [one for one in made.closed if one.programme == programme and one.speaks]
    waves = [*((one.groups, one.members) for one in earlier), (groups, members)]
    return EarlierReports(tuple(one.report for one in earlier), cells_of(waves))


def _members(roster: Seats, groups: tuple[Group, ...]) -> dict[str, frozenset[bytes]]:
    found: dict[str, set[bytes]] = {}
    for (person, role), cohort in roster.items():
        name = group_of(Atom(role, cohort), groups).name
        for one in {name, role.value} if name == "all" else {name}:
            found.setdefault(one, set()).add(str(person).encode())
    return {name: frozenset(people) for name, people in found.items()}


def _answered(made: Organisation, roster: Seats, seen: Forecast) -> Tally:
    tally, dice = Tally(seen.asked, seen.groups), made.dice
    response, evenness = dice.choice((0.5, 0.7, 0.9, 1.0)), dice.choice((1.0, 0.6, 0.3, 0.1))
    for (person, role), cohort in sorted(roster.items()):
        if dice.random() < response:
            answer = Answer(dict(_ratings(made, (person, role), seen.asked[role], evenness)))
            tally.add(group_of(Atom(role, cohort), seen.groups).name, role, answer)
    return tally


def _ratings(
    made: Organisation, who: tuple[int, Role], questionnaire: Questionnaire, evenness: float
) -> Iterator[tuple[str, Rating]]:
    """Most people say what they said before; `evenness` is how much less likely each next option is."""
    given: dict[str, Rating] = {}
    for question in questionnaire.questions:
        condition = question.shown_when
        if condition and given.get(condition.question) not in condition.answers:
            continue
        for name in question.fields:
            key = (*who, name)
            if key not in made.said or made.dice.random() < 0.15:
                made.said[key] = _rating(made.dice, question, evenness)
            given[name] = made.said[key]
            yield name, given[name]


def _rating(dice: random.Random, question: Question, evenness: float) -> Rating:
    codes = question.option_codes
    if dice.random() < 0.03:
        return PREFER_NOT_TO_SAY
    if question.kind is MANY:
        return tuple(code for at, code in enumerate(codes) if dice.random() < evenness**at) or NONE_OF_THESE
    return dice.choices(codes, [evenness**at for at in range(len(codes))])[0]


def _closed_questions(questionnaire: Questionnaire) -> int:
    return sum(question.closed for question in questionnaire.questions)


def _questionnaire(role: Role) -> Questionnaire:
    questions = tuple(replace(one, required=False) for one in (*SHARED, *OWN[role]))
    return Questionnaire(f"any-{role}", 1, "any", role, {"en": "Any"}, (Section("s", {"en": "Part"}),), questions)
