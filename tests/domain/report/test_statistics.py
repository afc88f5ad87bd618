import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.statistics import (
    MOST_TABLES,
    Interval,
    Method,
    boschloo,
    cliffs_delta,
    difference,
    newcombe,
    relative_change,
    share,
    wilson,
)
from tests.tried import tried

HUGE = 1_000_000


def exactly(count: int, n: int) -> Count:
    return Count(count, count, n)


@st.composite
def exact_counts(draw: st.DrawFn, most: int = 400) -> Count:
    n = draw(st.integers(1, most))
    return exactly(draw(st.integers(0, n)), n)


@st.composite
def ranges(draw: st.DrawFn) -> Count:
    n = draw(st.integers(1, 15))
    low, high = sorted((draw(st.integers(0, n)), draw(st.integers(0, n))))
    return Count(low, high, n)


def completions(count: Count) -> list[Count]:
    return [exactly(one, count.n) for one in range(count.low, count.high + 1)]


def test_a_share_is_in_percent() -> None:
    assert share(exactly(3, 8)) == Interval(37.5, 37.5)
    assert share(Count(1, 2, 8)) == Interval(12.5, 25.0)


# Newcombe (1998, Statistics in Medicine 17, 857–872), table I, method 3.
@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 25.53, 36.62), (15, 148, 6.24, 16.05), (0, 20, 0.00, 16.11), (1, 29, 0.61, 17.18)],
)
def test_wilsons_interval_is_that_of_the_published_examples(count: int, n: int, low: float, high: float) -> None:
    found = wilson(exactly(count, n))
    assert (round(found.low, 2), round(found.high, 2)) == (low, high)


@given(exact_counts())
def test_wilsons_interval_agrees_with_another_implementation(count: Count) -> None:
    low, high = proportion_confint(count.low, count.n, method="wilson")
    found = wilson(count)
    assert (found.low, found.high) == pytest.approx((100 * low, 100 * high), abs=1e-9)


def test_one_person_gives_a_wide_interval() -> None:
    assert wilson(exactly(0, 1)) == Interval(0, pytest.approx(79.345, abs=1e-3))
    assert wilson(exactly(1, 1)) == Interval(pytest.approx(20.655, abs=1e-3), 100)


def test_nobody_or_everybody_of_very_many_is_a_number_too() -> None:
    assert wilson(exactly(0, HUGE)) == Interval(0, pytest.approx(0.000384, abs=1e-6))
    assert wilson(exactly(HUGE, HUGE)) == Interval(pytest.approx(99.999616, abs=1e-6), 100)


@given(exact_counts())
def test_a_share_lies_in_its_interval_and_both_lie_within_0_and_100(count: Count) -> None:
    found, point = wilson(count), share(count).low
    assert 0 <= found.low <= point <= found.high <= 100


@given(exact_counts(60), st.integers(2, 5))
def test_an_interval_is_wider_with_fewer_people(count: Count, times: int) -> None:
    more = wilson(exactly(count.low * times, count.n * times))
    fewer = wilson(count)
    assert fewer.high - fewer.low > more.high - more.low


@given(ranges())
def test_the_interval_of_a_range_is_the_hull_of_its_completions(count: Count) -> None:
    each = [wilson(one) for one in completions(count)]
    assert wilson(count) == Interval(min(one.low for one in each), max(one.high for one in each))


# Newcombe (1998, Statistics in Medicine 17, 873–890), table II, method 10.
@pytest.mark.parametrize(
    ("after", "before", "low", "high"),
    [
        ((56, 70), (48, 80), 5.24, 33.39),
        ((9, 10), (3, 10), 17.05, 80.90),
        ((6, 7), (2, 7), 5.82, 80.62),
        ((5, 56), (0, 29), -3.81, 19.26),
        ((0, 10), (0, 20), -16.11, 27.75),
        ((0, 10), (0, 10), -27.75, 27.75),
        ((10, 10), (0, 20), 67.91, 100.00),
        ((10, 10), (0, 10), 60.75, 100.00),
    ],
)
def test_newcombes_interval_is_that_of_the_published_examples(
    after: tuple[int, int], before: tuple[int, int], low: float, high: float
) -> None:
    found = newcombe(exactly(*before), exactly(*after))
    assert (round(found.low, 2), round(found.high, 2)) == (low, high)


@given(exact_counts(), exact_counts())
def test_newcombes_interval_agrees_with_another_implementation(before: Count, after: Count) -> None:
    ends = confint_proportions_2indep(after.low, after.n, before.low, before.n, method="newcomb", compare="diff")
    found = newcombe(before, after)
    assert (found.low, found.high) == pytest.approx([100 * float(one) for one in ends], abs=1e-9)


