"""Which units may serve an incident, condition by condition: one rule for explanations and for the clerk's plan.

The compiled search (`engine.fleet.scan`) applies the same conditions unit by unit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.fleet.state import UnitArrays
from engine.intake import Intake

Rows = npt.NDArray[np.bool_]


def capable(arrays: UnitArrays, intake: Intake, index: int) -> Rows:
    """[units] has the service and every capability that incident `index` needs."""
    return (arrays.bits & intake.need[index]) == intake.need[index]


def permitted(arrays: UnitArrays, intake: Intake, index: int) -> Rows:
    """[units] its provider may serve the place."""
    return np.isin(arrays.territory, intake.allowed_at(index))


def on_duty(arrays: UnitArrays, intake: Intake, index: int) -> Rows:
    """[units] is free, or will be at a known time, or is busy with this very incident."""
    works = arrays.can_work != 0
    if intake.announced_works[index]:
        works[intake.announced[index]] = True
    return works
