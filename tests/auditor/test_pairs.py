"""Two own answers of one person: which pairs a solution shows to leave others who differ, and who can be one person."""

import numpy as np
import pytest

from feedback.auditor.atoms import Atom, Block, Crowd
from feedback.auditor.model import Model
from feedback.auditor.pairs import Pairs
from feedback.auditor.targets import Target
from feedback.auditor.topics import Attribute, Topic
from tests.auditor.small_blocks import solution

ALL = frozenset({"all"})
CHOSE_2 = Attribute("chose 2", frozenset({2}))


def pairs_of(*atoms: tuple[str | None, int], inside: int, twice: set[str]) -> Pairs:
    """The pairs in a group of these roles and sizes, for a target of so many of its people."""
    crowd = Crowd(ALL, asked=True, atoms=tuple(Atom("", role, size, ALL) for role, size in atoms))
    topic = Topic(("C1",), {"mentor", "mentee"}, ("0", "1", "2"), (CHOSE_2,), 5, twice=twice)
    model = Model(Block(topic, ("all",), (crowd,), ()), {})
    model.aim((inside,))
    return Pairs(model, Target("all", (inside,), whole=inside == crowd.size), (CHOSE_2,))


def test_two_of_the_same_answer_need_two_people_who_gave_it() -> None:
    pairs = pairs_of(("mentor", 3), ("mentee", 3), inside=6, twice={"all"})
    pairs.learn(solution((4, (1, 3, 0)), (0, (0, 0, 0))))
    assert [(int(one), int(other)) for one, other in np.argwhere(np.triu(pairs.settled[:, :, 0]))] == [(0, 1), (1, 1)]


def test_others_who_differ_are_counted_without_both() -> None:
    pairs = pairs_of(("mentor", 3), ("mentee", 3), inside=6, twice={"all"})
    pairs.learn(solution((3, (1, 1, 1)), (0, (0, 0, 0))))
    assert [bool(pairs.settled[pair]) for pair in ((0, 1), (0, 2), (1, 2))] == [False, True, True]


def test_where_nobody_answers_twice_there_are_no_pairs() -> None:
    assert list(pairs_of(("mentor", 3), ("mentee", 3), inside=6, twice=set()).unsettled()) == []


@pytest.mark.parametrize(
    ("atoms", "number"),
    [
        ([("mentor", 2), ("mentee", 3)], 9),
        ([("mentor", 2), ("mentee", 3), ("mentor", 4)], 15),
        ([("mentor", 2), ("mentor", 3)], 0),
        ([(None, 2), ("mentor", 3)], 15),
    ],
)
def test_one_person_has_a_place_in_each_role(atoms: list[tuple[str | None, int]], number: int) -> None:
    """Of an atom of two people: one inside and one outside (9 pairs), or both outside (6), or both inside (6)."""
    assert len(list(pairs_of(*atoms, inside=2, twice={"all"}).unsettled())) == number
