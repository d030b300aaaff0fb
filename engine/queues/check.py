"""What a queue instance must be; every refusal says which array is wrong and why."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from engine.cost import MAX_COST
from engine.errors import QueueInstanceError
from engine.queues.limits import MOST_JOBS
from graphs.search import INF

if TYPE_CHECKING:
    from engine.queues.instance import QueueInstance

OF_UNITS = (
    "ready_ms", "price", "bits", "floor_ms", "spread_ms", "shift_end_ms", "end_by_ms", "overtime_price", "per_km",
    "decline", "standing", "pin",
)  # fmt: skip
OF_JOBS = (
    "service_ms", "due_ms", "latest_ms", "priority", "unserved_cost", "need", "earliest_ms", "carry_ms", "carry_km",
    "end_price", "deviation_ms", "announced", "group", "held",
)  # fmt: skip
OF_BOTH = ("first_ms", "first_km", "allowed", "extra_cost")
NOT_NEGATIVE = (
    "weights", "price", "overtime_price", "per_km", "decline", "standing", "extra_cost", "priority", "unserved_cost",
    "service_ms", "earliest_ms", "ready_ms", "carry_ms", "carry_km", "end_price", "deviation_ms", "spread_ms",
    "first_ms", "between_ms", "first_km", "between_km", "crews",
)  # fmt: skip
#: Times beyond this (ms) cannot be meant: ninety years.
MOST_MS = 1 << 52


def check(instance: QueueInstance) -> None:
    """Raises QueueInstanceError."""
    u, j = instance.ready_ms.size, instance.service_ms.size
    shapes = {
        "weights": (18,),
        **dict.fromkeys(OF_UNITS, (u,)),
        **dict.fromkeys(OF_JOBS, (j,)),
        **dict.fromkeys(OF_BOTH, (u, j)),
        **dict.fromkeys(("between_ms", "between_km"), (j, j)),
        "option_cost": (instance.crews.size, j),
    }
    for name, shape in shapes.items():
        value = getattr(instance, name)
        if value is not None and value.shape != shape:
            raise _refused(f"{name} must have the shape {shape}, not {value.shape}", name)
    for item in fields(instance):
        value = getattr(instance, item.name)
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and not np.isfinite(value).all():
            raise _refused(f"{item.name} must be finite numbers", item.name)
        if item.name.endswith("_ms") and value.size and abs(value).max() > MOST_MS:
            raise _refused(f"{item.name} lies beyond all times", item.name)
    for name in NOT_NEGATIVE:
        value = getattr(instance, name)
        if value is not None and value.size and value.min() < 0:
            raise _refused(f"{name} must not be negative", name)
    if not 1 <= instance.max_jobs <= MOST_JOBS:
        raise _refused(f"max_jobs must lie between 1 and {MOST_JOBS}, not {instance.max_jobs}", "max_jobs")
    if instance.per_km.any() and (instance.first_km is None or instance.between_km is None):
        raise _refused("a price a kilometre needs first_km and between_km", "per_km")
    late = np.flatnonzero(instance.earliest_ms > instance.latest_ms)
    if late.size:
        raise _refused(f"job {late[0]} must start before it may: its latest time is before its earliest", "latest_ms")
    if j and int(instance.unserved_cost.max()) > MAX_COST:
        raise _refused(f"unserved_cost may be at most {MAX_COST}", "unserved_cost")
    _check_pins(instance, j)


def _check_pins(instance: QueueInstance, jobs: int) -> None:
    pins = instance.pins[instance.pins >= 0]
    if pins.size and (pins.max() >= jobs or np.unique(pins).size < pins.size):
        raise _refused("each pin must name a job of its own", "pin")
    for unit in np.flatnonzero(instance.pins >= 0):
        if instance.first_ms[unit, instance.pins[unit]] >= INF:
            raise _refused(f"unit {unit} is pinned to a job it cannot reach", "pin")


def _refused(message: str, name: str) -> QueueInstanceError:
    return QueueInstanceError(f"queues: {message}.", field=name)
