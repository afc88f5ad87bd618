"""The four attacks on one block. Each looks for what is the same in all answers that agree with what is published.

What could be otherwise is shown by a solution, in whole numbers, in which it is otherwise: solutions found for one
question settle many others, so few are asked of the solver.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback.auditor.atoms import Block
from feedback.auditor.model import Insider, LimitReached, Model, Whole
from feedback.auditor.targets import Target, atoms_of, groups_of, unions_of
from feedback.auditor.topics import Attribute


class Inconsistent(ValueError):
    """No answers at all agree with what is published."""


@dataclass(frozen=True)
class Leak:
    """What can be learned about `target`: by rule D1 that `attribute` is true of `count`, else of all (D3: of none)."""

    rule: str
    target: Target
    attribute: Attribute
    count: int = 0


Flags = NDArray[np.bool_]


def leaks_of(block: Block, answered: dict[str, tuple[int, int]]) -> Iterator[Leak]:
    """Yield what can be learned from a block, at most one leak for each rule and target.

    `answered` holds the least and the most people that took part in the survey, by group. Inconsistent if no answers
    agree with what is published, LimitReached if it cannot be decided.
    """
    model = Model(block, answered)
    known = _number_answered(model)
    unsafe = set()
    for target in (*groups_of(block), *atoms_of(block, known.stop)):
        if target.group in unsafe and not target.whole:
            continue
        for leak in _Attack(model, target).leaks():
            unsafe.add(target.group)
            yield leak
    for target in unions_of(block, block.topic.k, known):
        counted = _Attack(model, target).certain_count()
        if counted is not None:
            yield counted


def _number_answered(model: Model) -> range:
    """Return how many people of all groups together may have answered the question."""
    model.aim(tuple(crowd.size for crowd in model.block.crowds))
    objective = model.inside_cells()
    least, most = model.most(-objective), model.most(objective)
    if least is None or most is None:
        raise Inconsistent
    return range(int(objective @ least), int(objective @ most))


class _Attack:
    """One target under attack. Remembers what the solutions found so far have shown to be possible."""

    def __init__(self, model: Model, target: Target) -> None:
        self.model, self.target = model, target
        model.aim(target.inside)
        self.attributes = model.block.topic.attributes
        self.inside = model.inside_cells()
        self.counting = np.array([model.cells_inside(one.cells) for one in self.attributes], dtype=np.int64)
        self.insiders = _insiders(model)
        self.owned = np.array([[one.cell in a.cells for a in self.attributes] for one in self.insiders], dtype=bool)
        self.among = np.array(
            [one.cell is not None and model.parts[one.part].inside for one in self.insiders], dtype=bool
        )
        self.differs = np.zeros(len(self.attributes), dtype=bool)
        self.occurs = np.zeros(len(self.attributes), dtype=bool)
        self.differs_for = np.zeros(self.owned.shape, dtype=bool)

    def leaks(self) -> list[Leak]:
        """Return at most one leak by each of D2, D3, and D2i where D2 finds none."""
        found: list[Leak | None] = [self._all_alike(), self._none_at_all()]
        if found[0] is None:
            found.append(self._others_alike())
        return [leak for leak in found if leak is not None]

    def certain_count(self) -> Leak | None:
        """Return an attribute of which fewer than k people inside have a certain number above 0 (D1)."""
        k = self.model.block.topic.k
        first = self.model.most(np.zeros_like(self.inside), below=k)
        if first is None:
            return None
        least = most = self.counting @ first
        for at, attribute in enumerate(self.attributes):
            for sign in (-1, 1):
                if attribute.counted and least[at] == most[at] > 0:
                    other = self.counting @ self._solution(sign * self.counting[at], below=k)
                    least, most = np.minimum(least, other), np.maximum(most, other)
            if attribute.counted and least[at] == most[at] > 0:
                return Leak("D1", self.target, attribute, int(least[at]))
        return None

    def _all_alike(self) -> Leak | None:
        """D2: somebody may have answered, and then all certainly alike."""
        for at, attribute in enumerate(self.attributes):
            if not self.differs[at]:
                self._learn(self._solution(self.inside - self.counting[at]))
                if not self.differs[at] and self._somebody(None):
                    return Leak("D2", self.target, attribute)
        return None

    def _none_at_all(self) -> Leak | None:
        """D3: somebody may have answered, and certainly nobody so. That all did so is for D2 to find."""
        for at, attribute in enumerate(self.attributes):
            if attribute.graded and not self.occurs[at]:
                self._learn(self._solution(self.counting[at]))
                if not self.occurs[at] and self._somebody(None):
                    return Leak("D3", self.target, attribute)
        return None

    def _others_alike(self) -> Leak | None:
        """D2i: whoever knows one answer knows that all others, if any, answered alike."""
        for who, insider in enumerate(self.insiders):
            for at, attribute in enumerate(self.attributes):
                if self.differs_for[who, at]:
                    continue
                solution = self.model.most(self.inside - self.counting[at], insider)
                if solution is None:
                    break
                self._learn(solution)
                if not self.differs_for[who, at] and self._somebody(insider):
                    return Leak("D2i", self.target, attribute)
        return None

    def _somebody(self, insider: Insider | None) -> bool:
        """Tell whether anybody inside, besides the insider, can have answered."""
        solution = self.model.most(self.inside, insider)
        own = insider is not None and insider.cell is not None and self.model.parts[insider.part].inside
        return solution is not None and int(self.inside @ solution) - own >= 1

    def _learn(self, solution: Whole) -> None:
        counts = self.counting @ solution
        others = int(self.inside @ solution) - counts
        self.differs |= others >= 1
        self.occurs |= counts >= 1
        fits = np.array([_fits(self.model, insider, solution) for insider in self.insiders], dtype=bool)
        mine = self.among[:, None] & ~self.owned
        self.differs_for |= fits[:, None] & (others[None, :] - mine >= 1)

    def _solution(self, objective: Whole, below: int | None = None) -> Whole:
        solution = self.model.most(objective, below=below)
        if solution is None:
            raise LimitReached("the solver contradicts itself")
        return solution


def _insiders(model: Model) -> list[Insider]:
    insiders = []
    for number, part in enumerate(model.parts):
        if model.room(number):
            insiders += [Insider(number, cell) for cell in range(len(part.cells))]
            insiders += [Insider(number, None), Insider(number, None, member=True)]
    return insiders


def _fits(model: Model, insider: Insider, solution: Whole) -> bool:
    """Tell whether the insider can be one of the people of a solution."""
    part = model.parts[insider.part]
    if insider.cell is not None:
        return bool(solution[part.cells[insider.cell]] >= 1)
    took_part = int(solution[part.members])
    if insider.member:
        return took_part > int(solution[list(part.cells)].sum())
    return took_part < model.room(insider.part)
