"""Whom an attacker aims at: nobody is left out who differs, and nobody is tried twice."""

from collections import Counter

import pytest

from feedback.auditor.atoms import Block
from feedback.auditor.model import LimitReached
from feedback.auditor.targets import Target, atoms_of, groups_of, members, unions_of
from tests.auditor.small_blocks import block, crowd

MENTORS, MENTEES = crowd("all mentor", 2, 2, 3), crowd("all mentee", 4, 1)
BOTH = block(MENTORS, MENTEES)


def one_crowd(*sizes: int) -> Block:
    return block(crowd("all", *sizes), answers=2)


def test_every_group_is_a_target() -> None:
    assert list(groups_of(BOTH)) == [
        Target("all", (7, 5), whole=True),
        Target("mentee", (0, 5), whole=True),
        Target("mentor", (7, 0), whole=True),
    ]


def test_an_atom_of_each_size_in_each_crowd_is_a_target_of_its_narrowest_group() -> None:
    assert list(atoms_of(BOTH, 12)) == [
        Target("mentor", (2, 0), whole=False),
        Target("mentor", (3, 0), whole=False),
        Target("mentee", (0, 1), whole=False),
        Target("mentee", (0, 4), whole=False),
    ]


def test_those_who_were_not_asked_are_no_target() -> None:
    silent = block(MENTORS, crowd("all mentee", 4, 1, asked=False))
    assert [one.inside for one in atoms_of(silent, 12)] == [(2, 0), (3, 0)]
    assert {one.inside for one in unions_of(silent, 5, [(0, 7), (0, 0)])} == {(at, 0) for at in (2, 3, 4, 5, 7)}


@pytest.mark.parametrize(
    ("groups", "narrowest"),
    [("all mentor", "mentor"), ("all zebra", "zebra"), ("both mentor", "both"), ("mentor both", "both")],
)
def test_of_groups_with_the_fewest_invited_the_first_by_name_stands_for_an_atom(groups: str, narrowest: str) -> None:
    more = crowd("all", 9)
    assert {one.group for one in atoms_of(block(crowd(groups, 2, 3), more), 14) if one.inside[0]} == {narrowest}


def test_every_sum_of_atoms_in_a_group_is_a_union_of_the_smallest_group_that_holds_it() -> None:
    unions = list(unions_of(BOTH, 9, [(0, 7), (0, 5)]))
    assert Counter(one.group for one in unions) == {"mentee": 3, "mentor": 5, "all": 15}
    assert {one.inside for one in unions if one.group == "mentee"} == {(0, 1), (0, 4), (0, 5)}
    assert {one.inside for one in unions if one.group == "mentor"} == {(at, 0) for at in (2, 3, 4, 5, 7)}
    assert {one.inside for one in unions if one.whole} == {(0, 5), (7, 0), (7, 5)}


def test_twenty_thousand_unions_are_tried() -> None:
    many = block(crowd("all", *[1] * 199), crowd("all other", *[1] * 99))
    assert sum(1 for _ in unions_of(many, 200, [(0, 199), (0, 99)])) == 200 * 100 - 1


def test_more_than_twenty_thousand_unions_are_too_many() -> None:
    with pytest.raises(LimitReached, match=r"^there are too many ways to put people together$"):
        list(unions_of(block(crowd("all", *[1] * 200), crowd("all other", *[1] * 99)), 201, [(0, 200), (0, 99)]))


def test_in_one_crowd_unions_are_never_too_many() -> None:
    assert len(list(unions_of(one_crowd(*(2**power for power in range(15))), 5, [(9, 9)]))) == 9


@pytest.mark.parametrize(
    ("answered", "sums"),
    [
        ((6, 6), [1, 2, 3, 4, 34, 35, 36, 37, 38]),
        ((3, 3), [1, 2, 3, 4, 37, 38, 39, 40]),
        ((40, 40), [1, 2, 3, 4]),
        ((0, 1), [1, 2, 39, 40]),
    ],
)
def test_only_unions_that_differ_are_tried(answered: tuple[int, int], sums: list[int]) -> None:
    unions = list(unions_of(one_crowd(1, 2, 3, 4, 30), 5, [answered]))
    assert [one.inside[0] for one in unions] == sums
    assert [one.whole for one in unions] == [one == 40 for one in sums]


@pytest.mark.parametrize(("ceiling", "sizes"), [(2, [1, 2, 3]), (9, [1, 2, 3, 4, 30]), (20, [1, 2, 3, 4, 30])])
def test_only_atoms_that_differ_are_tried(ceiling: int, sizes: list[int]) -> None:
    assert [one.inside[0] for one in atoms_of(one_crowd(1, 2, 3, 4, 30), ceiling)] == sizes


def test_an_atom_that_is_the_whole_group_is_not_tried_twice() -> None:
    assert list(atoms_of(one_crowd(12), 12)) == []


def test_the_atoms_of_a_target_are_named() -> None:
    chosen = members(one_crowd(1, 2, 3, 4, 30), Target("all", (39,), whole=False))
    assert [atom.size for atom in chosen] == [2, 3, 4, 30]


def test_the_atoms_of_a_target_in_several_crowds_are_named() -> None:
    assert [atom.size for atom in members(BOTH, Target("all", (5, 4), whole=False))] == [2, 3, 4]
    assert [atom.size for atom in members(BOTH, Target("all", (0, 1), whole=False))] == [1]


def test_a_target_of_another_block_has_no_names_here() -> None:
    with pytest.raises(ValueError, match="zip"):
        members(BOTH, Target("all", (7,), whole=False))
