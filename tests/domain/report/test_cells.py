"""Cells: how many people were in which groups together."""

from collections import Counter
from collections.abc import Sequence

from feedback.domain.disclosure.groups import Group
from feedback.domain.report.cells import Cell, Members, cells_of
from feedback.domain.survey.questionnaires import Role

MENTORS = Group("mentor", Role.MENTOR, (), 3)
MENTEES = Group("mentee", Role.MENTEE, (), 2)


def named(waves: Sequence[tuple[Sequence[Group], Members]]) -> Counter[tuple[str | None, ...]]:
    """Count people by the names of their groups, whichever role they have."""
    counted: Counter[tuple[str | None, ...]] = Counter()
    for cell, size in cells_of(waves).items():
        counted[cell.names] += size
    return counted


def people(*letters: str) -> frozenset[bytes]:
    return frozenset(one.encode() for one in letters)


def test_people_are_counted_by_their_group_in_each_wave() -> None:
    first = ((MENTORS, MENTEES), {"mentor": people(*"abc"), "mentee": people(*"xy")})
    second = ((Group("mentor", Role.MENTOR, (), 2),), {"mentor": people(*"cd")})
    assert named([first, second]) == {
        ("mentor", None): 2,
        ("mentor", "mentor"): 1,
        (None, "mentor"): 1,
        ("mentee", None): 2,
    }


def test_of_everybody_each_role_has_a_seat_of_its_own() -> None:
    members = {"all": people(*"abx"), "mentor": people(*"ab"), "mentee": people(*"bx")}
    rights, persons = ([((Group("all", None, (), size),), members)] for size in (4, 3))
    assert named(rights) == {("all",): 4}
    assert named(persons) == {("all",): 3}
    later = ((MENTEES,), {"mentee": people(*"bx")})
    assert named([*rights, later]) == {("all", None): 2, ("all", "mentee"): 2}


def test_of_everybody_the_role_is_known_and_what_is_said_of_it_alone() -> None:
    members = {"all": people(*"abx"), "mentor": people(*"ab"), "mentee": people(*"x")}
    found = cells_of([((Group("all", None, (), 3),), members)])
    assert found == {Cell(Role.MENTOR, ("all",)): 2, Cell(Role.MENTEE, ("all",)): 1}
    assert [cell.within(0) for cell in sorted(found)] == [{"all", "mentee"}, {"all", "mentor"}]


def test_whom_the_history_does_not_know_was_in_one_wave_only() -> None:
    first = ((MENTORS,), {"mentor": people(*"ab")})
    second = ((MENTORS,), {"mentor": people(*"abc")})
    assert named([first, second]) == {("mentor", "mentor"): 2, ("mentor", None): 1, (None, "mentor"): 1}


def test_a_history_that_contradicts_a_report_says_nothing_of_that_group() -> None:
    first, second = (((MENTORS,), {"mentor": people(*found)}) for found in ("abcd", "abc"))
    assert named([first, second]) == {("mentor", None): 3, (None, "mentor"): 3}
