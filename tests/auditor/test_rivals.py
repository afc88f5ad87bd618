"""Other publishers are caught about as often as design and measurement say."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from feedback.auditor import audit
from tests.auditor import rivals
from tests.auditor.programmes import MILD, Programme, some_programme
from tests.databases import first_of

PROGRAMMES = 60
ALONE = {"D1", "D2"}
Rival = Callable[[Programme], dict[str, Any]]


@cache
def broken(rival: Rival) -> list[set[str]]:
    """Return the rules that each of some reports breaks."""
    programmes = [some_programme(seed, evenness=MILD) for seed in range(PROGRAMMES)]
    return [{finding.rule for finding in audit(rival(one), one.sizes).findings} for one in programmes]


def caught(rival: Rival, rules: set[str]) -> float:
    """Return the share of programmes whose report breaks one of the rules."""
    assert not any(found & {"limit", "inconsistent", "unknown"} for found in broken(rival))
    return sum(bool(found & rules) for found in broken(rival)) / PROGRAMMES


@pytest.mark.parametrize(
    ("rival", "rules", "least", "most"),
    first_of(
        2,
        [
            (rivals.naive_by_role, ALONE, 0.10, 0.40),
            (rivals.naive_by_cohort, ALONE, 0.40, 0.75),
            (rivals.remainder, ALONE, 0.15, 0.45),
            (rivals.remainder, ALONE | {"D2i"}, 0.30, 0.70),
            (rivals.one_off_band, ALONE | {"D2i"}, 0.10, 0.40),
        ],
    ),
)
def test_a_rival_is_caught(rival: Rival, rules: set[str], least: float, most: float) -> None:
    assert least <= caught(rival, rules) <= most


def test_our_band_in_the_rivals_place_is_not_caught() -> None:
    assert caught(rivals.our_bands, ALONE | {"D2i"}) == 0
