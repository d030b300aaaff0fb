"""Where a job costs least in tours as they are."""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.queues.borrow import borrow
from engine.queues.evaluate import INFEASIBLE, tour_cost
from engine.queues.limits import MOST_JOBS


@njit(nogil=True, cache=True)
def cheapest_insertions(a, tours, size, wanted, unit, place, cost):
    """For each job wanted[k]: the unit, the place in its tour (from 0) and the cost of the cheapest insertion.

    tours [u, 5], size [u]; unit[k] is -1 where there is no way. Ties go to the first. O(k x u x jobs squared).
    """
    a = borrow(a)
    changed = np.empty(MOST_JOBS, np.int32)
    before = np.empty(size.size, np.int64)
    for u in range(size.size):
        before[u] = tour_cost(a, u, tours[u], size[u]) if size[u] > 0 else 0
    for k in range(wanted.size):
        unit[k] = -1
        for u in range(size.size):
            if size[u] >= a.max_jobs or a.fixed[u, wanted[k]] < 0 or before[u] == INFEASIBLE:
                continue
            for p in range(size[u] + 1):
                for q in range(size[u] + 1):
                    changed[q] = wanted[k] if q == p else tours[u, q if q < p else q - 1]
                after = tour_cost(a, u, changed, size[u] + 1)
                if after != INFEASIBLE and (unit[k] < 0 or after - before[u] < cost[k]):
                    unit[k], place[k], cost[k] = u, p, after - before[u]
