"""A quick assignment: the cheapest pair first. The answer when time is short, and the yardstick for the exact one."""

from __future__ import annotations

import numba as nb
import numpy as np

from engine.assign.problem import SparseProblem
from graphs.network import Int32


@nb.njit(nogil=True, cache=True)
def _take_in_order(order, incident_of, unit, taken, chosen):
    """Walk pairs in order of gain and take each whose incident and unit are both free. O(pairs)."""
    for e in order:
        i = incident_of[e]
        if chosen[i] < 0 and not taken[unit[e]]:
            chosen[i] = unit[e]
            taken[unit[e]] = True


def solve_greedy(problem: SparseProblem) -> Int32:
    """[n] the unit of each incident, -1 where none is left: pairs in order of what they save over leaving it."""
    n = problem.incident_count
    incident_of = np.repeat(np.arange(n), np.diff(problem.first))
    saving = problem.cost - problem.unserved[incident_of]
    order = np.argsort(saving, kind="stable")
    order = order[saving[order] < 0]
    size = int(problem.unit.max()) + 1 if problem.unit.size else 0
    chosen = np.full(n, -1, np.int32)
    _take_in_order(order, incident_of, problem.unit, np.zeros(size, np.bool_), chosen)
    return chosen
