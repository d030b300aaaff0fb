"""The standard case: Coquimbo, 3,000 providers, 8,000 units, and incidents on a Tuesday morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from engine.dispatch import Dispatcher
from engine.fleet import FleetState
from engine.generate import generate_fleet, generate_incidents
from engine.model import Incident
from graphs.bundled import load_coquimbo, load_coquimbo_population

NOW = datetime(2026, 3, 3, 11, 30, tzinfo=UTC)


@dataclass(frozen=True)
class StandardCase:
    dispatcher: Dispatcher
    state: FleetState
    incidents: list[Incident]


def standard_case(*, seed: int = 1, units: int = 8000, incidents: int = 300) -> StandardCase:
    """The fleet prepared (labels warm) and the incidents drawn."""
    region, population = load_coquimbo(), load_coquimbo_population()
    dispatcher = Dispatcher(region)
    fleet = generate_fleet(region, population, seed=seed, now=NOW, providers=3 * units // 8, units=units)
    drawn = generate_incidents(region, population, seed=seed, count=incidents, now=NOW)
    return StandardCase(dispatcher, dispatcher.prepare(fleet), list(drawn))
