"""What the kernels read of each unit, by row: what never changes with the hour, and the terms of one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
from numba import njit

from engine.cost import standing_parts
from engine.fleet.territory import Territories
from engine.model import Break, NightTariff, Provider, Unit, UnitStatus, bits
from engine.policy import Policy
from engine.times import require_zone, to_ms
from graphs.network import Float64, Int64, UInt8
from graphs.search.arrays import frozen

#: A shift without end, ms since 1970; differences with times of any year stay inside 64 bits.
NEVER = 1 << 60
DAY_MS = 86_400_000
QUARTER_MS = 900_000


@dataclass(frozen=True, eq=False)
class UnitArrays:
    """What the kernels read of each unit, by row."""

    bits: Int64  # services and capabilities
    can_work: UInt8
    free_ms: Int64  # when it is free and on shift, ms since 1970; far in the past when it is now; see `free_at`
    busy_until_ms: Int64  # the end of the present job alone, which is an estimate; 0 without one
    mobilisation_ms: Int64
    price: Float64  # of a call-out by day
    territory: Int64
    per_km: Float64  # price of a kilometre by day
    overtime_price: Float64  # of an hour
    shift_end_ms: Int64  # ms since 1970, NEVER without one
    decline: Float64  # probability that an offer is declined
    quality: Int64  # cost in milli-minutes whatever it does
    rotation: Int64  # the same
    breaks: Int64  # [b, 3] row, start and end in ms since 1970, by row and start
    night: Float64  # [units, 3] factor, start and end in ms of the local day

    def free_at(self, now_ms: int) -> Int64:
        """[units] ms since 1970 at which each unit is free, on shift and not resting; never before now."""
        free = np.maximum(self.free_ms, now_ms)
        if len(self.breaks):
            _rest(self.breaks, free)
        return frozen(free, np.int64)

    def ready_ms(self, now_ms: int) -> Int64:
        """[units] ms from now until each unit is free and mobilised."""
        return self.free_at(now_ms) - now_ms + self.mobilisation_ms

    def ready_ms_of(self, row: int, now_ms: int) -> int:
        """`ready_ms` of one unit."""
        free = max(int(self.free_ms[row]), now_ms)
        if len(self.breaks):
            for start, end in self.breaks[self.breaks[:, 0] == row, 1:].tolist():
                free = end if start <= free < end else free
        return free - now_ms + int(self.mobilisation_ms[row])

    def replaced(self, rows: Int64, fresh: UnitArrays) -> UnitArrays:
        """The arrays after ``rows`` became those of ``fresh``, in its order."""
        values = {item.name: np.array(getattr(self, item.name)) for item in fields(self) if item.name != "breaks"}
        for name, value in values.items():
            value[rows] = getattr(fresh, name)
        news = np.array(fresh.breaks)
        news[:, 0] = rows[news[:, 0]]
        breaks = np.concatenate([self.breaks[~np.isin(self.breaks[:, 0], rows)], news])
        values["breaks"] = breaks[np.lexsort((breaks[:, 1], breaks[:, 0]))]
        return UnitArrays(**{name: frozen(value, value.dtype) for name, value in values.items()})

    def tariff_factor(self, free_ms: Int64, zone: tzinfo) -> Float64 | None:
        """[units] what prices are multiplied by for units called out at free_ms; None when it is 1 for all."""
        factor, start, end = self.night.T
        if not (factor > 1.0).any():
            return None
        clock = (free_ms + _offsets_ms(free_ms, zone)) % DAY_MS
        inside = np.where(start <= end, (start <= clock) & (clock < end), (clock >= start) | (clock < end))
        return np.where(inside, factor, 1.0)


def _offsets_ms(moments_ms: Int64, zone: tzinfo) -> Int64:
    """[k] ms by which the zone's clock is ahead of UTC at each moment; clocks change at quarters of hours only."""
    quarters, which = np.unique(moments_ms // QUARTER_MS, return_inverse=True)
    offsets = [
        datetime.fromtimestamp(quarter * QUARTER_MS / 1000, UTC).astimezone(zone).utcoffset() or timedelta(0)
        for quarter in quarters.tolist()
    ]
    return np.array([offset // timedelta(milliseconds=1) for offset in offsets], np.int64)[which]


@njit(nogil=True, cache=True)
def _rest(breaks, free_ms):
    """Move free times that fall into a break to its end, in place; O(breaks)."""
    for b in range(breaks.shape[0]):
        row = breaks[b, 0]
        if breaks[b, 1] <= free_ms[row] < breaks[b, 2]:
            free_ms[row] = breaks[b, 2]


@dataclass(frozen=True, eq=False)
class UnitTerms:
    """What depends on the moment of the question: when units are free, at what prices they come, how sure that is."""

    free_ms: Int64  # as `UnitArrays.free_at`
    price: Float64
    per_km: Float64
    standing: Int64  # quality and rotation
    spread_ms: Float64  # standard deviation of the end of the present job

    @staticmethod
    def of(arrays: UnitArrays, now_ms: int, policy: Policy, zone: tzinfo) -> UnitTerms:
        """The terms of every unit for a question asked now. O(units)."""
        free = arrays.free_at(now_ms)
        factor = arrays.tariff_factor(free, zone)
        return UnitTerms(
            free_ms=free,
            price=arrays.price if factor is None else frozen(arrays.price * factor, np.float64),
            per_km=arrays.per_km if factor is None else frozen(arrays.per_km * factor, np.float64),
            standing=frozen(arrays.quality + arrays.rotation, np.int64),
            spread_ms=frozen(policy.arrival.busy_spread * np.maximum(0, arrays.busy_until_ms - now_ms), np.float64),
        )


def unit_arrays(
    units: Sequence[Unit], providers: Mapping[str, Provider], territories: Territories, policy: Policy
) -> UnitArrays:
    """The arrays of checked units, in their order."""
    owners = [providers[unit.provider_id] for unit in units]
    standing = {p.id: standing_parts(policy, p.quality, p.recent_share) for p in {o.id: o for o in owners}.values()}
    rests = [
        (row, *_window_ms(rest))
        for row, unit in enumerate(units)
        for rest in sorted(unit.breaks, key=lambda rest: rest.start)
    ]
    return UnitArrays(
        bits=frozen([bits(u.services, u.capabilities) for u in units], np.int64),
        can_work=frozen([_can_work(u) for u in units], np.uint8),
        free_ms=frozen([_free_ms(u) for u in units], np.int64),
        busy_until_ms=frozen([_busy_until_ms(u) for u in units], np.int64),
        mobilisation_ms=frozen([round(u.mobilisation.total_seconds() * 1000) for u in units], np.int64),
        price=frozen([o.call_out_price for o in owners], np.float64),
        territory=frozen([territories.of_provider[u.provider_id] for u in units], np.int64),
        per_km=frozen([o.per_km_price for o in owners], np.float64),
        overtime_price=frozen([u.overtime_price for u in units], np.float64),
        shift_end_ms=frozen(
            [NEVER if u.shift_end is None else to_ms(require_zone(u.shift_end)) for u in units], np.int64
        ),
        decline=frozen([1.0 - o.acceptance for o in owners], np.float64),
        quality=frozen([standing[o.id][0] for o in owners], np.int64),
        rotation=frozen([standing[o.id][1] for o in owners], np.int64),
        breaks=frozen(np.array(rests, np.int64).reshape(-1, 3), np.int64),
        night=frozen(np.array([_night(o.night) for o in owners], np.float64).reshape(-1, 3), np.float64),
    )


def _can_work(unit: Unit) -> bool:
    return unit.status is UnitStatus.AVAILABLE or (unit.status is UnitStatus.BUSY and unit.free_at is not None)


def _free_ms(unit: Unit) -> int:
    """An available unit is free already, whatever free_at an earlier job left behind, but not before its shift."""
    shift = 0 if unit.shift_start is None else to_ms(require_zone(unit.shift_start))
    if unit.status is not UnitStatus.BUSY or unit.free_at is None:
        return shift
    return max(shift, to_ms(require_zone(unit.free_at, field=f"unit {unit.id}: free_at")))


def _busy_until_ms(unit: Unit) -> int:
    return 0 if unit.status is not UnitStatus.BUSY or unit.free_at is None else to_ms(require_zone(unit.free_at))


def _shift_end_ms(unit: Unit) -> int:
    return NEVER if unit.shift_end is None else to_ms(require_zone(unit.shift_end))


def _window_ms(rest: Break) -> tuple[int, int]:
    return to_ms(require_zone(rest.start)), to_ms(require_zone(rest.end))


def _night(night: NightTariff | None) -> tuple[float, float, float]:
    if night is None:
        return 1.0, 0.0, 0.0
    start, end = (1000 * (t.hour * 3600 + t.minute * 60 + t.second) for t in (night.start, night.end))
    return night.factor, start, end
