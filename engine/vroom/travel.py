"""Seconds and metres between the places of a problem, for each vehicle."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.errors import TooLargeError
from engine.locating import positions_each, query_of
from engine.model import Location
from engine.policy import Policy
from engine.tours.size import MOST_PAIRS
from engine.vroom.errors import UnsupportedProblemError
from engine.vroom.model import Matrices, Place, Problem, Vehicle
from graphs.network import Int64
from graphs.region import Region
from graphs.search import INF
from graphs.travel import travel_matrix

#: Seconds where there is no way, and from how many on there is none: twelve days, which the solver's legs can last.
NO_WAY = 1 << 40
MOST_LEG = (INF - 1) // 1000


class Travel:
    """Matrices by profile and speed; places as rows of them."""

    def __init__(self, matrices: Mapping[str, Matrices], row_of: Mapping[Place, int] | None = None) -> None:
        """Without ``row_of`` each place has its row."""
        self._matrices, self._row_of = matrices, row_of
        self._scaled: dict[tuple[str, float], Int64] = {}
        self._tables: dict[tuple[str, float], list[list[int]]] = {}

    def row(self, place: Place) -> int:
        if self._row_of is not None:
            return self._row_of[place]
        assert place.index is not None
        return place.index

    def seconds(self, vehicle: Vehicle) -> Int64:
        """[rows, rows] at the vehicle's speed, to the second."""
        key = vehicle.profile, round(vehicle.speed, 2)
        if key not in self._scaled:
            base = self._of(vehicle).durations
            scaled = base if key[1] == 1.0 else np.rint(base / max(0.01, key[1])).astype(np.int64)
            self._scaled[key] = np.where((base > MOST_LEG) | (scaled > MOST_LEG), NO_WAY, scaled)
        return self._scaled[key]

    def table(self, vehicle: Vehicle) -> list[list[int]]:
        """`seconds` as lists: what is read number by number."""
        key = vehicle.profile, vehicle.speed
        if key not in self._tables:
            self._tables[key] = self.seconds(vehicle).tolist()
        return self._tables[key]

    def metres(self, vehicle: Vehicle) -> Int64 | None:
        return self._of(vehicle).distances

    def _of(self, vehicle: Vehicle) -> Matrices:
        return self._matrices[vehicle.profile] if self._row_of is None else self._matrices[""]


def travel_of(problem: Problem, region: Region | None, policy: Policy | None = None) -> Travel:
    """From the problem's matrices, else on a region's roads (free flow, whatever the profile).

    OutsideRegionError names the path of a place that is on no road; TooLargeError for too many places.
    """
    _check_distances(problem)
    if problem.matrices is not None:
        return Travel(problem.matrices)
    if region is None:
        raise UnsupportedProblemError("the problem has no matrices; name the region its places are in", path="matrices")
    named: dict[Place, str] = {}
    for task in problem.tasks:
        named.setdefault(task.place, f"{task.path}.location")
    for vehicle in problem.vehicles:
        for what, place in (("start", vehicle.start), ("end", vehicle.end)):
            if place is not None:
                named.setdefault(place, f"{vehicle.path}.{what}")
    if len(named) ** 2 > MOST_PAIRS:
        most = int(MOST_PAIRS**0.5)
        raise TooLargeError(
            f"{len(named):,} places are more than the {most:,} that a region is asked about at once; give matrices",
            count=len(named),
            max_count=most,
        )
    places = [Location(*place.location) for place in named if place.location is not None]
    limit = (policy or Policy.default()).limits.max_snap_m
    if not places:
        return Travel({"": Matrices(np.zeros((0, 0), np.int64))}, {})
    positions, errors = positions_each(region.snapper, query_of(places), limit)
    if errors:
        at = min(errors)
        path = list(named.values())[at]
        raise errors[at].about(path, path=path)
    ms = travel_matrix(region.network, region.metric, positions, positions, threads=2, graph=region.search_graph)
    seconds = np.where(ms >= INF, NO_WAY, np.rint(ms / 1000).astype(np.int64))
    np.fill_diagonal(seconds, 0)
    return Travel({"": Matrices(seconds)}, {place: row for row, place in enumerate(named)})


def _check_distances(problem: Problem) -> None:
    for vehicle in problem.vehicles:
        known = problem.matrices is not None and problem.matrices[vehicle.profile].distances is not None
        for what, asked in (
            ("costs.per_km", vehicle.costs.per_km),
            ("max_distance", vehicle.most_distance is not None),
        ):
            if asked and not known:
                path = f"{vehicle.path}.{what}"
                raise UnsupportedProblemError(
                    f"{path} needs a matrix of distances for the profile {vehicle.profile!r}; give one or leave it out",
                    path=path,
                )
