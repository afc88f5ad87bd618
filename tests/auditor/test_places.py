"""What is read off one solution is what is found by letting people change places one by one."""

import random
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from feedback.auditor.atoms import Atom, Block, Crowd
from feedback.auditor.attacks import Inconsistent, leaks_of
from feedback.auditor.model import Model
from feedback.auditor.places import Places
from feedback.auditor.topics import Attribute, Claim, Topic

ATTRIBUTES = (Attribute("a", frozenset({0})), Attribute("b", frozenset({1})), Attribute("c", frozenset({0, 1})))
SILENT, SKIPPED = 3, 4
Person = tuple[int, int, int]
"""Crowd, side (0 is inside) and own answer: 0 to 2, took no part, skipped the question."""


def block(sizes: tuple[int, ...], claims: tuple[Claim, ...] = (), *, answers: int = 3) -> Block:
    names = [frozenset({"all", f"only {number}"}) for number in range(len(sizes))]
    crowds = tuple(
        Crowd(groups, asked=True, atoms=(Atom("", None, size, groups),))
        for groups, size in zip(names, sizes, strict=True)
    )
    options = tuple(str(number) for number in range(answers))
    return Block(Topic(("C1",), {"mentor"}, options, ATTRIBUTES, 5), ("all",), crowds, claims)


def some_people(dice: random.Random, sizes: tuple[int, ...]) -> list[Person]:
    return [(crowd, dice.randrange(2), dice.randrange(5)) for crowd, size in enumerate(sizes) for _ in range(size)]


def modelled(people: list[Person], sizes: tuple[int, ...]) -> tuple[Model, np.ndarray]:
    """Return a model whose target holds those inside, and the people as a solution of it."""
    model = Model(block(sizes), {})
    model.aim(tuple(sum(one[:2] == (crowd, 0) for one in people) for crowd in range(len(sizes))))
    solution = np.zeros(model.width, dtype=np.int64)
    for crowd, side, own in people:
        part = model.parts[2 * crowd + side]
        solution[part.members] += own != SILENT
        if own < SILENT:
            solution[part.cells[own]] += 1
    return model, solution


def arrangements(people: list[Person]) -> list[list[Person]]:
    """Return all ways in which those of a crowd who answered can share out the places of those who did."""
    ways = []
    for crowd in sorted({one[0] for one in people}):
        mine = [one for one in people if one[0] == crowd]
        answered = [one for one in mine if one[2] < SILENT]
        inside = sum(one[1] == 0 for one in answered)
        rest = [one for one in mine if one[2] >= SILENT]
        chosen = [set(some) for some in combinations(range(len(answered)), inside)]
        ways.append(
            [[*rest, *((crowd, int(at not in some), one[2]) for at, one in enumerate(answered))] for some in chosen]
        )
    return [[one for part in way for one in part] for way in product(*ways)]


def differs(people: list[Person], attribute: Attribute) -> bool:
    return any(side == 0 and own < SILENT and own not in attribute.cells for _, side, own in people)


def differs_for(people: list[Person], insider: Person, attribute: Attribute) -> bool:
    if insider not in people:
        return False
    others = list(people)
    others.remove(insider)
    return differs(others, attribute)


@pytest.mark.parametrize("seed", range(60))
def test_changing_places_is_read_off_at_once(seed: int) -> None:
    dice = random.Random(seed)
    sizes = dice.choice(((3,), (5,), (2, 3), (1, 4)))
    people = some_people(dice, sizes)
    model, solution = modelled(people, sizes)
    seen, ways = Places(model, ATTRIBUTES).seen(solution), arrangements(people)
    for at, attribute in enumerate(ATTRIBUTES):
        assert seen.differs[at] == any(differs(way, attribute) for way in ways)
        assert seen.occurs[at] == any(one[1] == 0 and one[2] in attribute.cells for way in ways for one in way)
        for insider in product(range(len(sizes)), range(2), range(5)):
            assert seen.differs_for[(*insider, at)] == any(differs_for(way, insider, attribute) for way in ways)


