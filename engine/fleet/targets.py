"""Places to be reached as the kernels want them: labels from their ancestors, and where on its arc each lies."""

from __future__ import annotations

import numpy as np

from graphs.network import RoadNetwork
from graphs.position import Positions, destination_seeds, part_ms
from graphs.region import Region
from graphs.search import Labels, Metric
from graphs.search.arrays import frozen


def target_labels(region: Region, metric: Metric, positions: Positions) -> Labels:
    """[k] labels to the positions under a metric."""
    return metric.labels_to(destination_seeds(region.network, metric.weights, positions, region.search_graph))


def target_places(network: RoadNetwork, metric: Metric, positions: Positions) -> tuple[np.ndarray, ...]:
    """Arc, twin, fraction, ms to drive the arc, the same of the twin: [k] each, as in `engine.fleet.scan.travel_ms`."""
    weights = metric.weights  # its first arcs are the roads'
    arc = positions.arc.astype(np.int32)
    twin = network.arc_twin[arc].astype(np.int32)

    def drive(arcs: np.ndarray) -> np.ndarray:
        return part_ms(network, weights, arcs, np.ones(arcs.size), enters=False)

    return (
        frozen(arc, np.int32),
        frozen(twin, np.int32),
        frozen(positions.fraction, np.float64),
        frozen(drive(arc), np.int64),
        frozen(drive(twin), np.int64),
    )
