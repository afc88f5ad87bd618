"""The integer programme of one block: one model, whose bounds and objective change from question to question.

Linear first. An answer counts only if it is whole and fits every row in exact arithmetic; else the integer solver
is asked. Limits are counted in steps, never in seconds, and reaching one is an error: not knowing is not passing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray

from feedback.auditor.atoms import Block
from feedback.auditor.topics import Claim

Whole = NDArray[np.int64]
_DONE, _NEVER = highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible
_FRACTIONS, _WHOLE_NUMBERS = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger


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
    """Some of a crowd: the people inside the attacker's target, or those outside. Columns of the model, and a row:
    no more of them answered the question than took part."""

    crowd: int
    inside: bool
    row: int
    members: int
    cells: tuple[int, ...]


@dataclass(frozen=True)
class Insider:
    """One person of a part who knows the own answer: a cell, or None for none.

    `member` tells whether someone without an answer to the question took part in the survey at all.
    """

    part: Part
    cell: int | None
    member: bool = False


@dataclass(frozen=True)
class Bounds:
    """What the sum of each row, and the number in each column, lie between."""

    low: Whole
    high: Whole
    least: Whole
    caps: Whole

    def hold(self, sums: Whole, columns: Whole) -> bool:
        """Tell whether everything lies between its bounds."""
        rows = (self.low <= sums) & (sums <= self.high)
        return bool(rows.all() and ((self.least <= columns) & (columns <= self.caps)).all())

    def copy(self) -> "Bounds":
        """Return bounds that can be changed."""
        return Bounds(self.low.copy(), self.high.copy(), self.least.copy(), self.caps.copy())


class Model:
    """What is published about a block, with each crowd split into those inside and outside a target.

    Columns: for each part how many took part in the survey, then how many gave each answer.
    """

    def __init__(self, block: Block, answered: dict[str, tuple[int, int]], limits: Limits = ENOUGH) -> None:
        self.block = block
        self.parts = _parts(block)
        self.pairs = [(part, self.parts[part.row + 1]) for part in self.parts if part.inside]
        self.width = sum(1 + len(part.cells) for part in self.parts)
        rows = [*self._part_rows(), *self._member_rows(answered), *self._claim_rows(), *self._shared_rows()]
        rows.append(self._inside_row())
        self.matrix = whole([row for row, _, _ in rows])
        self._last = len(rows) - 1
        nothing = whole([0] * self.width)
        self.bounds = Bounds(whole([low for _, low, _ in rows]), whole([high for _, _, high in rows]), nothing, nothing)
        self._columns = np.arange(self.width, dtype=np.int32)
        self._solver, self._kind = solver_of(limits), _FRACTIONS
        self._solver.addVars(self.width, _floats(nothing), _floats(nothing))
        for row, low, high in rows:
            used = np.flatnonzero(row)
            self._solver.addRow(low, high, len(used), used, _floats(row[used]))

    def aim(self, inside: tuple[int, ...]) -> None:
        """Put so many invited people of each crowd inside the target."""
        self.bounds = self.bounds.copy()
        for part in self.parts:
            size, chosen = self.block.crowds[part.crowd].size, inside[part.crowd]
            self.bounds.caps[[part.members, *part.cells]] = chosen if part.inside else size - chosen

    def room(self, part: Part) -> int:
        """Return how many people a part has at most."""
        return int(self.bounds.caps[part.members])

    def counting(self, columns: Iterable[int]) -> Whole:
        """Return the objective, or the row, that adds up these columns; one named twice counts twice."""
        return np.bincount([*columns], minlength=self.width)

    def inside_cells(self) -> Whole:
        """Return the objective that counts those inside the target who answered the question."""
        return self.cells_inside(range(len(self.block.topic.answers)))

    def cells_inside(self, cells: Collection[int]) -> Whole:
        """Return the objective that counts those inside the target whose answer is in `cells`."""
        inside = (part.cells for part in self.parts if part.inside and part.cells)
        return self.counting(columns[cell] for columns in inside for cell in cells)

    def moved(self, solution: Whole) -> Iterator[Whole]:
        """Yield solutions for this target with the same people as one for another target: most inside, and fewest."""
        for pick in (max, min):
            placed = solution.copy()
            for pair in self.pairs:
                self._place(placed, pair, pick)
            if self.fits(placed):
                yield placed

    def fits(self, solution: Whole) -> bool:
        """Tell whether numbers are a solution."""
        return self._fits(solution, self.bounds)

    def _place(self, placed: Whole, pair: tuple[Part, Part], pick: Callable[..., int]) -> None:
        """Share a crowd's people out anew; of those who answered, one stays outside if there is room."""
        inner, outer = pair
        took_part = int(placed[inner.members] + placed[outer.members])
        within = pick(max(0, took_part - self.room(outer)), min(self.room(inner), took_part))
        placed[inner.members], placed[outer.members] = within, took_part - within
        total = placed[[*inner.cells]] + placed[[*outer.cells]]
        chosen = min(within, int(total.sum()) - min(1, took_part - within))
        before = np.cumsum(total) - total
        upto = np.clip(chosen - before, 0, total)
        placed[[*inner.cells]], placed[[*outer.cells]] = upto, total - upto

    def most(self, objective: Whole, *insiders: Insider, below: int | None = None) -> Whole | None:
        """Return a solution with the highest objective, or None if there is no solution.

        Insiders must fit; with `below`, from 1 to `below` − 1 people inside the target answered.
        """
        bounds = self.bounds_with(insiders)
        if below is not None:
            bounds.low[self._last], bounds.high[self._last] = 1, below - 1
        self._solver.changeColsCost(self.width, self._columns, _floats(-objective))
        self._solver.changeColsBounds(self.width, self._columns, _floats(bounds.least), _floats(bounds.caps))
        for row in (*range(len(self.parts)), self._last):
            self._solver.changeRowBounds(row, bounds.low[row], bounds.high[row])
        return self._exact(bounds)

    def bounds_with(self, insiders: Iterable[Insider]) -> Bounds:
        """Return bounds that keep a place for each insider."""
        bounds = self.bounds.copy()
        for insider in insiders:
            _seat(bounds, insider)
        return bounds

    def _exact(self, bounds: Bounds) -> Whole | None:
        for kind in (_FRACTIONS, _WHOLE_NUMBERS):
            self._look_for(kind)
            found = self._solve()
            if found is None:
                return None
            nearest = whole(np.rint(found))
            if bool(np.abs(found - nearest).max() < 1e-6) and self._fits(nearest, bounds):
                return nearest
        raise LimitReached("the solver's answer is not exact")

    def _look_for(self, kind: highspy.HighsVarType) -> None:
        if kind != self._kind:
            self._solver.changeColsIntegrality(self.width, self._columns, np.array([kind] * self.width))
            self._kind = kind

    def _solve(self) -> NDArray[np.float64] | None:
        self._solver.run()
        status = self._solver.getModelStatus()
        if status not in (_DONE, _NEVER):
            raise LimitReached("the solver needed more steps than it may take")
        return np.array(self._solver.getSolution().col_value) if status == _DONE else None

    def _fits(self, solution: Whole, bounds: Bounds) -> bool:
        return bounds.hold(self.matrix @ solution, solution)

    def _part_rows(self) -> list[tuple[Whole, int, int]]:
        """In each part no more people answered the question than took part."""
        rows = []
        for part in self.parts:
            spare = self.counting(part.cells) - self.counting([part.members])
            rows.append((spare, -self.block.crowds[part.crowd].size, 0))
        return rows

    def _member_rows(self, answered: dict[str, tuple[int, int]]) -> list[tuple[Whole, int, int]]:
        rows = []
        for group in self.block.groups:
            if group in answered:
                columns = [part.members for part in self.parts if group in self._groups(part)]
                rows.append((self.counting(columns), *answered[group]))
        return rows

    def _shared_rows(self) -> Iterator[tuple[Whole, int, int]]:
        """Crowds of the same people, told apart by an answer, hold each of them once."""
        for among in dict.fromkeys(crowd.among for crowd in self.block.crowds if crowd.among is not None):
            parts = [part for part in self.parts if self.block.crowds[part.crowd].among == among]
            crowds = [crowd for crowd in self.block.crowds if crowd.among == among]
            people = sum(crowd.size for crowd in crowds) // len({crowd.groups for crowd in crowds})
            yield self.counting(part.members for part in parts), 0, people

    def _claim_rows(self) -> list[tuple[Whole, int, int]]:
        return [(self._claimed(claim), claim.low, claim.high) for claim in self.block.claims]

    def _claimed(self, claim: Claim) -> Whole:
        """Count an answer once for each of the claim's groups that the person is in, as a total would."""
        times = [part.cells for part in self.parts for group in claim.groups if group in self._groups(part)]
        return self.counting(cells[cell] for cells in times if cells for cell in claim.cells)

    def _inside_row(self) -> tuple[Whole, int, int]:
        """Count those inside who answered; the last row, since `most` may ask for few."""
        return self.inside_cells(), 0, sum(crowd.size for crowd in self.block.crowds)

    def _groups(self, part: Part) -> frozenset[str]:
        return self.block.crowds[part.crowd].groups


