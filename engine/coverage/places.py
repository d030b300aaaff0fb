"""Places to be covered: every road in pieces, and whatever else is on a road."""

from __future__ import annotations

from functools import cached_property

import h3.api.basic_str as h3_text
import h3.api.numpy_int as h3
import numpy as np

from engine.coverage.allowed import Bits, allowed_bits
from engine.decision import PromiseClass
from engine.errors import OptionError
from engine.fleet.territory import Territories
from engine.promise import PromiseTable
from graphs.metrics.label_book import METRICS_HELD
from graphs.metrics.once import OnceCache
from graphs.network import Float64, Int64, RoadNetwork, UInt8
from graphs.position import Positions, destination_seeds
from graphs.region import Region
from graphs.routes.isochrone import along
from graphs.search import Metric, Seeds
from graphs.search.arrays import frozen

#: Default cells: edges of about 530 m.
RESOLUTION = 8
LEAST_RESOLUTION, GREATEST_RESOLUTION = 5, 10
#: Promise classes by index.
CLASSES = (PromiseClass.URBAN, PromiseClass.HIGHWAY, PromiseClass.OTHER)


class Places:
    """``p`` places on the roads of one region. What is asked for again and again is kept with them."""

    def __init__(self, region: Region, promises: PromiseTable, positions: Positions) -> None:
        self.region = region
        self.positions = positions
        self.promises = promises
        self._cells: dict[int, Int64] = {}
        self._seeds: OnceCache[Metric, Seeds] = OnceCache(METRICS_HELD, lambda _: 1)
        self._allowed: tuple[Territories, Bits] | None = None

    def __len__(self) -> int:
        return len(self.positions)

    def part(self, rows: Int64) -> Places:
        """Some of the places."""
        return Places(self.region, self.promises, self.positions.take(rows))

    @cached_property
    def kind(self) -> UInt8:
        """[p] index into `CLASSES`: which promise holds there."""
        at, promises = self.positions, self.promises
        highway = promises.on_highways(at.arc)
        kind = np.full(len(self), CLASSES.index(PromiseClass.OTHER), np.uint8)
        kind[highway] = CLASSES.index(PromiseClass.HIGHWAY)
        rows = np.flatnonzero(~highway)
        town = [promises.is_built_up(float(at.lon[row]), float(at.lat[row])) for row in rows.tolist()]
        kind[rows[np.array(town, bool)]] = CLASSES.index(PromiseClass.URBAN)
        return frozen(kind, np.uint8)

    def cells_at(self, resolution: int) -> Int64:
        """[p] H3 cell of each place."""
        if resolution not in self._cells:
            where = zip(self.positions.lat.tolist(), self.positions.lon.tolist(), strict=True)
            cells = [h3.latlng_to_cell(lat, lon, resolution) for lat, lon in where]
            self._cells[resolution] = frozen(cells, np.int64)
        return self._cells[resolution]

    def seeds(self, metric: Metric) -> Seeds:
        """[p] what it takes to get to each place from the nodes of its street; kept for the last metrics."""
        region = self.region
        return self._seeds.get(
            metric, lambda: destination_seeds(region.network, metric.weights, self.positions, region.search_graph)
        )

    def allowed(self, territories: Territories) -> Bits:
        """[p, words] which territories each place may be served from; kept for the last ones."""
        known = self._allowed
        if known is None or known[0] is not territories:
            known = self._allowed = territories, allowed_bits(self, territories)
        return known[1]

    @cached_property
    def _streets(self) -> tuple[Int64, Int64]:
        """([p] places in order of their streets, [p] those streets)."""
        street = street_of(self.region.network, self.positions)
        order = np.argsort(street, kind="stable")
        return order, street[order]

    def on_street(self, street: Int64) -> tuple[Int64, Int64]:
        """(i, place) of all places on street[i]; O(k log p)."""
        order, streets = self._streets
        first = np.searchsorted(streets, street)
        count = np.searchsorted(streets, street, "right") - first
        index = np.repeat(np.arange(street.size), count)
        number = np.arange(index.size) - np.repeat(np.cumsum(count) - count, count)
        return index, order[first[index] + number]


class RoadPieces(Places):
    """Every road in pieces of equal length, at most half a cell's edge; a piece is known by its middle.

    A two-way street is one road; both of its directions lead to its pieces.
    """

    def __init__(self, region: Region, promises: PromiseTable, resolution: int = RESOLUTION) -> None:
        """OptionError for a resolution out of range. O(total length / length of a piece)."""
        if not LEAST_RESOLUTION <= resolution <= GREATEST_RESOLUTION:
            raise OptionError(
                f"the resolution must be {LEAST_RESOLUTION} to {GREATEST_RESOLUTION}, not {resolution}",
                option="resolution",
                value=resolution,
            )
        arc, share, length = _cut(region.network, h3_text.average_hexagon_edge_length(resolution, unit="m") / 2)
        lon, lat = along(region, arc, share)
        super().__init__(region, promises, Positions(arc, share, lon, lat, np.zeros(arc.size)))
        self.resolution = resolution
        self.length_m = frozen(length, np.float64)  # [p]

    @property
    def cell(self) -> Int64:
        """[p] the H3 cell of each piece's middle."""
        return self.cells_at(self.resolution)

    @cached_property
    def cells(self) -> Int64:
        """[c] all cells with a road, ascending."""
        return frozen(np.unique(self.cell), np.int64)

    @cached_property
    def cell_index(self) -> Int64:
        """[p] which of `cells` each piece is in."""
        return frozen(np.searchsorted(self.cells, self.cell), np.int64)


def street_of(network: RoadNetwork, positions: Positions) -> Int64:
    """[k] one number for both directions of a street."""
    arc = positions.arc.astype(np.int64)
    twin = network.arc_twin[arc].astype(np.int64)
    return np.where((twin >= 0) & (twin < arc), twin, arc)


def _cut(network: RoadNetwork, longest_m: float) -> tuple[np.ndarray, Float64, Float64]:
    """(arc, fraction of its middle, length in m) of every piece."""
    arcs = np.flatnonzero((network.arc_twin < 0) | (np.arange(network.arc_count) < network.arc_twin))
    length = network.arc_length_m[arcs].astype(np.float64)
    count = np.maximum(1, np.ceil(length / longest_m)).astype(np.int64)
    at = np.repeat(np.arange(arcs.size), count)
    number = np.arange(at.size) - np.repeat(np.cumsum(count) - count, count)
    return arcs[at].astype(np.int32), (number + 0.5) / count[at], length[at] / count[at]
