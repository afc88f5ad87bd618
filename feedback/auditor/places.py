"""What one solution shows, if people of the same crowd change places.

Nothing that is published tells people of a crowd apart, so a solution stays one when somebody inside the target and
somebody outside swap their answers. What holds in any of the solutions reached that way is read off at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback.auditor.model import Insider, Model, Whole, whole
from feedback.auditor.topics import Attribute

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Seen:
    """For each attribute: somebody inside is without it; has it; someone other than the insider is without it.

    The last is indexed by insider first: crowd that was asked, inside or outside, own answer (its cell; then "took
    no part" and "took part, but did not answer this").
    """

    differs: Flags
    occurs: Flags
    differs_for: Flags


class Places:
    """The places of one model, for its topic's attributes and one target: the one the model is aimed at."""

    def __init__(self, model: Model, attributes: tuple[Attribute, ...]) -> None:
        self._model, self._asked = model, [(inner, outer) for inner, outer in model.pairs if inner.cells]
        pairs, answers = len(self._asked), len(model.block.topic.answers)
        self._columns = whole([[part.cells for part in pair] for pair in self._asked]).reshape(pairs, 2, answers)
        self._members = whole([[part.members for part in pair] for pair in self._asked]).reshape(pairs, 2)
        self._room = whole([[model.room(part) for part in pair] for pair in self._asked]).reshape(pairs, 2)
        self._has = whole([[cell in one.cells for one in attributes] for cell in range(answers)])
        self._lacks = np.vstack([1 - self._has, whole([[0] * len(attributes)] * 2)])
        self._within = whole([[1] * answers + [0, 0], [0] * (answers + 2)])

    def nobody(self, impossible: set[tuple[int, int]]) -> Flags:
        """Return which insiders cannot be, since their part is empty or nobody in it can have answered so.

        Nor can those who are the whole target: there are no others.
        """
        none = np.repeat((self._room == 0)[:, :, None], self._within.shape[1], axis=2)
        for crowd, own in impossible:
            none[crowd, :, own] = True
        # Whoever took no part gave no answer that could tell them apart from others.
        for at, (inner, _) in enumerate(self._asked):
            none[at, :, -2] |= self._model.block.crowds[inner.crowd].among is not None
        if self._room[:, 0].sum() == 1:
            none[:, 0] |= self._within[0] == 1
        return none

    def insider(self, place: tuple[int, int, int]) -> Insider:
        """Return the insider of a place in `Seen.differs_for`."""
        crowd, side, own = place
        part = self._asked[crowd][side]
        return Insider(part, own if own < len(part.cells) else None, member=own > len(part.cells))

    def own_answers(self) -> Iterator[tuple[int, int]]:
        """Yield each crowd that was asked with each own answer."""
        return np.ndindex(len(self._asked), self._within.shape[1])

    def given(self, solution: Whole) -> Flags:
        """Return which own answers somebody inside gave, for a target that holds everybody."""
        took_part = solution[self._members].sum(axis=1)
        answers = self._totals(solution)
        silent = np.stack([took_part < self._room.sum(axis=1), took_part > answers.sum(axis=1)], axis=1)
        return np.concatenate([answers >= 1, silent], axis=1)

    def giving(self, crowd: int, own: int) -> Whole:
        """Return the objective that counts those inside who gave an own answer."""
        insider = self.insider((crowd, 0, own))
        if insider.cell is not None:
            return self._model.counting([insider.part.cells[insider.cell]])
        took_part = self._model.counting([insider.part.members])
        return took_part - self._model.counting(insider.part.cells) if insider.member else -took_part

    def _totals(self, solution: Whole) -> Whole:
        """Return how many people of each crowd that was asked gave each answer."""
        return whole(solution[self._columns].sum(axis=1))

    def counts(self, solution: Whole) -> tuple[Whole, Whole]:
        """Return the fewest and the most people inside that can have each attribute."""
        inside = solution[self._columns[:, 0]].sum(axis=1)[:, None]
        has, without = self._shares(solution)
        return np.maximum(0, inside - without).sum(axis=0), np.minimum(inside, has).sum(axis=0)

    def seen(self, solution: Whole) -> Seen:
        """Return what the solution, and those that follow by changing places, show to be possible."""
        here = solution[self._columns].sum(axis=2)
        inside = here[:, :1]
        has, without = self._shares(solution)
        can = (inside >= 1) & (without >= 1)
        # An insider sits in one place; someone else without the attribute must find another place inside.
        elsewhere = can.sum(axis=0)[None, :] - can >= 1
        room = inside[:, :, None] - self._within[None] >= 1
        beside = room[..., None] & (without[:, None, None, :] - self._lacks[None, None] >= 1)
        possible = self._possible(solution, here)
        differs_for = possible[..., None] & (beside | elsewhere[:, None, None, :])
        return Seen(can.any(axis=0), ((inside >= 1) & (has >= 1)).any(axis=0), differs_for)

    def _shares(self, solution: Whole) -> tuple[Whole, Whole]:
        """Return for each crowd and attribute how many people have it, and how many do not."""
        total = self._totals(solution)
        has = total @ self._has
        return has, total.sum(axis=1)[:, None] - has

    def _possible(self, solution: Whole, here: Whole) -> Flags:
        took_part = solution[self._members]
        answered = (here >= 1)[:, :, None] & (self._totals(solution) >= 1)[:, None, :]
        silent = np.stack([took_part < self._room, took_part > here], axis=2)
        return np.concatenate([answered, silent], axis=2)
