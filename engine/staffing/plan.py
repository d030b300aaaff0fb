"""The answer: crews by provider and shift, what each hour gets, and a scenario that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.coverage.origin import versions_of
from engine.coverage.planner import Planner
from engine.coverage.stands import Stands
from engine.model import Service
from engine.scenario.hours import DAY_HOURS
from engine.scenario.model import MoveProvider, ProviderChange, Shift
from engine.scenario.moments import DEFAULT_DAY
from engine.scenario.scenario import Scenario
from engine.staffing.calls import all_busy
from engine.staffing.roads import StaffingWorld, staffing_world
from engine.staffing.rules import ShiftRules
from engine.staffing.solve import PROVEN, Solved, least_cost, most_share
from engine.staffing.told import PlannedHour, PlannedShift, ToldShifts

PATIENCE = 60.0
#: Relative gap at which a plan is good enough.
GAP = 0.005


@dataclass(frozen=True, eq=False)
class ShiftPlan:
    """Of a day that repeats, or of a week."""

    shifts: tuple[PlannedShift, ...]
    hours: tuple[PlannedHour, ...]
    target: float | None
    cost: float
    crew_hours: int
    share: float  # of all calls expected within promise
    worst: float  # hour with calls
    bound: float  # no plan costs less; or no plan has a greater share
    gap: float
    seconds: float
    solved: Solved
    world: StaffingWorld

    @property
    def proven(self) -> bool:
        return self.gap <= PROVEN

    @property
    def crews(self) -> dict[str, int]:
        """Crews that are needed, by provider: those of all its shifts that begin on one day, on the fullest day."""
        return self.told().crews

    def told(self) -> ToldShifts:
        """Without what it was reckoned from."""
        world = self.world
        promise, asked = world.known.promise, world.planner.demand_of(world.known)
        minutes = np.array([promise.urban_minutes, promise.highway_minutes, promise.other_minutes])  # as `CLASSES`
        return ToldShifts(
            target=self.target,
            services=world.services,
            minutes_per_call=world.problem.minutes,
            bases=len(world.bases.ids),
            demand_unit=world.planner.demand.layer.unit,
            shifts=self.shifts,
            hours=self.hours,
            cost=self.cost,
            crew_hours=self.crew_hours,
            share=self.share,
            worst=self.worst,
            bound=self.bound,
            gap=self.gap,
            told_minutes=world.given.told_ms / 60_000,
            promise_minutes=tuple(np.unique(minutes[asked.places.kind[asked.weight > 0]]).tolist()),
            versions=versions_of(world.planner, world.known, world.metrics, world.bases.stands.digest),
        )

    def scenario(self, title: str = "") -> Scenario:
        """The scenario that it was planned for, with its shifts: `Planner.evaluate` finds `PlannedHour.within`.

        Providers that serve and are not needed have no crew on duty; those whose crews stand elsewhere are moved to
        their base.
        """
        world, base = self.world, self.world.known.scenario
        needed = {shift.provider for shift in self.shifts}
        shifts = [
            Shift(shift.provider, shift.crews, shift.from_hour, shift.to_hour, shift.days) for shift in self.shifts
        ]
        shifts += [Shift(name, 0, 0, 24) for name in _serving(world) if name not in needed]
        when = replace(
            base.when,
            at=None,
            weekday=base.when.weekday or DEFAULT_DAY,
            hour=None,
            hours=tuple(range(DAY_HOURS)),
            services=tuple(world.services),
        )
        return Scenario(
            title=title or base.title,
            when=when,
            promise=base.promise,
            providers=(*base.providers, *_moves(world)),
            shifts=shifts,
            closures=base.closures,
            speeds=base.speeds,
            demand=base.demand,
            folder=base.folder,
        )

    def to_json(self) -> dict[str, Any]:
        """As a document, without the seconds it took: the same for the same question, but for a deadline."""
        return self.told().to_json()


def plan_shifts(
    planner: Planner,
    stands: Stands,
    rules: ShiftRules,
    services: Mapping[Service, float],
    scenario: Scenario | None = None,
    *,
    seconds: float = PATIENCE,
    gap: float = GAP,
) -> ShiftPlan:
    """How many crews, where and when: least cost for a target, or the best share with so many crew-hours.

    ``stands``: all crews of the fleet; where they are and how many does not count, but for providers without a base.
    ``services``: shares of the calls. Raises StaffingError, StaffingImpossibleError, ScenarioError.
    """
    world = staffing_world(planner, stands, rules, services, scenario)
    problem = world.problem
    if rules.target is not None:
        solved = least_cost(problem, rules.target, seconds=seconds, gap=gap)
    else:
        assert rules.crew_hours is not None
        solved = most_share(problem, rules.crew_hours, seconds=seconds, gap=gap)
    shares, total = problem.shares(solved.plan), float(problem.calls.sum())
    return ShiftPlan(
        shifts=tuple(_shifts(world, solved)),
        hours=tuple(_hours(world, solved, shares)),
        target=rules.target,
        cost=problem.costs(solved.plan),
        crew_hours=problem.crew_hours(solved.plan),
        share=problem.mean_share(shares),
        worst=float(shares[problem.asked].min()) if problem.asked.size else 1.0,
        bound=solved.bound if rules.target is not None else (solved.bound / total if total else 1.0),
        gap=solved.gap,
        seconds=solved.seconds,
        solved=solved,
        world=world,
    )


def _shifts(world: StaffingWorld, solved: Solved) -> list[PlannedShift]:
    found = []
    for base, column in zip(*np.nonzero(solved.plan), strict=True):
        each, crews = world.columns[column], int(solved.plan[base, column])
        end = (each.start + each.hours) % DAY_HOURS or DAY_HOURS
        cost = crews * float(world.problem.cost[base, column])
        found.append(PlannedShift(world.bases.ids[base], crews, each.start, end, each.days, cost))
    return found


def _hours(world: StaffingWorld, solved: Solved, shares: np.ndarray) -> list[PlannedHour]:
    problem, duty = world.problem, world.problem.on_duty(solved.plan)
    found = []
    for hour, moment in enumerate(world.moments):
        crews = int(duty[hour].sum())
        found.append(
            PlannedHour(
                name=str(moment),
                calls=float(problem.calls[hour]),
                crews=crews,
                busy=problem.busy(hour, crews) if problem.calls[hour] else 0.0,
                all_busy=all_busy(float(problem.loads[hour]), crews),
                share=float(shares[hour]),
                within=problem.cover(hour).share(duty[hour], np.append(1.0, np.zeros(max(1, crews)))),
            )
        )
    return found


def _serving(world: StaffingWorld) -> Sequence[str]:
    """Providers with crews that do a service, planned or not."""
    stands = world.bases.stands
    rows = np.concatenate([stands.serving(service) for service in world.services])
    return [stands.providers[number].id for number in np.unique(stands.provider[rows]).tolist()]


def _moves(world: StaffingWorld) -> list[ProviderChange]:
    bases, at = world.bases, world.bases.positions
    moved = {change.id for change in world.known.scenario.providers if isinstance(change, MoveProvider)}
    return [
        MoveProvider(bases.ids[row], float(at.lon[row]), float(at.lat[row]))
        for row in bases.moved
        if bases.ids[row] not in moved
    ]
