"""Snapping: putting locations on the nearest road."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from graphs.errors import CoordinateError, OutsideRegionError, TowlineError
from graphs.geodesy import coordinate_error, coordinate_faults, from_mercator, great_circle_m, to_mercator
from graphs.network import SHAPE_SCALE, Float64, Int32, RoadNetwork
from graphs.position import Positions

if TYPE_CHECKING:
    from shapely import STRtree

#: Farther than this from any road, a location is taken for a mistake unless the caller says otherwise.
MAX_DISTANCE_M = 500.0


@dataclass(frozen=True, eq=False)
class Snapped:
    """The outcome for ``k`` locations: positions, and for each refused one why."""

    positions: Positions  # arc is -1 where refused
    accepted: npt.NDArray[np.bool_]  # [k]
    errors: dict[int, TowlineError]  # by index of the refused location


class Snapper:
    """The nearest road of any location in one network.

    Shapes are indexed on the spherical Mercator plane, which is conformal: the nearest point there is the nearest on
    the ground within the distances a location may be off. Of a two-way street the arc along its shape is given; its
    twin runs the other way.
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
        positions = self._nearest(np.where(bad, 0.0, lon), np.where(bad, 0.0, lat))
        far = (positions.distance_m > max_distance_m) & ~bad
        for i in np.flatnonzero(far):
            errors[int(i)] = self._refusal(int(i), lon[i], lat[i], positions.distance_m[i], max_distance_m)
        positions.arc[bad | far] = -1
        return Snapped(positions, ~(bad | far), errors)

    def _nearest(self, lon: Float64, lat: Float64) -> Positions:
        import shapely

        x, y = to_mercator(lon, lat)
        points = shapely.points(x, y)
        _, shape = self._tree.query_nearest(points, all_matches=False)
        lines = self._tree.geometries[shape]
        along = shapely.line_locate_point(lines, points, normalized=True)
        on_road = shapely.line_interpolate_point(lines, along, normalized=True)
        road_lon, road_lat = from_mercator(shapely.get_x(on_road), shapely.get_y(on_road))
        arc = self._shape_arc[shape]
        distance = great_circle_m(lon, lat, road_lon, road_lat)
        fraction = np.clip(np.where(self._network.arc_shape[arc] >= 0, along, 1.0 - along), 0.0, 1.0)
        return Positions(arc, fraction, road_lon, road_lat, distance)

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
        return OutsideRegionError(
            f"Location {index} (longitude {lon:.6f}, latitude {lat:.6f}) is {distance_m:,.0f} m from the nearest road, "
            f"more than the {limit_m:,.0f} m allowed; check it, or allow a greater distance.",
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
    def _tree(self) -> STRtree:
        import shapely

        network = self._network
        x, y = to_mercator(network.shape_lonlat[:, 0] / SHAPE_SCALE, network.shape_lonlat[:, 1] / SHAPE_SCALE)
        owner = np.repeat(np.arange(network.shape_offset.size - 1), np.diff(network.shape_offset))
        return shapely.STRtree(shapely.linestrings(np.column_stack((x, y)), indices=owner))

    @cached_property
    def _shape_arc(self) -> Int32:
        """[s] the arc along each shape, or against it where none runs along."""
        arc = np.full(self._network.shape_offset.size - 1, -1, np.int32)
        order = np.flatnonzero(self._network.arc_shape < 0)
        arc[~self._network.arc_shape[order]] = order
        order = np.flatnonzero(self._network.arc_shape >= 0)
        arc[self._network.arc_shape[order]] = order
        return arc
