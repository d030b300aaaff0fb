"""Demand on the roads of a region: how soon each place wants a unit, and from which territories one may come."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from engine.cover_lost.demand import Demand
from engine.fleet.targets import target_labels, target_places
from engine.fleet.territory import Territories
from engine.model import Location
from engine.policy import Policy
from engine.promise import PromiseTable
from graphs.metrics.once import OnceCache
from graphs.network import Float64, Int64, UInt8
from graphs.position import Positions
from graphs.region import Region
from graphs.search import Labels, Metric
from graphs.search.arrays import frozen

#: Metrics under which places keep labels.
METRICS_HELD = 10


@dataclass(frozen=True, eq=False)
class DemandPlaces:
    """``d`` places of demand, snapped."""

    region: Region
    positions: Positions
    share: Float64  # [d] of all demand
    within_ms: Int64  # [d] how long the promise of the place's class gives
    _targets: OnceCache[Metric, tuple[Labels, tuple[np.ndarray, ...]]] = field(
        init=False, repr=False, default_factory=lambda: OnceCache(METRICS_HELD, lambda _: 1)
    )
    _allowed: tuple[Territories, UInt8] | None = field(init=False, repr=False, default=None)

    @staticmethod
    def of(region: Region, policy: Policy, promises: PromiseTable, demand: Demand | None = None) -> DemandPlaces:
        """Demand on roads, the region's junctions by default.

        Raises CoordinateError or OutsideRegionError with the index of the first place that cannot be used.
        """
        given = Demand.of_network(region.network) if demand is None else demand
        positions = region.snapper.snap(given.lon, given.lat, policy.limits.max_snap_m)
        minutes = [
            promises.classify(int(arc), float(lon), float(lat))[1]
            for arc, lon, lat in zip(positions.arc, positions.lon, positions.lat, strict=True)
        ]
        within = frozen([round(each * 60_000) for each in minutes], np.int64)
        return DemandPlaces(region, positions, given.share, within)

    def __len__(self) -> int:
        return int(self.share.size)

    def targets(self, metric: Metric) -> tuple[Labels, tuple[np.ndarray, ...]]:
        """Labels and places on arcs, as the kernels want them; made once a metric."""

        def make() -> tuple[Labels, tuple[np.ndarray, ...]]:
            labels = target_labels(self.region, metric, self.positions)
            return labels, target_places(self.region.network, metric, self.positions)

        return self._targets.get(metric, make)

    def keep_only(self, metrics: Collection[Metric]) -> None:
        """Forget labels under other metrics."""
        self._targets.keep_only(metrics)

    def allowed(self, territories: Territories) -> UInt8:
        """[territories, d] whether who has a territory may serve a place; kept for the last territories."""
        known = self._allowed
        if known is None or known[0] is not territories:
            found = np.zeros((territories.count, len(self)), np.uint8)
            ways = self.region.network.arc_way[self.positions.arc].tolist()
            places = zip(self.positions.lon.tolist(), self.positions.lat.tolist(), ways, strict=True)
            for at, (lon, lat, way) in enumerate(places):
                found[territories.holding(Location(lon, lat), way), at] = 1
            known = territories, frozen(found, np.uint8)
            object.__setattr__(self, "_allowed", known)
        return known[1]
