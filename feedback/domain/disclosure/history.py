"""What the reports of an organisation say together: combinations of groups that come down to a few people (R11).

Whoever has several reports may add and subtract their groups as he likes. A combination that is other than zero for
fewer than T people speaks of these few alone. Nothing here knows a person: only digests, and who of them was in which
group. The arithmetic is exact (fractions); the search is a whole-number programme, as bounded in steps as it says.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import highspy
import numpy as np

MOST_NODES = 2_000
MOST_COMBINATIONS = 64
_INFINITY = highspy.kHighsInf
_FOUND, _NONE = highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible

Vector = list[Fraction]


class TooManyCombinations(Exception):
    """The search ended at one of its limits: nothing is known, and what is not known is refused."""


@dataclass(frozen=True)
class PublishedGroup:
    """One group in which a question was published, or may be: `members` are digests of people, `k` its report's least
    group size."""

    members: frozenset[bytes]
    k: int


@dataclass(frozen=True)
class Combination:
    """Groups, by their places in the sequence given, whose sum and difference is about 1 to `below` − 1 people."""

    groups: frozenset[int]
    below: int


def combinations(
    groups: Sequence[PublishedGroup], harmless: Collection[frozenset[int]], most: int = MOST_COMBINATIONS
) -> Iterator[Combination]:
    """Yield the combinations of `groups` that speak of fewer than T people, T being twice the largest k among them.

    Left out is what a single group says of itself, however small it is, and what follows from one of the sets in
    `harmless` (places in `groups`) alone, such as the earlier reports. Only combinations that no smaller set of the
    same people allows are yielded; all others are sums of these. Raises TooManyCombinations at a limit.
    """
    for k in sorted({group.k for group in groups}):
        places = [at for at, group in enumerate(groups) if group.k <= k]
        allowed = [
            *([at] for at in places),
            [at for at in places if groups[at].k < k],
            *([at for at in places if at in one] for one in harmless),
        ]
        search = _Search([groups[at].members for at in places], 2 * k)
        free = [search.space([places.index(at) for at in one]) for one in allowed if one]
        for vector in search.vectors(free, most):
            used = search.combined(vector)
            yield Combination(frozenset(places[at] for at in used), 2 * k)


class _Search:
    """The small combinations of some sets of people, in the space that has one dimension for each kind of person."""

    def __init__(self, sets: list[frozenset[bytes]], below: int) -> None:
        kinds = Counter(tuple(person in members for members in sets) for person in frozenset[bytes]().union(*sets))
        self._below = below
        self._kinds = sorted(kinds, key=lambda kind: (kinds[kind], kind))
        self._sizes = [kinds[kind] for kind in self._kinds]
        # The kinds of fewer than `below` people come first; all others have to cancel out.
        self._few = sum(size < below for size in self._sizes)
        self._columns = [[Fraction(kind[at]) for kind in self._kinds] for at in range(len(sets))]
        self._all = _reduced(self._columns)
        self._small = self._with_zeros(self._all, set(range(self._few)))

    def space(self, at: Collection[int]) -> list[Vector]:
        """Return a basis of all that the sets at these places give."""
        return _reduced([self._columns[one] for one in at])

    def combined(self, vector: Vector) -> frozenset[int]:
        """Return the places of sets that give the vector together."""
        weights = _solution(self._columns, vector)
        return frozenset(at for at, weight in enumerate(weights) if weight)

    def vectors(self, free: list[list[Vector]], most: int) -> Iterator[Vector]:
        """Yield each vector of smallest support that no space of `free` holds; at most `most` are looked at."""
        looked_at = 0
        for part in _parts(self._small):
            if any(all(_holds(space, row) for row in part) for space in free):
                continue
            kinds = [at for at in range(self._few) if any(row[at] for row in part)]
            sizes = [self._sizes[at] for at in kinds]
            programme = _Programme(_kernel([[row[at] for at in kinds] for row in part]), sizes, self._below)
            for first in range(len(kinds)):
                while (found := programme.support(first)) is not None:
                    if looked_at == most:
                        raise TooManyCombinations
                    looked_at += 1
                    vector = self._smallest(part, {kinds[at] for at in found})
                    programme.cut([at for at, kind in enumerate(kinds) if vector[kind]])
                    if not any(_holds(space, vector) for space in free):
                        yield vector

    def _smallest(self, space: list[Vector], support: set[int]) -> Vector:
        """Return a vector of a space whose support lies in `support` and holds that of no other."""
        within = self._with_zeros(space, support)
        if not within:
            raise TooManyCombinations  # the solver's arithmetic is not exact, and was not here
        for at in sorted(support):
            fewer = self._with_zeros(within, support - {at})
            if fewer:
                within, support = fewer, support - {at}
        return within[0]

    def _with_zeros(self, space: list[Vector], support: set[int]) -> list[Vector]:
        """Return a basis of those vectors of a space that are zero outside `support`."""
        outside = [at for at in range(len(self._sizes)) if at not in support]
        weights = _kernel([[vector[at] for vector in space] for at in outside], len(space))
        return _reduced([_sum(space, one) for one in weights])


class _Programme:
    """Looks for a vector of at most `below` − 1 people with `kernel` · vector = 0, each value from −1 to 1."""

    def __init__(self, kernel: list[Vector], sizes: list[int], below: int) -> None:
        self._few = len(sizes)
        self._solver = _quiet_solver()
        few = self._few
        for _at in range(few):
            self._solver.addVar(-1.0, 1.0)
        for at in range(few):
            self._solver.addVar(0.0, 1.0)
            self._solver.changeColIntegrality(few + at, highspy.HighsVarType.kInteger)
            self._row({at: 1, few + at: -1}, -_INFINITY, 0)
            self._row({at: 1, few + at: 1}, 0, _INFINITY)
        self._row({few + at: sizes[at] for at in range(few)}, 1, below - 1)
        for row in kernel:
            whole = _without_denominators(row)
            self._row({at: value for at, value in enumerate(whole) if value}, 0, 0)

    def support(self, first: int) -> set[int] | None:
        """Return where a vector is other than zero that is largest at `first`; None if there is none."""
        self._solver.changeColBounds(first, 1.0, 1.0)
        self._solver.run()
        status = self._solver.getModelStatus()
        values = list(self._solver.getSolution().col_value)
        self._solver.changeColBounds(first, -1.0, 1.0)
        if status not in (_FOUND, _NONE):
            raise TooManyCombinations
        return {at for at in range(self._few) if values[self._few + at] > 0.5} if status == _FOUND else None

    def cut(self, support: list[int]) -> None:
        """Look no more for what holds this support: it is a sum of this one and others."""
        self._row({self._few + at: 1 for at in support}, -_INFINITY, len(support) - 1)

    def _row(self, values: dict[int, int], low: float, high: float) -> None:
        places = np.array(list(values), dtype=np.int32)
        self._solver.addRow(low, high, len(values), places, np.array(list(values.values()), dtype=np.float64))


class _QuietSolver(highspy.Highs):
    """HiGHS without callbacks, whose installation writes a banner to the terminal."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()


