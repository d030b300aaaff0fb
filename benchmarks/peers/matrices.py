"""Towline's own answers from coordinates."""

from __future__ import annotations

import numpy as np

from graphs.network import Float64
from graphs.position import Positions, destination_seeds, direct_ms
from graphs.region import Region
from graphs.routes import find_route
from graphs.search import Labels, Metric, matrix
from graphs.travel import travel_matrix


def from_coordinates(region: Region, origins: Float64, targets: Float64) -> np.ndarray:
    """[k, l] ms, from raw coordinates."""
    here, there = (region.snapper.snap(p[:, 0], p[:, 1]) for p in (origins, targets))
    return travel_matrix(region.network, region.metric, here, there, graph=region.search_graph)


def new_incident(
    region: Region, labels: Labels, units: Positions, place: Float64, metric: Metric | None = None
) -> np.ndarray:
    """[k] ms from units whose labels are known to a place given by coordinates."""
    metric = metric or region.metric
    there = region.snapper.snap(place[:, 0], place[:, 1])
    into = metric.labels_to(destination_seeds(region.network, metric.weights, there, region.search_graph))
    times = matrix(labels, into)[:, 0]
    street = np.flatnonzero(np.isin(units.arc, [there.arc[0], region.network.arc_twin[there.arc[0]]]))
    if street.size:
        direct = direct_ms(region.network, metric.weights, units.take(street), there.take(np.zeros(street.size, int)))
        times[street] = np.minimum(times[street], direct)
    return times


def route(region: Region, origin: Float64, target: Float64) -> None:
    here, there = (region.snapper.snap(p[:, 0], p[:, 1]) for p in (origin, target))
    _ = find_route(region, region.metric, here, there).lonlat
