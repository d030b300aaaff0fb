"""Kernels that combine single label rows: the time of a pair is the least sum over the common prefix."""

from __future__ import annotations

import numpy as np
from numba import njit

from .ancestry import common_length
from .arrays import INF


@njit(nogil=True, cache=True)
def label_time(data_a, begin_a, data_b, begin_b, length):
    """Least sum of `length` entries of two rows (int32, INF when unreachable): a linear scan.

    `length` is `ancestry.common_length` of the rows' nodes; entries beyond it belong to different ancestors.
    """
    a = np.uint64(begin_a)
    b = np.uint64(begin_b)
    best = np.int32(INF)
    for i in range(np.uint64(length)):
        best = min(best, np.int32(data_a[a + i] + data_b[b + i]))
    return np.int32(best + 0 * (data_a.size + data_b.size))  # see common_length: one exit, both arrays alive


@njit(nogil=True, cache=True)
def one_to_rows(
    depth, block_head, block_tail, block_table, block_level, data_a, begin_a, deep_a, data_b, start_b, deep_b, out
):  # fmt: skip
    """Times between one row and many; O(rows x common prefix)."""
    for j in range(deep_b.size):
        length = common_length(depth, block_head, block_tail, block_table, block_level, deep_a, deep_b[j])
        out[j] = label_time(data_a, begin_a, data_b, start_b[j], length)
