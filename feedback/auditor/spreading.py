"""Solutions in which people sit in as many different places as they can: one of them settles many questions at once.

Only a short cut: what such a solution shows to be possible is read off it as off any other, and whatever none of them
has settled is asked in full.
"""

import highspy
import numpy as np

from feedback.auditor.model import ENOUGH, Insider, Model, Whole, solver_of, whole

# What a pair that is seated is worth beside one person who counts for the objective.
_A_PAIR = 100


class Spreader:
    """A model with a second column beside each, which tells whether anybody sits there."""

    def __init__(self, model: Model) -> None:
        """Take over the model's rows; what it is aimed at is looked up each time."""
        self._model, width = model, model.width
        self._columns = np.arange(2 * width, dtype=np.int32)
        nothing = np.zeros(2 * width)
        self._solver = solver_of(ENOUGH)
        self._solver.addVars(2 * width, nothing, nothing)
        for row, low, high in zip(model.matrix, model.bounds.low, model.bounds.high, strict=True):
            used = np.flatnonzero(row)
            self._solver.addRow(float(low), float(high), len(used), used, row[used].astype(np.float64))
        for column in range(width):
            self._solver.addRow(0.0, np.inf, 2, np.array([column, width + column]), np.array([1.0, -1.0]))

    def seated(self, wanted: Whole, objective: Whole, *insiders: Insider) -> Whole | None:
        """Return a solution with insiders and, as far as can be, people in the columns that are `wanted` most.

        Among those the one with the highest objective. None if none was found; that says nothing.
        """
        bounds, width, solver = self._model.bounds_with(insiders), len(wanted), self._solver
        worth = np.concatenate([objective, _A_PAIR * wanted]).astype(np.float64)
        least = np.concatenate([bounds.least, np.zeros_like(wanted)]).astype(np.float64)
        most = np.concatenate([bounds.caps, wanted > 0]).astype(np.float64)
        solver.changeColsCost(2 * width, self._columns, -worth)
        solver.changeColsBounds(2 * width, self._columns, least, most)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        nearest = whole(np.rint(solver.getSolution().col_value))[:width]
        return nearest if self._model.fits(nearest) else None
