"""Whoever is in both roles has two answers to a question that both were asked, and knows them both.

Kept like what is known of one own answer (see `places`): which pairs of own answers leave others who differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback.auditor.atoms import Crowd
from feedback.auditor.model import Insider, Model, Part, Whole, whole
from feedback.auditor.targets import Target
from feedback.auditor.topics import Attribute


@dataclass(frozen=True)
class _Seat:
    """A place of one person in a solution: a part, and an answer."""

    part: Part
    cell: int


class Pairs:
    """The pairs of own answers for one target, of people in one of the groups in which somebody may answer twice."""

    def __init__(self, model: Model, target: Target, attributes: tuple[Attribute, ...]) -> None:
        """Nothing is known to be possible yet."""
        parts = _parts(model)
        self._seats = [_Seat(part, cell) for part in parts for cell in range(len(part.cells))]
        self._width = model.width
        self._columns = [seat.part.cells[seat.cell] for seat in self._seats]
        lacking = [[seat.part.inside and seat.cell not in one.cells for one in attributes] for seat in self._seats]
        self._lacks = whole(lacking).reshape(len(self._seats), len(attributes))
        self._objectives = [model.inside_cells() - model.cells_inside(one.cells) for one in attributes]
        crowds, number = model.block.crowds, len(self._seats)
        one_person = {(a.row, b.row): _may_be_one(a, b, crowds, target) for a in parts for b in parts}
        may_be = [one_person[a.part.row, b.part.row] for a in self._seats for b in self._seats]
        ordered = np.triu(np.array(may_be, dtype=bool).reshape(number, number))
        self.settled: NDArray[np.bool_] = np.repeat(~ordered[..., None], len(attributes), axis=2)

    def learn(self, solution: Whole) -> None:
        """Learn that others differ, from a solution in which two people gave the answers of a pair."""
        given = solution[self._columns]
        both = (given >= 1)[:, None] & (given >= 1)[None, :]
        np.fill_diagonal(both, given >= 2)
        without = whole([int(objective @ solution) for objective in self._objectives])
        others = without - self._lacks[:, None, :] - self._lacks[None, :, :]
        self.settled |= both[..., None] & (others >= 1)

    def unsettled(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs of which something may be certain, while what is learned settles others."""
        while len(left := np.argwhere(~self.settled.all(axis=2))):
            one, other = (int(seat) for seat in left[0])
            yield one, other
            self.settled[one, other] = True

    def count_left(self) -> int:
        """Return of how many pairs something may be certain."""
        return int((~self.settled.all(axis=2)).sum())

    def wanted(self) -> Whole:
        """Return in how many pairs that are left each column's people are: the more, the more there is to learn."""
        left, wanted = ~self.settled.all(axis=2), np.zeros(self._width, dtype=np.int64)
        wanted[self._columns] = left.sum(axis=0) + left.sum(axis=1)
        return wanted

    def insiders(self, pair: tuple[int, int]) -> tuple[Insider, Insider]:
        """Return who has the answers of a pair."""
        one, other = (Insider(self._seats[seat].part, self._seats[seat].cell) for seat in pair)
        return one, other


def _parts(model: Model) -> list[Part]:
    crowds, twice = model.block.crowds, model.block.topic.twice
    # Whom an answer tells apart is known by that answer, and not by two of this question.
    return [
        part
        for part in model.parts
        if part.cells
        and model.room(part)
        and crowds[part.crowd].among is None
        and not crowds[part.crowd].groups.isdisjoint(twice)
    ]


def _may_be_one(one: Part, other: Part, crowds: tuple[Crowd, ...], target: Target) -> bool:
    """Tell whether one person may have a place in each of two parts, in one role each."""
    mine, theirs = crowds[one.crowd], crowds[other.crowd]
    if one.crowd != other.crowd:
        return any(_differ(a.role, b.role) for a in mine.atoms for b in theirs.atoms)
    chosen = target.inside[one.crowd]
    if one.inside != other.inside or chosen in {0, mine.size}:
        return any(_differ(a.role, b.role) for at, a in enumerate(mine.atoms) for b in mine.atoms[at:])
    # The target is one of the atoms, whose people have one role; outside are the rest.
    targets = [at for at, atom in enumerate(mine.atoms) if atom.size == chosen]
    if one.inside:
        return any(mine.atoms[at].role is None for at in targets)
    rest = [[atom for place, atom in enumerate(mine.atoms) if place != at] for at in targets]
    return any(_differ(a.role, b.role) for atoms in rest for place, a in enumerate(atoms) for b in atoms[place:])


def _differ(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one != other
