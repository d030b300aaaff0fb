"""What each hour needs on its own: the fewest crews that can reach a share, the most that so many crews reach."""

from __future__ import annotations

import numpy as np

from engine.staffing.problem import StaffingProblem
from graphs.network import Float64

#: Shares closer than that are the same.
SLACK = 1e-9


def best_with(problem: StaffingProblem, hour: int, crews: int) -> float:
    """A share that no placement of so many crews exceeds in an hour: as if all were near whoever is covered at all."""
    all_of = float(problem.cover(hour).weight.sum())
    return min(all_of * (1.0 - float(problem.together(hour, crews)[crews])), float(problem.best[hour]))


def ceilings(problem: StaffingProblem, hour: int, most: int) -> Float64:
    """[k] shares that no 0, 1, 2 ... k - 1 crews exceed in an hour, the last one no number at all; k <= most + 1."""
    top, found = float(problem.best[hour]), [0.0]
    for crews in range(1, most + 1):
        found.append(best_with(problem, hour, crews))
        if found[-1] >= top:
            break
    found[-1] = top
    return np.minimum.accumulate(np.array(found)[::-1])[::-1]  # more crews are never worse


def fewest_crews(problem: StaffingProblem, hour: int, target: float) -> int | None:
    """A number of crews below which no placement reaches the target in an hour; None: none does. Bisection."""
    low, high = 0, int(problem.most.sum())
    if problem.best[hour] < target - SLACK:
        return None
    while low < high:
        middle = (low + high) // 2
        if best_with(problem, hour, middle) >= target - SLACK:
            high = middle
        else:
            low = middle + 1
    return low
