"""Snapping: putting locations on the roads of one network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graphs.errors import CoordinateError, OutsideRegionError, TowlineError
from graphs.geodesy import MERCATOR_LIMIT, coordinate_error, coordinate_faults
from graphs.network import Float64, Int32, Int64, RoadNetwork
from graphs.position import Positions
from graphs.search.arrays import frozen
from graphs.snapping.asking import ask_of
from graphs.snapping.deciding import answer
from graphs.snapping.grid import SegmentGrid
from graphs.snapping.located import Located, Rivals
from graphs.snapping.names import RoadNames
from graphs.snapping.nearest import nearest_segments, places
from graphs.snapping.query import CheckedQuery, LocationQuery
from graphs.snapping.weighing import Found, Roads

#: Farther than this from any road, a location is taken for a mistake unless the caller says otherwise.
MAX_DISTANCE_M = 500.0
#: Distances on the plane are nearly true; beyond this share of the limit they are measured on the sphere.
CLOSELY = 0.5


@dataclass(frozen=True, eq=False)
class Snapped:
    """The outcome for ``k`` locations: positions, and for each refused one why."""

    positions: Positions  # arc is -1 where refused
    accepted: npt.NDArray[np.bool_]  # [k]
    errors: dict[int, TowlineError]  # by index of the refused location


class Snapper:
    """The roads of any location in one network; its index is built on first use and safe to share between threads.

    `snap` and `snap_each` know nothing but a place and give the nearest road; of a two-way street the arc along its
    shape, whose twin runs the other way. `locate` weighs all that is known and gives one directed arc.
    """

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network

    def snap(self, lon: npt.ArrayLike, lat: npt.ArrayLike, max_distance_m: float = MAX_DISTANCE_M) -> Positions:
        """[k] positions of k locations in degrees.

        Raises the error of the first location that cannot be used: `CoordinateError` (NaN, out of range, swapped) or
        `OutsideRegionError` with the distance to the nearest road.
        """
        found = self.snap_each(lon, lat, max_distance_m)
        if found.errors:
            raise found.errors[min(found.errors)]
        return found.positions

    def snap_each(self, lon: npt.ArrayLike, lat: npt.ArrayLike, max_distance_m: float = MAX_DISTANCE_M) -> Snapped:
        """As `snap`, but every location gets its own answer, so that a batch can report each bad row."""
        lon = np.atleast_1d(np.asarray(lon, np.float64))
        lat = np.atleast_1d(np.asarray(lat, np.float64))
        bad = coordinate_faults(lon, lat)
        errors: dict[int, TowlineError] = {
            int(i): coordinate_error(lon, lat, int(i), "Location") for i in np.flatnonzero(bad)
        }
        clean_lon, clean_lat = np.where(bad, 0.0, lon), np.where(bad, 0.0, lat)
        segment, share, _ = self._nearest(clean_lon, clean_lat)
        positions = self._on_segments(segment, share, clean_lon, clean_lat)
        far = self._refuse_far(lon, lat, positions.distance_m, bad, max_distance_m, errors)
        positions.arc[bad | far] = -1
        return Snapped(positions, ~(bad | far), errors)

    def locate(self, query: LocationQuery, max_distance_m: float = MAX_DISTANCE_M) -> Located:
        """[k] one directed arc for each location of ``query``, with a confidence and its rivals.

        Every location gets its own answer or error: `CoordinateError`, `OutsideRegionError`, `HeadingError`,
        `AccuracyError`. What is weighed and how: `graphs.snapping.weighing`. Linear in k.
        """
        asked = CheckedQuery.of(query)
        errors = dict(asked.errors)
        bad = np.zeros(asked.lon.size, np.bool_)
        bad[list(errors)] = True
        segment, share, square = self._nearest(asked.lon, asked.lat)
        ask = ask_of(asked, self.grid.plane, self.names, max_distance_m)
        distance_m = np.sqrt(square) / ask.scale
        rows = np.flatnonzero(distance_m > CLOSELY * max_distance_m)  # there, measure on the sphere
        measured = self._on_segments(segment[rows], share[rows], asked.lon[rows], asked.lat[rows])
        distance_m[rows] = measured.distance_m
        far = self._refuse_far(asked.lon, asked.lat, distance_m, bad, max_distance_m, errors)
        square[bad | far] = np.inf
        found = answer(self.grid.arrays, self._roads, ask, segment, square)
        return self._located(asked, found, errors)

    @cached_property
    def grid(self) -> SegmentGrid:
        """The index over all road segments."""
        return SegmentGrid.build(self._network)

    @cached_property
    def names(self) -> RoadNames:
        """The names and numbers of all roads."""
        return RoadNames(self._network.strings)

    def _nearest(self, lon: Float64, lat: Float64) -> tuple[Int64, Float64, Float64]:
        """The nearest segment of any road, the share of it that is nearest, the squared distance on the plane."""
        segment, share, square = np.empty(lon.size, np.int64), np.empty(lon.size), np.empty(lon.size)
        x, y = self.grid.plane.place(lon, lat)
        nearest_segments(self.grid.arrays, x, y, segment, share, square)
        return segment, share, square

    def _on_segments(self, segment: Int64, share: Float64, lon: Float64, lat: Float64) -> Positions:
        """Places at a share of segments, on the arc along each shape or, where there is none, against it."""
        along, against = self._roads.shape_arc[self.grid.arrays.shape[segment]].T
        return self._positions(np.where(along >= 0, along, against), segment, share, lon, lat)

    def _positions(self, arc: Int32, segment: Int64, share: Float64, lon: Float64, lat: Float64) -> Positions:
        """Places at a share of segments, on arcs, with their distances from ``lon``, ``lat``."""
        of_shape, road_lon, road_lat, distance = (np.empty(arc.size) for _ in range(4))
        places(self.grid.arrays, segment, share, lon, lat, of_shape, road_lon, road_lat, distance)
        fraction = np.where(self._network.arc_shape[arc] >= 0, of_shape, 1.0 - of_shape)
        return Positions(arc, fraction, road_lon, road_lat, distance)

    def _located(self, asked: CheckedQuery, found: Found, errors: dict[int, TowlineError]) -> Located:
        """The first column of ``found`` is the answer, the others are rivals."""
        rival = found.arc >= 0
        rival[:, 0] = False
        row = np.nonzero(rival)[0]
        answers = self._positions(
            found.arc[:, 0].copy(), found.segment[:, 0].copy(), found.share[:, 0].copy(), asked.lon, asked.lat
        )
        rivals = self._positions(
            found.arc[rival], found.segment[rival], found.share[rival], asked.lon[row], asked.lat[row]
        )
        return Located(
            positions=answers,
            confidence=found.weight[:, 0],
            ambiguous=found.ambiguous,
            bearing=found.bearing[:, 0],
            side=found.side,
            road_match=found.match[:, 0],
            errors=errors,
            rival_first=np.concatenate(([0], np.cumsum(rival.sum(axis=1)))).astype(np.int64),
            all_rivals=Rivals(rivals, found.weight[rival], found.bearing[rival], found.kind[rival]),
        )

    def _refuse_far(
        self,
        lon: Float64,
        lat: Float64,
        distance_m: Float64,
        bad: npt.NDArray[np.bool_],
        limit_m: float,
        errors: dict[int, TowlineError],
    ) -> npt.NDArray[np.bool_]:
        """[k] locations too far from any road, or where there is no plane; writes their errors."""
        with np.errstate(invalid="ignore"):
            far = ((distance_m > limit_m) | (np.abs(lat) > MERCATOR_LIMIT)) & ~bad
        for i in np.flatnonzero(far):
            errors[int(i)] = self._refusal(int(i), lon[i], lat[i], distance_m[i], limit_m)
        return far

    def _refusal(self, index: int, lon: float, lat: float, distance_m: float, limit_m: float) -> TowlineError:
        west, south, east, north = self._bounds
        margin = 0.1
        swapped = west - margin <= lat <= east + margin and south - margin <= lon <= north + margin
        if swapped and distance_m > 100_000.0:
            return CoordinateError(
                f"Location {index}: longitude {lon:g}, latitude {lat:g} lies {distance_m / 1000:,.0f} km away, but "
                "would be in the region the other way round; latitude and longitude look swapped.",
                index=index,
                lon=lon,
                lat=lat,
            )
        where = f"Location {index} (longitude {lon:.6f}, latitude {lat:.6f})"
        if abs(lat) > MERCATOR_LIMIT:
            message = f"{where} is within a degree of a pole, where Towline looks for no roads; check it."
        else:
            message = (
                f"{where} is {distance_m:,.0f} m from the nearest road, more than the {limit_m:,.0f} m allowed; "
                "check it, or allow a greater distance."
            )
        return OutsideRegionError(
            message,
            index=index,
            lon=lon,
            lat=lat,
            distance_m=round(float(distance_m), 1),
            max_distance_m=limit_m,
        )

    @cached_property
    def _bounds(self) -> tuple[float, float, float, float]:
        lon, lat = self._network.node_lon, self._network.node_lat
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    @cached_property
    def _roads(self) -> Roads:
        network = self._network
        arc = np.full((network.shape_offset.size - 1, 2), -1, np.int32)
        against = network.arc_shape < 0
        shape = np.where(against, ~network.arc_shape, network.arc_shape)
        arc[shape, against.astype(np.int64)] = np.arange(network.arc_count, dtype=np.int32)
        ends = np.empty_like(arc)
        ends[shape, against.astype(np.int64)] = network.arc_tail
        ends[shape, 1 - against.astype(np.int64)] = network.arc_head
        return Roads(
            shape_arc=frozen(arc, np.int32),
            name=frozen(network.arc_name, np.int32),
            ref=frozen(network.arc_ref, np.int32),
            kind=frozen(network.arc_class, np.uint8),
            ends=frozen(ends, np.int32),
            level=frozen(network.arc_layer, np.int8),
        )
