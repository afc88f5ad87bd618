"""How many people a published statement puts into a class of options: exactly, or between two numbers.

Works from statements and option codes alone, and never narrows a range by guessing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from feedback.domain.disclosure.statements import (
    BandedClass,
    Bound,
    Distribution,
    DominanceBand,
    Rose,
    Sensitive,
    Ticks,
)
from feedback.domain.survey.questionnaires import Order

ScaleStatement = Distribution | DominanceBand | Sensitive
"""What may be said about a question with one choice."""


@dataclass(frozen=True)
class Count:
    """Between `low` and `high` of `n` people, both included. ValueError unless 0 ≤ low ≤ high ≤ n and n ≥ 1."""

    low: int
    high: int
    n: int

    def __post_init__(self) -> None:
        if self.n < 1 or not 0 <= self.low <= self.high <= self.n:
            raise ValueError(f"{self.low} to {self.high} of {self.n} is not a number of people.")

    @property
    def is_exact(self) -> bool:
        """Whether the number is known."""
        return self.low == self.high


def favourable_options(options: Sequence[str], order: Order, *, sensitive: bool = False) -> tuple[str, ...]:
    """Return the two most favourable of `options`, or only the best, where two would reach the middle.

    So two of four or more, one of two or three; never the middle one. Of a sensitive question it is all but the
    unfavourable ones. They stay in the order given. Empty without an order, and for a single option.
    """
    bad = unfavourable_options(options, order)
    if sensitive and bad:
        return tuple(option for option in options if option not in bad)
    first, last = _ends(options)
    return {Order.RISING: last, Order.FALLING: first, Order.NONE: ()}[order]


def unfavourable_options(options: Sequence[str], order: Order) -> tuple[str, ...]:
    """Return the mirror image of `favourable_options`: of three, the worst alone, where rule R3 looks at two."""
    first, last = _ends(options)
    return {Order.RISING: first, Order.FALLING: last, Order.NONE: ()}[order]


def favourable_count(options: Sequence[str], order: Order, statement: ScaleStatement) -> Count:
    """Return how many chose one of the `favourable_options`; ValueError if there are none."""
    chosen = favourable_options(options, order, sensitive=isinstance(statement, Sensitive))
    return how_many(chosen, options, statement)


def how_many(chosen: Collection[str], options: Collection[str], statement: ScaleStatement) -> Count:
    """Return how many people chose one of `chosen`, some of all `options`, as far as the statement tells.

    A published class within `chosen` gives a lower end, one around it an upper end, and what a class leaves out
    is a class too; one that straddles it tells nothing. ValueError if nothing is chosen.
    """
    if not chosen:
        raise ValueError("There are no options to count.")
    if isinstance(statement, Distribution):
        exact = sum(one.count for one in statement.counts if one.option in chosen)
        return Count(exact, exact, statement.n)
    known = _known(frozenset(options), statement)
    inside = (one.low for one in known if one.options.issubset(chosen))
    around = (one.high for one in known if one.options.issuperset(chosen))
    return Count(max(inside, default=0), min(around, default=statement.n), statement.n)


def bounded(statement: Ticks | Rose) -> Count:
    """Return how many people ticked the option, or say that it was worse before the programme."""
    low = 0 if statement.bound is Bound.AT_MOST else statement.count
    high = statement.n if statement.bound is Bound.AT_LEAST else statement.count
    return Count(low, high, statement.n)


class _Known(NamedTuple):
    options: frozenset[str]
    low: int
    high: int


def _known(options: frozenset[str], statement: DominanceBand | Sensitive) -> list[_Known]:
    n, classes = statement.n, _classes(statement)
    said = [_Known(frozenset(one.options), one.low, one.high) for one in classes]
    return said + [_Known(options - one.options, n - one.high, n - one.low) for one in said]


def _classes(statement: DominanceBand | Sensitive) -> tuple[BandedClass, ...]:
    if isinstance(statement, Sensitive):
        return statement.classes
    return (BandedClass(statement.options, statement.at_least, statement.n),)


def _ends(options: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    size = min(2, len(options) // 2)
    return tuple(options[:size]), tuple(options[len(options) - size :])
