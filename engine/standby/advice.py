"""Which free units should wait elsewhere: moves, what each gains, and how much more any moves could."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from engine.coverage.digest import digest_of
from engine.coverage.planner import Planner, minutes_of
from engine.decision import PromiseClass
from engine.errors import StandbyError
from engine.model import Fleet, Service
from engine.scenario.scenario import Scenario
from engine.siting.limits import Deadline
from engine.standby.asked import StandbyAsked
from engine.standby.candidates import CELLS, WaitingPlaces
from engine.standby.exact import MOST_COLUMNS, MoveProgram
from engine.standby.free import free_units, willing
from engine.standby.local import improve, net
from engine.standby.meanwhile import Meanwhile
from engine.standby.moment import said_hour
from engine.standby.problem import Move, StandbyProblem
from engine.standby.roads import StandbyRoads
from graphs.network import Float64, Int64
from graphs.search import Metric

#: At most so many moves at once: orders of more are not looked through.
MOST_MOVES = 10
PROVEN = 1e-6


@dataclass(frozen=True, slots=True)
class StandbyLimits:
    """What is asked of units. Raises StandbyError for what cannot be."""

    moves: int = 3
    drive_minutes: float = 20.0  # each, at most
    least_gain: float = 0.001  # of all demand, each at least
    seconds: float = 10.0

    def __post_init__(self) -> None:
        for name, least, most in (("moves", 1, MOST_MOVES), ("drive_minutes", 0.1, 1440), ("least_gain", 0, 1)):
            value = getattr(self, name)
            if not least <= value <= most or (name == "moves" and value != int(value)):
                raise StandbyError(f"{name} is {value}; give {least:g} to {most:g}", field=name, value=value)


@dataclass(frozen=True, slots=True)
class Covered:
    """Expected demand covered, busy units counted, and the demand with so many free units within promise."""

    expected: float
    once: float
    twice: float

    @staticmethod
    def of(problem: StandbyProblem, near: Int64) -> Covered:
        once, twice = (float(problem.weight[near >= count].sum()) for count in (1, 2))
        return Covered(problem.expected(near), once, twice)


@dataclass(frozen=True, eq=False)
class StandbyCells:
    """What is within promise of free units, by H3 cell: demand of all services, and the mean of units over it."""

    cell: Int64  # [c] rising
    demand: Float64  # [c]
    now: Float64  # [c] free units within promise
    then: Float64  # [c] the same when all moves are made

    @staticmethod
    def of(roads: StandbyRoads, now: Int64, then: Int64) -> StandbyCells:
        """Of free units near each row of demand, before and after; cells without demand are left out."""
        planner = roads.planner
        at = np.tile(planner.demand.places.cells_at(planner.pieces.resolution), len(roads.services))
        some = roads.weight > 0
        cell, row = np.unique(at[some], return_inverse=True)
        weight = roads.weight[some]
        demand = np.bincount(row, weight, cell.size).astype(np.float64)

        def mean(near: Int64) -> Float64:
            return np.bincount(row, weight * near[some], cell.size).astype(np.float64) / demand

        return StandbyCells(cell.astype(np.int64), demand, mean(now), mean(then))


@dataclass(frozen=True, slots=True)
class StandbyMove:
    """One unit that should wait elsewhere; moves are made in their order, each when the one before has arrived."""

    unit: str
    provider: str
    from_lon: float
    from_lat: float
    from_road: str
    to_place: str
    to_lon: float
    to_lat: float
    to_road: str
    drive_minutes: float
    drive_km: float
    gain: float  # expected demand covered more than before this move, those above made
    lost_without: float  # expected demand covered less if this one alone is not made
    least_meanwhile: float  # expected demand covered at the worst moment of the drive


@dataclass(frozen=True)
class StandbyAdvice:
    """Demand is in the unit of the planner's layer."""

    moves: tuple[StandbyMove, ...]
    demand: float
    demand_unit: str
    free_units: int  # that do a service that is asked for
    places: int
    busy: float
    limits: StandbyLimits
    before: Covered
    after: Covered
    bound: float | None  # expected demand less the least gain a move, that no moves exceed; None: not reckoned
    gap: float | None  # of the bound over what these moves reach
    method: str  # "exact" where a program proved or improved it, else "greedy"
    seconds: float
    cells: StandbyCells | None = None  # None: not known here
    asked: StandbyAsked | None = None

    @property
    def proven(self) -> bool:
        """Whether no set of moves is better, even one that may leave less covered meanwhile."""
        return self.gap is not None and self.gap <= PROVEN

    @property
    def digest(self) -> str:
        """Sixteen hex digits of the advice as it is told: the same on pages and in documents."""
        return digest_of(json.dumps(self._content(), sort_keys=True))

    def to_json(self) -> dict[str, Any]:
        """As a document."""
        return self._content() | {"result": self.digest}

    def _content(self) -> dict[str, Any]:
        names = StandbyMove.__slots__
        moves = [{name: _rounded(getattr(move, name)) for name in names} for move in self.moves]
        figures = {
            stage: {
                **{name: round(getattr(found, name), 3) for name in Covered.__slots__},
                "expected_share": round(found.expected / self.demand, 6),
            }
            for stage, found in (("before", self.before), ("after", self.after))
        }
        return {
            **({} if self.asked is None else {"asked": self.asked.to_json()}),
            "moves": moves,
            "demand": round(self.demand, 3),
            "demand_unit": self.demand_unit,
            "free_units": self.free_units,
            "places": self.places,
            "busy": self.busy,
            "limits": {name: getattr(self.limits, name) for name in ("moves", "drive_minutes", "least_gain")},
            **figures,
            "bound": None if self.bound is None else round(self.bound, 3),
            "gap": None if self.gap is None else round(self.gap, 9),
            "proven": self.proven,
            "method": self.method,
        }


