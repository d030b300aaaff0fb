"""What the queue solver answers with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.cost import UNITS_PER_MINUTE
from engine.queues.evaluate import PARTS, tour_parts
from engine.queues.instance import QueueInstance
from engine.queues.limits import NONE
from engine.queues.state import State
from graphs.network import Int32, Int64


@dataclass(frozen=True)
class Progress:
    """A line of the log."""

    seconds: float
    stage: str  # "start", "columns", "dive", "local"
    cost: int
    lower: int


@dataclass(frozen=True, eq=False)
class QueuePlan:
    """Tours, contractors and who is left; costs in milli-minutes, times in ms from now."""

    tours: tuple[tuple[int, ...], ...]  # jobs of each unit, in order
    contractor: Int32  # [j] NONE: no contractor
    start_ms: Int64  # [j] when work begins, NONE where no unit serves the job
    parts: dict[str, Int64] = field(repr=False)  # [j] each by the name of the part; of jobs on units
    cost: int
    lower: int
    constant: int  # part of cost and lower that no decision changes
    solver: str
    log: tuple[Progress, ...] = field(default=(), repr=False)

    @property
    def left(self) -> Int64:
        """Jobs that nobody serves."""
        served = self.contractor >= 0
        for tour in self.tours:
            served[list(tour)] = True
        return np.flatnonzero(~served)

    @property
    def gap(self) -> float:
        """Certified: (cost - lower) / cost, over the cost that decisions can change; 0 when nothing can."""
        cost = self.cost - self.constant
        return (self.cost - self.lower) / cost if cost > 0 else 0.0

    @property
    def gap_minutes(self) -> float:
        """The same in minutes for each job."""
        return (self.cost - self.lower) / UNITS_PER_MINUTE / max(1, self.contractor.size)


def plan_of(instance: QueueInstance, state: State, lower: int, solver: str, log: tuple[Progress, ...]) -> QueuePlan:
    """A plan from a solution."""
    units = instance.unit_count
    tours = tuple(tuple(state.tour[unit, : state.size[unit]].tolist()) for unit in range(units))
    start, values = in_detail(instance, tours)
    cost = int(state.value[0])
    return QueuePlan(
        tours=tours,
        contractor=np.where(state.where >= units, state.where - units, NONE).astype(np.int32),
        start_ms=start,
        parts=values,
        cost=cost,
        lower=min(max(lower, instance.constant), cost),
        constant=instance.constant,
        solver=solver,
        log=log,
    )


def in_detail(instance: QueueInstance, tours: Sequence[Sequence[int]]) -> tuple[Int64, dict[str, Int64]]:
    """([j] when work begins, NONE where no tour has the job; [j] each part of its cost by name) of tours of all units.

    O(jobs). Tours that must not be are reckoned on; their "standing" then means nothing.
    """
    carry, decline = np.array(instance.carry_ms, np.int64), np.array(instance.decline, np.float64)
    start = np.full(instance.job_count, NONE, np.int64)
    values = np.zeros((instance.job_count, len(PARTS)), np.int64)
    for unit, tour in enumerate(tours):
        if tour:
            jobs = np.array(tour, np.int32)
            starts, parts = np.empty(jobs.size, np.int64), np.zeros((jobs.size, len(PARTS)), np.int64)
            tour_parts(instance.arrays, unit, jobs, jobs.size, carry, decline, instance.announcement, starts, parts)
            start[jobs], values[jobs] = starts, parts
    return start, {name: values[:, k] for k, name in enumerate(PARTS)}
