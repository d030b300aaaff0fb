"""What the queue solver sees: units, jobs, travel times and contractors as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.cost import EXPECTED, NO_SHIFT_END
from engine.queues.check import check
from engine.queues.limits import MOST_JOBS, NONE
from engine.queues.price_list import drive_costs, first_cost, fixed_costs
from graphs.network import Float64, Int32, Int64

Bool = npt.NDArray[np.bool_]

#: A shift without end.
NEVER = np.int64(NO_SHIFT_END)


class Arrays(NamedTuple):
    """What the kernels take; see `QueueInstance` for the meaning. Costs in milli-minutes, times in ms from now."""

    weights: Float64  # [18] as `engine.cost.weight_vector`
    expected: bool  # whether promises are held against distributions of arrivals
    ready: Int64  # [u]
    floor: Int64  # [u]
    spread: Float64  # [u]
    shift_end: Int64  # [u]
    end_by: Int64  # [u]
    service: Int64  # [j]
    deviation: Float64  # [j]
    earliest: Int64  # [j]
    due: Int64  # [j]
    latest: Int64  # [j]
    priority: Float64  # [j]
    unserved: Int64  # [j]
    group: Int32  # [j]
    held: Bool  # [j]
    first: Int32  # [u, j] ms
    between: Int32  # [j, j] ms
    first_drive: Int64  # [u, j] driving of a first job
    between_drive: Int64  # [j, j] driving of a later one
    fixed: Int64  # [u, j] all other that hangs on unit and job alone; NONE where the unit cannot do the job
    pin: Int32  # [u] the job that must come first, or NONE
    price: Float64  # [u] currency
    end_price: Float64  # [j]
    per_km: Float64  # [u] all 0 when nobody charges by distance
    overtime_price: Float64  # [u] currency an hour
    carry_km: Float64  # [j]
    first_km: Float64  # [u, j], or [1, 1] when nobody charges by distance
    between_km: Float64  # [j, j] or [1, 1]
    option: Int64  # [p, j] expected cost of a contractor, NONE where there is no such option
    crews: Int64  # [p]
    max_jobs: int


def _empty() -> Float64:
    return np.zeros(0)


def _none() -> Int64:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class QueueInstance:
    """``u`` units, ``j`` jobs and ``p`` contractors; times in ms from now, costs in whole milli-minutes.

    A tour orders up to `max_jobs` jobs on one unit. A job starts at ``max(earliest, end of the last + travel)``,
    never after its latest time, and takes its service time. Travel between two jobs leads from the END of the one to
    the START of the other, so tows and transfers need nothing more. What is not given is neutral. Raises
    QueueInstanceError.
    """

    weights: Float64  # [18] the policy's, `engine.cost.weight_vector`
    ready_ms: Int64  # [u] when the unit can drive off
    service_ms: Int64  # [j] how long the unit is held: work, the drive to the job's end, the hand-over there
    due_ms: Int64  # [j]
    latest_ms: Int64  # [j] a later arrival is no service
    priority: Float64  # [j] weight
    unserved_cost: Int64  # [j]
    first_ms: Int32  # [u, j] from the unit to the job's start, INF where there is no way
    between_ms: Int32  # [j, j] from the end of the row's job to the start of the column's
    price: Float64 = field(default_factory=_empty)  # [u] currency a job
    bits: Int64 = field(default_factory=_none)  # [u] what it can do
    need: Int64 = field(default_factory=_none)  # [j] "can do" is have & need == need
    earliest_ms: Int64 = field(default_factory=_none)  # [j]
    carry_ms: Int64 = field(default_factory=_none)  # [j] of the service time: the drive to the job's end
    carry_km: Float64 = field(default_factory=_empty)  # [j]
    end_price: Float64 = field(default_factory=_empty)  # [j] currency, of the garage
    deviation_ms: Float64 = field(default_factory=_empty)  # [j] of the service time
    floor_ms: Int64 = field(default_factory=_none)  # [u] the soonest that the unit can be ready
    spread_ms: Float64 = field(default_factory=_empty)  # [u] standard deviation of its ready time
    shift_end_ms: Int64 = field(default_factory=_none)  # [u] no job starts later; beyond it is overtime
    end_by_ms: Int64 = field(default_factory=_none)  # [u] no job ends later
    overtime_price: Float64 = field(default_factory=_empty)  # [u] currency an hour
    per_km: Float64 = field(default_factory=_empty)  # [u] currency a kilometre
    decline: Float64 = field(default_factory=_empty)  # [u] probability
    standing: Int64 = field(default_factory=_none)  # [u] milli-minutes a job, whatever it is: quality, rotation
    first_km: Float64 | None = None  # [u, j] kilometres of first_ms, when anybody charges by distance
    between_km: Float64 | None = None  # [j, j]
    allowed: Bool | None = None  # [u, j] territories, concessions
    extra_cost: Int64 | None = None  # [u, j] anything else that hangs on unit and job alone
    announced: Int32 | None = None  # [j] the unit it was announced with, NONE: nobody; others pay plan_change
    pin: Int32 | None = None  # [u] the job that the unit must do first, NONE: none
    held: Bool | None = None  # [j] a person's decision for later: shifts do not bound it, its latest time does
    group: Int32 | None = None  # [j] jobs of one group (an accident's) need different units, NONE: no group
    option_cost: Int64 = field(default_factory=lambda: np.zeros((0, 0), np.int64))  # [p, j] expected, NONE: no option
    crews: Int64 = field(default_factory=_none)  # [p] jobs a contractor takes at once
    max_jobs: int = MOST_JOBS

    def __post_init__(self) -> None:
        u, j = self.ready_ms.size, self.service_ms.size
        for name in ("price", "spread_ms", "overtime_price", "per_km", "decline"):
            self._neutral(name, np.zeros(u))
        for name in ("carry_km", "end_price", "deviation_ms"):
            self._neutral(name, np.zeros(j))
        for name in ("need", "earliest_ms", "carry_ms"):
            self._neutral(name, np.zeros(j, np.int64))
        for name in ("bits", "standing"):
            self._neutral(name, np.zeros(u, np.int64))
        for name in ("shift_end_ms", "end_by_ms"):
            self._neutral(name, np.full(u, NEVER))
        self._neutral("floor_ms", self.ready_ms)
        if self.option_cost.size == 0:
            object.__setattr__(self, "option_cost", np.zeros((self.crews.size, j), np.int64) + NONE)
        check(self)

    def _neutral(self, name: str, value: np.ndarray) -> None:
        if getattr(self, name).size == 0:
            object.__setattr__(self, name, value)

    @property
    def unit_count(self) -> int:
        return int(self.ready_ms.size)

    @property
    def job_count(self) -> int:
        return int(self.service_ms.size)

    @property
    def contractor_count(self) -> int:
        return int(self.crews.size)

    @cached_property
    def pins(self) -> Int32:
        return np.full(self.unit_count, NONE, np.int32) if self.pin is None else self.pin

    @cached_property
    def arrays(self) -> Arrays:
        """Made once; contiguous, of the kernels' types."""
        n = self.job_count
        metered = self.first_km is not None and self.between_km is not None and bool(self.per_km.any())
        none = np.zeros((1, 1))
        weights, carry = _real(self.weights), _whole(self.carry_ms)
        first, between = _short(self.first_ms), _short(self.between_ms)
        return Arrays(
            weights=weights,
            expected=bool(weights[EXPECTED] != 0.0),
            ready=_whole(self.ready_ms),
            floor=_whole(self.floor_ms),
            spread=_real(self.spread_ms),
            shift_end=_whole(self.shift_end_ms),
            end_by=_whole(self.end_by_ms),
            service=_whole(self.service_ms),
            deviation=_real(self.deviation_ms),
            earliest=_whole(self.earliest_ms),
            due=_whole(self.due_ms),
            latest=_whole(self.latest_ms),
            priority=_real(self.priority),
            unserved=_whole(self.unserved_cost),
            group=np.full(n, NONE, np.int32) if self.group is None else _short(self.group),
            held=np.zeros(n, np.bool_) if self.held is None else np.array(self.held, np.bool_),
            first=first,
            between=between,
            first_drive=drive_costs(weights, first, carry),
            between_drive=drive_costs(weights, between, carry),
            fixed=self._fixed(),
            pin=_short(self.pins),
            price=_real(self.price),
            end_price=_real(self.end_price),
            per_km=_real(self.per_km) if metered else np.zeros(self.unit_count),
            overtime_price=_real(self.overtime_price),
            carry_km=_real(self.carry_km) if metered else np.zeros(n),
            first_km=_real(self.first_km) if metered else none,
            between_km=_real(self.between_km) if metered else none,
            option=self._options(),
            crews=_whole(self.crews),
            max_jobs=int(self.max_jobs),
        )

    @cached_property
    def constant(self) -> int:
        """What no decision changes: pinned jobs on their units, the drives to the ends of jobs no contractor takes."""
        a = self.arrays
        pinned = np.flatnonzero(self.pins >= 0)
        carry = drive_costs(a.weights, np.zeros((1, self.job_count), np.int32), _whole(self.carry_ms))[0]
        carry = np.minimum(carry, a.unserved)
        carry[(a.option >= 0).any(axis=0)] = 0
        carry[self.pins[pinned]] = 0
        return int(carry.sum()) + int(sum(first_cost(a, unit, self.pins[unit]) for unit in pinned))

    @cached_property
    def announcement(self) -> Int32:
        """[j] the unit each was announced with, NONE: nobody."""
        if self.announced is None:
            return np.full(self.job_count, NONE, np.int32)
        return _short(self.announced)

    def _options(self) -> Int64:
        options = np.array(self.option_cost, np.int64)
        options[:, self.pins[self.pins >= 0]] = NONE
        return options

    def _fixed(self) -> Int64:
        able = (self.bits[:, None] & self.need[None, :]) == self.need[None, :]
        if self.allowed is not None:
            able &= self.allowed
        for unit in np.flatnonzero(self.pins >= 0):
            job = self.pins[unit]
            able[:, job] = False
            able[unit, job] = True
        cost = fixed_costs(
            _real(self.weights), _real(self.price), _real(self.end_price), _real(self.priority), _real(self.decline),
            _whole(self.standing), self.announcement,
        )  # fmt: skip
        if self.extra_cost is not None:
            cost += self.extra_cost
        cost[~able] = NONE
        return cost


def _whole(values: npt.ArrayLike) -> Int64:
    """A copy: kernels are compiled for arrays that can be written to, and not again for others."""
    return np.array(values, np.int64, order="C")


def _short(values: npt.ArrayLike) -> Int32:
    return np.array(values, np.int32, order="C")


def _real(values: npt.ArrayLike) -> Float64:
    return np.array(values, np.float64, order="C")
