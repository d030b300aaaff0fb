"""A stand-by problem from a fleet's free units on the roads of a region, and what they cover on their way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.coverage.arrivals import MATRIX_CELLS
from engine.coverage.planner import Planner, minutes_of
from engine.coverage.stands import Stands
from engine.decision import PromiseClass
from engine.errors import StandbyError
from engine.model import Service, bits
from engine.standby.candidates import WaitingPlaces
from engine.standby.problem import Bool, Move, StandbyProblem
from graphs.network import Int32, Int64
from graphs.position import Positions
from graphs.region import Region
from graphs.routes.isochrone import along
from graphs.routes.route import Route, find_route
from graphs.search import INF, Metric
from graphs.travel import travel_matrix

#: A unit on its way is looked at so often, and at least once.
LOOK_MINUTES = 5.0


@dataclass
class StandbyRoads:
    """All free units of a fleet, of which some may move, for services with shares of the calls, under one metric."""

    planner: Planner
    stands: Stands
    services: Mapping[Service, float]
    places: WaitingPlaces
    metric: Metric
    promise_minutes: Mapping[PromiseClass, float] | None = None
    movers: Int64 = field(default_factory=lambda: np.empty(0, np.int64))  # [g] stands of the last problem's rows
    _routes: dict[Move, Route] = field(default_factory=dict)

    def __post_init__(self) -> None:
        demand = self.planner.demand
        copies, shares = len(self.services), np.array(list(self.services.values()), np.float64)
        if not copies or not (shares >= 0).all() or not shares.sum() > 0:
            raise StandbyError("no service is asked for; name some, with shares of the calls from 0", field="services")
        self.service = np.repeat(np.arange(copies), len(demand.places))
        self.weight = np.concatenate([demand.weight * share for share in shares / shares.sum()])
        minutes = minutes_of(self.planner.policy.promise, self.promise_minutes)
        within = np.rint(np.array(minutes) * 60_000).astype(np.int64)[demand.places.kind]
        self.within_ms = np.tile(within, copies)
        self.allowed = np.tile(demand.places.allowed(self.stands.territories), (copies, 1))
        needs = np.array([bits([service], ()) for service in self.services])
        self.able = (self.stands.able[:, None] & needs) == needs

    def travel(self, origins: Positions) -> Int32:
        """[k, d] ms from each of k positions to every row of demand."""
        region, places = self.planner.region, self.planner.demand.places
        times = travel_matrix(region.network, self.metric, origins, places.positions, graph=region.search_graph)
        return np.tile(times, (1, len(self.services)))

    def problem(self, crews: Int64, *, most_drive_ms: int, busy: float) -> StandbyProblem:
        """``crews`` [s] of the stands' crews may move, each on a drive of at most so long."""
        stands, region = self.stands, self.planner.region
        if not len(stands) or not stands.crews.sum():
            raise StandbyError("no unit is free; wait until one is, or look at another time", field="units")
        if not self.able.any():
            names = ", ".join(service.value for service in self.services)
            raise StandbyError(f"no free unit does {names}; ask for another service", field="services")
        movers = np.flatnonzero((crews > 0) & self.able.any(axis=1))
        near, here = self._near(movers)
        drive = travel_matrix(
            region.network, self.metric, stands.positions.take(movers), self.places.positions, graph=region.search_graph
        ).astype(np.int64)
        self.movers = movers
        return StandbyProblem(
            weight=self.weight,
            near=near,
            within_ms=self.within_ms,
            travel_ms=self.travel(self.places.positions),
            allowed=self.allowed,
            service=self.service,
            here=here,
            crews=crews[movers],
            ready_ms=stands.mobilisation_ms[movers],
            territory=stands.territory[movers].astype(np.int64),
            able=self.able[movers],
            drive_ms=np.where((drive > most_drive_ms) | (drive <= 0), INF, drive),
            busy=busy,
        )

    def _near(self, movers: Int64) -> tuple[Int64, Bool]:
        """([d] free units within promise of each row, [g, d] what movers cover)."""
        stands, rows = self.stands, self.weight.size
        near, here = np.zeros(rows, np.int64), np.zeros((movers.size, rows), np.bool_)
        number = {stand: at for at, stand in enumerate(movers.tolist())}
        step = max(1, MATRIX_CELLS // rows)
        for begin in range(0, len(stands), step):
            some = np.arange(begin, min(begin + step, len(stands)))
            travel = self.travel(stands.positions.take(some))
            ms = np.where(travel >= INF, INF, travel + stands.mobilisation_ms[some][:, None])
            words, bit = stands.territory[some] >> 6, np.uint64(1) << (stands.territory[some] & 63).astype(np.uint64)
            inside = (ms <= self.within_ms) & ((self.allowed[:, words].T & bit[:, None]) != 0)
            inside &= self.able[some][:, self.service]
            near += stands.crews[some] @ inside.astype(np.int64)
            for at, stand in enumerate(some.tolist()):
                if stand in number:
                    here[number[stand]] = inside[at]
        return near, here

    def route(self, move: Move) -> Route:
        """The way of a move."""
        if move not in self._routes:
            stand = self.stands.positions.take([int(self.movers[move[0]])])
            self._routes[move] = find_route(
                self.planner.region, self.metric, stand, self.places.positions.take([move[1]])
            )
        return self._routes[move]

    def on_the_way(self, problem: StandbyProblem, move: Move) -> Bool:
        """[k, d] what a mover covers every few minutes of its way; mobilisation counts as where it stood."""
        at = positions_along(self.planner.region, self.route(move), LOOK_MINUTES)
        return problem.covered(move[0], self.travel(at))


def positions_along(region: Region, route: Route, minutes: float) -> Positions:
    """Where a unit is at equal times on a route, ends left out: at least once, and so often."""
    times = route.durations_ms.astype(np.float64)
    count = max(2, int(np.ceil(route.duration_ms / (60_000 * minutes))))
    ends = np.cumsum(times)
    wanted = ends[-1] * np.arange(1, count) / count
    step = np.minimum(np.searchsorted(ends, wanted), times.size - 1)
    part = np.clip(
        1 - np.divide(ends[step] - wanted, times[step], out=np.zeros(wanted.size), where=times[step] > 0), 0, 1
    )
    fraction = route.begin[step] + part * (route.end[step] - route.begin[step])
    arcs = route.arcs[step].astype(np.int32)
    return Positions(arcs, fraction, *along(region, arcs, fraction), np.zeros(arcs.size))
