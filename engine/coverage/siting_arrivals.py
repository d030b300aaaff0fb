"""How long it takes from candidates to the places with demand, and how many units are there in time already."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.coverage.allowed import may_serve
from engine.coverage.arrivals import MATRIX_CELLS
from engine.coverage.coverage import Coverage
from engine.coverage.siting_candidates import Candidates
from engine.fleet.territory import EVERYWHERE
from graphs.network import Float64, Int32, Int64
from graphs.position import Positions
from graphs.search import INF
from graphs.travel import travel_matrix

THREADS = 2


@dataclass(frozen=True, eq=False)
class Sites:
    """Candidates on the roads, as a scenario that adds them would put them there."""

    positions: Positions  # [m]
    wait_ms: Int64  # [m] from the call until a crew drives

    @staticmethod
    def of(candidates: Candidates, coverage: Coverage, limit_m: float) -> Sites:
        """Raises what snapping raises for the first that is far from roads."""
        region, minutes = coverage.reach.region, candidates.mobilisation_minutes.tolist()
        at = region.snapper.snap(candidates.lon.tolist(), candidates.lat.tolist(), limit_m)
        wait = [coverage.stands.told_ms + round(60_000 * each) for each in minutes]
        return Sites(at, np.array(wait, np.int64))

    def take(self, rows: Int64) -> Sites:
        return Sites(self.positions.take(rows), self.wait_ms[rows])


def site_arrivals(coverage: Coverage, sites: Sites, rows: Int64) -> Int32:
    """[n, m] ms from the call until each site's crew is at some places of the demand.

    INF where there is no way, or where others hold an exclusive concession. Exact; O((n + m) labels + n x m scans).
    """
    reach, places = coverage.reach, coverage.demand.places
    if not sites.wait_ms.size:
        return np.empty((rows.size, 0), np.int32)
    travel = travel_matrix(
        reach.region.network,
        reach.metric,
        sites.positions,
        places.positions.take(rows),
        threads=THREADS,
        graph=reach.region.search_graph,
    )
    arrival = np.where(travel >= INF, INF, np.minimum(travel + sites.wait_ms[:, None], INF)).astype(np.int32)
    bits = places.allowed(coverage.stands.territories)[rows]
    arrival[:, ~may_serve(bits, np.array([EVERYWHERE], np.int32))[0]] = INF
    return np.ascontiguousarray(arrival.T)


def units_within(coverage: Coverage, rows: Int64) -> Int64:
    """[n] units whose arrival keeps the promise of some places of the demand. O(n x stands)."""
    stands, reach, places = coverage.stands, coverage.reach, coverage.demand.places
    found = np.zeros(rows.size, np.int64)
    if not len(stands):
        return found
    bits, within = places.allowed(stands.territories), coverage.demand_within_ms
    step = max(1, MATRIX_CELLS // len(stands))
    for begin in range(0, rows.size, step):
        some = rows[begin : begin + step]
        travel = travel_matrix(
            reach.region.network,
            reach.metric,
            stands.positions,
            places.positions.take(some),
            threads=THREADS,
            graph=reach.region.search_graph,
        )
        there = (travel < INF) & (travel + stands.mobilisation_ms[:, None] <= within[some])
        there &= may_serve(bits[some], stands.territory)
        found[begin : begin + step] = stands.crews @ there
    return found


def as_columns(first_ms: Float64, units: Int64) -> tuple[Float64, Int64]:
    """([n, k] arrivals, [k] crews) of existing sites of which each row has exactly so many units within its promise.

    One column for each binary digit of the number, that is there when the first unit is; the first column without crews
    is that unit's. O(n log units).
    """
    digits = range(int(units.max(initial=0)).bit_length())
    columns = [first_ms, *(np.where(units >> digit & 1, first_ms, np.inf) for digit in digits)]
    return np.column_stack(columns), np.array([0, *(1 << digit for digit in digits)], np.int64)
