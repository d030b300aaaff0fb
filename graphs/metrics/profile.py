"""Traffic profiles: how much of its free-flow speed a road is driven at, by hour of the week and by weather."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graphs.classes import ROAD_CLASSES
from graphs.metrics.hours import SLOTS
from graphs.metrics.weather import WEATHERS
from graphs.network import Float64, Int32, Int64, RoadNetwork

#: A factor outside these is a mistake: 0 would close roads in silence, and nobody drives at twice the free-flow speed.
LEAST_FACTOR, GREATEST_FACTOR = 0.01, 2.0


@dataclass(frozen=True, eq=False)
class WayHours:
    """Hours of single OSM ways: row i is way[i] in one direction (1 along its shape, -1 against it, 0 both)."""

    way: Int64  # [w]
    direction: Int64  # [w]
    factor: Float64  # [w, SLOTS]

    @staticmethod
    def none() -> WayHours:
        return WayHours(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, SLOTS)))


@dataclass(frozen=True, eq=False)
class TrafficProfile:
    """Factors on free-flow speeds; the product of the hour's and the weather's applies."""

    name: str
    hours: Float64  # [classes, SLOTS]
    weather: Float64  # [weathers, classes]
    ways: WayHours

    @staticmethod
    def flat() -> TrafficProfile:
        """Free flow at every hour in every weather."""
        classes = len(ROAD_CLASSES)
        return TrafficProfile("flat", np.ones((classes, SLOTS)), np.ones((len(WEATHERS), classes)), WayHours.none())

    @property
    def by_hour(self) -> bool:
        """Whether any road is slower, or faster, at some hour of the week."""
        return bool((self.hours != 1.0).any() or (self.ways.factor != 1.0).any())

    @cached_property
    def digest(self) -> str:
        """Sixteen hex digits that change with any factor."""
        content = hashlib.blake2b(digest_size=8)
        for part in (self.hours, self.weather, self.ways.way, self.ways.direction, self.ways.factor):
            content.update(np.ascontiguousarray(part).data)
        return content.hexdigest()

    def patterns(self, network: RoadNetwork) -> tuple[Int32, Float64, int]:
        """([m] row of the hours each arc follows, [p, SLOTS] those rows, ways that the network does not have).

        The first rows are the classes' own; of two rows for one way and direction the later counts.
        """
        pattern = network.arc_class.astype(np.int32)
        if not self.ways.way.size:
            return pattern, self.hours, 0
        order = np.argsort(network.arc_way, kind="stable")
        sorted_ways = network.arc_way[order]
        unknown = 0
        for row, (way, direction) in enumerate(zip(self.ways.way, self.ways.direction, strict=True)):
            begin, end = np.searchsorted(sorted_ways, [way, way + 1])
            arcs = order[begin:end]
            unknown += begin == end
            if direction:
                arcs = arcs[(network.arc_shape[arcs] >= 0) == (direction > 0)]
            pattern[arcs] = len(ROAD_CLASSES) + row
        return pattern, np.vstack((self.hours, self.ways.factor)), unknown
