"""Roads, promises and calls at the moment that advice is for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, tzinfo

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
from engine.scenario.hours import DAY_HOURS
from engine.scenario.moments import Moment, moments_of
from engine.scenario.scenario import Scenario
from engine.scenario.sweep import refuse_sweep
from graphs.metrics.hours import slot_at, to_ms
from graphs.search import Metric


def refuse_changes(scenario: Scenario | None) -> None:
    """StandbyError for a scenario of another fleet, or of several moments: advice is about the units there are, once.

    ScenarioError for a sweep.
    """
    refuse_sweep(scenario)
    if scenario is None:
        return
    for name, table in (("providers", "provider"), ("shifts", "shift")):
        if getattr(scenario, name):
            raise StandbyError(
                f"the scenario changes the fleet; advice is about the units there are: take [[{table}]] out",
                field=f"{table}[0]",
            )
    if len(scenario.when.hours or ()) > 1:
        raise StandbyError("the scenario looks at several hours; advice is for one: say hour", field="when.hours")


def moment_of(scenario: Scenario | None, at: datetime, zone: tzinfo) -> Moment:
    """Whose speeds and calls count: the hour that the scenario says, else the time itself."""
    if scenario is not None and _says_when(scenario):
        return moments_of(scenario.when, zone)[0]
    here = at.astimezone(zone).replace(second=0, microsecond=0)
    return Moment(slot_at(to_ms(here), zone), here)


def said_hour(scenario: Scenario | None, zone: tzinfo) -> str:
    """Whose roads and calls count where the scenario says so: ``fri-08``, or a time; else an empty string."""
    return "" if scenario is None or not _says_when(scenario) else str(moments_of(scenario.when, zone)[0])


def known_at(planner: Planner, stands: Stands, at: datetime, scenario: Scenario | None = None) -> CheckedScenario:
    """A scenario at its hour, else at a time, held against the region and the policy.

    Who is free stays a matter of ``at``. Raises what `refuse_changes` does.
    """
    refuse_changes(scenario)
    found = scenario or Scenario()
    if not _says_when(found):
        here = at.astimezone(planner.region.timezone).replace(tzinfo=None, second=0, microsecond=0)
        found = found.changed(when=replace(found.when, at=here))
    return planner.checked(found, stands)


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
    planner: Planner,
    stands: Stands,
    at: datetime,
    services: tuple[Service, ...] = (),
    scenario: Scenario | None = None,
) -> dict[Service, float]:
    """Services by their usual shares of the calls at that hour, or the scenario's.

    Those asked for, else the scenario's, else all that the stands offer.
    """
    asked = services or tuple((scenario or Scenario()).when.services or ()) or offered(stands)
    hour = moment_of(scenario, at, planner.region.timezone).slot % DAY_HOURS
    mix = dict(zip(Service, service_mix(hour).tolist(), strict=True))
    found = {service: mix[service] for service in asked}
    if not found:
        raise StandbyError("no unit is free; wait until one is, or look at another time", field="units")
    total = sum(found.values())
    if not total:  # of services that nobody calls for at that hour none counts more than another
        return dict.fromkeys(found, 1 / len(found))
    return {service: share / total for service, share in found.items()}


def _says_when(scenario: Scenario) -> bool:
    when = scenario.when
    return bool(when.hours) or any(each is not None for each in (when.at, when.hour, when.weekday))
