"""Rows of demand that equal sites cover are one row."""

from __future__ import annotations

import numpy as np

from engine.siting.problem import Bool
from graphs.network import Float64


def merged(covers: Bool, weight: Float64) -> tuple[Bool, Float64]:
    """Rows that equal sites cover as one, with the sum of their weights."""
    if not covers.size:
        return covers, weight
    packed = np.packbits(covers, axis=1)
    keys = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    return covers[first], np.bincount(group.ravel(), weights=weight, minlength=first.size).astype(np.float64)