def test_an_interval_worked_out_by_hand_is_found() -> None:
    # 3 of 10: Wilson 10.779 to 60.322; 9 of 10: 59.585 to 98.212.
    low = 60 - math.hypot(90 - 59.585, 60.322 - 30)
    high = 60 + math.hypot(98.212 - 90, 30 - 10.779)
    assert newcombe(exactly(3, 10), exactly(9, 10)) == Interval(
        pytest.approx(low, abs=0.002), pytest.approx(high, abs=0.002)
    )


@given(exact_counts(), exact_counts())
def test_a_difference_lies_in_its_interval_and_both_within_100_points(before: Count, after: Count) -> None:
    found, points = newcombe(before, after), difference(before, after)
    assert points.low == points.high
    assert -100 <= found.low <= points.low <= found.high <= 100


@given(exact_counts(), exact_counts())
def test_swapping_the_sides_mirrors_a_difference(before: Count, after: Count) -> None:
    found = newcombe(before, after)
    assert newcombe(after, before) == Interval(-found.high, -found.low)
    assert difference(after, before).low == -difference(before, after).low


@given(exact_counts(), exact_counts())
def test_counting_the_others_mirrors_a_difference(before: Count, after: Count) -> None:
    found = newcombe(before, after)
    others = newcombe(exactly(before.n - before.low, before.n), exactly(after.n - after.low, after.n))
    assert (others.low, others.high) == pytest.approx((-found.high, -found.low), abs=1e-9)


@given(exact_counts(60), exact_counts(60), st.integers(2, 5))
def test_a_difference_is_less_certain_with_fewer_people(before: Count, after: Count, times: int) -> None:
    more = newcombe(*(exactly(one.low * times, one.n * times) for one in (before, after)))
    fewer = newcombe(before, after)
    assert fewer.high - fewer.low > more.high - more.low


@tried(50)
@given(ranges(), ranges())
def test_ranges_give_the_hull_of_every_completion(before: Count, after: Count) -> None:
    pairs = list(product(completions(before), completions(after)))
    for reckon in (difference, newcombe):
        each = [reckon(*pair) for pair in pairs]
        assert reckon(before, after) == Interval(min(one.low for one in each), max(one.high for one in each))


@pytest.mark.parametrize(("before", "after"), list(product([(0, 1), (1, 1), (0, HUGE), (HUGE, HUGE)], repeat=2)))
def test_extreme_counts_give_numbers(before: tuple[int, int], after: tuple[int, int]) -> None:
    sides = exactly(*before), exactly(*after)
    found = newcombe(*sides)
    assert -100 <= found.low <= found.high <= 100
    assert 0 <= boschloo(*sides).value <= 1


def supremum(before: Count, after: Count) -> float:
    """Return Boschloo's two-sided p by trying every table and 2,000 common shares."""
    tables = list(product(range(before.n + 1), range(after.n + 1)))
    return min(1.0, 2 * min(_one_sided(before, after, tables, side) for side in ("less", "greater")))


def _one_sided(before: Count, after: Count, tables: list[tuple[int, int]], side: str) -> float:
    p_of = {one: _fisher_of(one, (before.n, after.n), side) for one in tables}
    limit = p_of[before.low, after.low] * (1 + 1e-9)
    extreme = [one for one in tables if p_of[one] <= limit]
    return max(_chance(extreme, (before.n, after.n), step / 2000) for step in range(1, 2000))


def _fisher_of(chosen: tuple[int, int], sizes: tuple[int, int], side: str) -> float:
    rest = [size - one for size, one in zip(sizes, chosen, strict=True)]
    return float(fisher_exact([list(chosen), rest], alternative=side).pvalue)


def _chance(tables: list[tuple[int, int]], sizes: tuple[int, int], common: float) -> float:
    ways = sum(
        math.comb(sizes[0], x) * math.comb(sizes[1], y) * common ** (x + y) * (1 - common) ** (sum(sizes) - x - y)
        for x, y in tables
    )
    return float(ways)


@pytest.mark.parametrize(
    ("before", "after"), [((3, 10), (9, 10)), ((2, 7), (6, 7)), ((0, 5), (5, 5)), ((1, 6), (4, 9))]
)
def test_boschloos_p_is_the_largest_over_every_common_share(before: tuple[int, int], after: tuple[int, int]) -> None:
    sides = exactly(*before), exactly(*after)
    found = boschloo(*sides)
    assert found.method is Method.BOSCHLOO
    assert found.value == pytest.approx(supremum(*sides), rel=1e-3)


def test_a_p_value_worked_out_by_hand_is_found() -> None:
    # Only one table is as extreme; it is likeliest with a common share of a half: 0.5^10, on either side.
    assert boschloo(exactly(0, 5), exactly(5, 5)).value == pytest.approx(2 / 1024)


