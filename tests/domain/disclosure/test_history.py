"""Combinations of reports: whatever comes down to a few people is found, and what is harmless is not."""

from collections.abc import Iterator
from itertools import combinations as subsets

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.linalg import matrix_rank
from numpy.typing import NDArray
from scipy.linalg import null_space

from feedback.domain.disclosure.history import PublishedGroup, TooManyCombinations, combinations


def group(*people: int, k: int = 5) -> PublishedGroup:
    return PublishedGroup(frozenset(bytes([person]) for person in people), k)


def found(groups: list[PublishedGroup], earlier: int) -> set[frozenset[int]]:
    """Return what speaks of a few people, when the first so many groups are of earlier reports."""
    return {one.groups for one in combinations(groups, [frozenset(range(earlier))])}


def test_the_same_people_again_say_nothing_of_a_few() -> None:
    assert found([group(*range(10)), group(*range(10))], 1) == set()


def test_ten_different_people_say_nothing_of_a_few() -> None:
    assert found([group(*range(20)), group(*range(10, 30))], 1) == set()


@pytest.mark.parametrize("swapped", range(1, 5))
def test_swapped_people_are_found(swapped: int) -> None:
    before, after = range(20), range(swapped, 20 + swapped)
    assert found([group(*before), group(*after)], 1) == {frozenset({0, 1})}


def test_five_swapped_for_five_others_are_ten_people() -> None:
    assert found([group(*range(20)), group(*range(5, 25))], 1) == set()


def test_a_small_group_by_itself_is_no_combination() -> None:
    assert found([group(*range(8)), group(*range(8, 16))], 0) == set()


def test_a_newcomer_is_found_behind_a_union_of_cohorts() -> None:
    cohorts = [group(*range(10)), group(*range(10, 20))]
    assert found([*cohorts, group(*range(21))], 2) == {frozenset({0, 1, 2})}


def test_everybody_is_compared_with_two_roles() -> None:
    everybody = group(*range(20))
    assert found([everybody, group(*range(10)), group(*range(10, 21))], 1) == {frozenset({0, 1, 2})}


def test_one_person_is_found_by_inclusion_and_exclusion_over_four_programmes() -> None:
    both, one, other, neither = set(range(12)), set(range(12, 24)), set(range(24, 36)), set(range(36, 48))
    groups = [both | one, both | other, one | neither, other | neither | {60}]
    assert found([group(*people) for people in groups], 3) == {frozenset({0, 1, 2, 3})}


def test_what_earlier_reports_give_already_is_no_news() -> None:
    slip = [group(*range(20)), group(*range(19))]
    assert found([*slip, group(*range(40, 60))], 2) == set()


def test_a_larger_k_asks_for_more_people() -> None:
    apart = (range(30), range(19))
    assert found([group(*people) for people in apart], 1) == set()
    assert found([group(*apart[0], k=8), group(*apart[1])], 1) == {frozenset({0, 1})}


def test_a_report_that_takes_no_part_does_not_raise_the_number() -> None:
    groups = [group(*range(100, 140), k=20), group(*range(30)), group(*range(19))]
    assert found(groups, 2) == set()


@pytest.mark.parametrize("limit", [{"most": 0}, {"steps": 0}])
def test_a_limit_is_no_permission(limit: dict[str, int]) -> None:
    groups = [group(*range(20)), *(group(*range(at, 20 + at)) for at in range(1, 5))]
    with pytest.raises(TooManyCombinations):
        list(combinations(groups, [frozenset(range(4))], **limit))


def test_what_is_harmless_counts_for_no_limit() -> None:
    slips = [group(*range(20), *range(30, 30 + at)) for at in range(6)]
    assert list(combinations([*slips, group(*range(100, 120))], [frozenset(range(6))], most=0)) == []


Table = NDArray[np.float64]
NEARLY_NOTHING = 1e-9
people = st.frozensets(st.integers(0, 14), min_size=1)


@given(st.lists(st.tuples(people, st.sampled_from((2, 3))), min_size=1, max_size=5), st.integers(0, 4))
def test_the_search_finds_exactly_what_trying_everything_finds(
    drawn: list[tuple[frozenset[int], int]], earlier: int
) -> None:
    groups = [group(*members, k=k) for members, k in drawn]
    harmless = [frozenset(range(min(earlier, len(groups))))]
    assert {one.below for one in combinations(groups, harmless, 10_000)} == set(_tried(groups, harmless))


def _tried(groups: list[PublishedGroup], harmless: list[frozenset[int]]) -> Iterator[int]:
    """Yield T for each support that some combination has and that is not harmless, by trying each set of kinds."""
    for k in sorted({one.k for one in groups}):
        places = [at for at, one in enumerate(groups) if one.k <= k]
        spaces = [[at] for at in places] + [[at for at in places if groups[at].k < k]]
        spaces += [[at for at in places if at in one] for one in harmless]
        everybody = sorted(frozenset[bytes]().union(*(groups[at].members for at in places)))
        columns = np.array([[float(person in groups[at].members) for at in places] for person in everybody])
        spanned = [columns[:, [places.index(at) for at in space]] for space in spaces if space]
        if any(_is_news(columns, supported, spanned) for supported in _supports(columns, 2 * k)):
            yield 2 * k


def _supports(columns: Table, below: int) -> Iterator[list[int]]:
    kinds: dict[tuple[float, ...], list[int]] = {}
    for at, row in enumerate(columns):
        kinds.setdefault(tuple(row), []).append(at)
    for number in range(1, len(kinds) + 1):
        for chosen in subsets(kinds.values(), number):
            rows = [row for kind in chosen for row in kind]
            if len(rows) < below:
                yield rows


def _is_news(columns: Table, support: list[int], spanned: list[Table]) -> bool:
    vectors = columns @ null_space(np.delete(columns, support, axis=0))
    # All that is sought are small fractions: what is nearly nothing was left by rounding.
    vectors[np.abs(vectors) < NEARLY_NOTHING] = 0
    if matrix_rank(vectors, tol=NEARLY_NOTHING) != 1:
        return False
    ranks = ((matrix_rank(one, NEARLY_NOTHING), np.hstack([one, vectors])) for one in spanned)
    return not any(rank == matrix_rank(more, NEARLY_NOTHING) for rank, more in ranks)
