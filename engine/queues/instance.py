"""What the queue solver sees: units, jobs, travel times and contractors as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.cost import MAX_COST, UNITS_PER_MINUTE, delay_cost
from engine.errors import QueueInstanceError
from engine.queues.price_list import drive_costs, fixed_costs, per_km_costs
from graphs.network import Float64, Int32, Int64
from graphs.search import INF

Bool = npt.NDArray[np.bool_]

#: Longest tour there is; bounds hold for all tours of up to so many jobs.
MOST_JOBS = 5
#: A shift without end.
NEVER = np.int64(1) << 50
#: A time or cost that cannot be.
NONE = -1


class Arrays(NamedTuple):
    """What the kernels take; see `QueueInstance` for the meaning. Costs in milli-minutes, times in ms from now."""

    weights: Float64  # [8] as `engine.cost.weight_vector`
    ready: Int64  # [u]
    shift_end: Int64  # [u]
    overtime: Float64  # [u] milli-minutes a minute
    service: Int64  # [j]
    earliest: Int64  # [j]
    due: Int64  # [j]
    latest: Int64  # [j]
    priority: Float64  # [j]
    unserved: Int64  # [j]
    group: Int32  # [j]
    first: Int32  # [u, j] ms
    between: Int32  # [j, j] ms
    first_drive: Int64  # [u, j] driving to the first job
    between_drive: Int64  # [j, j] driving between jobs
    fixed: Int64  # [u, j] tariff, plan change and extra; NONE where the unit cannot do the job
    pin: Int32  # [u] the job that must come first, or NONE
    per_km: Float64  # [u] milli-minutes a kilometre; all 0 when nobody charges by distance
    first_m: Int32  # [u, j] or [1, 1]
    between_m: Int32  # [j, j] or [1, 1]
    option: Int64  # [p, j] expected cost of a contractor, NONE where there is no such option
    crews: Int64  # [p]
    max_jobs: int


@dataclass(frozen=True, eq=False)
class QueueInstance:
    """``u`` units, ``j`` jobs and ``p`` contractors; times in ms from now, costs in whole milli-minutes.

    A tour is an order of up to ``max_jobs`` jobs on one unit. A job starts at ``max(earliest, end of the last + travel)``,
    never after its latest time, and takes its service time. Travel between two jobs leads from the END of the one to
    the START of the other, so tows and transfers need nothing more. Raises QueueInstanceError.
    """

    weights: Float64  # [8] the policy's, `engine.cost.weight_vector`
    ready_ms: Int64  # [u] when the unit can drive off
    service_ms: Int64  # [j]
    due_ms: Int64  # [j]
    latest_ms: Int64  # [j] a later arrival is no service
    priority: Float64  # [j] weight
    unserved_cost: Int64  # [j]
    first_ms: Int32  # [u, j] from the unit to the job's start, INF where there is no way
    between_ms: Int32  # [j, j] from the end of the row's job to the start of the column's
    price: Float64 = field(default_factory=lambda: np.zeros(0))  # [u] currency a job
    bits: Int64 = field(default_factory=lambda: np.zeros(0, np.int64))  # [u] what it can do
    need: Int64 = field(default_factory=lambda: np.zeros(0, np.int64))  # [j] "can do" is have & need == need
    earliest_ms: Int64 = field(default_factory=lambda: np.zeros(0, np.int64))  # [j]
    shift_end_ms: Int64 = field(default_factory=lambda: np.zeros(0, np.int64))  # [u]
    overtime: Float64 = field(
        default_factory=lambda: np.zeros(0)
    )  # [u] minutes-equivalent for a minute beyond the shift
    allowed: Bool | None = None  # [u, j] territories, concessions
    extra_cost: Int64 | None = None  # [u, j] anything else that hangs on unit and job alone (quality, night factor)
    announced: Int32 | None = None  # [j] the unit it was announced with, NONE: nobody; others pay plan_change
    pin: Int32 | None = None  # [u] the job that the unit must do first, NONE: none
    group: Int32 | None = None  # [j] jobs of one group (an accident's) need different units, NONE: no group
    per_km: Float64 | None = None  # [u] currency a kilometre driven to a job
    first_m: Int32 | None = None  # [u, j] metres of first_ms, when anybody charges by distance
    between_m: Int32 | None = None  # [j, j]
    option_cost: Int64 = field(default_factory=lambda: np.zeros((0, 0), np.int64))  # [p, j] expected, NONE: no option
    crews: Int64 = field(default_factory=lambda: np.zeros(0, np.int64))  # [p] jobs a contractor takes at once
    max_jobs: int = MOST_JOBS

    def __post_init__(self) -> None:
        u, j = self.ready_ms.size, self.service_ms.size
        neutral = {
            "price": np.zeros(u),
            "bits": np.zeros(u, np.int64),
            "need": np.zeros(j, np.int64),
            "earliest_ms": np.zeros(j, np.int64),
            "shift_end_ms": np.full(u, NEVER),
            "overtime": np.zeros(u),
        }
        for name, value in neutral.items():
            if getattr(self, name).size == 0:
                object.__setattr__(self, name, value)
        if self.option_cost.size == 0:
            object.__setattr__(self, "option_cost", np.zeros((self.crews.size, j), np.int64) + NONE)
        self._check(u, j)

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
        metered = self.per_km is not None and bool(self.per_km.any())
        none = np.zeros((1, 1), np.int32)
        return Arrays(
            weights=np.ascontiguousarray(self.weights, np.float64),
            ready=_whole(self.ready_ms),
            shift_end=_whole(self.shift_end_ms),
            overtime=np.ascontiguousarray(self.overtime * UNITS_PER_MINUTE, np.float64),
            service=_whole(self.service_ms),
            earliest=_whole(self.earliest_ms),
            due=_whole(self.due_ms),
            latest=_whole(self.latest_ms),
            priority=np.ascontiguousarray(self.priority, np.float64),
            unserved=_whole(self.unserved_cost),
            group=np.full(n, NONE, np.int32) if self.group is None else np.ascontiguousarray(self.group, np.int32),
            first=np.ascontiguousarray(self.first_ms, np.int32),
            between=np.ascontiguousarray(self.between_ms, np.int32),
            first_drive=drive_costs(self.weights, np.ascontiguousarray(self.first_ms, np.int32)),
            between_drive=drive_costs(self.weights, np.ascontiguousarray(self.between_ms, np.int32)),
            fixed=self._fixed(),
            pin=np.ascontiguousarray(self.pins, np.int32),
            per_km=per_km_costs(self.weights, self.per_km) if metered else np.zeros(self.unit_count),
            first_m=np.ascontiguousarray(self.first_m, np.int32) if metered else none,
            between_m=np.ascontiguousarray(self.between_m, np.int32) if metered else none,
            option=self._options(),
            crews=_whole(self.crews),
            max_jobs=int(self.max_jobs),
        )

    @cached_property
    def pinned_cost(self) -> int:
        """What the pinned jobs cost on their units: no decision changes it."""
        a = self.arrays
        total = 0
        for unit in np.flatnonzero(self.pins >= 0):
            job = int(self.pins[unit])
            arrival = max(int(a.earliest[job]), int(a.ready[unit]) + int(a.first[unit, job]))
            total += int(delay_cost(a.weights, a.priority[job], a.due[job], np.int64(arrival)))
            total += int(a.first_drive[unit, job] + a.fixed[unit, job])
            if a.per_km[unit] > 0:
                total += round(float(a.per_km[unit]) * int(a.first_m[unit, job]) / 1000)
        return total

    def _options(self) -> Int64:
        options = np.array(self.option_cost, np.int64)
        options[:, self.pins[self.pins >= 0]] = NONE
        return options

    def _fixed(self) -> Int64:
        able = (self.bits[:, None] & self.need[None, :]) == self.need[None, :]
        able &= self.first_ms < INF
        if self.allowed is not None:
            able &= self.allowed
        reach = self.ready_ms[:, None] + self.first_ms <= self.latest_ms[None, :]
        able &= reach
        for unit in np.flatnonzero(self.pins >= 0):
            job = self.pins[unit]
            able[:, job] = False
            able[unit, job] = True
        announced = np.full(self.job_count, NONE, np.int32) if self.announced is None else self.announced
        cost = fixed_costs(self.weights, np.ascontiguousarray(self.price), np.ascontiguousarray(announced, np.int32))
        if self.extra_cost is not None:
            cost += self.extra_cost
        cost[~able] = NONE
        return cost

    def _check(self, u: int, j: int) -> None:
        shapes = {
            "weights": (8,),
            **dict.fromkeys(("ready_ms", "price", "bits", "shift_end_ms", "overtime", "pin", "per_km"), (u,)),
            **dict.fromkeys(("due_ms", "latest_ms", "priority", "unserved_cost", "need", "earliest_ms"), (j,)),
            **dict.fromkeys(("announced", "group"), (j,)),
            **dict.fromkeys(("first_ms", "allowed", "extra_cost", "first_m"), (u, j)),
            **dict.fromkeys(("between_ms", "between_m"), (j, j)),
            "option_cost": (self.crews.size, j),
        }
        for name, shape in shapes.items():
            value = getattr(self, name)
            if value is not None and value.shape != shape:
                raise _refused(f"{name} must have the shape {shape}, not {value.shape}", name)
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray) and value.dtype.kind == "f" and not np.isfinite(value).all():
                raise _refused(f"{item.name} must be finite numbers", item.name)
        for name in ("weights", "price", "overtime", "per_km", "extra_cost", "priority", "unserved_cost", "service_ms"):
            value = getattr(self, name)
            if value is not None and value.size and value.min() < 0:
                raise _refused(f"{name} must not be negative", name)
        if not 1 <= self.max_jobs <= MOST_JOBS:
            raise _refused(f"max_jobs must lie between 1 and {MOST_JOBS}, not {self.max_jobs}", "max_jobs")
        if self.per_km is not None and self.per_km.any() and (self.first_m is None or self.between_m is None):
            raise _refused("a price a kilometre needs first_m and between_m", "per_km")
        if j and (self.earliest_ms > self.latest_ms).any():
            job = int(np.flatnonzero(self.earliest_ms > self.latest_ms)[0])
            raise _refused(f"job {job} must start before it may: its latest time is before its earliest", "latest_ms")
        if j and int(self.unserved_cost.max()) > MAX_COST:
            raise _refused(f"unserved_cost may be at most {MAX_COST}", "unserved_cost")
        pins = self.pins[self.pins >= 0]
        if pins.size and (pins.max() >= j or np.unique(pins).size < pins.size):
            raise _refused("each pin must name a job of its own", "pin")
        for unit in np.flatnonzero(self.pins >= 0):
            if self.first_ms[unit, self.pins[unit]] >= INF:
                raise _refused(f"unit {unit} is pinned to a job it cannot reach", "pin")


def _whole(values: npt.ArrayLike) -> Int64:
    return np.ascontiguousarray(values, np.int64)


def _refused(message: str, name: str) -> QueueInstanceError:
    return QueueInstanceError(f"queues: {message}.", field=name)
