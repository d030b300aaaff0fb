"""Where on the roads a location was taken to be, how sure that is, and where else it may be: what a caller is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import exp

from graphs.classes import ROAD_CLASSES
from graphs.network import RoadNetwork
from graphs.position import Positions
from graphs.snapping.located import Located, PassedOver, RivalKind, RoadMatch
from graphs.snapping.query import Side
from graphs.snapping.weighing import AMBIGUOUS, AMBIGUOUS_OPPOSITE

#: A rival at least this likely relative to the answer makes it ambiguous (less the rounding of kernels).
LIKELY = {RivalKind.OTHER_ROAD: exp(-AMBIGUOUS) - 1e-9, RivalKind.OPPOSITE_CARRIAGEWAY: exp(-AMBIGUOUS_OPPOSITE) - 1e-9}


@dataclass(frozen=True, slots=True)
class RoadPlace:
    """A place on one directed arc."""

    lon: float  # degrees, WGS-84, of the place on the road
    lat: float
    distance_m: float  # from the location
    heading: float  # degrees clockwise from north in which the arc is driven there
    road_name: str
    road_ref: str
    road_class: str  # OSM's highway value
    two_way: bool  # the street is driven both ways, so the heading is only one of two
    arc: int  # of the region's version
    fraction: float  # 0 at the arc's tail, 1 at its head
    way: int  # OSM's id, 0 when unknown
    level: int  # OSM's layer, 0 also when the region knows none

    @property
    def road(self) -> str:
        """What people call it: number, name, or its class in words."""
        words = [self.road_ref, self.road_name if self.road_name != self.road_ref else ""]
        return " ".join(word for word in words if word) or self.road_class.replace("_", " ")

    @property
    def towards(self) -> str:
        """The compass direction in which it is driven: N, NE, …"""
        return ("N", "NE", "E", "SE", "S", "SW", "W", "NW")[round(self.heading / 45.0) % 8]


@dataclass(frozen=True, slots=True)
class Rival:
    """Another place that a location may be at."""

    place: RoadPlace
    confidence: float
    kind: RivalKind
    extra: timedelta | None = None  # how much longer the chosen unit takes to get there; None: no unit, or no way


@dataclass(frozen=True, slots=True)
class SnappedLocation:
    """One location on the road: the answer, and its rivals, likeliest first."""

    place: RoadPlace
    confidence: float
    ambiguous: bool  # a rival is likely enough: better ask
    side: Side
    road_match: RoadMatch
    passed_over: PassedOver = PassedOver.NOTHING  # a nearer road that nobody is looked for on
    rivals: tuple[Rival, ...] = ()

    @property
    def likely_rivals(self) -> tuple[Rival, ...]:
        """Those that make it ambiguous."""
        return tuple(rival for rival in self.rivals if rival.confidence >= LIKELY[rival.kind] * self.confidence)

    @property
    def worst_extra(self) -> timedelta | None:
        """The most that an ambiguous location can cost: the longest way to a rival beyond the way to the answer."""
        extras = [rival.extra for rival in self.likely_rivals if rival.extra is not None]
        return max(extras) if self.ambiguous and extras else None


def snapped_location(
    network: RoadNetwork, located: Located, index: int, most_rivals: int | None = None
) -> SnappedLocation:
    """One location of ``located`` that was accepted, with at most so many rivals."""
    first, end = int(located.rival_first[index]), int(located.rival_first[index + 1])
    rows = range(first, end if most_rivals is None else min(end, first + most_rivals))
    every = located.all_rivals
    return SnappedLocation(
        place=road_place(network, located.positions, index, float(located.bearing[index])),
        confidence=float(located.confidence[index]),
        ambiguous=bool(located.ambiguous[index]),
        side=located.side_of(index),
        road_match=RoadMatch(int(located.road_match[index])),
        passed_over=PassedOver(int(located.passed_over[index])),
        rivals=tuple(
            Rival(
                road_place(network, every.positions, row, float(every.bearing[row])),
                float(every.confidence[row]),
                RivalKind(int(every.kind[row])),
            )
            for row in rows
        ),
    )


def road_place(network: RoadNetwork, positions: Positions, index: int, heading: float) -> RoadPlace:
    """One position in words and numbers; ``heading`` is that of its arc there."""
    arc = int(positions.arc[index])
    return RoadPlace(
        lon=float(positions.lon[index]),
        lat=float(positions.lat[index]),
        distance_m=float(positions.distance_m[index]),
        heading=heading,
        road_name=network.strings[network.arc_name[arc]],
        road_ref=network.strings[network.arc_ref[arc]],
        road_class=ROAD_CLASSES[int(network.arc_class[arc])],
        two_way=bool(network.arc_twin[arc] >= 0),
        arc=arc,
        fraction=float(positions.fraction[index]),
        way=int(network.arc_way[arc]),
        level=int(network.arc_layer[arc]) if network.arc_layer.size else 0,
    )
