from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.rendering.blocks import BarPart, ChartBar, ChartSide
from feedback.rendering.placing import PLAIN, Reach, centre_of, charts_of, placed, reach_of
from tests.rendering.papers import banded, english_paper, likert, plain

SIDES = st.sampled_from(list(ChartSide))
PARTS = st.builds(BarPart, st.text(max_size=9), st.floats(0, 100), SIDES, st.sampled_from([1, 2]))
BARS = st.builds(ChartBar, st.text(max_size=30), st.lists(PARTS, max_size=6).map(tuple), st.text(max_size=9))


def part(side: ChartSide, share: float) -> BarPart:
    return BarPart(side.value, share, side, 1)


def bar(*parts: BarPart) -> ChartBar:
    return ChartBar("group", parts, "n = 10")


@given(BARS)
def test_parts_lie_side_by_side_and_add_up(given_bar: ChartBar) -> None:
    found = placed(given_bar, Reach(100, 100), diverging=True)
    assert sum(one.width for one in found) == pytest.approx(sum(one.share for one in given_bar.parts) / 2)
    for one, following in pairwise(found):
        assert one.start + one.width == pytest.approx(following.start)


@given(st.lists(BARS, max_size=5))
def test_no_bar_leaves_a_chart_of_its_reach(bars: list[ChartBar]) -> None:
    chart = likert()
    reach = reach_of([type(chart)("t", "alt", tuple(bars), chart.data, True)])  # noqa: FBT003
    for one in (one for given_bar in bars for one in placed(given_bar, reach, diverging=True)):
        assert -1 <= one.start <= one.start + one.width <= 101


def test_the_centre_line_halves_the_neutral_part() -> None:
    parts = (part(ChartSide.UNFAVOURABLE, 20), part(ChartSide.NEUTRAL, 30), part(ChartSide.FAVOURABLE, 50))
    assert centre_of(bar(*parts)) == 35


@pytest.mark.parametrize(
    ("parts", "centre"),
    [
        ((part(ChartSide.UNFAVOURABLE, 20), part(ChartSide.FAVOURABLE, 80)), 20),
        ((part(ChartSide.UNKNOWN, 20), part(ChartSide.UNFAVOURABLE, 80)), 100),
        ((part(ChartSide.UNFAVOURABLE, 80), part(ChartSide.UNKNOWN, 20)), 80),
        ((part(ChartSide.FAVOURABLE, 80), part(ChartSide.UNKNOWN, 20)), 0),
        ((part(ChartSide.UNKNOWN, 20), part(ChartSide.FAVOURABLE, 80)), 20),
        ((part(ChartSide.UNKNOWN, 10), part(ChartSide.NEUTRAL, 80), part(ChartSide.UNKNOWN, 10)), 50),
        ((part(ChartSide.UNKNOWN, 100),), 0),
        ((), 0),
    ],
)
def test_without_a_neutral_part_the_centre_lies_between_the_sides(parts: tuple[BarPart, ...], centre: float) -> None:
    assert centre_of(bar(*parts)) == centre


def test_all_charts_of_a_paper_share_one_reach() -> None:
    assert reach_of(charts_of(english_paper())) == Reach(100, 100)
    assert reach_of([likert()]) == Reach(30, 100)
    assert reach_of([plain()]) == Reach(10, 10)


def test_a_rounding_error_does_not_widen_the_reach() -> None:
    parts = (part(ChartSide.FAVOURABLE, 33.4), part(ChartSide.FAVOURABLE, 33.4), part(ChartSide.FAVOURABLE, 33.4))
    chart = likert()
    assert reach_of([type(chart)("t", "alt", (bar(*parts),), chart.data, diverging=True)]).right == 100


def test_plain_bars_begin_at_nought() -> None:
    starts = [placed(one, PLAIN, diverging=False)[0].start for one in plain().bars]
    assert starts == [0, 0, 0, 0]


def test_what_may_be_lies_outside_of_what_is_certain() -> None:
    favourable, unfavourable = (placed(one, Reach(100, 100), diverging=True) for one in banded().bars)
    assert [one.part.side for one in favourable] == [ChartSide.FAVOURABLE, ChartSide.UNKNOWN]
    assert favourable[0].start == pytest.approx(50)
    assert unfavourable[1].start + unfavourable[1].width == pytest.approx(50)