def whole(numbers: ArrayLike) -> Whole:
    """Return whole numbers, whose arithmetic is exact; a fraction loses what is behind the point."""
    return np.array(numbers, dtype=np.int64)


def _floats(numbers: Whole) -> NDArray[np.float64]:
    return numbers.astype(np.float64)


def _parts(block: Block) -> list[Part]:
    parts: list[Part] = []
    at = 0
    for number, crowd in enumerate(block.crowds):
        cells = len(block.topic.answers) if crowd.asked else 0
        for inside in (True, False):
            parts.append(Part(number, inside, len(parts), at, tuple(range(at + 1, at + 1 + cells))))
            at += 1 + cells
    return parts


def _seat(bounds: Bounds, insider: Insider) -> None:
    """Keep a place for the insider; bounds that contradict each other are for the solver to refuse."""
    part = insider.part
    if insider.cell is not None:
        bounds.least[part.cells[insider.cell]] += 1
    elif insider.member:
        bounds.least[part.members], bounds.high[part.row] = 1, -1
    else:
        bounds.caps[part.members] -= 1


class _Quiet(highspy.Highs):
    """HiGHS without callbacks, whose installation writes a banner to the terminal."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()


def solver_of(limits: Limits) -> highspy.Highs:
    """Return a silent solver without a clock, whose steps alone are limited and whose optimum is one."""
    options = highspy.HighsOptions()
    options.output_flag, options.presolve, options.threads = False, "off", 1
    options.mip_rel_gap, options.mip_max_nodes = 0.0, limits.nodes
    options.simplex_iteration_limit = limits.pivots
    solver = _Quiet()
    solver.passOptions(options)
    return solver
