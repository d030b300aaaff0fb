"""A small world for sweeps: Coquimbo's roads, its junctions as demand, 40 providers."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.coverage.stands import Stands
from engine.generate import generate_fleet
from engine.model import Service
from engine.scenario import Scenario, Sweep, When
from engine.sweep import SweepRow
from engine.sweep.result import rows_of
from graphs.bundled import load_coquimbo, load_coquimbo_population

NOW = datetime(2026, 3, 3, 11, 30, tzinfo=UTC)
SERVICES = (Service.TOWING, Service.BREAKDOWN_REPAIR)
_alone: list[tuple[Scenario, list[SweepRow]]] = []


@cache
def world() -> tuple[Planner, Stands]:
    region = load_coquimbo()
    planner = Planner(region, DemandLayer.of_junctions(region.network))
    fleet = generate_fleet(region, load_coquimbo_population(), seed=1, now=NOW, providers=40, units=90)
    return planner, planner.stands(fleet)


def dropped(count: int) -> Scenario:
    """A sweep that drops each of so many providers, dry and in snow."""
    _, stands = world()
    ids = tuple(provider.id for provider in stands.providers[:count])
    weathers = ("when.weather", ("dry", "snow"))
    return Scenario("drops", when=When(services=SERVICES, hour=8), sweep=Sweep((weathers,), remove_each=ids))


def alone(scenario: Scenario) -> list[SweepRow]:
    """Each variant evaluated by itself, by a planner that knows nothing of the others; evaluated once a process."""
    for known, rows in _alone:
        if known == scenario:
            return list(rows)
    _alone.append((scenario, _evaluated(scenario)))
    return list(_alone[-1][1])


def _evaluated(scenario: Scenario) -> list[SweepRow]:
    planner, stands = world()
    rows = []
    for number, (variant, known) in enumerate(planner.checked(scenario, stands).variants()):
        result = planner.evaluate(stands, known)
        rows += rows_of(number, variant.scenario.title, variant.values, list(result.evaluations))
    return rows
