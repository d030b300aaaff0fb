"""Conventions of all arrays in the search core.

Every array a `Hierarchy`, `Metric` or `Labels` holds is a *read-only*, contiguous, aligned plain ``ndarray``. A region
file mapped read-only and arrays computed a moment ago are then the same type to numba, so no kernel is compiled twice.
Indices are unsigned (uint32, uint16): numba then emits no wrap-around of negative indices.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
UInt16 = npt.NDArray[np.uint16]
UInt32 = npt.NDArray[np.uint32]

#: Unreachable, or a closed arc: int32 milliseconds; two of them still fit into an int32.
INF = 2**30 - 1

#: "No such slot" in uint32 index arrays.
NONE = np.uint32(0xFFFFFFFF)


def frozen(array: npt.ArrayLike, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """A read-only view of `array` in the type every kernel expects; copies only when type or layout differ."""
    plain = np.require(np.asarray(array), dtype=dtype, requirements=["C", "A"]).view(np.ndarray)
    plain.flags.writeable = False
    return plain
