import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from feedback.reporting.rounding import figure, figures, parts_of_whole

COUNTS = st.lists(st.integers(0, 2000), min_size=1, max_size=7).filter(sum)


@given(COUNTS)
def test_parts_of_a_whole_add_up_to_a_hundred(counts: list[int]) -> None:
    parts = parts_of_whole(counts)
    assert sum(parts) == 100
    assert all(abs(part - 100 * count / sum(counts)) < 1 for part, count in zip(parts, counts, strict=True))


@given(COUNTS)
def test_nought_is_nobody_and_a_hundred_is_everybody(speaking: Flask, counts: list[int]) -> None:
    said = figures(counts)
    assert [one == "0%" for one in said] == [count == 0 for count in counts]
    assert [one == "100%" for one in said] == [count == sum(counts) for count in counts]


@pytest.mark.parametrize(
    ("count", "n", "said"),
    [(997, 1000, ">99%"), (3, 1200, "<1%"), (0, 5, "0%"), (5, 5, "100%"), (1, 3, "33%"), (199, 200, ">99%")],
)
def test_one_share_is_never_rounded_to_nobody_or_everybody(speaking: Flask, count: int, n: int, said: str) -> None:
    assert figure(count, n) == said


def test_nothing_cannot_be_divided() -> None:
    with pytest.raises(ValueError, match="nothing to divide"):
        parts_of_whole([0, 0])
