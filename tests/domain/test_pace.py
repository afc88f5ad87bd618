"""A relay's quota holds in every minute, whatever the portions and however late each of them begins."""

from datetime import timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.pace import GRACE, Pace

MINUTE = timedelta(minutes=1)


@st.composite
def spaced_portions(draw: st.DrawFn) -> tuple[int, list[tuple[timedelta, int]]]:
    """A quota, and portions with the moments at which they begin: each at its turn, or late."""
    quota = draw(st.integers(1, 2000))
    pace = Pace(quota)
    sizes = draw(st.lists(st.integers(1, pace.portion), min_size=1, max_size=60))
    turns = accumulate((pace.takes(size) for size in sizes[:-1]), initial=timedelta())
    lateness = st.timedeltas(timedelta(), GRACE - timedelta(microseconds=1))
    return quota, sorted((turn + draw(lateness), size) for turn, size in zip(turns, sizes, strict=True))


@given(spaced_portions())
def test_in_no_minute_do_more_mails_begin_than_the_quota(drawn: tuple[int, list[tuple[timedelta, int]]]) -> None:
    quota, portions = drawn
    for begins, _size in portions:
        # A microsecond is what rounding may have taken from each turn.
        within = [size for at, size in portions if begins <= at < begins + MINUTE - timedelta(milliseconds=1)]
        assert sum(within) <= quota


@pytest.mark.parametrize("quota", [1, 2, 19, 20, 100, 600, 10_000])
def test_most_of_the_quota_is_used(quota: int) -> None:
    pace = Pace(quota)
    assert pace.portion * (MINUTE / pace.takes(pace.portion)) > 0.8 * quota


def test_a_small_quota_goes_out_one_by_one() -> None:
    assert Pace(19).portion == 1
