"""Tiny surveys with a question that only some are asked, as a document, and every way in which people could answer.

`hanging`: the question has words of its own. `twice`: it asks again, nearly in its words, what everybody was asked, and
people answer alike. Slow and simple on purpose, as `enumeration` is.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, NamedTuple

from tests.auditor.programmes import a_question
from tests.auditor.rivals import question_record

Record = dict[str, Any]
FILTER, OPTIONS = 3, 2
"""How many options the filter has, and the question that hangs on it."""
GROUPS: dict[str, tuple[str | None, tuple[int, ...]]] = {
    "all": (None, (0, 1)),
    "mentor": ("mentor", (0,)),
    "mentee": ("mentee", (1,)),
}


class Said(NamedTuple):
    """One person's answers; None: did not say, or was not asked."""

    chose: int | None
    told: int | None


World = tuple[Said | None, ...]
People = Callable[[World], list[int]]
Attribute = tuple[Callable[[Said], object], frozenset[int]]


@dataclass(frozen=True)
class Survey:
    """`asks` are the filter's options after which the question is asked; `agrees` knows what is published."""

    kind: str
    sizes: tuple[int, int]
    names: tuple[str, ...]
    asks: frozenset[int]
    k: int
    agrees: Callable[[World], bool]

    def people(self, name: str) -> list[int]:
        """Return the people of a group, by number."""
        role_of = [role for role, size in enumerate(self.sizes) for _ in range(size)]
        return [person for person, role in enumerate(role_of) if role in GROUPS[name][1]]

    def states(self) -> list[Said | None]:
        """Return all that one person may say."""
        chose = (None, *range(FILTER))
        told = (None, *range(OPTIONS))
        free = self.kind == "twice"
        all_said = [Said(*one) for one in product(chose, told) if free or one[0] in self.asks or one[1] is None]
        return [None, *all_said]

    def was_asked(self, said: Said) -> bool:
        """Tell whether somebody was asked what only some were asked."""
        return said.chose in self.asks


def broken(survey: Survey, about: str) -> set[str]:
    """Return which of D1, D2 and D2i hold for the filter, or for the question that hangs on it."""
    worlds = [world for world in product(survey.states(), repeat=sum(survey.sizes)) if survey.agrees(world)]
    view: Callable[[Said], int | None] = (lambda said: said.chose) if about == "filter" else (lambda said: said.told)
    options = FILTER if about == "filter" else OPTIONS
    whole = [*survey.names, *(name for at, name in enumerate(("mentor", "mentee")) if survey.sizes[at])]
    plain = [_those(survey.people(name)) for name in whole]
    classed = list(_classed(survey, whole)) if (about, survey.kind) == ("question", "twice") else []
    found = {"D1" for people in (*plain, *classed) if _certain_count(survey, worlds, people, view, options)}
    for people in (*plain, *classed):
        if _alike(worlds, people, view, None):
            found.add("D2")
        for insider, own in product(range(sum(survey.sizes)), survey.states()):
            if own is not None or survey.kind != "twice":
                seen = [world for world in worlds if world[insider] == own]
                found |= {"D2i"} if _alike(seen, people, view, insider) else set()
    return found


def _those(people: list[int]) -> People:
    return lambda world: people


def _classed(survey: Survey, whole: Iterable[str]) -> Iterator[People]:
    """Yield unions of classes of answers to the filter, in each group and role."""
    inside, outside = survey.asks, frozenset(range(FILTER)) - survey.asks
    classes = [frozenset[int | None](one) for one in (inside, outside, {None}) if one]
    for name in whole:
        for number in range(1, len(classes) + 1):
            for chosen in combinations(classes, number):
                yield _who_chose(survey.people(name), frozenset().union(*chosen))


def _who_chose(people: list[int], options: frozenset[int | None]) -> People:
    return lambda world: [one for one in people if (said := world[one]) is not None and said.chose in options]


def _answers(world: World, people: Iterable[int], view: Callable[[Said], int | None]) -> list[int]:
    return [answer for one in people if (said := world[one]) is not None and (answer := view(said)) is not None]


def _alike(worlds: list[World], people: People, view: Callable[[Said], int | None], insider: int | None) -> bool:
    answers = [_answers(world, (one for one in people(world) if one != insider), view) for world in worlds]
    return any(answers) and len({answer for some in answers for answer in some}) == 1


