"""Where we are thin: cells by the demand in them that is not reached within its promise."""

from __future__ import annotations

from dataclasses import dataclass

import h3.api.numpy_int as h3
import numpy as np

from engine.coverage.coverage import Coverage
from graphs.search import INF


@dataclass(frozen=True, slots=True)
class Gap:
    """One cell with uncovered demand."""

    cell: str
    lon: float  # of its place with the most uncovered demand
    lat: float
    road: str  # there
    demand: float
    uncovered: float
    arrival_minutes: float | None  # of the first unit, mean over the uncovered demand; None: nobody ever comes
    nearest_provider: str | None  # whose crew is first at that place


def gaps(coverage: Coverage, most: int = 20) -> list[Gap]:
    """The cells with the most uncovered demand, at most so many; of equal ones the lesser id first."""
    demand, cells = coverage.demand, coverage.cells
    uncovered = cells.demand - cells.covered
    order = np.lexsort((cells.cell, -uncovered))
    at = np.searchsorted(cells.cell, demand.places.cells_at(coverage.pieces.resolution))
    late = coverage.demand_ms[:, 0] > coverage.demand_within_ms
    return [
        _gap(coverage, row, np.flatnonzero((at == row) & late)) for row in order[:most].tolist() if uncovered[row] > 0
    ]


def _gap(coverage: Coverage, row: int, rows: np.ndarray) -> Gap:
    demand, cells = coverage.demand, coverage.cells
    weight, ms = demand.weight[rows], coverage.demand_ms[rows, 0]
    place = int(rows[np.argmax(weight)])
    where, reached = demand.places.positions, ms < INF
    first = int(coverage.at_demand.told[1][place, 0])
    stands = coverage.stands
    return Gap(
        cell=h3.int_to_str(int(cells.cell[row])),
        lon=float(where.lon[place]),
        lat=float(where.lat[place]),
        road=coverage.pieces.region.network.road(int(where.arc[place])),
        demand=float(cells.demand[row]),
        uncovered=float(cells.demand[row] - cells.covered[row]),
        arrival_minutes=float(ms[reached] @ weight[reached] / weight[reached].sum() / 60_000)
        if reached.any()
        else None,
        nearest_provider=None if first < 0 else stands.providers[int(stands.provider[first])].id,
    )
