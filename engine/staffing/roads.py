"""A staffing problem from providers' bases on the roads of a region, hour by hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.coverage.apply import changed_stands
from engine.coverage.planner import Planner, minutes_of
from engine.coverage.stands import Stands
from engine.errors import StaffingError
from engine.model import Location, Service, bits
from engine.scenario.check import CheckedScenario
from engine.scenario.hours import DAY_HOURS
from engine.scenario.moments import DEFAULT_DAY, Moment
from engine.scenario.scenario import Scenario
from engine.scenario.sweep import refuse_sweep
from engine.siting.merging import merged
from engine.staffing.calls import hourly_calls, shares_of
from engine.staffing.problem import Cover, StaffingProblem
from engine.staffing.rules import AllowedShift, ShiftRules
from graphs.metrics.hours import DAYS, SLOTS
from graphs.network import Float64, Int64
from graphs.position import Positions
from graphs.search import INF, Metric
from graphs.travel import travel_matrix

#: Planned together.
MOST_BASES = 300


@dataclass(frozen=True, eq=False)
class Bases:
    """``b`` providers that serve, each with all its crews at one place."""

    stands: Stands  # of the whole fleet, with the scenario's changes
    provider: Int64  # [b] index into its providers
    positions: Positions  # [b]
    mobilisation_ms: Int64  # [b] of its slowest crew
    territory: Int64  # [b]
    able: np.ndarray  # [b, services] bool: whether all its crews do it
    moved: tuple[int, ...]  # rows whose crews are not all at this place now

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.stands.providers[number].id for number in self.provider.tolist())


@dataclass(frozen=True)
class Column:
    """One shift that is allowed."""

    start: int
    hours: int
    days: tuple[str, ...] | None  # None: every day
    cost_factor: float


@dataclass(frozen=True, eq=False)
class StaffingWorld:
    """Everything that a plan is told from."""

    planner: Planner
    given: Stands  # of the whole fleet, without the scenario's changes
    rules: ShiftRules
    known: CheckedScenario
    services: dict[Service, float]
    moments: tuple[Moment, ...]
    bases: Bases
    columns: tuple[Column, ...]
    problem: StaffingProblem
    metrics: tuple[str, ...]  # versions, of each hour's roads


def staffing_world(
    planner: Planner, stands: Stands, rules: ShiftRules, services: Mapping[Service, float], scenario: Scenario | None
) -> StaffingWorld:
    """The problem that rules ask on the roads, weather, promises, demand and fleet of a scenario. StaffingError."""
    scenario = scenario or Scenario()
    shares = shares_of(services)
    bases = planned_bases(planner, stands, rules, shares, scenario)
    known = planner.checked(scenario, stands)
    day = DAYS.index(scenario.when.weekday or DEFAULT_DAY)
    first, count = (0, SLOTS) if rules.week else (DAY_HOURS * day, DAY_HOURS)
    moments = tuple(Moment(first + hour) for hour in range(count))
    covers, cover_of, metrics = _covers(planner, known, moments, bases, shares)
    columns = tuple(_columns(rules))
    usual = planner.demand.total if known.layer is None else known.layer.total
    more = planner.demand_of(known).total / usual  # as `expected_moments` has it: more demand calls more often
    calls = hourly_calls(
        rules.calls_per_day, shares, factor=rules.calls_factor * more, days=rules.days if rules.week else None
    )
    special = {base.provider: base for base in rules.bases}
    most = [_or(special[name].most, rules.most_crews) if name in special else rules.most_crews for name in bases.ids]
    hourly = [
        _or(special[name].cost, rules.crew_hour_cost) if name in special else rules.crew_hour_cost for name in bases.ids
    ]
    on = np.array([_on(column, rules.week) for column in columns])
    factor = np.array([column.cost_factor for column in columns]) * on.sum(axis=1)
    problem = StaffingProblem(
        calls=calls,
        minutes=rules.minutes_per_call or planner.policy.bookings.call_minutes,
        covers=covers,
        cover_of=cover_of,
        on=on,
        most=np.array(most, np.int64),
        cost=np.array(hourly, np.float64)[:, None] * factor[None, :],
    )
    return StaffingWorld(planner, stands, rules, known, shares, moments, bases, columns, problem, metrics)


def planned_bases(
    planner: Planner, stands: Stands, rules: ShiftRules, services: Iterable[Service], scenario: Scenario
) -> Bases:
    """Those whose crews are planned; StaffingError, ScenarioError for a sweep. Nothing is searched for."""
    refuse_sweep(scenario)
    if scenario.shifts:
        raise StaffingError("the scenario has shifts already; take them out, they are what is planned", field="shift")
    day = 0 if rules.week else DAYS.index(scenario.when.weekday or DEFAULT_DAY)
    changed = changed_stands(stands, scenario, DAY_HOURS * day, planner.snapped)
    return bases_of(planner, changed, tuple(services), rules)


def bases_of(planner: Planner, stands: Stands, services: tuple[Service, ...], rules: ShiftRules) -> Bases:
    """The providers all of whose crews do one of the services, at their bases, else where their first crews stand."""
    special = {base.provider for base in rules.bases}
    there = {provider.id for provider in stands.providers}
    for index, base in enumerate(rules.bases):
        if base.provider not in there:
            raise StaffingError(
                f"base {base.provider!r} is no provider of the fleet; check the id",
                field=f"base[{index}].provider",
                provider=base.provider,
            )
    needs = np.array([bits([service], ()) for service in services])
    rows_of: dict[int, list[int]] = {}
    for row, number in enumerate(stands.provider.tolist()):
        if stands.crews[row]:
            rows_of.setdefault(number, []).append(row)
    chosen, able, places, moved = [], [], [], []
    for number, rows in sorted(rows_of.items()):
        provider = stands.providers[number]
        does = ((stands.able[rows][:, None] & needs) == needs).all(axis=0)
        if not does.any() or (rules.only_bases and provider.id not in special):
            continue
        first = stands.positions.take([rows[0]])
        base = provider.base or Location(float(first.lon[0]), float(first.lat[0]))
        at = planner.snapped([base.lon], [base.lat])
        apart = (stands.positions.arc[rows] != at.arc[0]) | (stands.positions.fraction[rows] != at.fraction[0])
        if apart.any():
            moved.append(len(chosen))
        chosen.append(number)
        able.append(does)
        places.append(at)
    if not chosen:
        names = ", ".join(service.value for service in services)
        raise StaffingError(f"no provider has crews that do {names}; give a fleet that does", field="services")
    if len(chosen) > MOST_BASES:
        raise StaffingError(
            f"{len(chosen):,} bases are too many to plan together ({MOST_BASES} at most); name those that count as "
            "bases and let nobody else be planned (only_bases)",
            field="base",
            bases=len(chosen),
        )
    return Bases(
        stands=stands,
        provider=np.array(chosen, np.int64),
        positions=Positions.concatenate(places),
        mobilisation_ms=np.array([stands.mobilisation_ms[rows_of[number]].max() for number in chosen], np.int64),
        territory=np.array([stands.territory[rows_of[number][0]] for number in chosen], np.int64),
        able=np.array(able),
        moved=tuple(moved),
    )


def _covers(
    planner: Planner,
    known: CheckedScenario,
    moments: tuple[Moment, ...],
    bases: Bases,
    shares: Mapping[Service, float],
) -> tuple[tuple[Cover, ...], Int64, tuple[str, ...]]:
    """What bases cover by metric, each hour's number among these, and its metric's version.

    Hours with equal roads share one.
    """
    demand = planner.demand_of(known)
    within = np.rint(np.array(minutes_of(known.promise)) * 60_000).astype(np.int64)[demand.places.kind]
    bits_of = demand.places.allowed(bases.stands.territories)
    words, bit = bases.territory >> 6, np.uint64(1) << (bases.territory & 63).astype(np.uint64)
    allowed = (bits_of[:, words] & bit) != 0  # [d, b]
    weight = demand.weight / demand.total
    found: dict[str, int] = {}
    covers, of_hour, names = [], [], []
    for moment in moments:
        metric, name = planner.metric(known, moment)
        roads = name.rpartition("+")[2]
        if roads not in found:
            found[roads] = len(covers)
            inside = _inside(planner, metric, bases, demand.places.positions, within) & allowed
            rows = np.concatenate([inside & bases.able[:, at] for at in range(len(shares))])
            weights: Float64 = np.concatenate([weight * share for share in shares.values()])
            some = rows.any(axis=1)
            covers.append(Cover(*merged(rows[some], weights[some])))
        of_hour.append(found[roads])
        names.append(name)
    return tuple(covers), np.array(of_hour, np.int64), tuple(names)


def _inside(planner: Planner, metric: Metric, bases: Bases, places: Positions, within: Int64) -> np.ndarray:
    region = planner.region
    travel = travel_matrix(region.network, metric, bases.positions, places, graph=region.search_graph)
    ms = np.where(travel >= INF, INF, travel + bases.mobilisation_ms[:, None])
    return (ms <= within).T


def _columns(rules: ShiftRules) -> list[Column]:
    """Each start and length once, in a week on each of its days or on its days together; the cheaper of equal ones."""
    found: dict[tuple, Column] = {}
    for shift in rules.shifts:
        for days in _day_sets(shift, rules.week):
            for start in shift.starts:
                for hours in shift.hours:
                    key = start, hours, days
                    if key not in found or found[key].cost_factor > shift.cost_factor:
                        found[key] = Column(start, hours, days, shift.cost_factor)
    return list(found.values())


def _day_sets(shift: AllowedShift, week: bool) -> list[tuple[str, ...] | None]:
    if not week:
        return [None]
    return [(day,) for day in DAYS] if shift.days is None else [tuple(day for day in DAYS if day in shift.days)]


def _on(column: Column, week: bool) -> np.ndarray:
    """[24] or [168] whether it is on duty; what goes beyond the end begins again, as days do."""
    hours = SLOTS if week else DAY_HOURS
    on = np.zeros(hours, bool)
    for day in column.days or (DAYS if week else DAYS[:1]):
        begin = DAY_HOURS * DAYS.index(day) + column.start
        on[np.arange(begin, begin + column.hours) % hours] = True
    return on


def _or(value: float | None, usual: float) -> float:
    return usual if value is None else value
