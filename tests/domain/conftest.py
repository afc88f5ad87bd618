"""Builders of questionnaires, groups and tallies. Session-wide, so that property tests may use them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from feedback.domain.disclosure.groups import Group
from feedback.domain.disclosure.tally import Tally
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.kinds import MANY, ONE, TEXT
from feedback.domain.survey.questionnaires import Option, Order, Question, Questionnaire, Rating, Role, Section

Asker = Callable[..., Question]


@pytest.fixture(scope="session")
def ask() -> Asker:
    """Return a builder: `ask("C1")` is an optional question; its options are "0" (least favourable) to "4"."""

    def build(code: str, options: int = 5, **changes: Any) -> Question:
        offered = tuple(Option(str(place), {"en": f"Choice {place}"}) for place in range(options))
        made = {
            "kind": ONE,
            "section": "s",
            "text": {"en": f"{code}?"},
            "options": offered,
            "order": Order.RISING,
            "required": False,
        }
        return Question(code, **(made | changes))  # type: ignore[arg-type]

    return build


@pytest.fixture(scope="session")
def ask_many(ask: Asker) -> Asker:
    return lambda code, **changes: ask(code, kind=MANY, order=Order.NONE, **changes)


@pytest.fixture(scope="session")
def ask_open(ask: Asker) -> Asker:
    return lambda code, **changes: ask(
        code, 0, **({"kind": TEXT, "order": Order.NONE, "required": False, "max_chars": 100} | changes)
    )


@dataclass
class Wave:
    """A tally in the making: what each role is asked, and what each group has said so far."""

    questions: Mapping[Role, tuple[Question, ...]]
    groups: tuple[Group, ...]
    tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        self.tally = Tally(self.questionnaires, self.groups)

    @property
    def questionnaires(self) -> dict[Role, Questionnaire]:
        return {role: questionnaire_of(role, questions) for role, questions in self.questions.items()}

    def rate(self, group: str, code: str, ratings: Iterable[Rating], role: Role | None = None) -> None:
        """Count one answer per rating; other questions stay empty."""
        for rating in ratings:
            self.tally.add(group, role or Role(group.split("/")[0]), Answer({code: rating}))


def questionnaire_of(role: Role, questions: tuple[Question, ...]) -> Questionnaire:
    sections = (Section("s", {"en": "Section"}),)
    return Questionnaire(f"exit-{role}", 1, "exit", role, {"en": "Exit"}, sections, questions)


@pytest.fixture(scope="session")
def by_role() -> tuple[Group, ...]:
    return (Group("mentor", Role.MENTOR, (), 40), Group("mentee", Role.MENTEE, (), 30))


@pytest.fixture(scope="session")
def everybody() -> tuple[Group, ...]:
    return (Group("all", None, (), 15),)


@pytest.fixture(scope="session")
def wave(by_role: tuple[Group, ...]) -> Callable[..., Wave]:
    """Return a builder: `wave(question)` asks both roles the same, `wave(mentor=..., mentee=...)` does not."""

    def build(*both: Question, groups: tuple[Group, ...] = by_role, **per_role: tuple[Question, ...]) -> Wave:
        asked = {Role(name): tuple(questions) for name, questions in per_role.items()}
        return Wave(asked or dict.fromkeys(Role, both), groups)

    return build
