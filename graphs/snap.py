"""Snapping: putting locations on the roads of one network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graphs.errors import CoordinateError, OutsideRegionError, TowlineError
from graphs.geodesy import MERCATOR_LIMIT, coordinate_error, coordinate_faults, distance_in_words, extent
from graphs.network import Float64, Int8, Int32, RoadNetwork, UInt8
from graphs.position import Positions
from graphs.search.arrays import frozen
from graphs.snapping.asking import ask_of
from graphs.snapping.grid import SegmentGrid
from graphs.snapping.located import Located, PassedOver, Rivals
from graphs.snapping.lost import LostRoads
from graphs.snapping.names import RoadNames
from graphs.snapping.placing import stand
from graphs.snapping.query import CheckedQuery, LocationQuery
from graphs.snapping.usable import Indices, Nearest
from graphs.snapping.weighing import Found, Roads, Rows

#: Farther than this from any road, a location is taken for a mistake unless the caller says otherwise.
MAX_DISTANCE_M = 500.0
#: A ferry is an answer only where it is nearer than any road and no road is within this many metres ...
FERRY_M = 100.0
#: ... or within so many times the error of the location.
FERRY_SIGMAS = 3.0
#: Distances on the plane are nearly true; beyond this share of the limit they are measured on the sphere.
CLOSELY = 0.5
#: A location farther from every road than so many times its error is worse than it says (`graphs.snapping.weighing`).
PLAUSIBLE_SIGMAS = 2.0
#: A unit whose heading is within so many degrees of its arc is known to face along it.
FACING = 60.0


@dataclass(frozen=True, eq=False)
class Snapped:
    """The outcome for ``k`` locations: positions, and for each refused one why."""

    positions: Positions  # arc is -1 where refused
    accepted: npt.NDArray[np.bool_]  # [k]
    errors: dict[int, TowlineError]  # by index of the refused location
    passed_over: UInt8  # [k] PassedOver


class Snapper:
    """The roads of any location in one network; its indices are built on first use and safe to share between threads.

    `snap` and `snap_each` know nothing but a place and give the nearest road; of a two-way street the arc along its
    shape, whose twin runs the other way. `locate` weighs all that is known and gives one directed arc. Which roads
    may be an answer: `graphs.snapping.usable`.
    """

    def __init__(self, network: RoadNetwork, turn_back_ms: int = 0) -> None:
        """``turn_back_ms``: what turning round on a two-way street costs who is known to face the other way."""
        self._network, self._turn_back_ms = network, turn_back_ms

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
        clean_lon, clean_lat = (np.where(bad, 0.0, lon), np.where(bad, 0.0, lat)) if errors else (lon, lat)
        x, y, scale = self.grid.plane.locations(clean_lon, clean_lat)
        nearest = self.indices.nearest(x, y, scale, FERRY_M)
        if self.lost:
            self.lost.tell_nearer(x, y, scale, nearest.square, nearest.passed_over)
        positions = self._standing(nearest, x, clean_lat)
        far = self._refuse_far(lon, lat, positions.distance_m, bad, max_distance_m, nearest.passed_over, errors)
        positions.arc[bad | far] = -1
        return Snapped(positions, ~(bad | far), errors, nearest.passed_over)

    def locate(self, query: LocationQuery, max_distance_m: float = MAX_DISTANCE_M) -> Located:
        """[k] one directed arc for each location of ``query``, with a confidence and its rivals.

        Every location gets its own answer or error: `CoordinateError`, `OutsideRegionError`, `HeadingError`,
        `AccuracyError`, `UnknownDirectionError`, `InputError` about its level. What is weighed and how:
        `graphs.snapping.weighing`. Linear in k.
        """
        asked = CheckedQuery.of(query)
        errors = dict(asked.errors)
        bad = np.zeros(asked.lon.size, np.bool_)
        bad[list(errors)] = True
        ask = ask_of(asked, self.grid.plane, self.names, max_distance_m)
        nearest = self.indices.nearest(ask.x, ask.y, ask.scale, np.maximum(FERRY_M, FERRY_SIGMAS * ask.sigma))
        distance_m = np.sqrt(nearest.square) / ask.scale
        rows = np.flatnonzero(distance_m > CLOSELY * max_distance_m)  # there, measure on the sphere
        distance_m[rows] = self._standing(nearest.take(rows), ask.x[rows], ask.lat[rows]).distance_m
        if self.lost:
            self.lost.tell_nearer(ask.x, ask.y, ask.scale, nearest.square, nearest.passed_over, max_distance_m)
        far = self._refuse_far(asked.lon, asked.lat, distance_m, bad, max_distance_m, nearest.passed_over, errors)
        nearest.square[bad | far] = np.inf
        found, rivals = self.indices.answer(self._roads, ask, nearest)
        # Whatever their distribution, errors beyond d are no more frequent than 1 / d^2 (Chebyshev).
        plausible = np.minimum(PLAUSIBLE_SIGMAS * ask.sigma / np.maximum(distance_m, 1e-9), 1.0) ** 2
        found.answer.weight[:] *= plausible
        rivals.weight[:] *= np.repeat(plausible, found.rivals)
        if self.lost:
            self.lost.weigh(self._network, ask, found, rivals, nearest.passed_over)
        return self._located(found, rivals, nearest.passed_over, errors, ask.heading)

    @property
    def grid(self) -> SegmentGrid:
        """The index over the segments of all roads that may be an answer."""
        return self.indices.usable

    @cached_property
    def indices(self) -> Indices:
        """The indices over usable roads, ferries and roads that are cut off."""
        return Indices.build(self._network)

    @cached_property
    def lost(self) -> LostRoads | None:
        """The index over the roads that the region lacks, None where none are known."""
        return LostRoads.of(self._network)

    @cached_property
    def names(self) -> RoadNames:
        """The names and numbers of all roads."""
        return RoadNames(self._network.strings)

    def _standing(self, nearest: Nearest, x: Float64, lat: Float64) -> Positions:
        """Places on the arc along each shape or, where there is none, against it."""
        k = nearest.segment.size
        found = Positions(np.empty(k, np.int32), *(np.empty(k) for _ in range(4)))
        columns = (found.arc, found.fraction, found.lon, found.lat, found.distance_m)
        stand(self.grid.arrays, self._roads.shape_arc, nearest.segment, nearest.ahead, x, lat, *columns)
        return found

    def _located(
        self, found: Found, rivals: Rows, passed_over: UInt8, errors: dict[int, TowlineError], heading: Float64
    ) -> Located:
        answer = found.answer
        return Located(
            positions=_positions(answer),
            confidence=answer.weight,
            ambiguous=found.ambiguous,
            bearing=answer.bearing,
            side=found.side,
            road_match=answer.match,
            level=self._levels(answer.arc),
            passed_over=passed_over,
            errors=errors,
            rival_first=np.concatenate(([0], np.cumsum(found.rivals))).astype(np.int64),
            turn_back_ms=self._turning_back(heading, answer.bearing),
            all_rivals=Rivals(_positions(rivals), rivals.weight, rivals.bearing, rivals.kind, self._levels(rivals.arc)),
        )

    def _turning_back(self, heading: Float64, bearing: Float64) -> Int32:
        """[k] the cost of turning round where a heading is given that the answered arc follows."""
        if not self._turn_back_ms:
            return np.zeros(heading.size, np.int32)
        off = np.abs((bearing - heading + 180.0) % 360.0 - 180.0)  # NaN where one of them is not known
        return np.where(off <= FACING, self._turn_back_ms, 0).astype(np.int32)

    def _levels(self, arc: Int32) -> Int8:
        known = self._network.arc_layer
        return np.where(arc >= 0, known[arc], 0).astype(np.int8) if known.size else np.zeros(arc.size, np.int8)

    def _refuse_far(
        self,
        lon: Float64,
        lat: Float64,
        distance_m: Float64,
        bad: npt.NDArray[np.bool_],
        limit_m: float,
        passed_over: UInt8,
        errors: dict[int, TowlineError],
    ) -> npt.NDArray[np.bool_]:
        """[k] locations too far from any road, or where there is no plane; writes their errors."""
        with np.errstate(invalid="ignore"):
            far = ((distance_m > limit_m) | (np.abs(lat) > MERCATOR_LIMIT)) & ~bad
        for i in np.flatnonzero(far):
            errors[int(i)] = self._refusal(int(i), lon[i], lat[i], distance_m[i], limit_m, PassedOver(passed_over[i]))
        return far

    def _refusal(
        self, index: int, lon: float, lat: float, distance_m: float, limit_m: float, passed_over: PassedOver
    ) -> TowlineError:
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
                f"{where} is {distance_in_words(distance_m)} from the nearest road, more than the {limit_m:,.0f} m "
                "allowed; check it, or raise max_snap_m (a policy has it under [limits])."
            )
            if passed_over is PassedOver.CUT_OFF:
                message += " A nearer road is cut off: rules leave no way there, or none away from there."
            elif passed_over is PassedOver.NOT_IN_REGION:
                message += " A nearer road is not part of this region: it leads out of the map or cannot be reached."
        if lon == 0.0 and lat == 0.0:
            message += " Both are 0, as where nothing was set: set longitude and latitude."
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
        return extent(self._network.node_lon, self._network.node_lat)

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


def _positions(rows: Rows) -> Positions:
    return Positions(rows.arc, rows.fraction, rows.lon, rows.lat, rows.distance_m)
