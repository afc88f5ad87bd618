"""What one solution shows, if people of the same crowd change places.

Nothing that is published tells people of a crowd apart, so a solution stays one when somebody inside the target and
somebody outside swap their answers. What holds in any of the solutions reached that way is read off at once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback.auditor.model import Insider, Model, Whole
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
        asked = [pair for pair in zip(model.parts[::2], model.parts[1::2], strict=True) if pair[0].cells]
        answers = len(model.block.topic.answers)
        self._parts = [[model.parts.index(part) for part in pair] for pair in asked]
        self._columns = np.array([[part.cells for part in pair] for pair in asked], dtype=np.int64)
        self._columns = self._columns.reshape(len(asked), 2, answers)
        self._members = np.array([[part.members for part in pair] for pair in asked], dtype=np.int64).reshape(-1, 2)
        self._room = np.array([[model.room(at) for at in pair] for pair in self._parts], dtype=np.int64).reshape(-1, 2)
        self._has = np.array([[cell in one.cells for cell in range(answers)] for one in attributes], dtype=np.int64)
        self._lacks = np.vstack([1 - self._has.T, np.zeros((2, len(attributes)), dtype=np.int64)])
        self._width = model.width
        self._within = np.zeros((2, answers + 2), dtype=np.int64)
        self._within[0, :answers] = 1

    def nobody(self, impossible: set[tuple[int, int]]) -> Flags:
        """Return which insiders cannot be, since their part is empty or nobody in it can have answered so.

        Nor can those who are the whole target: there are no others.
        """
        none = np.repeat((self._room == 0)[:, :, None], self._within.shape[1], axis=2)
        for crowd, own in impossible:
            none[crowd, :, own] = True
        if self._room[:, 0].sum() == 1:
            none[:, 0] |= self._within[0] == 1
        return none

    def insider(self, place: tuple[int, int, int]) -> Insider:
        """Return the insider of a place in `Seen.differs_for`."""
        crowd, side, own = place
        cells = self._columns.shape[2]
        return Insider(self._parts[crowd][side], own if own < cells else None, member=own == cells + 1)

    def given(self, solution: Whole) -> Flags:
        """Return which own answers somebody inside gave, for a target that holds everybody."""
        took_part = solution[self._members].sum(axis=1)
        answers = self._totals(solution)
        silent = np.stack([took_part < self._room.sum(axis=1), took_part > answers.sum(axis=1)], axis=1)
        return np.concatenate([answers >= 1, silent], axis=1)

    def giving(self, crowd: int, own: int) -> Whole:
        """Return the objective that counts those inside who gave an own answer."""
        insider, chosen = self.insider((crowd, 0, own)), np.zeros(self._width, dtype=np.int64)
        if insider.cell is not None:
            chosen[self._columns[crowd, 0, insider.cell]] = 1
            return chosen
        chosen[self._members[crowd, 0]] = 1 if insider.member else -1
        if insider.member:
            chosen[self._columns[crowd, 0]] = -1
        return chosen

    def _totals(self, solution: Whole) -> Whole:
        """Return how many people of each crowd that was asked gave each answer."""
        return np.asarray(solution[self._columns].sum(axis=1), dtype=np.int64)

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
        has = total @ self._has.T
        return has, total.sum(axis=1)[:, None] - has

    def _possible(self, solution: Whole, here: Whole) -> Flags:
        took_part = solution[self._members]
        answered = (here >= 1)[:, :, None] & (self._totals(solution) >= 1)[:, None, :]
        silent = np.stack([took_part < self._room, took_part > here], axis=2)
        return np.concatenate([answered, silent], axis=2)
