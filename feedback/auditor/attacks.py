"""The four attacks on one block. Each looks for what is the same in all answers that agree with what is published.

What could be otherwise is shown by a solution, in whole numbers, in which it is otherwise. Two people of a crowd may
change places in a solution, so one solution settles many questions, and the solver is asked the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from feedback.auditor.atoms import Block
from feedback.auditor.model import Insider, LimitReached, Model, Whole
from feedback.auditor.pairs import Pairs
from feedback.auditor.places import Places
from feedback.auditor.spreading import Spreader
from feedback.auditor.targets import Target, atoms_of, groups_of, unions_of
from feedback.auditor.topics import Attribute

_WORTH_SEATING = 3


class Inconsistent(ValueError):
    """No answers at all agree with what is published."""


@dataclass(frozen=True)
class Leak:
    """What can be learned about `target`: by rule D1 that `attribute` is true of `count`, else of all (D3: of none).

    `own` is how many answers of one's own it takes.
    """

    rule: str
    target: Target
    attribute: Attribute
    count: int = 0
    own: int = 1


def leaks_of(block: Block, answered: dict[str, tuple[int, int]]) -> Iterator[Leak]:
    """Yield what can be learned from a block, at most one leak for each rule and target.

    `answered` holds the least and the most people that took part in the survey, by group. Inconsistent if no answers
    agree with what is published, LimitReached if it cannot be decided.
    """
    known = _first_look(Model(block, answered))
    told: set[tuple[str, str]] = set()
    for target in (*groups_of(block), *atoms_of(block, known.answered[1])):
        for leak in _Attack(known, target).leaks():
            if target.whole or (leak.rule, target.group) not in told:
                yield leak
            told.add((leak.rule, target.group))
    for target in unions_of(block, block.topic.k, _answered_in_crowds(known)):
        counted = _Attack(known, target).certain_count()
        if counted is not None:
            yield counted


@dataclass(frozen=True)
class _Knowledge:
    """What is known of a model: the least and most who `answered` the question, some solutions, and which answers
    nobody can have given (crowd that was asked, own answer as in `Seen`)."""

    model: Model
    answered: tuple[int, int]
    pool: list[Whole]
    impossible: set[tuple[int, int]]

    @cached_property
    def spreader(self) -> Spreader:
        return Spreader(self.model)


def _first_look(model: Model) -> _Knowledge:
    model.aim(tuple(crowd.size for crowd in model.block.crowds))
    objective = model.inside_cells()
    least = model.most(-objective)
    if least is None:
        raise Inconsistent
    most = certainly(model.most(objective))
    return _Knowledge(model, (int(objective @ least), int(objective @ most)), *_every_answer(model))


def _answered_in_crowds(known: _Knowledge) -> list[tuple[int, int]]:
    """Return the least and the most people of each crowd who answered the question."""
    model = known.model
    if len(model.block.crowds) == 1:
        return [known.answered]
    model.aim(tuple(crowd.size for crowd in model.block.crowds))
    found = []
    for part in (part for part in model.parts if part.inside):
        objective = model.counting(part.cells)
        least, most = certainly(model.most(-objective)), certainly(model.most(objective))
        found.append((int(objective @ least), int(objective @ most)))
    return found


def _every_answer(model: Model) -> tuple[list[Whole], set[tuple[int, int]]]:
    """Return solutions in which every own answer is given that can be, and the answers that cannot.

    If a solution with as many as possible of those unseen has none of them, none can be.
    """
    places, pool = Places(model, ()), list[Whole]()
    unseen = set(places.own_answers())
    while unseen:
        solution = certainly(model.most(np.sum([places.giving(*one) for one in unseen], axis=0)))
        given = places.given(solution)
        seen = {one for one in unseen if given[one]}
        if not seen:
            break
        unseen -= seen
        pool.append(solution)
    return pool, unseen


def certainly(solution: Whole | None) -> Whole:
    """Return a solution that must exist, since another showed so; LimitReached if there is none."""
    if solution is None:
        raise LimitReached("the solver contradicts itself")
    return solution


class _Attack:
    """One target under attack. Remembers what solutions, of this target and those before, have shown to be possible."""

    def __init__(self, known: _Knowledge, target: Target) -> None:
        self.model, self.target, self.known = known.model, target, known
        self.model.aim(target.inside)
        self.attributes = self.model.block.topic.attributes
        self.inside = self.model.inside_cells()
        self.counting = [self.model.cells_inside(one.cells) for one in self.attributes]
        self.places = Places(self.model, self.attributes)
        self.differs = np.zeros(len(self.attributes), dtype=bool)
        self.occurs = np.array([not one.graded for one in self.attributes], dtype=bool)
        nobody = self.places.nobody(known.impossible)
        self.differs_for = np.repeat(nobody[..., None], len(self.attributes), axis=3)

    @cached_property
    def placed(self) -> list[Whole]:
        """The solutions for everybody, with their people placed anew."""
        return [placed for solution in self.known.pool for placed in self.model.moved(solution)]

    def leaks(self) -> list[Leak]:
        """Return at most one leak by each of D2, D3, and D2i where D2 finds none."""
        self._recall()
        found: list[Leak | None] = [self._all_alike(), self._none_at_all()]
        if found[0] is None:
            found.append(self._others_alike() or self._others_alike_to_two())
        return [leak for leak in found if leak is not None]

    def certain_count(self) -> Leak | None:
        """Return an attribute of which fewer than k people inside have a certain number above 0 (D1)."""
        k = self.model.block.topic.k
        first = self.model.most(np.zeros_like(self.inside), below=k)
        if first is None:
            return None
        least, most = self.places.counts(first)
        for at, attribute in enumerate(self.attributes):
            if attribute.counted and least[at] == most[at] > 0:
                for objective in (self.counting[at], -self.counting[at]):
                    other = certainly(self.model.most(objective, below=k))
                    fewest, highest = self.places.counts(other)
                    least, most = np.minimum(least, fewest), np.maximum(most, highest)
                if least[at] == most[at]:
                    return Leak("D1", self.target, attribute, int(least[at]))
        return None

    # Where nobody can have answered, besides insiders, there is nothing to be learned, whatever the attribute.

    def _all_alike(self) -> Leak | None:
        """D2: somebody may have answered, and then all certainly alike."""
        for at, attribute in enumerate(self.attributes):
            if not self.differs[at]:
                self._learn(certainly(self.model.most(self.inside - self.counting[at])))
                if not self.differs[at]:
                    return Leak("D2", self.target, attribute) if self._somebody() else None
        return None

    def _none_at_all(self) -> Leak | None:
        """D3: somebody may have answered, and certainly nobody so. That all did so is for D2 to find."""
        for at, attribute in enumerate(self.attributes):
            if not self.occurs[at]:
                self._learn(certainly(self.model.most(self.counting[at])))
                if not self.occurs[at]:
                    return Leak("D3", self.target, attribute) if self._somebody() else None
        return None

    def _others_alike(self) -> Leak | None:
        """D2i: whoever knows one answer knows that all others, if any, answered alike."""
        unsettled = np.argwhere(~self.differs_for.all(axis=3)).tolist()
        return next((leak for place in unsettled if (leak := self._alike_to(*place))), None)

    def _others_alike_to_two(self) -> Leak | None:
        """D2i: whoever knows two answers, one given in each role, knows that all others, if any, answered alike."""
        pairs = Pairs(self.model, self.target, self.attributes)
        for solution in self.placed:
            pairs.learn(solution)
        return next((leak for pair in pairs.unsettled() if (leak := self._alike_to_two(pairs, pair))), None)

    def _seat_others(self, pairs: Pairs, *insiders: Insider) -> None:
        """Learn from a solution that seats as many as it can of the pairs that are left, insiders among them."""
        objective = self.inside * len(self.attributes) - sum(self.counting)
        solution = self.known.spreader.seated(pairs.wanted(), objective, *insiders)
        if solution is not None:
            pairs.learn(solution)

    def _alike_to_two(self, pairs: Pairs, pair: tuple[int, int]) -> Leak | None:
        insiders, settled = pairs.insiders(pair), pairs.settled[pair]
        if pairs.count_left() >= _WORTH_SEATING:
            self._seat_others(pairs, *insiders)
        for at, attribute in enumerate(self.attributes):
            if not settled[at]:
                solution = self.model.most(self.inside - self.counting[at], *insiders)
                if solution is None:
                    return None
                pairs.learn(solution)
                if not settled[at]:
                    return Leak("D2i", self.target, attribute, own=2) if self._somebody(*insiders) else None
        return None

    def _alike_to(self, crowd: int, side: int, own: int) -> Leak | None:
        insider, differs = self.places.insider((crowd, side, own)), self.differs_for[crowd, side, own]
        for at, attribute in enumerate(self.attributes):
            if not differs[at]:
                solution = self.model.most(self.inside - self.counting[at], insider)
                if solution is None:
                    return None
                self._learn(solution)
                if not differs[at]:
                    return Leak("D2i", self.target, attribute) if self._somebody(insider) else None
        return None

    def _somebody(self, *insiders: Insider) -> bool:
        """Tell whether anybody inside, besides insiders, can have answered."""
        solution = self.model.most(self.inside, *insiders)
        own = sum(one.cell is not None and one.part.inside for one in insiders)
        return solution is not None and int(self.inside @ solution) - own >= 1

    def _recall(self) -> None:
        """Learn from the solutions for everybody, with their people placed anew."""
        for solution in self.placed:
            self._learn(solution)

    def _learn(self, solution: Whole) -> None:
        seen = self.places.seen(solution)
        self.differs |= seen.differs
        self.occurs |= seen.occurs
        self.differs_for |= seen.differs_for
