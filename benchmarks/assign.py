"""Batch assignment against other exact solvers: ``python -m benchmarks.assign``.

One instance (Coquimbo, the standard fleet, 300 incidents), one cost, one run. Towline answers from snapped incidents to
the explained plan; the others only solve: scipy's linear_sum_assignment gets the full matrix, OR-Tools' CP-SAT gets 64
candidates an incident, since the full matrix takes it a minute. All must agree on the cost.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from ortools.sat.python import cp_model
from rich.console import Console
from scipy.optimize import linear_sum_assignment

from benchmarks.machine import interleaved, keep
from benchmarks.standard import NOW, StandardCase, standard_case
from benchmarks.tables import ResultTable
from engine.assign.flow import solve_flow
from engine.assign.problem import SparseProblem
from engine.cost import unserved_cost, weight_vector
from engine.fleet.candidates import CandidateSearch, GrowingLists, Ranked
from engine.intake import Intake

CANDIDATES = 64


def dense(case: StandardCase, intake: Intake, ranked: Ranked) -> tuple[np.ndarray, np.ndarray]:
    """([incidents, units] cost with a prohibitive one where not eligible, [incidents] cost of leaving each)."""
    weights = weight_vector(case.dispatcher.policy)
    costs = np.full((len(intake), len(case.state)), float(1 << 44))
    for i in range(len(intake)):
        part = ranked.of(i)
        costs[i, ranked.row[part]] = ranked.cost[part]
    leave = np.array(
        [
            unserved_cost(weights, intake.priority[i], intake.due_ms[i], np.int64(intake.latest_ms))
            for i in range(len(intake))
        ]
    )
    return costs, leave


def solve_dense(costs: np.ndarray, leave: np.ndarray) -> int:
    """scipy's Jonker-Volgenant on the full matrix; leaving an incident is a column of its own."""
    alone = np.where(np.eye(leave.size, dtype=bool), leave[:, None], float(1 << 44))
    matrix = np.hstack([costs, alone])
    rows, columns = linear_sum_assignment(matrix)
    return int(matrix[rows, columns].sum())


def solve_cp_sat(problem: SparseProblem, seconds: float) -> tuple[int, str]:
    """CP-SAT with one Boolean a pair, two workers."""
    model = cp_model.CpModel()
    of_unit: dict[int, list[cp_model.IntVar]] = {}
    terms = []
    for i in range(problem.incident_count):
        left = model.new_bool_var("")
        row = [left]
        terms.append(int(problem.unserved[i]) * left)
        for e in range(problem.first[i], problem.first[i + 1]):
            chosen = model.new_bool_var("")
            row.append(chosen)
            of_unit.setdefault(int(problem.unit[e]), []).append(chosen)
            terms.append(int(problem.cost[e]) * chosen)
        model.add_exactly_one(row)
    for chosen in of_unit.values():
        model.add_at_most_one(chosen)
    model.minimize(sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    return round(solver.objective_value), solver.status_name(status)


def measure(repetitions: int, incidents: int, cp_seconds: float) -> dict[str, Any]:
    case = standard_case(incidents=incidents)
    intake = Intake.of(case.incidents, case.state, case.dispatcher.promises, NOW)
    search = CandidateSearch(case.state, intake, case.dispatcher.fastest)
    everyone = search.ranked(np.full(len(intake), len(case.state)))
    costs, leave = dense(case, intake, everyone)
    sparse = GrowingLists(search, case.state, intake, np.arange(len(intake)))(
        np.full(len(intake), CANDIDATES, np.int32)
    )
    plan = case.dispatcher.optimize(case.incidents, case.state, NOW)
    values = {
        "towline": plan.cost.total,
        "scipy dense": solve_dense(costs, leave),
        "flow, 64 candidates": sparse.cost_of(solve_flow(sparse)),
    }
    times = interleaved(
        {
            "towline, incidents to explained plan": lambda: case.dispatcher.optimize(case.incidents, case.state, NOW),
            "towline, ranking 33 units each": lambda: search.ranked(np.full(len(intake), 33)),
            f"flow alone, {CANDIDATES} candidates": lambda: solve_flow(sparse),
            "scipy linear_sum_assignment alone, dense": lambda: solve_dense(costs, leave),
        },
        repetitions,
    )
    begin = time.perf_counter()
    values["cp-sat, 64 candidates"], status = solve_cp_sat(sparse, cp_seconds)
    times[f"cp-sat alone, {CANDIDATES} candidates, 2 workers ({status.lower()})"] = 1e3 * (time.perf_counter() - begin)
    if status == "OPTIMAL":
        assert len(set(values.values())) == 1, values
    assert values["towline"] == values["scipy dense"], values
    return {
        "incidents": incidents,
        "units": len(case.state),
        "gap_milli_minutes": plan.gap,
        "promises_kept": sum(a.chosen.promise_kept for a in plan.assignments),
        "unserved": len(plan.unserved),
        "cost_milli_minutes": values,
        "median_ms": times,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--incidents", type=int, default=300)
    parser.add_argument("--cp-seconds", type=float, default=30.0)
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    result = measure(options.repetitions, options.incidents, options.cp_seconds)
    table = ResultTable.of(
        f"{result['incidents']} incidents, {result['units']:,} units, Coquimbo",
        ["way", "median ms"],
        [[name, f"{value:,.1f}"] for name, value in result["median_ms"].items()],
    )
    note = (
        f"All ways cost {result['cost_milli_minutes']['towline']:,} milli-minutes; Towline's gap is "
        f"{result['gap_milli_minutes']}, and {result['promises_kept']} of {result['incidents']} promises are kept."
    )
    console = Console()
    console.print(table.rich())
    console.print(note)
    if not options.no_keep:
        console.print(f"kept in {keep('assign', {'tables': [table.to_dict()], 'notes': [note], **result})}")


if __name__ == "__main__":
    main()
