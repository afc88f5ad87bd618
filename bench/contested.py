"""What somebody reads of one person who answers through everybody else's link and subtracts: with the rule and without.

The attacker knows every answer that he sent, so of a published count only the target's is new to him. Answers that were
given twice are contested and counted nowhere; those of people who never answered stand beside the target's.
"""

import random

from bench.stage import table
from feedback.domain.disclosure.groups import Group
from feedback.domain.disclosure.publishing import SMALLEST_K, publish, too_contested
from feedback.domain.disclosure.statements import Distribution
from feedback.domain.disclosure.tally import Tally
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.kinds import MANY
from feedback.domain.survey.questionnaires import Role
from forms.bank import pair
from tests.answering import an_answer

SIZES = (8, 10, 13, 16, 20, 27, 40, 60)
SHARES = (0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
ASKED = pair("kickoff")[Role.MENTOR]
CLOSED = sum(question.closed for question in ASKED.questions)


def facts_read(people: int, answered: int, chance: random.Random, *, ruled: bool) -> int:
    """Return how many answers of one who answered are read: of `people`, `answered` did, and the attacker is last."""
    contested, puppets = answered - 1, people - answered
    if puppets + 1 < SMALLEST_K or (ruled and too_contested(people, contested)):
        return 0
    tally = Tally({Role.MENTOR: ASKED}, (Group("mentor", Role.MENTOR, (), people),))
    tally.add("mentor", Role.MENTOR, an_answer(ASKED, chance))
    for number in range(puppets):
        tally.add("mentor", Role.MENTOR, _puppet(number))
    return sum(isinstance(one, Distribution) for one in publish(tally, SMALLEST_K).statements)


def _puppet(number: int) -> Answer:
    """Return an answer that differs from the last one: where answers differ, no band hides the target's."""
    closed = [question for question in ASKED.questions if question.closed]
    said = {field: one.option_codes[number % len(one.option_codes)] for one in closed for field in one.fields}
    ticked = {one.code: (said[one.code],) for one in closed if one.kind is MANY}
    return Answer({**said, **ticked})


def share_read(people: int, share: float, waves: int, *, ruled: bool) -> float:
    """Return which part of all answers is read over so many waves."""
    chance, answered = random.Random(4), max(1, round(share * people))
    read = sum(facts_read(people, answered, chance, ruled=ruled) for _ in range(waves))
    return read / (waves * CLOSED)


def main(small: bool) -> None:
    """Print both tables."""
    sizes, shares, waves = ((13,), (0.7,), 2) if small else (SIZES, SHARES, 200)
    for ruled, name in ((False, "k uncontested answers alone"), (True, "the rule")):
        rows: list[list[object]] = [
            [people, *(round(share_read(people, share, waves, ruled=ruled), 3) for share in shares)] for people in sizes
        ]
        table(f"Answers of one person read through all other links, under {name}", ["people", *map(str, shares)], rows)
