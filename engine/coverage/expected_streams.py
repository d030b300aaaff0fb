"""Streams of calls and whom each may be served by, as the arrays that the fixed point is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.arrival.model import ArrivalModel
from engine.coverage.busy import Lists
from engine.coverage.coverage import Coverage
from engine.coverage.expected_kernels import fill_lists, prior_means
from engine.coverage.stands import Stands
from engine.errors import OptionError
from engine.jobs.service_time import hand_over, service_time
from engine.model import Service
from engine.policy import Policy
from engine.policy_rules import Spread
from graphs.network import Float64, Int64
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
    ends: Positions | None = None  # where it ends: the nearest of these; None: at the place (for crews that roam)
    listed: dict[tuple[Coverage, int], Int64] = field(default_factory=dict, repr=False)  # entries that were asked for

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
        if self.work is not None and not (0 < self.work[0] < 1e6 and 0 <= self.work[1] < 1e6):
            raise OptionError(
                f"work must be a mean above 0 and a spread of 0 or more, in minutes, not {self.work}", option="work"
            )

    @cached_property
    def per_minute(self) -> Float64:
        """[d] calls."""
        demand = self.coverage.demand
        return demand.weight * (self.calls_per_hour / 60 / demand.total)

    def entries(self, few: int) -> Int64:
        """[d, few] as `Arrivals.entries`; what was asked for once is kept, also for a copy with other calls."""
        coverage, known = self.coverage, self.coverage.at_demand.entries
        if few <= known.shape[1]:
            return known[:, :few]
        key = coverage, few
        if key not in self.listed:
            self.listed[key] = coverage.reach.at(coverage.demand.places, few).entries
        return self.listed[key]

    def usual_work(self, policy: Policy) -> Spread:
        """Minutes of work at the place and of the hand-over, mean and spread."""
        if self.work is None:
            usual = service_time(policy.service_time, self.coverage.service, ())
            mean, spread = usual.mean.total_seconds() / 60, usual.deviation.total_seconds() / 60
        else:
            mean, spread = self.work
        if self.coverage.service in CARRIES:
            more = hand_over(policy.service_time)
            mean += more.mean.total_seconds() / 60
            spread = float(np.hypot(spread, more.deviation.total_seconds() / 60))
        return mean, spread


class Streams:
    """Several streams whose crews may be the same: one that repairs and tows is one server."""

    def __init__(self, streams: Sequence[CallStream], policy: Policy) -> None:
        if not streams:
            raise OptionError("expected coverage needs at least one stream of calls", option="streams")
        self.streams, self.policy = tuple(streams), policy
        self.prior = ArrivalModel.of(policy).prior
        stands = [stream.coverage.stands for stream in streams]
        self.number = _numbers(stands)  # of each stream's stands among all
        self.providers = stands[0].providers
        if any(each.providers != self.providers for each in stands):
            raise OptionError("the streams' coverages must be of one fleet", option="streams")
        self.crews = self._joined(stands, "crews").astype(np.int64)
        self.mobilisation_ms = self._joined(stands, "mobilisation_ms").astype(np.int64)
        self.provider = self._joined(stands, "provider").astype(np.int64)
        self.serves = np.zeros((len(streams), self.crews.size), np.bool_)
        for k, numbers in enumerate(self.number):
            self.serves[k, numbers] = True
        sizes = [len(stream.coverage.demand.places) for stream in streams]
        self.first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        factor = prior_means(self.prior)[0]
        usual = [stream.usual_work(policy) for stream in streams]
        self.work = np.concatenate(
            [
                np.broadcast_to(mean + factor * np.asarray(stream.carry_minutes, np.float64), size)
                for stream, (mean, _), size in zip(streams, usual, sizes, strict=True)
            ]
        )
        self.work_variance = np.array([spread * spread for _, spread in usual])
        self.per_minute = np.concatenate([stream.per_minute for stream in streams])
        self.within_ms = np.concatenate([stream.coverage.demand_within_ms for stream in streams]).astype(np.float64)

    def _joined(self, stands: Sequence[Stands], name: str) -> np.ndarray:
        out = np.zeros(max((int(numbers.max()) + 1 for numbers in self.number if numbers.size), default=0), np.int64)
        for each, numbers in zip(stands, self.number, strict=True):
            out[numbers] = getattr(each, name)
        return out

    def rows(self, stream: int) -> slice:
        """The places of one stream."""
        return slice(int(self.first[stream]), int(self.first[stream + 1]))

    def whole(self, few: int) -> np.ndarray:
        """[k] whether lists of that length hold everybody who serves the stream."""
        return np.array([numbers.size <= few for numbers in self.number])

    def lists(self, few: int) -> Lists:
        """The first ``few`` stands of every place, in order of arrival."""
        stand = np.empty((int(self.first[-1]), few), np.int32)
        minutes = np.zeros(stand.shape)
        for k, stream in enumerate(self.streams):
            coverage = stream.coverage
            ready = np.ascontiguousarray(coverage.stands.mobilisation_ms, np.int64)
            entries = stream.entries(few)
            rows = self.rows(k)
            fill_lists(entries, self.number[k], ready, self.prior, self.work[rows], rows.start, stand, minutes)
        return Lists(stand, minutes, self.per_minute, self.first, self.crews, self.serves)


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
