"""Kernels that combine label rows: the time of a pair is the least sum over the common prefix."""

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
    best = np.int32(INF)
    for i in range(length):
        best = min(best, np.int32(data_a[begin_a + i] + data_b[begin_b + i]))
    return best


@njit(nogil=True, cache=True)
def one_to_rows(depth, block_head, block_tail, block_table, data_a, begin_a, deep_a, data_b, start_b, deep_b, out):
    """Times between one row and many; O(rows x common prefix)."""
    for j in range(deep_b.size):
        length = common_length(depth, block_head, block_tail, block_table, deep_a, deep_b[j])
        out[j] = label_time(data_a, begin_a, data_b, start_b[j], length)
