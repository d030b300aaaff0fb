"""Conventions of all arrays in the search core.

Every array a `Hierarchy`, `Metric` or `Labels` holds is a *read-only*, contiguous, aligned plain ``ndarray``. A region
file mapped read-only and arrays computed a moment ago are then the same type to numba, so no kernel is compiled twice.

Two habits of the kernels, both measured: indices are unsigned (numba then emits no wrap-around of negative indices and
loops vectorise), and sums are wrapped in ``np.int32`` (numba widens int32 + int32 to int64, half as many per register).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
UInt8 = npt.NDArray[np.uint8]
UInt16 = npt.NDArray[np.uint16]
UInt32 = npt.NDArray[np.uint32]

#: Unreachable, or a closed arc (read by kernels): int32 milliseconds; two of them still fit into an int32.
INF = 2**30 - 1

#: "None" in uint32 index arrays.
NONE = 2**32 - 1


def frozen(array: npt.ArrayLike, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """A read-only view of `array` in the type every kernel expects; copies only when type or layout differ."""
    plain = np.asarray(array, dtype)
    if not (plain.flags.c_contiguous and plain.flags.aligned):
        plain = np.require(plain, requirements=["C", "A"])
    plain = plain.view(np.ndarray)
    plain.flags.writeable = False
    return plain


def aligned(length: int) -> Int32:
    """`length` uninitialised int32 that start at a cache line: vector loads then never straddle two."""
    room = np.empty(length + 16, np.int32)
    skip = (-room.ctypes.data % 64) // 4
    return room[skip : skip + length]
