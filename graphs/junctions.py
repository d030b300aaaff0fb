"""Where roads meet or end."""

from __future__ import annotations

import numpy as np

from graphs.network import Int64, RoadNetwork


def junctions(network: RoadNetwork) -> Int64:
    """Nodes with one neighbour (a dead end) or more than two, ascending; the others only give roads their shape."""
    n = network.node_count
    low = np.minimum(network.arc_tail, network.arc_head).astype(np.int64)
    high = np.maximum(network.arc_tail, network.arc_head).astype(np.int64)
    pairs = np.unique(low[low != high] * n + high[low != high])
    neighbours = np.bincount(pairs // n, minlength=n) + np.bincount(pairs % n, minlength=n)
    return np.flatnonzero(neighbours != 2)
