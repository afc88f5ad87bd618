"""The statistics of a report: intervals, differences and effect sizes, from published counts alone.

Shares are in percent and differences in percentage points. A count known only within a range gives a range, and
the widest interval of all counts in it. docs/statistics.md says the same in words, with the sources.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from feedback.domain.disclosure.counts import Count

_Z = 1.959963984540054
"""How many standard errors lie between the middle and either end of a 95 % interval."""
FEW_BELOW = 20
"""Of fewer people than this, one more or fewer moves a share by more than five points."""
MOST_TABLES = 5_000
"""Boschloo's test is worked out for up to this many possible outcomes; beyond, it costs seconds and gains little."""


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, both included: percent of a share, or percentage points of a difference."""

    low: float
    high: float


class Method(StrEnum):
    """Which test a p value comes from."""

    BOSCHLOO = "boschloo"
    FISHER = "fisher"


@dataclass(frozen=True)
class PValue:
    """How likely shares at least this far apart would be, from 0 to 1, were they equal; by which test."""

    method: Method
    value: float


@dataclass(frozen=True)
class RelativeChange:
    """How much larger the share is than `before`, in percent of it; never to be told without both counts."""

    before: Count
    after: Count
    percent: float


class TwoShares:
    """Two shares that are compared: how many there were `before`, or on one side, and `after`, or on the other."""

    before: Count
    after: Count

    @property
    def points(self) -> Interval:
        """The later share minus the earlier one, in percentage points; a range where either is one."""
        return difference(self.before, self.after)

    @property
    def interval(self) -> Interval:
        """The 95 % interval of `points`."""
        return newcombe(self.before, self.after)

    @property
    def stands_out(self) -> bool:
        """Whether the interval leaves out zero."""
        return not self.interval.low <= 0 <= self.interval.high


def share(count: Count) -> Interval:
    """Return the share in percent; both ends are the same where the count is exact."""
    return Interval(100 * count.low / count.n, 100 * count.high / count.n)


def wilson(count: Count) -> Interval:
    """Return the 95 % interval of a share, in percent, by the score method without correction (Wilson 1927)."""
    return Interval(100 * _wilson(count.low, count.n)[0], 100 * _wilson(count.high, count.n)[1])


def difference(before: Count, after: Count) -> Interval:
    """Return the share after minus the share before, in points; both ends are the same where both are exact."""
    earlier, later = share(before), share(after)
    return Interval(later.low - earlier.high, later.high - earlier.low)


def newcombe(before: Count, after: Count) -> Interval:
    """Return the 95 % interval of the `difference` of two unlinked shares, in points.

    The hybrid score interval without correction (Newcombe 1998, method 10). Its ends only grow with `after` and
    fall with `before`, so the ends of two ranges give the widest interval.
    """
    low = _lower_end((after.low, after.n), (before.high, before.n))
    high = -_lower_end((before.low, before.n), (after.high, after.n))
    return Interval(100 * low, 100 * high)


def boschloo(before: Count, after: Count) -> PValue | None:
    """Return the p value of Boschloo's two-sided test that both shares are equal (Boschloo 1970); None for a range.

    Above MOST_TABLES possible outcomes it is Fisher's exact test. Either is twice the smaller one-sided p, so that
    Fisher's is never below Boschloo's.
    """
    if not (before.is_exact and after.is_exact):
        return None
    table = [[before.low, after.low], [before.n - before.low, after.n - after.low]]
    if (before.n + 1) * (after.n + 1) > MOST_TABLES:
        return PValue(Method.FISHER, _fisher(table))
    return PValue(Method.BOSCHLOO, _boschloo(table))


def holm(p_values: Iterable[float], level: float = 0.05) -> tuple[bool, ...]:
    """Return of each p value whether its difference is certain, so that any is wrong at most at `level` (Holm 1979).

    The smallest is held against `level` divided by their number, the next against one part fewer, up to the first
    that fails.
    """
    values = tuple(p_values)
    certain = [False] * len(values)
    for tried, (value, place) in enumerate(sorted((value, place) for place, value in enumerate(values))):
        if value > level / (len(values) - tried):
            break
        certain[place] = True
    return tuple(certain)


def cliffs_delta(before: Sequence[int] | None, after: Sequence[int] | None) -> float | None:
    """Return how much likelier an answer after is the better of two than the worse, from −1 to 1 (Cliff 1993).

    Both are counts of one scale's options, from the least to the most favourable. One answer of each side is drawn
    in every possible way. None where a side is None: its distribution is not published. ValueError if the two
    differ in length, or nobody answered.
    """
    if before is None or after is None:
        return None
    if len(before) != len(after) or not sum(before) or not sum(after):
        raise ValueError("Two distributions over the same scale are needed.")
    below = [0, *accumulate(before)]
    better_less_worse = sum(
        count * (below[place] - (below[-1] - below[place + 1])) for place, count in enumerate(after)
    )
    return better_less_worse / (sum(before) * sum(after))


def relative_change(before: Count, after: Count) -> RelativeChange | None:
    """Return the change in percent of the share before; None for a range, or where nobody had chosen it before."""
    if not (before.is_exact and after.is_exact and before.low):
        return None
    percent = 100 * (after.low * before.n / (after.n * before.low) - 1)
    return RelativeChange(before, after, percent)


# The ends mirror each other: that none of n leaves nothing above, and all of n nothing below, is then exact.
def _wilson(count: int, n: int) -> tuple[float, float]:
    return _wilson_low(count, n), 1 - _wilson_low(n - count, n)


def _wilson_low(count: int, n: int) -> float:
    """Return the lower end of the score interval (Wilson 1927)."""
    spread = _Z * math.sqrt(count * (n - count) / n + _Z**2 / 4)
    return (count + _Z**2 / 2 - spread) / (n + _Z**2)


# scipy.stats takes a second to import, and more memory than all the rest: only an exact test waits for it.
def _boschloo(table: list[list[int]]) -> float:
    from scipy.stats import boschloo_exact

    return float(boschloo_exact(table).pvalue)


def _fisher(table: list[list[int]]) -> float:
    from scipy.stats import fisher_exact

    return min(1.0, *(2 * float(fisher_exact(table, alternative=side).pvalue) for side in ("less", "greater")))


def _lower_end(more: tuple[int, int], less: tuple[int, int]) -> float:
    """Return the lower end of Newcombe's interval for the share `more` minus the share `less`, each (count, n)."""
    shares = [count / n for count, n in (more, less)]
    return shares[0] - shares[1] - math.hypot(shares[0] - _wilson(*more)[0], _wilson(*less)[1] - shares[1])
