from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.disclosure.counts import (
    Count,
    bounded,
    favourable_count,
    favourable_options,
    how_many,
    unfavourable_options,
)
from feedback.domain.disclosure.publishing import publish
from feedback.domain.disclosure.statements import GroupStatement, ResponseRate, read_statements
from feedback.domain.survey.questionnaires import Order

FIVE = tuple("01234")


def unfavourable(options: Sequence[str], order: Order, statement: Any) -> Count:
    return how_many(unfavourable_options(options, order), options, statement)


def said(kind: str, **values: Any) -> Any:
    record = {"kind": kind, "group": "mentor", "question": "C1", **values}
    (statement,) = read_statements([record])
    return statement


def distribution(*counts: int) -> Any:
    by_option = [{"option": str(place), "count": count} for place, count in enumerate(counts)]
    return said("distribution", n=sum(counts), counts=by_option)


def dominance(options: str, n: int) -> Any:
    return said("dominance-band", n=n, options=list(options), at_least=n - 2)


def sensitive(n: int, **classes: tuple[int, int]) -> Any:
    records = [{"options": list(name[1:]), "low": low, "high": high} for name, (low, high) in classes.items()]
    return said("sensitive", n=n, classes=records)


def shares_of(n: int, options: int) -> Iterator[tuple[int, ...]]:
    """Yield every way in which n people may choose."""
    if options == 1:
        yield (n,)
        return
    for first in range(n + 1):
        yield from ((first, *rest) for rest in shares_of(n - first, options - 1))


@pytest.mark.parametrize(
    ("options", "best", "worst"),
    [("0", "", ""), ("01", "1", "0"), ("012", "2", "0"), ("0123", "23", "01"), ("01234", "34", "01")],
)
def test_the_favourable_options_are_the_best_two_without_the_middle(options: str, best: str, worst: str) -> None:
    assert favourable_options(options, Order.RISING) == tuple(best) == unfavourable_options(options, Order.FALLING)
    assert unfavourable_options(options, Order.RISING) == tuple(worst) == favourable_options(options, Order.FALLING)


def test_of_a_sensitive_question_all_but_the_unfavourable_is_favourable() -> None:
    assert favourable_options("012", Order.FALLING, sensitive=True) == ("0", "1")
    assert favourable_options("0123", Order.RISING, sensitive=True) == ("2", "3")
    assert favourable_options("012", Order.NONE, sensitive=True) == ()


def test_seven_options_have_two_favourable_ones() -> None:
    assert favourable_options("0123456", Order.RISING) == ("5", "6")


def test_without_an_order_nothing_is_favourable_or_unfavourable() -> None:
    assert favourable_options(FIVE, Order.NONE) == () == unfavourable_options(FIVE, Order.NONE)
    with pytest.raises(ValueError, match=r"^There are no options to count\.$"):
        favourable_count(FIVE, Order.NONE, distribution(1, 2, 3, 4, 5))


def test_a_distribution_gives_exact_counts() -> None:
    assert favourable_count(FIVE, Order.RISING, distribution(1, 2, 4, 8, 16)) == Count(24, 24, 31)
    assert unfavourable(FIVE, Order.RISING, distribution(1, 2, 4, 8, 16)) == Count(3, 3, 31)
    assert favourable_count(FIVE, Order.FALLING, distribution(1, 2, 4, 8, 16)) == Count(3, 3, 31)


@pytest.mark.parametrize(
    ("banded", "best", "worst"),
    [("4", (10, 12), (0, 2)), ("2", (0, 2), (0, 2)), ("01", (0, 2), (10, 12)), ("0", (0, 2), (10, 12))],
)
def test_a_band_of_five_options_gives_a_range(banded: str, best: tuple[int, int], worst: tuple[int, int]) -> None:
    assert favourable_count(FIVE, Order.RISING, dominance(banded, 12)) == Count(*best, 12)
    assert unfavourable(FIVE, Order.RISING, dominance(banded, 12)) == Count(*worst, 12)


def test_a_band_that_straddles_the_class_tells_nothing() -> None:
    assert unfavourable("012", Order.RISING, dominance("01", 12)) == Count(0, 12, 12)
    assert favourable_count("012", Order.RISING, dominance("01", 12)) == Count(0, 2, 12)


def test_sensitive_bands_of_five_options_give_ranges() -> None:
    statement = sensitive(14, _012=(6, 8), _0=(3, 5))
    # Of a sensitive question all but the worst two are favourable.
    assert favourable_count(FIVE, Order.RISING, statement) == Count(6, 11, 14)
    assert unfavourable(FIVE, Order.RISING, statement) == Count(3, 8, 14)


def test_sensitive_bands_of_four_falling_options_give_ranges() -> None:
    statement = sensitive(14, _23=(3, 5), _3=(0, 2))
    assert favourable_count("0123", Order.FALLING, statement) == Count(9, 11, 14)
    assert unfavourable("0123", Order.FALLING, statement) == Count(3, 5, 14)


@pytest.mark.parametrize("statement", [dominance("01", 10), dominance("3", 10), sensitive(10, _012=(3, 5), _0=(3, 5))])
def test_a_range_is_as_narrow_as_what_is_published_allows(statement: Any) -> None:
    classes = statement.classes if statement.kind == "sensitive" else None
    bands = [(one.options, one.low, one.high) for one in classes or ()] or [(statement.options, 8, 10)]
    possible = [
        counts
        for counts in shares_of(10, 5)
        if all(low <= sum(counts[int(option)] for option in options) <= high for options, low, high in bands)
    ]
    for count, places in ((favourable_count, (3, 4)), (unfavourable, (0, 1))):
        sums = {sum(counts[place] for place in places) for counts in possible}
        assert count(FIVE, Order.RISING, statement) == Count(min(sums), max(sums), 10)


@given(st.lists(st.sampled_from("01234"), min_size=10, max_size=30), st.booleans(), st.sampled_from(Order))
def test_what_is_published_contains_the_truth(
    ask: Callable, wave: Callable, ratings: list[str], is_sensitive: bool, order: Order
) -> None:
    made = wave(ask("C1", sensitive=is_sensitive and order is not Order.NONE, order=order))
    made.rate("mentor", "C1", ratings)
    statements = publish(made.tally, 5).statements
    (statement,) = (one for one in statements if isinstance(one, GroupStatement) and not isinstance(one, ResponseRate))
    found = how_many("34", FIVE, statement)
    assert found.low <= ratings.count("3") + ratings.count("4") <= found.high
    assert found.n == len(ratings)


@pytest.mark.parametrize(
    ("bound", "count", "expected"),
    [("exactly", 5, (5, 5)), ("exactly", 0, (0, 0)), ("at-least", 10, (10, 12)), ("at-most", 2, (0, 2))],
)
def test_ticks_and_risers_are_read_by_their_bound(bound: str, count: int, expected: tuple[int, int]) -> None:
    assert bounded(said("ticks", n=12, option="0", bound=bound, count=count)) == Count(*expected, 12)
    assert bounded(said("rose", n=12, bound=bound, count=count)) == Count(*expected, 12)


@pytest.mark.parametrize(("low", "high", "n"), [(0, 0, 0), (-1, 0, 5), (3, 2, 5), (0, 6, 5)])
def test_what_is_no_number_of_people_is_refused(low: int, high: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"{low} to {high} of {n}"):
        Count(low, high, n)


def test_a_count_is_exact_where_both_ends_meet() -> None:
    assert Count(0, 0, 1).is_exact
    assert not Count(0, 1, 1).is_exact
