"""Kilometres as positions on the network: interpolated between two posts, along the carriageway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphs.errors import PostConflictError, TowlineError
from graphs.network import Float64, Int32, RoadNetwork
from graphs.position import Positions
from graphs.posts.faults import PostFault, in_words
from graphs.posts.table import Carriageway, PostTable
from graphs.posts.text import Kilometre, parse_kilometre
from graphs.posts.walking import place_at, walk
from graphs.snap import Snapper
from graphs.snapping.query import LocationQuery

#: A post farther from any road than this is misplaced, metres.
FARTHEST_M = 150.0
#: The road between two posts may differ from their kilometres by this share and these metres.
SLACK_SHARE, SLACK_M = 0.25, 300.0
#: Degrees from north; a carriageway whose posts lead within 60 degrees of its name runs that way.
BEARINGS = {"north": 0.0, "east": 90.0, "south": 180.0, "west": 270.0}
DECISIVE = 60.0
#: How much a post whose arc runs backwards counts against a direction of travel, metres.
BACKWARDS_M = 200.0


@dataclass(frozen=True, eq=False)
class PostPlace:
    """One kilometre on the network."""

    positions: Positions  # [1]; distance_m is 0
    road: str  # as the table has it
    direction: str
    km: float
    between: tuple[float, float]  # the kilometres of the posts on either side


@dataclass(frozen=True, eq=False)
class _Placed:
    """The posts of one carriageway that stand at roads."""

    way: Carriageway
    arc: Int32
    fraction: Float64
    rising: bool  # the kilometres rise the way it is driven


class Posts:
    """The kilometre posts of an operator on one network. Posts are put on roads when their road is first asked for."""

    def __init__(self, network: RoadNetwork, snapper: Snapper, table: PostTable) -> None:
        self.network = network
        self._snapper = snapper
        self.table = table
        self._placed: dict[int, _Placed] = {}

    def locate(self, text: str | Kilometre) -> PostPlace:
        """The place of ``G2 K123+400 northbound``.

        Raises `PostTextError`, `UnknownRoadError`, `UnknownDirectionError`, `KilometreRangeError` (with the range),
        `PostConflictError` (the posts around it contradict the road).
        """
        said = parse_kilometre(text) if isinstance(text, str) else text
        placed = self._on_roads(self.table.carriageway(said))
        way = placed.way
        i = way.around(said.km)
        if way.km.size == 1 or said.km == way.km[i]:
            arc, fraction, between = int(placed.arc[i]), float(placed.fraction[i]), (way.km[i], way.km[i])
        else:
            arc, fraction = self._between(way, placed, i, said.km)
            between = (way.km[i], way.km[i + 1])
        lon, lat = place_at(self.network, arc, fraction)
        positions = Positions(
            np.array([arc], np.int32), np.array([fraction]), np.array([lon]), np.array([lat]), np.zeros(1)
        )
        return PostPlace(positions, way.road, way.label, said.km, (float(between[0]), float(between[1])))

    def locate_each(self, texts: Sequence[str]) -> tuple[Positions, dict[int, TowlineError]]:
        """[k] positions, arc -1 where refused, and the errors by index."""
        nowhere = Positions(
            np.array([-1], np.int32), np.zeros(1), np.full(1, np.nan), np.full(1, np.nan), np.full(1, np.nan)
        )
        found, errors = [], {}
        for index, text in enumerate(texts):
            try:
                found.append(self.locate(text).positions)
            except TowlineError as error:
                errors[index] = error
                found.append(nowhere)
        return Positions.concatenate(found) if found else nowhere.take(np.zeros(1, np.bool_)), errors

    def far(self) -> list[PostFault]:
        """The posts that stand at no road, which are left out."""
        faults = [
            PostFault(
                int(way.row[i]),
                f"km {way.km[i]:g} of {way.title} is more than {FARTHEST_M:g} m from any road; correct its place",
                PostConflictError,
            )
            for way in self.table.carriageways
            for i in np.flatnonzero(~self._near(way))
        ]
        return sorted(faults, key=lambda fault: fault.row)

    def remarks(self) -> list[str]:
        """What of the table cannot be used, in words for its owner."""
        faults, far = list(self.table.faults), self.far()
        count = sum(way.km.size for way in self.table.carriageways)
        if len(far) == count:
            text = f"none of the {count:,} posts is within {FARTHEST_M:g} m of a road, so no kilometre is found"
            hint = (
                "are they of another region than this, in another datum than WGS-84, or longitude and latitude swapped?"
            )
            return [*([in_words(faults)] if faults else []), f"{text}; {hint}"]
        faults = sorted(faults + far, key=lambda fault: fault.row)
        return [in_words(faults)] if faults else []

    def _near(self, way: Carriageway) -> npt.NDArray[np.bool_]:
        return self._snapper.snap_each(way.lon, way.lat, FARTHEST_M).accepted

    def _between(self, way: Carriageway, placed: _Placed, i: int, km: float) -> tuple[int, float]:
        before, after = (i, i + 1) if placed.rising else (i + 1, i)
        said_m = 1000.0 * float(way.km[i + 1] - way.km[i])
        most = said_m * (1.0 + SLACK_SHARE) + SLACK_M
        ends = [(int(placed.arc[p]), float(placed.fraction[p])) for p in (before, after)]
        found = walk(self.network, ends[0], ends[1], 2.0 * most)
        if found is None or not said_m * (1.0 - SLACK_SHARE) - SLACK_M <= found.length_m <= most:
            length = (
                f"{found.length_m:,.0f} m by road" if found else "not joined by that road within twice the distance"
            )
            raise PostConflictError(
                f"The posts km {way.km[i]:g} and km {way.km[i + 1]:g} of {way.title} contradict the road: they are "
                f"{length}, not {said_m:,.0f} m; correct the table, or give a place on the map.",
                road=way.road,
                direction=way.label,
                km=way.km[i],
                next_km=way.km[i + 1],
            )
        share = (km - float(way.km[before])) / (float(way.km[after]) - float(way.km[before]))
        return found.at(self.network, share)

    def _on_roads(self, way: Carriageway) -> _Placed:
        key = id(way)
        if key not in self._placed:
            self._placed[key] = self._place(way)
        return self._placed[key]

    def _place(self, way: Carriageway) -> _Placed:
        near = self._near(way)
        if not near.any():
            raise PostConflictError(
                f"No post of {way.title} is within {FARTHEST_M:g} m of a road; correct their places.",
                road=way.road,
                direction=way.label,
            )
        way = way.take(near)
        if way.km.size == 1:
            heading = BEARINGS.get(way.direction, np.nan)
            arc, fraction, _ = self._snap(way, np.array([heading]))
            return _Placed(way, arc, fraction, True)
        bearing = _bearings(way.lon, way.lat)
        overall = _bearing(way.lon[0], way.lat[0], way.lon[-1], way.lat[-1])
        options = [True, False]
        if way.direction in BEARINGS:
            turn = abs((overall - BEARINGS[way.direction] + 180.0) % 360.0 - 180.0)
            if turn <= DECISIVE:
                options = [True]
            elif turn >= 180.0 - DECISIVE:
                options = [False]
        found = [(rising, *self._snap(way, bearing if rising else (bearing + 180.0) % 360.0)) for rising in options]
        rising, arc, fraction, _ = min(found, key=lambda option: option[3])
        return _Placed(way, arc, fraction, rising)

    def _snap(self, way: Carriageway, heading: Float64) -> tuple[Int32, Float64, float]:
        """The posts on the arcs that run their way, and how badly they fit: metres off, and arcs run backwards."""
        located = self._snapper.locate(
            LocationQuery(way.lon, way.lat, heading=heading, heading_tolerance=60.0, road=way.road), FARTHEST_M
        )
        turn = np.abs((located.bearing - heading + 180.0) % 360.0 - 180.0)
        misfit = located.positions.distance_m + np.where(turn > 90.0, BACKWARDS_M, 0.0)
        return located.positions.arc, located.positions.fraction, float(misfit.sum())


def _bearing(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    east = (lon_b - lon_a) * np.cos(np.radians((lat_a + lat_b) / 2.0))
    return float(np.degrees(np.arctan2(east, lat_b - lat_a)) % 360.0)


def _bearings(lon: Float64, lat: Float64) -> Float64:
    """[p] degrees in which the posts lead, each from the one before to the one after it."""
    before, after = np.r_[0, 0 : lon.size - 1], np.r_[1 : lon.size, lon.size - 1]
    return np.array([_bearing(lon[a], lat[a], lon[b], lat[b]) for a, b in zip(before, after, strict=True)])
