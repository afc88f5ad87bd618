"""What the reports of an organisation say together: combinations of groups that come down to a few people (R11).

Whoever has several reports may add and subtract their groups as he likes. A combination that is other than zero for
fewer than T people speaks of these few alone. Nothing here knows a person: only digests, and who of them was in which
group. The arithmetic is exact (fractions, whole numbers), and the search is as bounded in steps as it says.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, pairwise
from math import gcd, lcm

MOST_COMBINATIONS = 64
MOST_STEPS = 5_000
_PRIME = 2**31 - 1

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
    groups: Sequence[PublishedGroup],
    harmless: Collection[frozenset[int]],
    most: int = MOST_COMBINATIONS,
    steps: int = MOST_STEPS,
) -> Iterator[Combination]:
    """Yield the combinations of `groups` that speak of fewer than T people, T being twice the largest k among them.

    Left out is what a single group says of itself, however small it is, and what follows from one of the sets in
    `harmless` (places in `groups`) alone, such as the earlier reports. Only combinations that no smaller set of the
    same people allows are yielded; all others are sums of these. Raises TooManyCombinations if there are more than
    `most`, or the search of one part takes more than `steps`.
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
        for number, vector in enumerate(search.vectors(free, steps)):
            if number == most:
                raise TooManyCombinations
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

    def vectors(self, free: list[list[Vector]], steps: int) -> Iterator[Vector]:
        """Yield each vector of smallest support that no space of `free` holds."""
        for part in _parts(self._small):
            if any(all(_holds(space, row) for row in part) for space in free):
                continue
            kinds = [at for at in range(self._few) if any(row[at] for row in part)]
            # What one group says of itself is one vector: that is left out when it is found.
            beyond = [_beyond(space, part) for space in free if len(space) > 1]
            rows = [list(chain([row[at] for at in kinds], *more)) for row, *more in zip(part, *beyond, strict=True)]
            ends = [len(kinds) + sum(len(one[0]) for one in beyond[:at]) for at in range(len(beyond) + 1)]
            circuits = _Circuits([self._sizes[at] for at in kinds], self._below - 1, list(pairwise(ends)), steps)
            for found in circuits.of([_without_denominators(row) for row in rows]):
                vector = [Fraction()] * len(self._sizes)
                for at, value in zip(kinds, found, strict=False):
                    vector[at] = Fraction(value)
                if not any(_holds(space, vector) for space in free):
                    yield vector

    def _with_zeros(self, space: list[Vector], support: set[int]) -> list[Vector]:
        """Return a basis of those vectors of a space that are zero outside `support`."""
        outside = [at for at in range(len(self._sizes)) if at not in support]
        weights = _kernel([[vector[at] for vector in space] for at in outside], len(space))
        return _reduced([_sum(space, one) for one in weights])


class _Circuits:
    """Looks for the vectors of smallest support in a space that are about at most so many people.

    A row of the space has a number for each kind of person and, behind these, what some other spaces do not hold of it
    (`beyond`: from where to where): what lies wholly in one of them is not looked at.
    """

    def __init__(self, sizes: list[int], most: int, beyond: list[tuple[int, int]], steps: int) -> None:
        self._sizes, self._most, self._beyond, self._steps = sizes, most, beyond, steps

    def of(self, rows: list[list[int]], kept: frozenset[int] = frozenset()) -> Iterator[list[int]]:
        """Yield those that are other than zero for each kind in `kept`; raise TooManyCombinations after too many steps.

        Kind by kind: either it is zero, which leaves a smaller space, or it is not, which takes people.
        """
        self._steps -= 1
        if self._steps < 0:
            raise TooManyCombinations
        together = _together(rows, len(self._sizes))
        if self._is_harmless(rows) or not kept <= set(chain(*together.values())):
            return
        open_ones = {column: kinds for column, kinds in together.items() if kept.isdisjoint(kinds)}
        left = self._most - sum(self._people(kinds) for kinds in together.values() if not kept.isdisjoint(kinds))
        if len(rows) == 1:
            if sum(map(self._people, open_ones.values())) <= left:
                yield rows[0]
        elif open_ones and self._fewest(open_ones, len(rows)) <= left:
            kinds = max(open_ones.values(), key=self._people)
            yield from self.of(_zero_at(rows, kinds[0]), kept)
            if self._people(kinds) <= left:
                yield from self.of(rows, kept.union(kinds))

    def _is_harmless(self, rows: list[list[int]]) -> bool:
        return any(not any(any(row[begin:end]) for row in rows) for begin, end in self._beyond)

    def _people(self, kinds: Collection[int]) -> int:
        return sum(self._sizes[at] for at in kinds)

    def _fewest(self, columns: Mapping[tuple[int, ...], Collection[int]], rank: int) -> int:
        """Return a number of people that each vector of the space is about at least.

        Of columns that span it, at least one is other than zero: as often as such can be set apart, so many times.
        """
        left = sorted(columns, key=lambda column: self._people(columns[column]), reverse=True)
        fewest = 0
        while len(spanning := _independent(left, rank)) == rank:
            fewest += self._people(columns[spanning[-1]])
            left = [column for column in left if column not in set(spanning)]
        return fewest


def _together(rows: list[list[int]], width: int) -> dict[tuple[int, ...], list[int]]:
    """Return the kinds that are zero in the same vectors of a space, by what their columns have in common."""
    found: dict[tuple[int, ...], list[int]] = {}
    for at, column in enumerate(zip(*(row[:width] for row in rows), strict=True)):
        if any(column):
            common = gcd(*column) * (1 if next(filter(None, column)) > 0 else -1)
            found.setdefault(tuple(value // common for value in column), []).append(at)
    return found


def _zero_at(rows: list[list[int]], at: int) -> list[list[int]]:
    """Return a basis of what is zero there; it is not zero for all."""
    pivot = min((row for row in rows if row[at]), key=lambda row: len(row) - row.count(0))
    narrowed = []
    for row in (one for one in rows if one is not pivot):
        fewer = [pivot[at] * value - row[at] * taken for value, taken in zip(row, pivot, strict=True)]
        common = gcd(*fewer)
        narrowed.append([value // common for value in fewer])
    return narrowed


def _independent(columns: Sequence[tuple[int, ...]], most: int) -> list[tuple[int, ...]]:
    """Return columns that are independent, the first ones, and not more than that.

    Reckoned modulo a prime: what is independent there is so.
    """
    chosen: list[tuple[int, ...]] = []
    reduced: list[tuple[int, list[int]]] = []
    for column in columns:
        if len(chosen) == most:
            break
        left = list(column)
        for pivot, other in reduced:
            left = [(value - left[pivot] * taken) % _PRIME for value, taken in zip(left, other, strict=True)]
        at = next((at for at, value in enumerate(left) if value % _PRIME), None)
        if at is not None:
            inverse = pow(left[at], -1, _PRIME)
            reduced.append((at, [value * inverse % _PRIME for value in left]))
            chosen.append(column)
    return chosen


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
    return not any(_rest(space, vector))


def _rest(space: list[Vector], vector: Vector) -> Vector:
    """Return what a space, given by its reduced basis, does not hold of a vector."""
    for row in space:
        pivot = next(at for at, value in enumerate(row) if value)
        vector = _less(vector, row, vector[pivot])
    return vector


def _beyond(space: list[Vector], rows: Sequence[Vector]) -> list[Vector]:
    """Return, for each row, numbers that are all zero for just those sums of rows that the space holds."""
    columns = zip(*(_rest(space, row) for row in rows), strict=True)
    return [list(row) for row in zip(*_reduced([list(column) for column in columns]), strict=True)]


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
