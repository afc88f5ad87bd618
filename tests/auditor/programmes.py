"""Seeded programmes: who was invited, what they were asked and what they said, and our report about it."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from feedback.domain.disclosure.groups import Atom, Group, group_of, partition
from feedback.domain.disclosure.publishing import publish
from feedback.domain.disclosure.tally import Tally
from feedback.domain.report.document import ReportFacts, build_report
from feedback.domain.report.report import About, Promise
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.kinds import MANY, ONE
from feedback.domain.survey.questionnaires import (
    NONE_OF_THESE,
    PREFER_NOT_TO_SAY,
    Option,
    Order,
    Question,
    Questionnaire,
    Rating,
    Role,
    Section,
)

K = 5
PROMISE = Promise("Rea", 60, 7, was_extended=False)
ABOUT = About("Org", "Pilot", "reverse", "", "exit", date(2027, 3, 1), date(2027, 3, 15))
COHORTS = ("London", "York", "Leeds")


@dataclass(frozen=True)
class Person:
    """Somebody invited; `answer` is None for those who did not take part."""

    atom: Atom
    answer: Answer | None


@dataclass(frozen=True)
class Programme:
    """All that an omniscient observer knows."""

    questions: Mapping[Role, tuple[Question, ...]]
    people: tuple[Person, ...]

    @property
    def atoms(self) -> dict[Atom, int]:
        atoms = [person.atom for person in self.people]
        return {atom: atoms.count(atom) for atom in dict.fromkeys(atoms)}

    @property
    def sizes(self) -> dict[tuple[str, str], int]:
        """Invited people, as the auditor is told."""
        return {(str(atom.role), atom.cohort): size for atom, size in self.atoms.items()}

    @property
    def questionnaires(self) -> dict[Role, Questionnaire]:
        present = {atom.role for atom in self.atoms}
        return {role: _questionnaire(role, self.questions[role]) for role in Role if role in present}

    def tally(self, groups: tuple[Group, ...]) -> Tally:
        """Return the raw counts of some partition."""
        tally = Tally(self.questionnaires, groups)
        for person in self.people:
            if person.answer is not None:
                tally.add(group_of(person.atom, groups).name, person.atom.role, person.answer)
        return tally


def our_report(programme: Programme, k: int = K) -> dict[str, Any]:
    """Return the document that our publisher makes."""
    groups = partition(programme.atoms, k)
    return document_of(programme, groups, programme.tally(groups), k)


def document_of(programme: Programme, groups: tuple[Group, ...], tally: Tally, k: int = K) -> dict[str, Any]:
    """Return the document about some tally; json.loads, because an auditor gets no more than JSON."""
    facts = ReportFacts(ABOUT, PROMISE, k, groups, programme.questionnaires)
    read = json.loads(build_report(facts, publish(tally, k), None).json)
    assert isinstance(read, dict)
    return read


STARK = (1.0, 0.5, 0.1, 0.0)
"""How much less likely an option is than the next likelier one: 1 is even, 0 unanimous."""
MILD = (1.0, 0.6, 0.3)


def some_programme(seed: int, people: tuple[int, int] = (10, 150), evenness: tuple[float, ...] = STARK) -> Programme:
    """Return a programme of two roles, one to three cohorts each; everything follows from the seed."""
    dice = random.Random(seed)
    questions = some_questions(dice)
    asked = dict.fromkeys(Role, questions[:-2])
    asked[Role.MENTOR] += questions[-2:-1]
    asked[Role.MENTEE] += questions[-1:]
    cohorts = COHORTS[: dice.randint(1, 3)]
    weights = {Atom(role, cohort): dice.choice((0.2, 1, 1, 2)) for role in Role for cohort in cohorts}
    chosen = dice.choices(list(weights), list(weights.values()), k=dice.randint(*people))
    habits = {
        (atom.role, question.code): _habit(dice, question, evenness) for atom in weights for question in questions
    }
    response, skipping = dice.choice((0.5, 0.7, 0.9, 1)), dice.choice((0, 0, 0.05, 0.3))
    made = []
    for atom in chosen:
        answer = None
        if dice.random() < response:
            answer = _answer(
                dice, asked[atom.role], {code: h for (r, code), h in habits.items() if r == atom.role}, skipping
            )
        made.append(Person(atom, answer))
    return Programme(asked, tuple(made))


def some_questions(dice: random.Random) -> tuple[Question, ...]:
    """Return one question of each sort; the last two are for one role each."""
    return (
        a_question("C1", dice.randint(2, 5)),
        a_question("C2", 5, order=dice.choice(list(Order))),
        a_question("S1", dice.randint(3, 5), sensitive=True, order=dice.choice((Order.RISING, Order.FALLING))),
        a_question("B1", dice.randint(2, 4), kind=MANY, order=Order.NONE),
        a_question("T1", dice.randint(3, 5), then_now=True, order=dice.choice((Order.RISING, Order.FALLING))),
        a_question("O1", 4),
        a_question("O2", 3, sensitive=True),
    )


def a_question(code: str, options: int, **changes: Any) -> Question:
    """Return an optional question whose options are "0", "1", …"""
    offered = tuple(Option(str(place), {"en": f"Choice {place}"}) for place in range(options))
    made = {"kind": ONE, "section": "s", "text": {"en": f"{code}?"}, "options": offered, "order": Order.RISING}
    return Question(code, required=False, **(made | changes))  # type: ignore[arg-type]


def _questionnaire(role: Role, questions: tuple[Question, ...]) -> Questionnaire:
    return Questionnaire(f"exit-{role}", 1, "exit", role, {"en": "Exit"}, (Section("s", {"en": "Part"}),), questions)


def _habit(dice: random.Random, question: Question, evenness: tuple[float, ...]) -> list[float]:
    """Return how likely each option is."""
    chosen = dice.choice(evenness)
    likely = [chosen**place for place in range(len(question.options))]
    dice.shuffle(likely)
    return likely


def _answer(
    dice: random.Random, questions: tuple[Question, ...], habits: Mapping[str, list[float]], skipping: float
) -> Answer:
    ratings: dict[str, Rating] = {}
    for question in questions:
        for field in question.fields:
            if dice.random() < skipping / 2:
                continue
            skips = dice.random() < skipping
            ratings[field] = PREFER_NOT_TO_SAY if skips else _rating(dice, question, habits[question.code])
    return Answer(ratings)


def _rating(dice: random.Random, question: Question, likely: list[float]) -> Rating:
    if question.kind is MANY:
        ticked = tuple(
            code for code, chance in zip(question.option_codes, likely, strict=True) if dice.random() < chance
        )
        return ticked or NONE_OF_THESE
    return dice.choices(question.option_codes, likely)[0]
