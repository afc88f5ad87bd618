"""Waves: what a look may show, and the names of mails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.waves.states import Band, WaveState, band_seen

K = st.integers(5, 50)
INVITED = st.integers(0, 5000)


@st.composite
def looks(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """How many answered, of how many, with which k, in how many groups."""
    invited = draw(INVITED)
    return draw(st.integers(0, invited)), invited, draw(K), draw(st.integers(1, 4))


@given(looks())
def test_below_k_a_look_says_only_that(look: tuple[int, int, int, int]) -> None:
    answered, _invited, k, _groups = look
    assert (band_seen(*look) == Band.FEWER_THAN_K) == (answered < k)


@given(looks().filter(lambda look: look[1] < 100 or look[3] > 1))
def test_below_a_hundred_or_with_several_groups_a_look_says_only_whether_k_was_reached(
    look: tuple[int, int, int, int],
) -> None:
    assert band_seen(*look) in {Band.FEWER_THAN_K, Band.K_OR_MORE}


@given(looks())
def test_a_look_never_falls_when_somebody_answers(look: tuple[int, int, int, int]) -> None:
    rising = list(Band)
    assert rising.index(band_seen(*look)) <= rising.index(band_seen(look[0] + 1, *look[1:]))


@pytest.mark.parametrize(
    ("answered", "band"),
    [
        (5, Band.K_OR_MORE),
        (24, Band.K_OR_MORE),
        (25, Band.QUARTER),
        (49, Band.QUARTER),
        (50, Band.HALF),
        (74, Band.HALF),
        (75, Band.THREE_QUARTERS),
        (100, Band.THREE_QUARTERS),
    ],
)
def test_from_a_hundred_in_one_group_a_look_says_which_quarter(answered: int, band: Band) -> None:
    assert band_seen(answered, 100, 5, 1) == band


@given(st.integers(101, 5000), K)
def test_no_band_is_narrower_than_a_quarter_but_the_lowest(invited: int, k: int) -> None:
    bands = [band_seen(answered, invited, k, 1) for answered in range(invited + 1)]
    assert len(set(bands)) <= 5
    assert bands == sorted(bands, key=list(Band).index)


def test_the_states_are_those_that_the_rules_name() -> None:
    states = ["draft", "scheduled", "open", "closing", "held", "closed", "cancelled"]
    assert [state.value for state in WaveState] == states
