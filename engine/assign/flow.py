"""Exact assignment of at most one incident to a unit, by OR-Tools' min-cost flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # `flow_child` loads this file where there is nothing of Towline
    from engine.assign.problem import SparseProblem
    from graphs.network import Int32


def solve_flow(problem: SparseProblem) -> Int32:
    """[n] the unit of each incident in a cheapest assignment over the candidates, -1 where it stays unserved.

    Every incident sends one unit of flow to the sink, through one of its candidates (capacity 1 each) or directly at
    its unserved cost, so a feasible flow always exists. Holds the interpreter lock while it solves.
    Source: https://developers.google.com/optimization/assignment/assignment_min_cost_flow
    """
    from ortools.graph.python import min_cost_flow  # slow to import, needed only here

    n = problem.incident_count
    units, dense = np.unique(problem.unit, return_inverse=True)
    sink = n + units.size
    incident_of = np.repeat(np.arange(n), np.diff(problem.first))
    flow = min_cost_flow.SimpleMinCostFlow()
    tails = np.concatenate([incident_of, n + np.arange(units.size), np.arange(n)])
    heads = np.concatenate([n + dense, np.full(units.size + n, sink)])
    costs = np.concatenate([problem.cost, np.zeros(units.size, np.int64), problem.unserved])
    arcs = np.asarray(flow.add_arcs_with_capacity_and_unit_cost(tails, heads, np.ones(tails.size, np.int64), costs))
    flow.set_nodes_supplies(np.arange(sink + 1), np.concatenate([np.ones(n), np.zeros(units.size), [-n]]).astype(int))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise AssertionError(f"min-cost flow ended with status {status}; the model always has a solution")
    chosen = np.full(n, -1, np.int32)
    used = np.flatnonzero(np.asarray(flow.flows(arcs[: problem.unit.size])))
    chosen[incident_of[used]] = problem.unit[used]
    return chosen
