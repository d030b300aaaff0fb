"""The restricted linear program over the pool's tours: OR-Tools' GLOP, columns added as they come."""

from __future__ import annotations

import numpy as np
from ortools.linear_solver import pywraplp

from engine.cost import UNITS_PER_MINUTE
from engine.queues.instance import Arrays
from graphs.network import Float64, Int64


class Master:
    """Cover every job at least once; at most one tour a unit (exactly one if pinned); contractors by their crews.

    Costs in minutes inside. Jobs may be left at their unserved cost.
    """

    def __init__(self, a: Arrays) -> None:
        self._a = a
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        solver, infinity = self._solver, pywraplp.Solver.infinity()
        pinned = a.pin >= 0
        self._cover = [solver.Constraint(1.0, infinity) for _ in range(a.service.size)]
        self._unit = [solver.Constraint(1.0 if pinned[u] else -infinity, 1.0) for u in range(a.ready.size)]
        self._crews = [solver.Constraint(-infinity, float(crews)) for crews in a.crews]
        self._objective = solver.Objective()
        self._objective.SetMinimization()
        self._variables: list = []
        self._rows: list[int] = []
        held = set(a.pin[pinned].tolist())
        for job in range(a.service.size):
            self._add(float(a.unserved[job]) if job not in held else 1e6 * UNITS_PER_MINUTE, [self._cover[job]])
        for p, job in zip(*np.nonzero(a.option >= 0), strict=True):
            self._add(float(a.option[p, job]), [self._crews[p], self._cover[job]])

    def _add(self, cost: float, rows: list):
        variable = self._solver.NumVar(0.0, pywraplp.Solver.infinity(), "")
        self._objective.SetCoefficient(variable, cost / UNITS_PER_MINUTE)
        for row in rows:
            row.SetCoefficient(variable, 1.0)
        return variable

    def add(self, rows: Int64, unit, jobs, size, cost) -> None:
        """Tours of the pool, by their rows."""
        for row in rows.tolist():
            n = int(size[row])
            cover = [self._cover[j] for j in jobs[row, :n].tolist()]
            self._variables.append(self._add(float(cost[row]), [self._unit[int(unit[row])], *cover]))
            self._rows.append(row)

    def solve(self, seconds: float | None = None) -> bool:
        """Whether it was solved within the time."""
        if seconds is not None:
            self._solver.SetTimeLimit(max(1, int(1000 * seconds)))
        return self._solver.Solve() == pywraplp.Solver.OPTIMAL

    @property
    def value(self) -> float:
        return self._objective.Value() * UNITS_PER_MINUTE

    def job_prices(self) -> Float64:
        return np.array([row.dual_value() for row in self._cover]) * UNITS_PER_MINUTE

    def unit_prices(self) -> Float64:
        return np.array([row.dual_value() for row in self._unit]) * UNITS_PER_MINUTE

    def shares(self) -> tuple[Int64, Float64]:
        """(rows of the pool, how much of each the solution takes)."""
        return np.array(self._rows, np.int64), np.array([v.solution_value() for v in self._variables])
