"""Places where units may wait: bases, the heaviest cells of demand, or those that are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import h3.api.numpy_int as h3
import numpy as np

from engine.coverage.places import CLASSES
from engine.coverage.planner import Planner
from engine.decision import PromiseClass
from engine.errors import StandbyError
from engine.model import Provider
from graphs.position import Positions

#: Cells taken by default.
CELLS = 20


@dataclass(frozen=True, eq=False)
class WaitingPlaces:
    """``p`` places on roads, and what people call them."""

    names: tuple[str, ...]
    positions: Positions

    def __len__(self) -> int:
        return len(self.names)

    @staticmethod
    def of_points(
        planner: Planner, lon: Sequence[float], lat: Sequence[float], names: Sequence[str] = ()
    ) -> WaitingPlaces:
        """Points in degrees; StandbyError without any, the error of the first that is not near a road."""
        if not len(lon):
            raise StandbyError("there are no places to wait at; give some, or let bases and cells be taken")
        found = planner.region.snapper.snap(list(lon), list(lat), planner.policy.limits.max_snap_m)
        given = tuple(names) or tuple(f"place {row}" for row in range(len(lon)))
        return WaitingPlaces(given, found)

    @staticmethod
    def usual(planner: Planner, providers: Sequence[Provider], cells: int = CELLS) -> WaitingPlaces:
        """All bases, each spot once, and the roads in the middle of the cells with most demand."""
        if cells < 0:
            raise StandbyError(f"{cells} cells of demand cannot be taken; give 0 or more", field="cells", value=cells)
        spots: dict[tuple[float, float], str] = {}
        for provider in providers:
            if provider.base is not None:
                spots.setdefault((provider.base.lon, provider.base.lat), f"base of {provider.id}")
        names, parts = [], []
        if spots:
            lon, lat = zip(*spots, strict=True)
            based = WaitingPlaces.of_points(planner, lon, lat, tuple(spots.values()))
            names, parts = list(based.names), [based.positions]
        rows = _heaviest(planner, cells)
        if rows:
            names += [f"cell {h3.int_to_str(cell)}" for cell, _ in rows]
            parts.append(planner.demand.places.positions.take([row for _, row in rows]))
        if not parts:
            raise StandbyError("there are no places to wait at: no provider has a base; let cells of demand be taken")
        return WaitingPlaces(tuple(names), Positions.concatenate(parts))


def _heaviest(planner: Planner, count: int) -> list[tuple[int, int]]:
    """(cell, row of the place with demand nearest to its centre) of the heaviest cells; nobody waits on a highway."""
    demand, places = planner.demand, planner.demand.places
    usable = np.flatnonzero(places.kind != CLASSES.index(PromiseClass.HIGHWAY))
    cell = places.cells_at(planner.pieces.resolution)[usable]
    cells, at = np.unique(cell, return_inverse=True)
    weight = np.bincount(at, weights=demand.weight[usable], minlength=cells.size)
    found = []
    for number in np.argsort(-weight, kind="stable")[:count].tolist():
        rows = usable[at == number]
        lat, lon = h3.cell_to_latlng(cells[number])
        where = places.positions
        away = (where.lat[rows] - lat) ** 2 + (np.cos(np.radians(lat)) * (where.lon[rows] - lon)) ** 2
        found.append((int(cells[number]), int(rows[np.argmin(away)])))
    return found
