"""The fastest anybody can get nearer to anywhere on a network: what turns distances into bounds on travel time."""

from __future__ import annotations

import numpy as np

from engine.fleet.cells import EARTH_RADIUS_M, unit_vectors
from graphs.network import SHAPE_SCALE, Int32, RoadNetwork
from graphs.search import INF

#: Fractions along an arc are measured on the Mercator plane, whose scale varies by less than this along one arc.
FRACTION_SLACK = 1.005


def fastest_m_per_ms(network: RoadNetwork, weights_ms: Int32) -> float:
    """Metres per millisecond of the fastest open arc, never less than the truth.

    The length is the greater of what the data say and what the shape measures: data are wrong at times, and a bound
    must not be. Junction delays do not count, since a trip may start behind one.
    """
    points = unit_vectors(network.shape_lonlat[:, 0] / SHAPE_SCALE, network.shape_lonlat[:, 1] / SHAPE_SCALE)
    steps = np.sqrt(((points[1:] - points[:-1]) ** 2).sum(axis=1)) * EARTH_RADIUS_M
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    measured = travelled[network.shape_offset[1:] - 1] - travelled[network.shape_offset[:-1]]
    shape = np.where(network.arc_shape >= 0, network.arc_shape, ~network.arc_shape)
    length = np.maximum(network.arc_length_m, measured[shape])
    drive = np.maximum(np.asarray(weights_ms, np.int64) - network.arc_delay_ms, 1)
    open_arc = np.asarray(weights_ms) < INF
    if not open_arc.any():
        return 1e-9
    return float((length[open_arc] / drive[open_arc]).max()) * FRACTION_SLACK
