"""Scenarios: what a planner may change, as data (docs/scenarios.md)."""

from engine.scenario.check import CheckedScenario, check
from engine.scenario.layer import changed_demand
from engine.scenario.model import (
    AddProvider,
    Closure,
    DemandArea,
    DemandChange,
    MoveProvider,
    PromiseMinutes,
    ProviderChange,
    RemoveProvider,
    ResizeProvider,
    Shift,
    SpeedFactor,
    Sweep,
    When,
)
from engine.scenario.moments import Moment, moments_of
from engine.scenario.problems import ScenarioProblem
from engine.scenario.read import combine, parse_scenario, read_scenario
from engine.scenario.roads import RoadChanges, road_weights
from engine.scenario.scenario import Scenario
from engine.scenario.shifts import crews_on_duty
from engine.scenario.sweep import MOST_VARIANTS, Variant, count_variants, refuse_sweep, variants

__all__ = [
    "MOST_VARIANTS",
    "AddProvider",
    "CheckedScenario",
    "Closure",
    "DemandArea",
    "DemandChange",
    "Moment",
    "MoveProvider",
    "PromiseMinutes",
    "ProviderChange",
    "RemoveProvider",
    "ResizeProvider",
    "RoadChanges",
    "Scenario",
    "ScenarioProblem",
    "Shift",
    "SpeedFactor",
    "Sweep",
    "Variant",
    "When",
    "changed_demand",
    "check",
    "combine",
    "count_variants",
    "crews_on_duty",
    "moments_of",
    "parse_scenario",
    "read_scenario",
    "refuse_sweep",
    "road_weights",
    "variants",
]
