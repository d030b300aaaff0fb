"""A scenario held against its world: the region, the providers there are, the policy."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import shapely

from engine.coverage.layer import DemandLayer
from engine.policy import Policy, PromiseRules
from engine.scenario.layer import layer_of
from engine.scenario.model import ALL_PROVIDERS, AddProvider, MoveProvider, PromiseMinutes
from engine.scenario.moments import Moment, is_skipped, moments_of
from engine.scenario.polygons import shape_of
from engine.scenario.problems import Problems, shown
from engine.scenario.roads import Base, RoadChanges, resolve_roads
from engine.scenario.scenario import Scenario
from engine.scenario.sweep import MOST_VARIANTS, Variant, variants
from graphs.network import Int32
from graphs.region import Region


@dataclass(frozen=True, eq=False)
class CheckedScenario:
    """A scenario that its world can have. Fleet changes are in ``scenario.providers`` and ``.shifts``, in order."""

    scenario: Scenario
    region: Region
    provider_ids: Collection[str]  # of the fleet before
    policy: Policy  # with the scenario's promises
    roads: RoadChanges
    layer: DemandLayer | None  # as its file has it; None: whatever demand there is without the scenario
    notes: tuple[str, ...] = ()  # what was assumed of that file

    @property
    def promise(self) -> PromiseRules:
        return self.policy.promise

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """One, or one for each of the hours listed."""
        return moments_of(self.scenario.when, self.region.timezone)

    @cached_property
    def version(self) -> str:
        """Sixteen hex digits of the scenario, its layer and what it is held against."""
        known = hashlib.blake2b(digest_size=8)
        for part in (self.scenario.version, self.region.metadata.version, self.policy.version):
            known.update(part.encode() + b"\0")
        if self.layer is not None:
            known.update("\0".join(self.layer.cells).encode())
            for values in (self.layer.weight, self.layer.lon, self.layer.lat):
                known.update(np.ascontiguousarray(values).data)
        return known.hexdigest()

    def weights(self, base: Base, moment: Moment | None = None) -> Int32:
        """[arcs] ms for `Region.customise`; see `RoadChanges.weights`. The first moment unless one is given."""
        return self.roads.weights(base, moment or self.moments[0], self.scenario.when.weather)

    def variants(
        self, most: int = MOST_VARIANTS, numbers: Iterable[int] | None = None
    ) -> Iterator[tuple[Variant, CheckedScenario]]:
        """Those of the sweep, checked as they are asked for; they share roads and layer. As `sweep.variants`."""
        return ((each, self._variant(each)) for each in variants(self.scenario, self.provider_ids, most, numbers))

    def _variant(self, each: Variant) -> CheckedScenario:
        policy = with_promise(self.policy, each.scenario.promise)
        return replace(self, scenario=each.scenario, policy=policy)


def check(scenario: Scenario, region: Region, provider_ids: Collection[str], policy: Policy) -> CheckedScenario:
    """A scenario on the roads of a region, with the providers of a fleet, under a policy.

    Raises ScenarioError with every problem: unknown providers and ways, ids that are there already, bases far from
    roads, polygons and layers outside the region, roads with two speeds, a time that clocks never show.
    """
    problems = Problems(scenario.places)
    _check_time(scenario, region, problems)
    _check_providers(scenario, region, provider_ids, policy, problems)
    _check_areas(scenario, region, problems)
    roads = resolve_roads(region, scenario, problems)
    notes: list[str] = []
    layer = layer_of(region, scenario, policy.limits.max_snap_m, problems, notes)
    problems.raise_if_any()
    policy = with_promise(policy, scenario.promise)
    return CheckedScenario(scenario, region, provider_ids, policy, roads, layer, tuple(notes))


def with_promise(policy: Policy, promise: PromiseMinutes) -> Policy:
    """The policy with those minutes that a scenario says."""
    said = {item.name: getattr(promise, item.name) for item in fields(promise)}
    said = {name: minutes for name, minutes in said.items() if minutes is not None}
    return replace(policy, promise=replace(policy.promise, **said)) if said else policy


def _check_time(scenario: Scenario, region: Region, problems: Problems) -> None:
    at = scenario.when.at
    if at is not None and is_skipped(at, region.timezone):
        told = f"{at.isoformat()} never comes in {region.timezone.key}: clocks go forward over it; take an hour later"
        problems.add(("when", "at"), told)


def _check_providers(
    scenario: Scenario, region: Region, provider_ids: Collection[str], policy: Policy, problems: Problems
) -> None:
    known = set(provider_ids)
    added: set[str] = set()
    placed: list[tuple[int, AddProvider | MoveProvider]] = []
    for at, change in enumerate(scenario.providers):
        path = ("provider", at, change.verb)
        if isinstance(change, AddProvider):
            added.add(change.id)
            if change.id in known:
                problems.add(path, f"{shown(change.id)} is there already; take another id, or move and resize it")
        elif change.id not in known:
            problems.add(path, _unknown(change.id, known, problems))
        if isinstance(change, AddProvider | MoveProvider):
            placed.append((at, change))
    for at, shift in enumerate(scenario.shifts):
        if shift.provider not in known | added:
            problems.add(("shift", at, "provider"), _unknown(shift.provider, known | added, problems))
    sweep = scenario.sweep
    if sweep is not None and sweep.remove_each not in (None, (ALL_PROVIDERS,)):
        for name in sweep.remove_each or ():
            if name not in known | added:
                path = scenario.item(("sweep", "remove_each"), name)
                problems.add(path, _unknown(name, known | added, problems))
    if placed:
        lon, lat = (np.array([getattr(change, name) for _, change in placed]) for name in ("lon", "lat"))
        errors = region.snapper.snap_each(lon, lat, policy.limits.max_snap_m).errors
        for number, error in sorted(errors.items()):
            problems.add(("provider", placed[number][0], "lon"), error.message)


def _unknown(name: str, known: Collection[str], problems: Problems) -> str:
    return f"there is no provider {shown(name)} among the {len(known):,} there are{problems.nearest(name, known)}"


def _check_areas(scenario: Scenario, region: Region, problems: Problems) -> None:
    """Polygons of demand must meet the region's box; those of roads must have roads, which is seen elsewhere."""
    west, south, east, north = region.bounds
    boxes = [shapely.box(west, south, east, north)]
    if west > east:
        boxes = [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]
    for at, area in enumerate(scenario.demand.areas):
        if not shapely.intersects(shape_of(area.polygon), boxes).any():
            problems.add(("demand", "area", at, "polygon"), "is wholly outside the region; check lon and lat")
