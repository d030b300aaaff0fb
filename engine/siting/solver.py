"""Integer programs through OR-Tools: MathOpt's SCIP, with a deadline and a plan in hand.

SCIP was the fastest of OR-Tools' solvers on these programs (docs/siting.md). It and HiGHS ignore interrupts, but keep
their own time limit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from engine.siting.limits import Deadline
from graphs.network import Float64, Int64

#: Below so many seconds a solver is not begun.
TOO_SHORT = 0.02


@dataclass
class IntegerProgram:
    """Minimise cost x with rows lower <= A x <= upper; columns and rows are added by arrays."""

    cost: list[np.ndarray] = field(default_factory=list)
    upper: list[np.ndarray] = field(default_factory=list)
    integer: list[np.ndarray] = field(default_factory=list)
    row_lower: list[np.ndarray] = field(default_factory=list)
    row_upper: list[np.ndarray] = field(default_factory=list)
    entry_row: list[np.ndarray] = field(default_factory=list)
    entry_column: list[np.ndarray] = field(default_factory=list)
    entry_value: list[np.ndarray] = field(default_factory=list)
    offset: float = 0.0  # what plans cost besides: gaps are relative to all
    columns: int = 0
    rows: int = 0

    def add_columns(self, cost: Float64, upper: Float64, *, integer: bool) -> Int64:
        """Columns from 0 to `upper`; returns their numbers."""
        self.cost.append(np.asarray(cost, np.float64))
        self.upper.append(np.asarray(upper, np.float64))
        self.integer.append(np.full(len(cost), integer))
        self.columns += len(cost)
        return np.arange(self.columns - len(cost), self.columns)

    def add_rows(self, lower: Float64, upper: Float64) -> Int64:
        """Empty rows; returns their numbers."""
        self.row_lower.append(np.asarray(lower, np.float64))
        self.row_upper.append(np.asarray(upper, np.float64))
        self.rows += len(lower)
        return np.arange(self.rows - len(lower), self.rows)

    def add_entries(self, row: Int64, column: Int64, value: Float64) -> None:
        self.entry_row.append(np.asarray(row, np.int64))
        self.entry_column.append(np.asarray(column, np.int64))
        self.entry_value.append(np.asarray(value, np.float64))

    def add_row(self, columns: Int64, value: Float64, lower: float, upper: float) -> None:
        row = self.add_rows(np.array([lower]), np.array([upper]))
        self.add_entries(np.repeat(row, len(columns)), columns, value)

    def solve(
        self, deadline: Deadline, hint: Float64 | None = None, *, gap: float = 0.0, any_plan: bool = False
    ) -> Solved:
        """The best found by the deadline, with its bound; `any_plan` stops at the first."""
        if deadline.left < TOO_SHORT:
            return Solved(None, -math.inf, infeasible=False)
        model = mathopt.Model.from_model_proto(self._proto())
        variables = list(model.variables())
        hints = []
        if hint is not None:
            values = dict(zip(variables, hint.tolist(), strict=True))
            hints = [mathopt.SolutionHint(variable_values=values)]
        found = mathopt.solve(
            model,
            mathopt.SolverType.GSCIP,
            params=mathopt.SolveParameters(
                time_limit=timedelta(seconds=max(deadline.left, TOO_SHORT)),
                relative_gap_tolerance=0.99 * gap,
                threads=1,
                solution_limit=1 if any_plan else None,
            ),
            model_params=mathopt.ModelSolveParameters(solution_hints=hints),
        )
        reason = found.termination.reason
        infeasible = reason == mathopt.TerminationReason.INFEASIBLE
        values = np.array(found.variable_values(variables)) if found.has_primal_feasible_solution() else None
        return Solved(values, float(found.termination.objective_bounds.dual_bound), infeasible)

    def _proto(self) -> model_pb2.ModelProto:
        row, column, value = (_joined(each) for each in (self.entry_row, self.entry_column, self.entry_value))
        order = np.lexsort((column, row))
        proto = model_pb2.ModelProto()
        variables, rows, matrix = proto.variables, proto.linear_constraints, proto.linear_constraint_matrix
        variables.ids.extend(range(self.columns))
        variables.lower_bounds.extend(np.zeros(self.columns).tolist())
        variables.upper_bounds.extend(_joined(self.upper).tolist())
        variables.integers.extend(_joined(self.integer).astype(bool).tolist())
        rows.ids.extend(range(self.rows))
        rows.lower_bounds.extend(_joined(self.row_lower).tolist())
        rows.upper_bounds.extend(_joined(self.row_upper).tolist())
        matrix.row_ids.extend(row[order].astype(np.int64).tolist())
        matrix.column_ids.extend(column[order].astype(np.int64).tolist())
        matrix.coefficients.extend(value[order].tolist())
        proto.objective.offset = self.offset
        cost = _joined(self.cost)
        priced = np.flatnonzero(cost)
        proto.objective.linear_coefficients.ids.extend(priced.tolist())
        proto.objective.linear_coefficients.values.extend(cost[priced].tolist())
        return proto


@dataclass(frozen=True, eq=False)
class Solved:
    """What a solver said: values of the columns if it found any, and what no plan costs less than."""

    values: Float64 | None
    bound: float
    infeasible: bool


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.empty(0)
