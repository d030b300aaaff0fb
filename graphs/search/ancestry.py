"""How many ancestors two nodes share, in constant time.

Two root paths agree down to the lowest common ancestor. In preorder the number of shared ancestors (each node being
an ancestor of itself) of u < v is ``min(depth[u] + 1, min(depth[u + 1 .. v]))``: a range minimum, answered by blocks of
32 nodes with minima from both ends of each block and a sparse table over whole blocks (Bender and Farach-Colton 2000).
"""

from __future__ import annotations

import numpy as np
from numba import njit

BLOCK_SHIFT = 5


@njit(nogil=True, cache=True)
def build_minima(depth, block_head, block_tail, block_table, block_level):
    """Minima from a block's start to v, from v to its end, over 2^k blocks, and log2 of a count; O(n)."""
    n = depth.size
    blocks = block_table.shape[1]
    for block in range(blocks):
        begin = block << BLOCK_SHIFT
        end = min(n, begin + (1 << BLOCK_SHIFT))
        least = depth[begin]
        for v in range(begin, end):
            least = min(least, depth[v])
            block_head[v] = least
        block_table[0, block] = least
        least = np.uint16(65535)
        for v in range(end - 1, begin - 1, -1):
            block_tail[v] = min(least, np.uint16(depth[v] + 1))
            least = min(least, depth[v])
    for k in range(1, block_table.shape[0]):
        half = 1 << (k - 1)
        for block in range(blocks - 2 * half + 1):
            block_table[k, block] = min(block_table[k - 1, block], block_table[k - 1, block + half])
    block_level[0] = 0
    for count in range(1, block_level.size):
        block_level[count] = 0 if count == 1 else block_level[count >> 1] + 1


@njit(nogil=True, cache=True)
def common_length(depth, block_head, block_tail, block_table, block_level, u, v):
    """Number of common ancestors of inner ids u and v (>= 1): the prefix of two label rows that may be combined.

    The first five arguments are `Hierarchy.minima`. O(1), about 3 ns inside another kernel.
    """
    one = np.uint64(1)
    low = np.uint64(min(u, v))
    high = np.uint64(max(u, v))
    first = low >> np.uint64(BLOCK_SHIFT)
    last = high >> np.uint64(BLOCK_SHIFT)
    least = min(block_tail[low], block_head[high])
    span = last - first
    if span > one:
        k = np.uint64(block_level[span - one])
        least = min(least, min(block_table[k, first + one], block_table[k, last - (one << k)]))
    elif span == np.uint64(0):
        least = np.uint16(depth[low] + np.uint16(1))
        for i in range(low + one, high + one):
            least = min(least, depth[i])
    # One exit with all arrays alive lets numba cancel their reference counts when this is inlined: 80 ns become 3.
    alive = depth.size + block_head.size + block_tail.size + block_table.size + block_level.size
    return np.int64(least) + 0 * alive


@njit(nogil=True, cache=True)
def common_lengths(depth, block_head, block_tail, block_table, block_level, u, v, out):
    """`common_length` of each pair u[i], v[i]."""
    for i in range(out.size):
        out[i] = common_length(depth, block_head, block_tail, block_table, block_level, u[i], v[i])


@njit(nogil=True, cache=True)
def neighbour_lengths(depth, block_head, block_tail, block_table, block_level, deep, sequence, out):
    """`common_length` of each row with the one before it in `sequence` (0 for the first)."""
    for i in range(sequence.size):
        out[i] = 0
        if i > 0:
            u = deep[sequence[i - 1]]
            v = deep[sequence[i]]
            out[i] = common_length(depth, block_head, block_tail, block_table, block_level, u, v)
