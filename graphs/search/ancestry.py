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
def build_minima(depth, block_head, block_tail, table):
    """Fill the minima: from a block's start to v, from v to the block's end, and over 2^k blocks; O(n)."""
    n = depth.size
    blocks = table.shape[1]
    for block in range(blocks):
        begin = block << BLOCK_SHIFT
        end = min(n, begin + (1 << BLOCK_SHIFT))
        least = depth[begin]
        for v in range(begin, end):
            least = min(least, depth[v])
            block_head[v] = least
        table[0, block] = least
        least = np.uint16(65535)
        for v in range(end - 1, begin - 1, -1):
            block_tail[v] = min(least, np.uint16(depth[v] + 1))
            least = min(least, depth[v])
    for k in range(1, table.shape[0]):
        half = 1 << (k - 1)
        for block in range(blocks - 2 * half + 1):
            table[k, block] = min(table[k - 1, block], table[k - 1, block + half])


@njit(nogil=True, cache=True)
def common_length(depth, block_head, block_tail, table, u, v):
    """Number of common ancestors of inner ids u and v (>= 1): the prefix of two label rows that may be combined."""
    if u > v:
        u, v = v, u
    first = u >> BLOCK_SHIFT
    last = v >> BLOCK_SHIFT
    if first == last:
        least = np.int64(depth[u]) + 1
        for i in range(u + 1, v + 1):
            least = min(least, np.int64(depth[i]))
        return least
    least = min(np.int64(block_tail[u]), np.int64(block_head[v]))
    span = last - first - 1
    if span > 0:
        k = 0
        while (span >> (k + 1)) > 0:
            k += 1
        least = min(least, np.int64(table[k, first + 1]), np.int64(table[k, last - (1 << k)]))
    return least


@njit(nogil=True, cache=True)
def common_lengths(depth, block_head, block_tail, table, u, v, out):
    """`common_length` of each pair u[i], v[i] (int64)."""
    for i in range(out.size):
        out[i] = common_length(depth, block_head, block_tail, table, u[i], v[i])
