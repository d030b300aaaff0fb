"""The restricted linear program over the pool's tours: OR-Tools' GLOP, columns added as they come."""

from __future__ import annotations

import numpy as np
from ortools.linear_solver import pywraplp

from engine.cost import UNITS_PER_MINUTE
from engine.queues.columns import Room
from engine.queues.halt import Halt
from engine.queues.instance import Arrays
from graphs.network import Float64, Int64

#: Only without preprocessing does a solve begin at the last one's basis; after fixing it pays to begin anew.
GLOP, GLOP_DIVING = "use_preprocessing: false", "use_preprocessing: true"


class Master:
    """Cover every job at least once; at most one tour a unit (exactly one if pinned); contractors by their crews.

    Costs in minutes inside. A job may stay uncovered at a cost of its own (`caps`), which keeps the prices of jobs that
    few tours hold yet from running away; `raise_caps` lifts it where the solution uses it.
    """

    def __init__(self, a: Arrays, room: Room, caps: Int64, halt: Halt) -> None:
        self._a, self._room, self._halt = a, room, halt
        self._solver = solver = pywraplp.Solver.CreateSolver("GLOP")
        solver.SetSolverSpecificParametersAsString(GLOP)
        self._infinity = pywraplp.Solver.infinity()
        self._objective = solver.Objective()
        self._objective.SetMinimization()
        self._cover = [solver.Constraint(1.0, self._infinity) for _ in range(a.service.size)]
        self._crews: dict[int, pywraplp.Constraint] = {}
        self._unit: dict[int, pywraplp.Constraint] = {}
        self.caps = np.minimum(caps, self._most())
        self._left = [self._add(float(self.caps[j]), [self._cover[j]]) for j in range(a.service.size)]
        self._options: list[pywraplp.Variable] = []
        self.options: list[tuple[int, int]] = []  # (contractor, job) in the order of `option_share`, then those since
        self.options_inside = a.option < 0
        self.options_left = not self.options_inside.all()  # whether some are not inside
        self._tours: list[pywraplp.Variable] = []
        self._rows: list[int] = []
        self.inside = np.zeros(room.unit.size, np.bool_)
        self.value = 0  # milli-minutes; no bound on anything but the tours inside
        self.job_prices: Int64 = np.zeros(a.service.size, np.int64)  # whole, not negative: any such prove a bound
        self.unit_prices: Int64 = np.zeros(a.ready.size, np.int64)
        self.crew_prices: Int64 = np.zeros(a.crews.size, np.int64)
        self.share: Float64 = np.zeros(0)  # how much of each tour the solution takes
        self.option_share: Float64 = np.zeros(0)
        self._uncovered: Float64 = np.zeros(a.service.size)
        for unit in np.flatnonzero(a.pin >= 0).tolist():
            self._of(unit)

    def _most(self) -> Int64:
        """What leaving each job really costs; pinned ones never are left."""
        most = self._a.unserved.copy()
        most[self._a.pin[self._a.pin >= 0]] = np.int64(1) << 42
        return most

    def _of(self, unit: int) -> pywraplp.Constraint:
        if unit not in self._unit:
            least = 1.0 if self._a.pin[unit] >= 0 else -self._infinity
            self._unit[unit] = self._solver.Constraint(least, 1.0)
        return self._unit[unit]

    def _crew(self, p: int) -> pywraplp.Constraint:
        if p not in self._crews:
            self._crews[p] = self._solver.Constraint(-self._infinity, float(self._a.crews[p]))
        return self._crews[p]

    def _add(self, cost: float, rows: list[pywraplp.Constraint]) -> pywraplp.Variable:
        self._halt.look()
        variable = self._solver.NumVar(0.0, self._infinity, "")
        self._objective.SetCoefficient(variable, cost / UNITS_PER_MINUTE)
        for row in rows:
            row.SetCoefficient(variable, 1.0)
        return variable

    def add(self, rows: Int64) -> None:
        """Tours of the pool that are not inside yet, by their rows."""
        room = self._room
        for row in rows.tolist():
            cover = [self._cover[j] for j in room.jobs[row, : room.size[row]].tolist()]
            self._tours.append(self._add(float(room.cost[row]), [self._of(int(room.unit[row])), *cover]))
            self._rows.append(row)
        self.inside[rows] = True

    def add_options(self, contractors: Int64, jobs: Int64) -> None:
        """Options of contractors that are not inside yet."""
        for p, j in zip(contractors.tolist(), jobs.tolist(), strict=True):
            self._options.append(self._add(float(self._a.option[p, j]), [self._crew(p), self._cover[j]]))
            self.options.append((p, j))
        self.options_inside[contractors, jobs] = True
        self.options_left = not self.options_inside.all()

    def solve(self, seconds: float) -> bool:
        """Whether it was solved within the time; prices and shares are those of the last time it was."""
        self._solver.SetTimeLimit(min(1 << 30, max(1, int(1000 * seconds))))
        solved = self._solver.Solve() == pywraplp.Solver.OPTIMAL
        self._halt.look()
        if not solved:
            return False
        # read at once: the first change of the model takes the solution away
        self.value = round(self._objective.Value() * UNITS_PER_MINUTE)
        prices = np.array([row.dual_value() for row in self._cover], np.float64) * UNITS_PER_MINUTE
        self.job_prices = np.maximum(0, np.rint(prices)).astype(np.int64)
        self.unit_prices = np.zeros(self._a.ready.size, np.int64)
        for unit, row in self._unit.items():
            self.unit_prices[unit] = round(row.dual_value() * UNITS_PER_MINUTE)
        for p, row in self._crews.items():
            self.crew_prices[p] = round(row.dual_value() * UNITS_PER_MINUTE)
        self._uncovered = np.array([v.solution_value() for v in self._left], np.float64)
        self.share = np.array([v.solution_value() for v in self._tours], np.float64)
        self.option_share = np.array([v.solution_value() for v in self._options], np.float64)
        return True

    def diving(self, on: bool) -> None:
        """Whether solves come after fixing."""
        self._solver.SetSolverSpecificParametersAsString(GLOP_DIVING if on else GLOP)

    def interrupt(self) -> None:
        """Let a `solve` in another thread end."""
        self._solver.InterruptSolve()

    @property
    def rows(self) -> Int64:
        """Rows of the pool, in the order of `share`, then those added since."""
        return np.array(self._rows, np.int64)

    def raise_caps(self, factor: int) -> bool:
        """Raise the caps that the solution uses; whether there were any."""
        most = self._most()
        used = np.flatnonzero((self._uncovered > 1e-9) & (self.caps < most))
        for j in used.tolist():
            self.caps[j] = min(int(most[j]), factor * int(self.caps[j]))
            self._objective.SetCoefficient(self._left[j], self.caps[j] / UNITS_PER_MINUTE)
        return used.size > 0

    def fix_tour(self, index: int, value: float | None) -> None:
        """Take the tour at `index` of `share` wholly (1), or set it free again (None)."""
        self._bounds(self._tours[index], value)

    def fix_option(self, index: int, value: float | None) -> None:
        self._bounds(self._options[index], value)

    def _bounds(self, variable: pywraplp.Variable, value: float | None) -> None:
        variable.SetBounds(value or 0.0, self._infinity if value is None else value)
