"""Shifts to plan, as arrays: hours, bases, what each base covers, which shifts are allowed, what they cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.errors import StaffingError
from engine.staffing.calls import busy_share, busy_together, load
from graphs.network import Float64, Int64

Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Cover:
    """What bases cover under one metric: rows of demand that equal bases cover are one."""

    covers: Bool  # [n, b]
    weight: Float64  # [n] shares of all demand; what no base covers may be left out

    @cached_property
    def numbers(self) -> Float64:
        """[n, b] the same as numbers."""
        return self.covers.astype(np.float64)

    def share(self, crews: Float64 | Int64, busy: Float64) -> float:
        """Expected share of demand with a free crew within promise: sum w (1 - busy[k]), linear between whole k.

        ``busy``: probability that k given crews are all at work, of as many as are on duty.
        """
        return float(self.weight @ self._filled(self.numbers @ crews, busy)[0])

    def tangent(self, crews: Float64 | Int64, busy: Float64, *, left: bool = False) -> tuple[float, Float64]:
        """(constant, [b] slopes) of a plane that the share never exceeds, and meets at these crews."""
        near = self.numbers @ crews
        value, right, before = self._filled(near, busy)
        slopes = (self.weight * (before if left else right)) @ self.numbers
        return float(self.weight @ value) - float(slopes @ crews), slopes

    @staticmethod
    def _filled(near: Float64, busy: Float64) -> tuple[Float64, Float64, Float64]:
        """(1 - busy[k], its slope to the right, to the left where k is whole)."""
        last = busy.size - 1
        low = np.minimum(np.floor(near + 1e-7).astype(np.int64), last)
        part = np.maximum(near - low, 0.0)
        right = busy[low] - busy[np.minimum(low + 1, last)]
        before = np.where((part < 1e-7) & (low > 0), busy[np.maximum(low - 1, 0)] - busy[low], right)
        return 1.0 - busy[low] + part * right, right, before


@dataclass(frozen=True, eq=False)
class StaffingProblem:
    """``h`` hours that repeat (24, or 168), ``b`` bases, ``s`` shifts that are allowed."""

    calls: Float64  # [h] an hour
    minutes: float  # that a call keeps a crew busy, the drive included
    covers: tuple[Cover, ...]
    cover_of: Int64  # [h] index into covers
    on: Bool  # [s, h] whether a shift is on duty
    most: Int64  # [b] crews on duty at once
    cost: Float64  # [b, s] of a crew
    _together: dict[tuple[float, int], Float64] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.most.size or not self.most.any():
            raise StaffingError("no base may have a crew; give providers with a base, and allow crews", field="base")
        if not self.on.size:
            raise StaffingError("no shift is allowed; give starts and hours", field="shift")
        wrong = np.flatnonzero(~((self.calls >= 0) & np.isfinite(self.calls)))
        if wrong.size:
            raise StaffingError(f"calls in hour {wrong[0]} are {self.calls[wrong[0]]}; give 0 or more", field="calls")
        if not 0 < self.minutes <= 1440:
            raise StaffingError(f"minutes_per_call is {self.minutes}; give above 0 to 1440", field="minutes_per_call")

    @property
    def hours(self) -> int:
        return int(self.calls.size)

    @cached_property
    def length(self) -> Int64:
        """[s] hours of each shift."""
        return self.on.sum(axis=1).astype(np.int64)

    @cached_property
    def loads(self) -> Float64:
        """[h] crews at work on average."""
        return np.array([load(calls, self.minutes) for calls in self.calls.tolist()])

    @cached_property
    def reachable(self) -> Bool:
        """[h] whether any shift is on duty then."""
        return self.on.sum(axis=0) > 0

    @cached_property
    def asked(self) -> Int64:
        """Hours with calls."""
        return np.flatnonzero(self.calls > 0)

    def cover(self, hour: int) -> Cover:
        return self.covers[int(self.cover_of[hour])]

    def busy(self, hour: int, crews: int) -> float:
        """Share of the time that each crew on duty in an hour is busy: its load over the crews, 1 at most."""
        return busy_share(float(self.loads[hour]), crews)

    def together(self, hour: int, crews: int) -> Float64:
        """[crews + 1] probability that k given ones of the crews on duty are all busy; see `busy_together`."""
        key = float(self.loads[hour]), crews
        if key not in self._together:
            self._together[key] = busy_together(*key)
        return self._together[key]

    def on_duty(self, plan: Int64) -> Int64:
        """[h, b] crews on duty under a plan [b, s]."""
        return (plan @ self.on.astype(np.int64)).T

    def share(self, hour: int, crews: Int64) -> float:
        """Expected share within promise in an hour with crews [b] on duty."""
        return self.cover(hour).share(crews, self.together(hour, int(crews.sum())))

    def shares(self, plan: Int64) -> Float64:
        """[h] under a plan; 1 in hours without calls."""
        duty, out = self.on_duty(plan), np.ones(self.hours)
        for hour in self.asked.tolist():
            out[hour] = self.share(hour, duty[hour])
        return out

    def mean_share(self, shares: Float64) -> float:
        """Of all calls; 1 without any."""
        total = float(self.calls.sum())
        return float(self.calls @ shares) / total if total else 1.0

    def costs(self, plan: Int64) -> float:
        return float((self.cost * plan).sum())

    def crew_hours(self, plan: Int64) -> int:
        return int(plan.sum(axis=0) @ self.length)

    def allows(self, plan: Int64) -> bool:
        """Whether no base ever has too many crews."""
        return bool((plan >= 0).all() and (self.on_duty(plan) <= self.most).all())

    @cached_property
    def best(self) -> Float64:
        """[h] the share with every crew that may be on duty: none has more."""
        out = np.ones(self.hours)
        for hour in self.asked.tolist():
            out[hour] = self.share(hour, self.most) if self.reachable[hour] else 0.0
        return out
