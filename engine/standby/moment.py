"""Roads, promises and calls at the moment that advice is for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import numpy as np

from engine.coverage.evaluation import Versions
from engine.coverage.origin import versions_of
from engine.coverage.planner import Planner, offered
from engine.coverage.stands import Stands
from engine.decision import PromiseClass
from engine.errors import StandbyError
from engine.generate.curves import service_mix
from engine.model import Service, bits
from engine.scenario.check import CheckedScenario
from engine.scenario.scenario import Scenario
from engine.scenario.sweep import refuse_sweep
from graphs.search import Metric


def known_at(planner: Planner, stands: Stands, at: datetime, scenario: Scenario | None = None) -> CheckedScenario:
    """A scenario's weather, closures, speeds and promises at a time, held against the region and the policy.

    StandbyError for a scenario that changes the fleet: advice is about the units there are. ScenarioError for a sweep.
    """
    found = scenario or Scenario()
    refuse_sweep(found)
    if found.providers or found.shifts:
        raise StandbyError("the scenario changes the fleet; advice is about the units there are: take providers and "
                           "shifts out", field="scenario")  # fmt: skip
    here = at.astimezone(planner.region.timezone).replace(tzinfo=None, second=0, microsecond=0)
    when = replace(found.when, at=here, weekday=None, hour=None, hours=None)
    return planner.checked(found.changed(when=when), stands)


def roads_at(
    planner: Planner, stands: Stands, at: datetime, scenario: Scenario | None = None
) -> tuple[Metric, dict[PromiseClass, float]]:
    """(metric, promises) at a time, under a scenario; errors as of `known_at`."""
    known = known_at(planner, stands, at, scenario)
    promise = known.promise
    minutes = {
        PromiseClass.URBAN: promise.urban_minutes,
        PromiseClass.HIGHWAY: promise.highway_minutes,
        PromiseClass.OTHER: promise.other_minutes,
    }
    return planner.metric(known, known.moments[0])[0], minutes


def versions_at(
    planner: Planner,
    stands: Stands,
    at: datetime,
    scenario: Scenario | None = None,
    services: Collection[Service] = (),
) -> Versions:
    """What advice is made from; ``stands`` are all free units, of whom those count that do one of the services."""
    known = known_at(planner, stands, at, scenario)
    serving = stands.take(np.flatnonzero((stands.able & bits(services, ())) != 0)) if services else stands
    return versions_of(planner, known, [planner.metric(known, known.moments[0])[1]], serving.digest)


def shares_at(
    planner: Planner, stands: Stands, at: datetime, services: tuple[Service, ...] = ()
) -> dict[Service, float]:
    """Services, all that the stands offer where none is asked for, by their usual shares of the calls at that hour."""
    hour = at.astimezone(planner.region.timezone).hour
    mix = dict(zip(Service, service_mix(hour).tolist(), strict=True))
    found = {service: mix[service] for service in services or offered(stands)}
    if not found:
        raise StandbyError("no unit is free; wait until one is, or look at another time", field="units")
    total = sum(found.values())
    if not total:  # of services that nobody calls for at that hour none counts more than another
        return dict.fromkeys(found, 1 / len(found))
    return {service: share / total for service, share in found.items()}
