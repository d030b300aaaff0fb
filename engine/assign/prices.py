"""Dual prices of an assignment: the proof that it is optimal, or by how much it may miss.

With a price p >= 0 on every unit (0 on unused ones), every incident costs at least
u = min(unserved, min over units (cost + p)), and no assignment costs less than sum(u) - sum(p). For an optimal
assignment the smallest prices that keep every incident content make that bound equal to its cost.
Source: Bertsekas, "Auction algorithms for network flow problems", 1992 (complementary slackness).
"""

from __future__ import annotations

from dataclasses import dataclass

import numba as nb
import numpy as np

from engine.assign.problem import SparseProblem
from graphs.network import Int32, Int64


@nb.njit(nogil=True, cache=True)
def _raise_prices(first, unit, cost, unserved, chosen, owner, price):
    """Bellman-Ford on the exchange graph: O(rounds x candidates), rounds <= incidents + 1. True when settled.

    `price` is [units], raised in place; `owner` is [units], the incident each serves or -1. Prices of unused units
    stay 0: an incident that would rather take one shows that the assignment is not optimal (returned as not settled).
    """
    n = unserved.size
    for _ in range(n + 2):
        moved = False
        for i in range(n):
            mine = unserved[i]
            if chosen[i] >= 0:
                for e in range(first[i], first[i + 1]):
                    if unit[e] == chosen[i]:
                        mine = cost[e] + price[chosen[i]]
                        break
                if mine > unserved[i]:
                    return False
            for e in range(first[i], first[i + 1]):
                short = mine - cost[e] - price[unit[e]]
                if short > 0:
                    if owner[unit[e]] < 0:
                        return False
                    price[unit[e]] += short
                    moved = True
        if not moved:
            return True
    return False


@nb.njit(nogil=True, cache=True)
def _contentment(first, unit, cost, unserved, cutoff, price, u):
    """u[i] = the least incident i can cost at these prices, units beyond its cut-off included. O(candidates)."""
    for i in range(unserved.size):
        best = min(unserved[i], cutoff[i])
        for e in range(first[i], first[i + 1]):
            best = min(best, cost[e] + price[unit[e]])
        u[i] = best


@dataclass(frozen=True)
class Bound:
    """A certificate: no assignment of all units costs less than `lower`; `beyond` incidents need more candidates."""

    lower: int
    beyond: Int64  # incidents whose cut-off is too low to rule out better units outside their list
    settled: bool


def bound(problem: SparseProblem, chosen: Int32) -> Bound:
    """The lower bound that prices fitted to `chosen` prove, over candidates and everything beyond the cut-offs."""
    size = int(problem.unit.max()) + 1 if problem.unit.size else 0
    owner = np.full(size, -1, np.int32)
    served = np.flatnonzero(chosen >= 0)
    owner[chosen[served]] = served
    price = np.zeros(size, np.int64)
    settled = bool(_raise_prices(problem.first, problem.unit, problem.cost, problem.unserved, chosen, owner, price))
    if not settled:
        price[:] = 0
    u = np.empty(problem.incident_count, np.int64)
    _contentment(problem.first, problem.unit, problem.cost, problem.unserved, problem.cutoff, price, u)
    lower = int(u.sum() - price.sum())
    if price.any():  # short lists can drive prices up until they prove less than no prices at all
        _contentment(problem.first, problem.unit, problem.cost, problem.unserved, problem.cutoff, 0 * price, u)
        lower = max(lower, int(u.sum()))
    mine = problem.unserved.copy()
    for i in served:
        row = slice(problem.first[i], problem.first[i + 1])
        mine[i] = problem.cost[row][problem.unit[row] == chosen[i]][0] + price[chosen[i]]
    return Bound(lower=lower, beyond=np.flatnonzero(mine > problem.cutoff), settled=settled)