def _certain_count(
    survey: Survey, worlds: list[World], people: People, view: Callable[[Said], int | None], options: int
) -> bool:
    few = [some for world in worlds if 1 <= len(some := _answers(world, people(world), view)) < survey.k]
    counts = [{some.count(option) for some in few} for option in range(options)]
    return any(len(seen) == 1 and seen != {0} for seen in counts)


def conditional_survey(seed: int, kind: str, people: int = 4) -> tuple[Survey, Record, dict[tuple[str, str], int]]:
    """Return a survey, the document about it, and the invited sizes."""
    dice = random.Random(f"{kind}/{seed}")
    names = dice.choice((("mentor",), ("all",), ("mentor", "mentee")))
    mentors = people if names == ("mentor",) else dice.randint(1, people - 1)
    asks = frozenset(dice.sample(range(FILTER), dice.randint(1, 2)))
    shell = Survey(kind, (mentors, people - mentors), names, asks, dice.choice((2, 3)), lambda _: True)
    likely = [dice.choice((0.1, 1.0, 3.0)) for _ in shell.states()]
    world = tuple(dice.choices(shell.states(), likely, k=people))
    facts = [fact for name in names for fact in _facts(dice, shell, name, world)]
    survey = Survey(
        kind, shell.sizes, names, asks, shell.k, lambda one: all(told(one) == told(world) for _, told in facts)
    )
    sizes = {(role, ""): size for role, size in zip(("mentor", "mentee"), shell.sizes, strict=True) if size}
    return survey, _document(shell, [record for record, _ in facts if record]), sizes


Fact = tuple[Record, Callable[[World], object]]


def _facts(dice: random.Random, survey: Survey, name: str, world: World) -> Iterator[Fact]:
    """Yield what is published of a group, with what it says about any world."""
    people = survey.people(name)

    def took_part(one: World) -> object:
        number = sum(one[person] is not None for person in people)
        return None if number < survey.k else number

    yield {"kind": "response-rate", "group": name, "invited": len(people), "answered": took_part(world)}, took_part
    if survey.kind == "twice" or dice.random() < 0.6:
        yield _told(dice, name, "F1", FILTER, people, world, lambda said: said.chose, exact=survey.kind == "twice")
    if survey.kind == "twice":
        yield _told(dice, name, "T1", OPTIONS, people, world, lambda said: said.told)
    if survey.kind == "twice" or dice.random() < 0.9:
        yield _told(
            dice, name, "T2", OPTIONS, people, world, lambda said: said.told if survey.was_asked(said) else None
        )


def _told(
    dice: random.Random,
    name: str,
    code: str,
    options: int,
    people: list[int],
    world: World,
    view: Callable[[Said], int | None],
    exact: bool = False,
) -> Fact:
    def counts(one: World) -> tuple[int, ...]:
        answers = _answers(one, people, view)
        return tuple(answers.count(option) for option in range(options))

    shown, about = counts(world), {"group": name, "question": code, "n": sum(counts(world))}
    if exact or dice.random() < 0.6 or not sum(shown):
        rows = [{"option": str(option), "count": count} for option, count in enumerate(shown)]
        return {"kind": "distribution", **about, "counts": rows}, counts
    modal = max(range(options), key=shown.__getitem__)
    least = max(0, shown[modal] - dice.randint(0, 1))
    band = {"kind": "dominance-band", **about, "options": [str(modal)], "at_least": least}
    return band, lambda one: (sum(counts(one)), counts(one)[modal] >= least)


def _document(survey: Survey, statements: list[Record]) -> Record:
    condition = {"question": "F1", "answers": [str(option) for option in sorted(survey.asks)]}
    asked = [
        question_record(a_question("F1", FILTER, order="none", text={"en": "Where do you work?"})),
        question_record(a_question("T1", OPTIONS, order="none", text={"en": "Is it safe to speak up?"})),
    ]
    words = {"twice": "Is it safe to speak up", "hanging": "What do you need?"}[survey.kind]
    last = question_record(a_question("T2", OPTIONS, order="none", text={"en": words})) | {"shown_when": condition}
    groups = [
        {"name": name, "role": GROUPS[name][0], "cohorts": [], "invited": len(survey.people(name))}
        for name in survey.names
    ]
    return {
        "format": 1,
        "outcome": "published",
        "rules": {"k": survey.k, "band": 2},
        "groups": groups,
        "questions": [*asked, last],
        "statements": statements,
    }
