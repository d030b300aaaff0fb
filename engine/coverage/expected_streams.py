"""Streams of calls and who may serve them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrival.model import ArrivalModel
from engine.coverage.coverage import Coverage
from engine.coverage.stands import Stands
from engine.errors import OptionError
from engine.jobs.service_time import hand_over, service_time
from engine.model import Service
from engine.policy import Policy
from engine.policy_rules import Spread
from graphs.network import Int64
from graphs.position import Positions

#: Services whose work ends elsewhere, with a hand-over there.
CARRIES = frozenset({Service.TOWING, Service.AIRPORT_TRANSFER, Service.DESIGNATED_DRIVER, Service.VEHICLE_BOOKING})


@dataclass(frozen=True, eq=False)
class CallStream:
    """Calls of one kind: where they come from and who serves them (``coverage``), how many, how long they take."""

    coverage: Coverage
    calls_per_hour: float
    work: Spread | None = None  # minutes at the place, [mean, spread]; None: the policy's for the service
    carry_minutes: float | npt.ArrayLike = 0.0  # computed drive from the place to where the work ends; [d] or one
    ends: Positions | None = None  # where it ends: the nearest of these, by road; None: at the place

    def __post_init__(self) -> None:
        carry = np.asarray(self.carry_minutes, np.float64)
        if not 0 <= self.calls_per_hour < 1e9:
            raise OptionError(
                f"calls_per_hour must be 0 or more, not {self.calls_per_hour}",
                option="calls_per_hour",
                value=self.calls_per_hour,
            )
        if (carry.ndim and carry.shape != (len(self.coverage.demand.places),)) or not np.all(
            (carry >= 0) & (carry < 1e6)
        ):
            raise OptionError(
                "carry_minutes must be 0 or more: one number, or one for each place with demand", option="carry_minutes"
            )
        if self.ends is not None and (not len(self.ends) or carry.any()):
            raise OptionError(
                "ends must be one place or more, and the drive there is computed: leave carry_minutes out",
                option="ends",
            )
        if self.work is not None and not (0 < self.work[0] < 1e6 and 0 <= self.work[1] < 1e6):
            raise OptionError(
                f"work must be a mean above 0 and a spread of 0 or more, in minutes, not {self.work}", option="work"
            )

    def parts_of_work(self, policy: Policy) -> tuple[Spread, ...]:
        """Mean and spread in minutes of the work at the place, and of the hand-over."""
        parts = [self.work]
        if self.work is None:
            usual = service_time(policy.service_time, self.coverage.service, ())
            parts = [(usual.mean.total_seconds() / 60, usual.deviation.total_seconds() / 60)]
        if self.coverage.service in CARRIES:
            more = hand_over(policy.service_time)
            parts.append((more.mean.total_seconds() / 60, more.deviation.total_seconds() / 60))
        return tuple(part for part in parts if part is not None)


class Streams:
    """Several streams whose crews may be the same: one that repairs and tows is one server."""

    def __init__(self, streams: Sequence[CallStream], policy: Policy) -> None:
        if not streams:
            raise OptionError("expected coverage needs at least one stream of calls", option="streams")
        self.streams, self.policy = tuple(streams), policy
        self.prior = ArrivalModel.of(policy).prior
        stands = [stream.coverage.stands for stream in streams]
        self.providers, self.territories = stands[0].providers, stands[0].territories
        if any(each.providers != self.providers or each.territories is not self.territories for each in stands):
            raise OptionError("the streams' coverages must be of one fleet", option="streams")
        number = _numbers(stands)  # of each stream's stands among all
        every, first = np.unique(np.concatenate(number), return_index=True)
        self.crews = np.concatenate([each.crews for each in stands])[first].astype(np.int64)  # [s]
        self.mobilisation_ms = np.concatenate([each.mobilisation_ms for each in stands])[first].astype(np.int64)
        self.provider = np.concatenate([each.provider for each in stands])[first].astype(np.int64)
        self.territory = np.concatenate([each.territory for each in stands])[first].astype(np.int64)
        self.positions = Positions.concatenate([each.positions for each in stands]).take(first)
        self.serves = np.zeros((len(streams), every.size), np.bool_)  # [k, s]
        for k, numbers in enumerate(number):
            self.serves[k, numbers] = True


def _numbers(stands: Sequence[Stands]) -> list[Int64]:
    """[k] of [stands] numbers from 0 that tell which stands of several selections from one fleet are the same.

    By all that makes a stand; equal ones are told apart by their order. O(n log n).
    """
    columns = []
    for each in stands:
        at = each.positions
        parts = (each.provider, at.arc, at.fraction.view(np.int64), each.able, each.mobilisation_ms, each.crews)
        columns.append(np.column_stack(parts).astype(np.int64))
    every = np.concatenate(columns)
    order = np.lexsort(every.T)
    differs = (every[order[1:]] != every[order[:-1]]).any(axis=1)
    kind = np.empty(order.size, np.int64)
    kind[order] = np.concatenate([[0], np.cumsum(differs)])[: order.size]
    ends = np.cumsum([len(each) for each in stands])[:-1]
    again = np.concatenate([_occurrence(part) for part in np.split(kind, ends)])
    number = np.unique(kind * (again.max(initial=0) + 1) + again, return_inverse=True)[1]
    return np.split(number.reshape(-1).astype(np.int64), ends)


def _occurrence(values: Int64) -> Int64:
    """[n] how many equal ones come before each. O(n log n)."""
    order = np.argsort(values, kind="stable")
    begins = np.flatnonzero(np.append(True, np.diff(values[order]) != 0)) if values.size else np.empty(0, np.int64)
    out = np.empty(values.size, np.int64)
    out[order] = np.arange(values.size) - np.repeat(begins, np.diff(np.append(begins, values.size)))
    return out
