"""How much of what is asked a report shows: exactly, in a band, or not at all, by size of programme and response."""

import random
import sys
from collections import Counter
from collections.abc import Mapping

from bench.stage import table
from feedback.domain.disclosure.forecast import Forecast, choices, forecast
from feedback.domain.disclosure.groups import Atom, Group, group_of, reported_in
from feedback.domain.disclosure.publishing import SMALLEST_K, publish
from feedback.domain.disclosure.statements import (
    Bound,
    Distribution,
    GroupStatement,
    Publication,
    Rose,
    Ticks,
    Withheld,
)
from feedback.domain.disclosure.tally import Tally
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.kinds import MANY
from feedback.domain.survey.questionnaires import (
    NONE_OF_THESE,
    PREFER_NOT_TO_SAY,
    Order,
    Question,
    Questionnaire,
    Rating,
    Role,
)
from forms.bank import pair

PROGRAMMES: Mapping[str, tuple[int, int, int]] = {
    "8 pairs": (8, 8, 1),
    "9 + 60": (9, 60, 1),
    "27": (14, 13, 1),
    "60": (30, 30, 2),
    "150": (75, 75, 3),
    "1,200": (600, 600, 6),
}
"""Mentors, mentees, and the cohorts over which each role is spread."""
RATES = (50, 70, 90)
SILENT = 0.03
"""How many prefer not to say, per question."""
KINDS = ("exact", "banded", "hidden")


def shares(sizes: Mapping[Atom, int], stage: str, percent: int, runs: int) -> dict[str, float]:
    """Return what share of the questions of a stage is shown how, if each person answers by chance.

    A question counts once for each role that the shipped questionnaires ask it, spread over that role's groups by
    their people; what is not asked, since it could never be shown, is hidden.
    """
    planned = pair(stage)
    seen = next(iter(choices(sizes, planned, SMALLEST_K).values()), None) or forecast(sizes, planned, SMALLEST_K)
    found: Counter[str] = Counter()
    for seed in range(runs):
        publication = publish(_answered(seen, percent, random.Random(f"{stage}/{percent}/{seed}")), SMALLEST_K)
        for role, questionnaire in planned.items():
            for question in (one for one in questionnaire.questions if one.closed):
                found.update(_shown(seen, publication, role, question))
    return {kind: found[kind] / found.total() for kind in KINDS}


def _answered(seen: Forecast, percent: int, dice: random.Random) -> Tally:
    tally = Tally(seen.asked, seen.groups)
    habits = {role: {one.code: _habit(dice, one) for one in its.questions} for role, its in seen.asked.items()}
    for atom, size in seen.sizes.items():
        for _person in range(size):
            if dice.random() < percent / 100:
                answer = _answer(dice, seen.asked[atom.role], habits[atom.role])
                tally.add(group_of(atom, seen.groups).name, atom.role, answer)
    return tally


def _habit(dice: random.Random, question: Question) -> list[float]:
    """Return how likely each option is: the second best of many most of all, and less the further from it."""
    falls, codes = dice.uniform(0.3, 0.8), question.option_codes
    best_first = range(len(codes)) if question.order is Order.FALLING else range(len(codes))[::-1]
    return [falls ** abs(place - (len(codes) > 3)) for place in best_first]


def _answer(dice: random.Random, questionnaire: Questionnaire, habits: Mapping[str, list[float]]) -> Answer:
    ratings: dict[str, Rating] = {}
    for question in questionnaire.questions:
        condition = question.shown_when
        if not question.closed or (condition and ratings.get(condition.question) not in condition.answers):
            continue
        for field in question.fields:
            ratings[field] = _rating(dice, question, habits[question.code])
    return Answer(ratings)


def _rating(dice: random.Random, question: Question, likely: list[float]) -> Rating:
    if dice.random() < SILENT:
        return PREFER_NOT_TO_SAY
    if question.kind is MANY:
        chances = zip(question.option_codes, likely, strict=True)
        ticked = tuple(code for code, chance in chances if dice.random() < chance)
        return ticked or NONE_OF_THESE
    return dice.choices(question.option_codes, likely)[0]


def _shown(seen: Forecast, publication: Publication, role: Role, question: Question) -> dict[str, float]:
    """Return how a question is shown of a role's people: the shares of its groups, each by what is said there."""
    groups = [group for group in seen.groups if group.role in (None, role)]
    invited = sum(group.invited for group in groups)
    found: Counter[str] = Counter()
    for group in groups:
        for kind, share in _said(publication, group, role, question.code).items():
            found[kind] += share * group.invited / invited
    return found


def _said(publication: Publication, group: Group, role: Role, code: str) -> dict[str, float]:
    names = {group.name, reported_in(group, (role,), tuple(Role)).name}
    about = [one for one in publication.statements if isinstance(one, GroupStatement) and one.question == code]
    said = [one for one in about if one.group in names and not isinstance(one, Withheld | Rose)]
    kinds = Counter("exact" if _is_exact(one) else "banded" for one in said)
    return {kind: number / len(said) for kind, number in kinds.items()} or {"hidden": 1.0}


def _is_exact(one: GroupStatement) -> bool:
    return isinstance(one, Distribution) or (isinstance(one, Ticks) and one.bound is Bound.EXACTLY)


def rows(stage: str, runs: int) -> list[list[object]]:
    """Return a row for each programme, and a column for each response: exact / banded / hidden, in per cent."""
    made: list[list[object]] = []
    for name, (mentors, mentees, cohorts) in PROGRAMMES.items():
        sizes: Counter[Atom] = Counter()
        for role, people in ((Role.MENTOR, mentors), (Role.MENTEE, mentees)):
            sizes.update(Atom(role, f"Cohort {number % cohorts}") for number in range(people))
        tries = max(2, min(runs, 20_000 // (mentors + mentees)))
        found = [shares(sizes, stage, percent, tries) for percent in RATES]
        made.append([name, *(" / ".join(f"{100 * one[kind]:.0f}" for kind in KINDS) for one in found)])
    return made


def main(small: bool) -> None:
    """Print a table for the first and the last stage."""
    heads = ["people", *(f"{percent} % answer" for percent in RATES)]
    for stage in ("kickoff",) if small else ("kickoff", "exit"):
        title = f"Of the questions of {stage}, shown exactly / in a band / not at all, in per cent"
        table(title, heads, rows(stage, 1 if small else 300))


if __name__ == "__main__":
    main("--small" in sys.argv)
