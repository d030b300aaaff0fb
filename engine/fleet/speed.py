"""The fastest anybody can get nearer to anywhere on a network: what turns distances into bounds on travel time."""

from __future__ import annotations

import threading
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numba import njit

from graphs.geodesy import shape_lengths_m
from graphs.network import SHAPE_SCALE, Float64, Int32, RoadNetwork
from graphs.search import INF, Metric, frozen

#: Fractions along an arc are measured on the Mercator plane, whose scale varies by less than this along one arc.
FRACTION_SLACK = 1.005


@njit(nogil=True, cache=True)
def _fastest(length_m, weights_ms, delay_ms):
    """Greatest metres per millisecond of an open arc, 0 when none is open; O(arcs)."""
    best = 0.0
    for a in range(length_m.size):
        if weights_ms[a] < INF:
            best = max(best, length_m[a] / max(weights_ms[a] - delay_ms[a], 1))
    return best


class FastestRoads:
    """The greatest speed of each metric over a network, never less than the truth; computed once a metric.

    The length of an arc is the greater of what the data say and what the shape measures: data are wrong at times, and a
    bound must not be. Junction delays do not count, since a trip may start behind one.
    """

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network
        self._known: WeakKeyDictionary[Metric, float] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def m_per_ms(self, metric: Metric) -> float:
        """Metres per millisecond that nobody exceeds under a metric, whose first arcs are the network's."""
        with self._lock:
            known = self._known.get(metric)
        if known is None:
            known = self._of(metric.weights[: self._network.arc_count])
            with self._lock:
                self._known[metric] = known
        return known

    def _of(self, weights_ms: Int32) -> float:
        delay = frozen(self._network.arc_delay_ms, np.int32)
        return max(float(_fastest(self._length_m, frozen(weights_ms, np.int32), delay)) * FRACTION_SLACK, 1e-9)

    @cached_property
    def _length_m(self) -> Float64:
        network = self._network
        lonlat = network.shape_lonlat / SHAPE_SCALE
        measured = shape_lengths_m(network.shape_offset, lonlat[:, 0], lonlat[:, 1])
        shape = np.where(network.arc_shape >= 0, network.arc_shape, ~network.arc_shape)
        return frozen(np.maximum(network.arc_length_m, measured[shape]), np.float64)