def _rounded(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


def advise(
    planner: Planner,
    fleet: Fleet,
    at: datetime,
    services: Mapping[Service, float],
    *,
    metric: Metric | None = None,
    places: WaitingPlaces | None = None,
    cells: int = CELLS,
    units: Collection[str] = (),
    busy: float | None = None,
    limits: StandbyLimits | None = None,
    told_minutes: float = 0.0,
    promise_minutes: Mapping[PromiseClass, float] | None = None,
    scenario: Scenario | None = None,
) -> StandbyAdvice:
    """Where the units that are free at a time should wait.

    ``services``: their shares of the calls. ``metric``: free flow unless given. ``places``: bases and the heaviest
    ``cells`` unless given. ``units``: those that are willing to move, all free ones if none is named. ``busy``: the
    policy's busy fraction unless given. ``scenario``: whose hour, weather and title are told; its roads and promises
    are those of ``metric`` and ``promise_minutes`` (`roads_at`). Raises StandbyError, and what stands and places raise.
    """
    stands = planner.stands(fleet, crews="free", at=at, told_minutes=told_minutes)
    names = free_units(fleet, at)
    if units:
        names = willing(names, frozenset(units), fleet)
    waiting = places or WaitingPlaces.usual(planner, stands.providers, cells)
    roads = StandbyRoads(planner, stands, services, waiting, metric or planner.region.metric, promise_minutes)
    found = advise_at(roads, names, planner.policy.coverage.busy_fraction if busy is None else busy, limits)
    minutes = np.unique(np.array(minutes_of(planner.policy.promise, promise_minutes))[planner.demand.places.kind])
    here = at.astimezone(planner.region.timezone)
    given = scenario or Scenario()
    asked = StandbyAsked(
        tuple(services), here, told_minutes, tuple(minutes.tolist()),
        hour=said_hour(scenario, planner.region.timezone), weather=given.when.weather or "", scenario=given.title,
    )  # fmt: skip
    return replace(found, asked=asked)


def advise_at(
    roads: StandbyRoads, names: list[list[str]], busy: float, limits: StandbyLimits | None = None
) -> StandbyAdvice:
    """The same for stands whose crews that may move have the ``names`` [s][crews]."""
    limits = limits or StandbyLimits()
    crews = np.array([len(each) for each in names], np.int64)
    problem = roads.problem(crews, most_drive_ms=round(60_000 * limits.drive_minutes), busy=busy)
    problem.gains(problem.near, problem.crews)  # kernels are compiled before the clock runs
    deadline = Deadline.start(limits.seconds)
    before = Covered.of(problem, problem.near)
    meanwhile = Meanwhile(problem, lambda move: roads.on_the_way(problem, move), before.expected)
    moves, bound, method = chosen(problem, limits, meanwhile, deadline)
    value = net(problem, moves, limits.least_gain * problem.total)
    ordered, low = meanwhile.order(moves) or ([], [])
    stands, then = roads.stands, problem.moved(ordered)
    return StandbyAdvice(
        moves=_told(roads, problem, ordered, low, names),
        demand=problem.total,
        demand_unit=roads.planner.demand.layer.unit,
        free_units=int(stands.crews[roads.able.any(axis=1)].sum()),
        places=len(roads.places),
        busy=busy,
        limits=limits,
        before=before,
        after=Covered.of(problem, then),
        bound=bound,
        gap=None if bound is None else max(0.0, bound - value) / max(value, 1e-300),
        method=method,
        seconds=deadline.spent,
        cells=StandbyCells.of(roads, problem.near, then),
    )


def chosen(
    problem: StandbyProblem, limits: StandbyLimits, meanwhile: Meanwhile, deadline: Deadline
) -> tuple[list[Move], float | None, str]:
    """(moves, bound, method): by marginal gains and exchanges, then by a program where that is not too large.

    The program does not know what is covered meanwhile: its moves count where an order of them keeps to that, and its
    bound holds in any case.
    """
    least = limits.least_gain * problem.total
    half = Deadline.start(max(deadline.left / 2, 0.01))
    moves = improve(problem, [], limits.moves, least, meanwhile, half)
    if not problem.possible.any():
        return moves, problem.expected(problem.near), "exact"
    if int(problem.possible.sum()) * problem.weight.size > MOST_COLUMNS or deadline.over:
        return moves, None, "greedy"
    program = MoveProgram(problem, limits.moves, least)
    if program.too_large:
        return moves, None, "greedy"
    best, bound = program.solve(moves, deadline)
    if best is not moves and meanwhile.order(best) is not None:
        moves = best
    elif best is not moves:
        moves = improve(problem, moves, limits.moves, least, meanwhile, deadline)
    return moves, bound, "exact"


def _told(
    roads: StandbyRoads, problem: StandbyProblem, moves: list[Move], low: list[float], names: list[list[str]]
) -> tuple[StandbyMove, ...]:
    network, stands, places = roads.planner.region.network, roads.stands, roads.places
    all_made = problem.expected(problem.moved(moves))
    used: dict[int, int] = {}
    found, covered = [], problem.expected(problem.near)
    for index, (row, place) in enumerate(moves):
        stand = int(roads.movers[row])
        now = problem.expected(problem.moved(moves[: index + 1]))
        number = used[stand] = used.get(stand, -1) + 1
        here, there, route = stands.positions, places.positions, roads.route((row, place))
        found.append(
            StandbyMove(
                unit=names[stand][number],
                provider=stands.providers[int(stands.provider[stand])].id,
                from_lon=float(here.lon[stand]),
                from_lat=float(here.lat[stand]),
                from_road=network.road(int(here.arc[stand])),
                to_place=places.names[place],
                to_lon=float(there.lon[place]),
                to_lat=float(there.lat[place]),
                to_road=network.road(int(there.arc[place])),
                drive_minutes=float(problem.drive_ms[row, place]) / 60_000,
                drive_km=route.length_m / 1000,
                gain=now - covered,
                lost_without=all_made - problem.expected(problem.moved(moves[:index] + moves[index + 1 :])),
                least_meanwhile=low[index],
            )
        )
        covered = now
    return tuple(found)
