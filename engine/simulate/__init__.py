"""A simulated day: the code the service runs, driven by a clock of its own, so that strategies can be compared."""

from engine.simulate.comparing import Comparison, compare
from engine.simulate.make_day import make_day
from engine.simulate.measures import broken_ratio, differences, estimate, measures_of
from engine.simulate.options import DayOptions
from engine.simulate.simulation import Simulation, simulate_day
from engine.simulate.strategies import STRATEGIES, strategy_named

__all__ = [
    "STRATEGIES",
    "Comparison",
    "DayOptions",
    "Simulation",
    "broken_ratio",
    "compare",
    "differences",
    "estimate",
    "make_day",
    "measures_of",
    "simulate_day",
    "strategy_named",
]
