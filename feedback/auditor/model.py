"""The integer programme of one block: one model, whose bounds and objective change from question to question.

Linear first. An answer counts only if it is whole and fits every row in exact arithmetic; else the integer solver
is asked. Limits are counted in steps, never in seconds, and reaching one is an error: not knowing is not passing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from feedback.auditor.atoms import Block, Crowd

Whole = NDArray[np.int64]
FREE = 2**40
_DONE, _NEVER = highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible


@dataclass(frozen=True)
class Limits:
    """How many steps the solver may take for one question: pivots of the simplex method, nodes of the search."""

    pivots: int = 200_000
    nodes: int = 20_000


ENOUGH = Limits()


class LimitReached(RuntimeError):
    """The solver gave up after its number of steps, or gave an answer that is not exact."""


@dataclass(frozen=True)
class Part:
    """Some of a crowd: the people inside the attacker's target, or those outside. Columns of the model."""

    crowd: int
    inside: bool
    members: int
    cells: tuple[int, ...]


@dataclass(frozen=True)
class Insider:
    """One person of a part who knows the own answer: a cell, or None for none.

    `member` tells whether someone without an answer to the question took part in the survey at all.
    """

    part: int
    cell: int | None
    member: bool = False


class Model:
    """What is published about a block, with each crowd split into those inside and outside a target.

    Columns: for each part how many took part in the survey, then how many gave each answer.
    """

    def __init__(self, block: Block, answered: dict[str, tuple[int, int]], limits: Limits = ENOUGH) -> None:
        self.block = block
        self.parts = _parts(block)
        self.width = sum(1 + len(part.cells) for part in self.parts)
        rows = [*self._part_rows(), *self._member_rows(answered), *self._claim_rows(), (self.inside_cells(), 0, FREE)]
        self.matrix = np.array([row for row, _, _ in rows], dtype=np.int64)
        self.low = np.array([low for _, low, _ in rows], dtype=np.int64)
        self.high = np.array([high for _, _, high in rows], dtype=np.int64)
        self.caps = np.zeros(self.width, dtype=np.int64)
        self._least = np.zeros(self.width, dtype=np.int64)
        self._columns = np.arange(self.width, dtype=np.int32)
        self._solver = _solver(limits)
        self._load()

    def aim(self, inside: tuple[int, ...]) -> None:
        """Put so many invited people of each crowd inside the target."""
        for part in self.parts:
            size, chosen = self.block.crowds[part.crowd].size, inside[part.crowd]
            self.caps[[part.members, *part.cells]] = chosen if part.inside else size - chosen
        self._bound_columns(self._least, self.caps)

    def room(self, part: int) -> int:
        """Return how many people a part has at most."""
        return int(self.caps[self.parts[part].members])

    def inside_cells(self) -> Whole:
        """Return the objective that counts those inside the target who answered the question."""
        return self.cells_inside(range(len(self.block.topic.answers)))

    def cells_inside(self, cells: Iterable[int]) -> Whole:
        """Return the objective that counts those inside the target whose answer is in `cells`."""
        chosen, wanted = np.zeros(self.width, dtype=np.int64), list(cells)
        for part in self.parts:
            if part.inside and part.cells:
                chosen[[part.cells[cell] for cell in wanted]] = 1
        return chosen

    def moved(self, solution: Whole) -> Iterator[Whole]:
        """Yield solutions for this target with the same people as one for another target: many inside, and few."""
        for many in (True, False):
            placed = solution.copy()
            for inner, outer in zip(self.parts[::2], self.parts[1::2], strict=True):
                self._place(placed, inner, outer, many=many)
            if self._fits(placed, (self.low, self.high, self._least, self.caps)):
                yield placed

    def _place(self, placed: Whole, inner: Part, outer: Part, *, many: bool) -> None:
        """Share a crowd's people out anew; of those who answered, one stays outside if there is room."""
        took_part = int(placed[inner.members] + placed[outer.members])
        least, most = max(0, took_part - int(self.caps[outer.members])), min(int(self.caps[inner.members]), took_part)
        within = most if many else least
        placed[inner.members], placed[outer.members] = within, took_part - within
        total = placed[list(inner.cells)] + placed[list(outer.cells)]
        answered = int(total.sum())
        chosen = min(within, max(answered - 1, answered - (took_part - within)))
        upto = np.clip(chosen - (np.cumsum(total) - total), 0, total)
        placed[list(inner.cells)], placed[list(outer.cells)] = upto, total - upto

    def most(self, objective: Whole, insider: Insider | None = None, below: int | None = None) -> Whole | None:
        """Return a solution with the highest objective, or None if there is no solution.

        With an insider, that person must fit; with `below`, from 1 to `below` − 1 people inside the target answered.
        """
        with_insider = self._with(insider)
        if with_insider is None:
            return None
        low, high, least, caps = with_insider
        if below is not None:
            low, high = low.copy(), high.copy()
            low[-1], high[-1] = 1, below - 1
        self._bound(low, high, least, caps)
        return self._exact(objective, (low, high, least, caps))

    def _with(self, insider: Insider | None) -> tuple[Whole, Whole, Whole, Whole] | None:
        low, high, least, caps = self.low, self.high, self._least, self.caps
        if insider is None:
            return low, high, least, caps
        part = self.parts[insider.part]
        least, caps, high = least.copy(), caps.copy(), high.copy()
        if insider.cell is not None:
            least[part.cells[insider.cell]] = 1
        elif insider.member:
            least[part.members], high[insider.part] = 1, -1
        else:
            caps[part.members] -= 1
        return None if bool((least > caps).any()) else (low, high, least, caps)

    def _exact(self, objective: Whole, bounds: tuple[Whole, Whole, Whole, Whole]) -> Whole | None:
        self._solver.changeColsCost(self.width, self._columns, -objective.astype(float))
        for integer in (False, True):
            found = self._solve(integer=integer)
            if found is None:
                return None
            whole = np.rint(found).astype(np.int64)
            if bool(np.abs(found - whole).max() < 1e-6) and self._fits(whole, bounds):
                return whole
        raise LimitReached("the solver's answer is not exact")

    def _fits(self, whole: Whole, bounds: tuple[Whole, Whole, Whole, Whole]) -> bool:
        low, high, least, caps = bounds
        sums = self.matrix @ whole
        return bool(((low <= sums) & (sums <= high)).all() and ((least <= whole) & (whole <= caps)).all())

    def _solve(self, *, integer: bool) -> NDArray[np.float64] | None:
        if integer:
            self._make(highspy.HighsVarType.kInteger)
        self._solver.run()
        status = self._solver.getModelStatus()
        found = np.array(self._solver.getSolution().col_value)
        if integer:
            self._make(highspy.HighsVarType.kContinuous)
        if status not in (_DONE, _NEVER):
            raise LimitReached("the solver needed more steps than it may take")
        return found if status == _DONE else None

    def _make(self, kind: highspy.HighsVarType) -> None:
        self._solver.changeColsIntegrality(self.width, self._columns, np.array([kind] * self.width))

    def _bound(self, low: Whole, high: Whole, least: Whole, caps: Whole) -> None:
        self._bound_columns(least, caps)
        for row in {*range(len(self.parts)), len(low) - 1}:
            self._solver.changeRowBounds(row, float(low[row]), _float(high[row]))

    def _bound_columns(self, least: Whole, caps: Whole) -> None:
        self._solver.changeColsBounds(self.width, self._columns, least.astype(float), caps.astype(float))

    def _part_rows(self) -> list[tuple[Whole, int, int]]:
        """In each part no more people answered the question than took part."""
        rows = []
        for part in self.parts:
            row = np.zeros(self.width, dtype=np.int64)
            row[list(part.cells)] = 1
            row[part.members] = -1
            rows.append((row, -FREE, 0))
        return rows

    def _member_rows(self, answered: dict[str, tuple[int, int]]) -> list[tuple[Whole, int, int]]:
        rows = []
        for group in self.block.groups:
            if group in answered:
                columns = [part.members for part in self.parts if group in self.block.crowds[part.crowd].groups]
                rows.append((self._ones(columns), *answered[group]))
        return rows

    def _claim_rows(self) -> list[tuple[Whole, int, int]]:
        return [(self._counting(claim.groups, claim.cells), claim.low, claim.high) for claim in self.block.claims]

    def _counting(self, groups: tuple[str, ...], cells: frozenset[int]) -> Whole:
        """Count the answers in `cells` once for each of the groups that a person is in, as a total would."""
        row = np.zeros(self.width, dtype=np.int64)
        for part in self.parts:
            times = sum(group in self.block.crowds[part.crowd].groups for group in groups)
            if part.cells:
                row[[part.cells[cell] for cell in cells]] = times
        return row

    def _ones(self, columns: list[int]) -> Whole:
        row = np.zeros(self.width, dtype=np.int64)
        row[columns] = 1
        return row

    def _load(self) -> None:
        programme = highspy.HighsLp()
        programme.num_col_, programme.num_row_ = self.width, len(self.matrix)
        programme.col_cost_ = programme.col_lower_ = np.zeros(self.width)
        programme.col_upper_ = np.zeros(self.width)
        programme.row_lower_ = np.array([_float(low) for low in self.low])
        programme.row_upper_ = np.array([_float(high) for high in self.high])
        rows, columns = np.nonzero(self.matrix)
        programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        starts = np.concatenate([[0], np.cumsum(np.count_nonzero(self.matrix, axis=1))])
        programme.a_matrix_.start_, programme.a_matrix_.index_ = starts.astype(np.int32), columns.astype(np.int32)
        programme.a_matrix_.value_ = self.matrix[rows, columns].astype(float)
        self._solver.passModel(programme)


def _parts(block: Block) -> tuple[Part, ...]:
    parts: list[Part] = []
    at = 0
    for number, crowd in enumerate(block.crowds):
        for inside in (True, False):
            cells = _cells(crowd, block)
            parts.append(Part(number, inside, at, tuple(range(at + 1, at + 1 + cells))))
            at += 1 + cells
    return tuple(parts)


def _cells(crowd: Crowd, block: Block) -> int:
    return len(block.topic.answers) if crowd.asked else 0


def _float(bound: int) -> float:
    return float(bound) if abs(int(bound)) < FREE else float(np.copysign(highspy.kHighsInf, float(bound)))


class _Quiet(highspy.Highs):
    """HiGHS without callbacks, whose installation writes a banner to the terminal."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()


def _solver(limits: Limits) -> highspy.Highs:
    options = highspy.HighsOptions()
    options.output_flag, options.presolve = False, "off"
    options.threads, options.random_seed = 1, 0
    options.mip_rel_gap, options.mip_max_nodes = 0.0, limits.nodes
    options.simplex_iteration_limit = limits.pivots
    solver = _Quiet()
    solver.passOptions(options)
    return solver
