"""Options about several incidents a unit, and what they stand for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Policy
    from engine.queues.instance import QueueInstance
    from engine.queues.plan import QueuePlan
    from engine.queues.solve import Budget
    from engine.tours.size import Tours
    from engine.tours.solver import TourSolver

ToursChoice = Annotated[
    str,
    typer.Option(
        "--tours",
        metavar="HOW",
        help="Incidents a unit: 'auto' (several where one each is not enough), 'one-each', 'several'.",
    ),
]
SecondsChoice = Annotated[
    float | None,
    typer.Option("--seconds", help="Search for at most so long where units get several; default: the policy's."),
]
#: Longer than the policy's longest.
MOST_SECONDS = 3600.0


def tours_of(choice: str) -> Tours:
    """The mode of a word; OptionError for any other word."""
    from engine.errors import OptionError
    from engine.tours.size import Tours

    try:
        return Tours(choice.strip().lower().replace("-", "_"))
    except ValueError:
        known = ", ".join(mode.value.replace("_", "-") for mode in Tours)
        raise OptionError(
            f"--tours {choice!r} is not known; use one of: {known}", option="--tours", value=choice
        ) from None


def seconds_of(seconds: float | None, field: str = "--seconds") -> float | None:
    """The seconds, above 0; OptionError for what nobody can mean."""
    from engine.errors import OptionError

    if seconds is not None and not (math.isfinite(seconds) and 0 < seconds <= MOST_SECONDS):
        raise OptionError(
            f"{field} {seconds:g} must be above 0 and at most {MOST_SECONDS:g}", option=field, value=seconds
        )
    return seconds


def solver_for(seconds: float | None, policy: Policy) -> TourSolver:
    """Solves in this process, for so many seconds in all instead of the policy's.

    A plan may take several searches, whose budgets are shares of the policy's seconds: each is scaled.
    """
    from dataclasses import replace

    from engine.tours import solver

    allowed = seconds_of(seconds)
    if allowed is None:
        return solver.solve_here
    scale = allowed / policy.tours.seconds

    def solve(instance: QueueInstance, budget: Budget, seed: int, start: Sequence[Sequence[int]]) -> QueuePlan | None:
        share = None if budget.seconds is None else budget.seconds * scale
        return solver.solve_here(instance, replace(budget, seconds=share), seed, start)

    return solve
