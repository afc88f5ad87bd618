"""Attacks on blocks that no report of ours has, to see that each kind of insider is tried."""

import numpy as np
import pytest

from feedback.auditor.atoms import Atom, Block, Crowd
from feedback.auditor.attacks import Inconsistent, leaks_of
from feedback.auditor.model import Model
from feedback.auditor.places import Places
from feedback.auditor.targets import Target, atoms_of, members, unions_of
from feedback.auditor.topics import Attribute, Claim, Topic

EITHER = Attribute("chose 0 or 2", frozenset({0, 2}), counted=False)
COLLEAGUE, SUBJECT = frozenset({"all", "colleague"}), frozenset({"all", "subject"})


def block(*claims: Claim) -> Block:
    """One colleague and one other person, asked a question with three options."""
    topic = Topic("C1", {"mentor"}, ("0", "1", "2"), (EITHER,), 5)
    crowds = tuple(Crowd(groups, asked=True, atoms=(Atom("", None, 1, groups),)) for groups in (COLLEAGUE, SUBJECT))
    return Block(topic, ("all", "colleague", "subject"), crowds, claims)


SOMEBODY_CHOSE_EITHER = Claim(("all",), frozenset({0, 2}), 1, 2)
COLLEAGUE_DID_NOT_CHOOSE_1 = Claim(("colleague",), frozenset({1}), 0, 0)


def found(answered: dict[str, tuple[int, int]], *claims: Claim) -> set[tuple[str, tuple[int, ...]]]:
    return {(leak.rule, leak.target.inside) for leak in leaks_of(block(*claims), answered)}


@pytest.mark.parametrize("least", [1, 2])
def test_a_colleague_who_did_not_answer_is_an_insider_too(least: int) -> None:
    """Where 2 took part the colleague skipped the question; where it may be 1, perhaps the survey."""
    leaks = found({"all": (least, 2)}, SOMEBODY_CHOSE_EITHER, COLLEAGUE_DID_NOT_CHOOSE_1)
    assert ("D2i", (0, 1)) in leaks


def test_a_colleague_whose_answer_says_nothing_learns_nothing() -> None:
    everybody = Claim(("all",), frozenset({0, 1, 2}), 2, 2)
    leaks = found({"all": (2, 2)}, everybody, SOMEBODY_CHOSE_EITHER, COLLEAGUE_DID_NOT_CHOOSE_1)
    assert ("D2i", (0, 1)) not in leaks


def test_own_answers_are_counted_in_the_crowd_that_gave_them() -> None:
    model = Model(block(SOMEBODY_CHOSE_EITHER), {})
    model.aim((1, 1))
    places, solution = Places(model, ()), np.arange(model.width)
    members, *cells = solution[:4]
    counts = [int(places.giving(0, own) @ solution) for own in range(5)]
    assert counts == [*cells, -members, members - sum(cells)]


def one_crowd(*sizes: int) -> Block:
    topic = Topic("C1", {"mentor"}, ("0", "1"), (), 5)
    names = frozenset({"all"})
    return Block(
        topic, ("all",), (Crowd(names, asked=True, atoms=tuple(Atom("", None, one, names) for one in sizes)),), ()
    )


@pytest.mark.parametrize(
    ("answered", "sums"),
    [
        (range(6, 6), [1, 2, 3, 4, 34, 35, 36, 37, 38]),
        (range(3, 3), [1, 2, 3, 4, 37, 38, 39, 40]),
        (range(40, 40), [1, 2, 3, 4]),
    ],
)
def test_only_unions_that_differ_are_tried(answered: range, sums: list[int]) -> None:
    unions = list(unions_of(one_crowd(1, 2, 3, 4, 30), 5, answered))
    assert [one.inside[0] for one in unions] == sums
    assert [one.whole for one in unions] == [one == 40 for one in sums]


@pytest.mark.parametrize(("ceiling", "sizes"), [(2, [1, 2, 3]), (9, [1, 2, 3, 4, 30]), (20, [1, 2, 3, 4, 30])])
def test_only_atoms_that_differ_are_tried(ceiling: int, sizes: list[int]) -> None:
    assert [one.inside[0] for one in atoms_of(one_crowd(1, 2, 3, 4, 30), ceiling)] == sizes


def test_an_atom_that_is_the_whole_group_is_not_tried_twice() -> None:
    assert list(atoms_of(one_crowd(12), 12)) == []


def test_the_atoms_of_a_target_are_named() -> None:
    crowd = one_crowd(1, 2, 3, 4, 30)
    assert [atom.size for atom in members(crowd, Target("all", (39,), whole=False))] == [2, 3, 4, 30]


def test_more_people_than_there_are_cannot_have_answered() -> None:
    with pytest.raises(Inconsistent):
        found({}, Claim(("all",), frozenset({0}), 3, 3))