@tried(20)
@given(exact_counts(12), exact_counts(12))
def test_swapping_the_sides_does_not_change_the_p_value(before: Count, after: Count) -> None:
    assert boschloo(before, after).value == pytest.approx(boschloo(after, before).value, rel=1e-6)


@pytest.mark.parametrize(("chosen", "n"), [((0, 0), 9), ((9, 9), 9), ((4, 4), 9)])
def test_equal_shares_have_a_p_of_one(chosen: tuple[int, int], n: int) -> None:
    assert boschloo(exactly(chosen[0], n), exactly(chosen[1], n)).value == pytest.approx(1)


def test_above_the_limit_fishers_test_takes_over() -> None:
    assert MOST_TABLES == 50 * 100
    assert boschloo(exactly(10, 49), exactly(30, 99)).method is Method.BOSCHLOO
    assert boschloo(exactly(10, 50), exactly(30, 99)).method is Method.FISHER


def test_fishers_p_is_twice_the_smaller_one_sided_one() -> None:
    sides = exactly(30, 80), exactly(45, 80)
    one_sided = fisher_exact([[30, 45], [50, 35]], alternative="less").pvalue
    assert boschloo(*sides).value == pytest.approx(2 * one_sided) == boschloo(*reversed(sides)).value
    assert boschloo(exactly(40, 80), exactly(40, 80)).value == 1.0


@tried(30)
@given(exact_counts(15), exact_counts(15))
def test_fishers_p_is_never_below_boschloos(before: Count, after: Count) -> None:
    chosen, sizes = (before.low, after.low), (before.n, after.n)
    fisher = 2 * min(_fisher_of(chosen, sizes, side) for side in ("less", "greater"))
    assert boschloo(before, after).value <= fisher + 1e-9


def test_a_range_has_no_p_value() -> None:
    assert boschloo(Count(8, 10, 10), exactly(3, 10)) is None
    assert boschloo(exactly(3, 10), Count(8, 10, 10)) is None


def by_pairs(before: list[int], after: list[int]) -> float:
    """Return Cliff's delta by comparing everybody with everybody."""
    earlier, later = ([place for place, count in enumerate(one) for _ in range(count)] for one in (before, after))
    signs = [(new > old) - (new < old) for old, new in product(earlier, later)]
    return sum(signs) / len(signs)


@given(st.data(), st.integers(2, 7))
def test_cliffs_delta_compares_everybody_with_everybody(data: st.DataObject, options: int) -> None:
    counts = st.lists(st.integers(0, 6), min_size=options, max_size=options).filter(any)
    before, after = data.draw(counts), data.draw(counts)
    found = cliffs_delta(before, after)
    assert found == pytest.approx(by_pairs(before, after))
    assert cliffs_delta(after, before) == -found
    assert -1 <= found <= 1


def test_cliffs_delta_worked_out_by_hand_is_found() -> None:
    # Of 2 · 3 pairs, 5 are better, none worse, 1 equal.
    assert cliffs_delta([1, 1, 0], [0, 1, 2]) == pytest.approx(5 / 6)
    assert cliffs_delta([3, 0], [0, 4]) == 1
    assert cliffs_delta([0, 3], [4, 0]) == -1


def test_a_banded_side_has_no_delta() -> None:
    assert cliffs_delta(None, [1, 2]) is None
    assert cliffs_delta([1, 2], None) is None


@pytest.mark.parametrize(("before", "after"), [([1, 2], [1, 2, 3]), ([0, 0], [1, 2]), ([1, 2], [0, 0])])
def test_two_distributions_that_do_not_fit_have_no_delta(before: list[int], after: list[int]) -> None:
    with pytest.raises(ValueError, match=r"^Two distributions over the same scale are needed\.$"):
        cliffs_delta(before, after)


def test_a_relative_change_carries_both_counts() -> None:
    found = relative_change(exactly(9, 20), exactly(21, 30))
    assert (found.before, found.after) == (exactly(9, 20), exactly(21, 30))
    assert found.percent == pytest.approx(100 * (0.70 - 0.45) / 0.45)


def test_a_relative_change_can_be_a_loss() -> None:
    assert relative_change(exactly(10, 20), exactly(0, 20)).percent == -100


@pytest.mark.parametrize(
    ("before", "after"),
    [(exactly(0, 20), exactly(5, 20)), (Count(8, 10, 10), exactly(5, 10)), (exactly(5, 10), Count(8, 10, 10))],
)
def test_nothing_is_relative_to_nobody_or_to_a_range(before: Count, after: Count) -> None:
    assert relative_change(before, after) is None
