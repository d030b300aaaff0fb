"""Where seeds enter the hierarchy."""

from __future__ import annotations

from numba import njit

from .ancestry import common_length
from .arrays import INF

#: What `enter` may find wrong with a seed.
WRONG = ("no such node", f"costs must be 0 to {INF} ms", "its two nodes must be the ends of one arc")


@njit(nogil=True, cache=True)
def enter(
    depth, block_head, block_tail, block_table, block_level, inner_of,
    node_a, cost_a, node_b, cost_b, lower, low_cost, upper, high_cost,
):  # fmt: skip
    """Inner id and cost of each position's lower and upper node; a single node is both, the upper at INF; O(k).

    Returns -1, or 4 * i + what is wrong with position i: 0 no such node, 1 impossible cost, 2 not the ends of one arc.
    """
    n = inner_of.size
    for i in range(node_a.size):
        if node_a[i] < 0 or node_a[i] >= n or node_b[i] >= n:
            return 4 * i
        if cost_a[i] < 0 or cost_a[i] > INF:
            return 4 * i + 1
        a = inner_of[node_a[i]]
        if node_b[i] < 0:
            lower[i] = a
            upper[i] = a
            low_cost[i] = cost_a[i]
            high_cost[i] = INF
            continue
        if cost_b[i] < 0 or cost_b[i] > INF:
            return 4 * i + 1
        b = inner_of[node_b[i]]
        if a >= b:
            lower[i] = a
            upper[i] = b
            low_cost[i] = cost_a[i]
            high_cost[i] = cost_b[i]
        else:
            lower[i] = b
            upper[i] = a
            low_cost[i] = cost_b[i]
            high_cost[i] = cost_a[i]
        shared = common_length(depth, block_head, block_tail, block_table, block_level, a, b)
        if shared <= depth[upper[i]]:
            return 4 * i + 2
    return -1
