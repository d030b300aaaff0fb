"""Which arcs of a network a feed means: by OSM way, or by polygon."""

from __future__ import annotations

import threading
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from graphs.classes import CLASS_INDEX
from graphs.metrics.coarse import CoarseGrid
from graphs.metrics.entry import Direction
from graphs.network import SHAPE_SCALE, Int32, Int64, RoadNetwork

#: Roads in an area's box below which each is looked at closely.
WORTH_A_GRID = 200


class ArcFinder:
    """Indices over one network, made on first use; safe to share between threads."""

    def __init__(self, network: RoadNetwork) -> None:
        self.network = network
        self._lock = threading.Lock()

    def of_ways(self, ways: Int64, direction: Direction) -> tuple[Int32, Int64, Int64]:
        """(arcs of the ways, for each the index of its way, indices of ways the network does not have).

        A way that runs only the other way counts as unknown. O(ways log arcs + arcs found).
        """
        order, sorted_ways = self._by_way
        begin = np.searchsorted(sorted_ways, ways, side="left")
        count = np.searchsorted(sorted_ways, ways, side="right") - begin
        count[ways == 0] = 0  # 0 stands for "no way id known"
        index = np.repeat(np.arange(ways.size), count)
        arcs = order[np.arange(index.size) + np.repeat(begin - (np.cumsum(count) - count), count)]
        if direction is not Direction.BOTH:
            right = (self.network.arc_shape[arcs] >= 0) == (direction is Direction.FORWARD)
            arcs, index = arcs[right], index[right]
        return arcs, index, np.setdiff1d(np.arange(ways.size), index)

    def touching(self, polygon: BaseGeometry, classes: frozenset[str] | None) -> Int32:
        """Arcs whose shape touches the polygon, ascending; only those near its border are looked at closely.

        O(shapes) numpy, and a polygon's look at the shapes that a coarse grid cannot decide about.
        """
        west, south, east, north = polygon.bounds
        low, high = self._boxes
        shapes = np.flatnonzero(
            (low[:, 0] <= east) & (high[:, 0] >= west) & (low[:, 1] <= north) & (high[:, 1] >= south)
        )
        prepared = shapely.union_all([polygon])  # a copy: preparing changes the caller's object
        shapely.prepare(prepared)
        inside = np.zeros(shapes.size, bool)
        if shapes.size > WORTH_A_GRID:
            grid = CoarseGrid(prepared, shapes.size)
            shapes = shapes[grid.near(low[shapes], high[shapes])]
            inside = grid.inside(self.network.shape_lonlat[self.network.shape_offset[shapes]] / SHAPE_SCALE)
        inside[~inside] = shapely.intersects(prepared, self._lines(shapes[~inside]))
        return self._arcs(shapes[inside], classes)

    def with_middle_in(self, polygon: BaseGeometry, classes: frozenset[str] | None) -> Int32:
        """Arcs the middle of whose shape, by its length in degrees, is in the polygon or on its border, ascending.

        Of polygons side by side each arc is in one only. O(shapes) numpy, and a polygon's look at the middles in its
        box.
        """
        west, south, east, north = polygon.bounds
        lon, lat = self._middles
        shapes = np.flatnonzero((lon <= east) & (lon >= west) & (lat <= north) & (lat >= south))
        prepared = shapely.union_all([polygon])
        shapely.prepare(prepared)
        return self._arcs(shapes[shapely.intersects_xy(prepared, lon[shapes], lat[shapes])], classes)

    def of_classes(self, classes: frozenset[str] | None) -> Int32:
        """Arcs of some road classes, or all of them, ascending."""
        return self._of_classes(np.arange(self.network.arc_count, dtype=np.int32), classes)

    def _arcs(self, shapes: Int64, classes: frozenset[str] | None) -> Int32:
        """Arcs of some shapes and classes, ascending."""
        order, first = self._by_shape
        count = first[shapes + 1] - first[shapes]
        place = np.repeat(first[shapes] - (np.cumsum(count) - count), count) + np.arange(count.sum())
        return self._of_classes(np.sort(order[place]), classes)

    def _of_classes(self, arcs: Int32, classes: frozenset[str] | None) -> Int32:
        if classes is not None:
            wanted = np.zeros(256, bool)
            wanted[[CLASS_INDEX[name] for name in classes]] = True
            arcs = arcs[wanted[self.network.arc_class[arcs]]]
        return arcs

    def _lines(self, shapes: Int64) -> np.ndarray:
        """[n] the shapes as lines."""
        offset = self.network.shape_offset
        count = offset[shapes + 1] - offset[shapes]
        place = np.repeat(offset[shapes] - (np.cumsum(count) - count), count) + np.arange(count.sum())
        return shapely.linestrings(
            self.network.shape_lonlat[place] / SHAPE_SCALE, indices=np.repeat(np.arange(shapes.size), count)
        )

    def index(self) -> None:
        """Make the indices now instead of on first use."""
        _ = self._by_way, self._by_shape, self._boxes

    @property
    def _by_way(self) -> tuple[Int32, Int64]:
        with self._lock:
            return self._way_order

    @cached_property
    def _way_order(self) -> tuple[Int32, Int64]:
        order = np.argsort(self.network.arc_way, kind="stable").astype(np.int32)
        return order, self.network.arc_way[order]

    @cached_property
    def _by_shape(self) -> tuple[Int32, Int64]:
        """([arcs] sorted by their shape, [s + 1] where each shape's begin)."""
        shape = np.where(self.network.arc_shape >= 0, self.network.arc_shape, ~self.network.arc_shape)
        order = np.argsort(shape, kind="stable").astype(np.int32)
        return order, np.searchsorted(shape[order], np.arange(self.network.shape_offset.size))

    @cached_property
    def _middles(self) -> tuple[np.ndarray, np.ndarray]:
        """[s] longitude and [s] latitude half-way along each shape."""
        lines = self._lines(np.arange(self.network.shape_offset.size - 1))
        middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
        return middle[:, 0].copy(), middle[:, 1].copy()

    @cached_property
    def _boxes(self) -> tuple[np.ndarray, np.ndarray]:
        """[s, 2] least and [s, 2] greatest lon, lat of each shape."""
        first = self.network.shape_offset[:-1]
        if not first.size:
            return np.empty((0, 2)), np.empty((0, 2))
        points = self.network.shape_lonlat
        return (
            np.minimum.reduceat(points, first, axis=0) / SHAPE_SCALE,
            np.maximum.reduceat(points, first, axis=0) / SHAPE_SCALE,
        )