def _quiet_solver() -> highspy.Highs:
    options = highspy.HighsOptions()
    options.output_flag, options.threads, options.mip_max_nodes = False, 1, MOST_NODES
    solver = _QuietSolver()
    solver.passOptions(options)
    return solver


def _reduced(rows: Sequence[Vector]) -> list[Vector]:
    """Return the reduced row echelon form, without rows of zeros."""
    left = [list(row) for row in rows]
    done: list[Vector] = []
    width = len(left[0]) if left else 0
    for at in range(width):
        pivot = next((row for row in left if row[at]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        pivot = [value / pivot[at] for value in pivot]
        left = [_less(row, pivot, row[at]) for row in left]
        done = [_less(row, pivot, row[at]) for row in done] + [pivot]
    return done


def _parts(rows: list[Vector]) -> list[list[Vector]]:
    """Split a reduced basis so that each vector of smallest support is a sum within one part."""
    parts: list[tuple[set[int], list[Vector]]] = []
    for row in rows:
        support, joined = {at for at, value in enumerate(row) if value}, [row]
        for part in [one for one in parts if not one[0].isdisjoint(support)]:
            parts.remove(part)
            support, joined = support | part[0], [*part[1], *joined]
        parts.append((support, joined))
    return [joined for _support, joined in parts]


def _less(row: Vector, other: Vector, times: Fraction) -> Vector:
    return [value - times * taken for value, taken in zip(row, other, strict=True)] if times else row


def _kernel(rows: Sequence[Vector], width: int | None = None) -> list[Vector]:
    """Return a basis of all vectors that are at right angles to each row."""
    reduced = _reduced(rows)
    width = len(rows[0]) if rows else width or 0
    pivots = [next(at for at, value in enumerate(row) if value) for row in reduced]
    basis = []
    for free in (at for at in range(width) if at not in pivots):
        vector = [Fraction(at == free) for at in range(width)]
        for row, pivot in zip(reduced, pivots, strict=True):
            vector[pivot] = -row[free]
        basis.append(vector)
    return basis


def _sum(vectors: Sequence[Vector], weights: Vector) -> Vector:
    width = len(vectors[0])
    return [
        sum((w * vector[at] for w, vector in zip(weights, vectors, strict=True)), Fraction()) for at in range(width)
    ]


def _holds(space: list[Vector], vector: Vector) -> bool:
    """Tell whether a space, given by its reduced basis, holds the vector."""
    for row in space:
        pivot = next(at for at, value in enumerate(row) if value)
        vector = _less(vector, row, vector[pivot])
    return not any(vector)


def _solution(columns: list[Vector], vector: Vector) -> Vector:
    """Return weights with which the columns give the vector, as few of them as elimination leaves."""
    rows = [[*(column[at] for column in columns), value] for at, value in enumerate(vector)]
    weights = [Fraction()] * len(columns)
    for row in _reduced(rows):
        pivot = next(at for at, value in enumerate(row) if value)
        weights[pivot] = row[-1]
    return weights


def _without_denominators(row: Vector) -> list[int]:
    common = lcm(*(value.denominator for value in row))
    return [int(value * common) for value in row]
