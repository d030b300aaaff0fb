"""Stand-by: where free units that are willing to move should wait (docs/standby.md)."""

from engine.standby.advice import Covered, StandbyAdvice, StandbyLimits, StandbyMove, advise
from engine.standby.candidates import WaitingPlaces
from engine.standby.problem import StandbyProblem, waiting_place

__all__ = [
    "Covered",
    "StandbyAdvice",
    "StandbyLimits",
    "StandbyMove",
    "StandbyProblem",
    "WaitingPlaces",
    "advise",
    "waiting_place",
]