@pytest.mark.parametrize("seed", range(30))
def test_the_fewest_and_the_most_are_read_off_at_once(seed: int) -> None:
    dice = random.Random(seed)
    people = some_people(dice, (2, 4))
    model, solution = modelled(people, (2, 4))
    fewest, most = Places(model, ATTRIBUTES).counts(solution)
    for at, attribute in enumerate(ATTRIBUTES):
        counts = [sum(one[1] == 0 and one[2] in attribute.cells for one in way) for way in arrangements(people)]
        assert (fewest[at], most[at]) == (min(counts), max(counts))


def impossible_insiders(inside: tuple[int, int], impossible: set[tuple[int, int]]) -> set[Person]:
    """Return which insiders cannot be, in crowds of two and of one, the target being `inside`."""
    model = Model(block((2, 1)), {})
    model.aim(inside)
    return {(crowd, side, own) for crowd, side, own in np.argwhere(Places(model, ()).nobody(impossible)).tolist()}


def all_of(crowd: int, side: int, owns: Iterable[int] = range(5)) -> set[Person]:
    return {(crowd, side, own) for own in owns}


def test_in_an_empty_part_there_is_no_insider() -> None:
    assert impossible_insiders((2, 1), set()) == all_of(0, 1) | all_of(1, 1)
    assert impossible_insiders((2, 0), set()) == all_of(0, 1) | all_of(1, 0)


def test_nobody_gave_an_answer_that_nobody_can_have_given() -> None:
    found = impossible_insiders((2, 1), {(0, 2), (1, SILENT)})
    assert found == all_of(0, 1) | all_of(1, 1) | {(0, 0, 2), (1, 0, SILENT)}


def test_whoever_is_the_whole_target_and_answered_learns_of_no_others() -> None:
    assert impossible_insiders((1, 0), set()) == all_of(1, 0) | all_of(0, 0, range(3))
    assert impossible_insiders((0, 1), set()) == all_of(0, 0) | all_of(1, 1) | all_of(1, 0, range(3)) | all_of(
        0, 0, range(3)
    )


@pytest.mark.parametrize(
    ("people", "given"),
    [
        ([(0, 0, 0), (0, 0, 2), (1, 0, 1)], {(0, 0), (0, 2), (1, 1)}),
        ([(0, 0, SILENT), (0, 0, 1), (1, 0, SKIPPED)], {(0, SILENT), (0, 1), (1, SKIPPED)}),
        ([(0, 0, SKIPPED), (0, 0, SKIPPED), (1, 0, SILENT)], {(0, SKIPPED), (1, SILENT)}),
    ],
)
def test_the_own_answers_that_people_gave_are_told_crowd_by_crowd(
    people: list[Person], given: set[tuple[int, int]]
) -> None:
    model, solution = modelled(people, (2, 1))
    found = Places(model, ()).given(solution)
    assert {(crowd, own) for crowd, own in np.argwhere(found).tolist()} == given


def test_those_who_were_not_asked_cannot_have_answered() -> None:
    asked = block((3, 20))
    crowds = (asked.crowds[0], replace(asked.crowds[1], asked=False))
    model = Model(replace(asked, crowds=crowds), {})
    model.aim((3, 20))
    solution = model.most(model.inside_cells())
    assert solution is not None
    assert int(model.inside_cells() @ solution) == 3


PAIRS = ((0, 1), (1, 2), (0, 2))


def test_half_people_are_not_people() -> None:
    """A linear programme alone would find half a person for each option, one and a half in all."""
    most_of_pairs = tuple(Claim(("all",), frozenset(pair), 0, 1) for pair in PAIRS)
    model = Model(block((9,), most_of_pairs), {})
    model.aim((9,))
    solution = model.most(model.inside_cells())
    assert solution is not None
    assert int(model.inside_cells() @ solution) == 1


def test_numbers_that_only_half_people_give_are_inconsistent() -> None:
    pairs = tuple(Claim(("all",), frozenset(pair), 1, 1) for pair in PAIRS)
    with pytest.raises(Inconsistent):
        list(leaks_of(block((9,), pairs), {}))


def test_the_solver_stays_linear_after_a_question_in_whole_numbers() -> None:
    most_of_pairs = tuple(Claim(("all",), frozenset(pair), 0, 1) for pair in PAIRS)
    model = Model(block((9,), most_of_pairs), {})
    model.aim((9,))
    for sign in (1, -1, 1):
        solution = model.most(sign * model.inside_cells())
        assert solution is not None
        assert int(model.inside_cells() @ solution) == (sign == 1)
