"""A slow second reckoning of whole plans, written from docs/cost.md, docs/queues.md and docs/check.md alone.

Imports nothing from engine: units, jobs and legs come as plain numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.engine import cost_oracle
from tests.engine.cost_oracle import Weights

HOUR = 3_600_000
DAY = 24 * HOUR
EARTH_KM = 6371.0088


@dataclass(frozen=True)
class UnitFacts:
    """Times in ms from now, prices in currency."""

    at: tuple[float, float]  # lon, lat where its next trip starts, on the road
    free: int = 0  # end of the present job and begin of the shift, whichever is later
    mobilisation: int = 0
    breaks: tuple[tuple[int, int], ...] = ()
    contractor: bool = False
    shift_end: int | None = None
    overtime_price: float = 0.0
    call_out: float = 0.0
    per_km: float = 0.0
    night: tuple[float, int, int] | None = None  # factor, start and end as ms of the local day
    acceptance: float = 1.0
    quality: float = 1.0
    recent_share: float = 0.0
    cover: int = 0  # what sending it leaves uncovered, see `cover_oracle`


@dataclass(frozen=True)
class JobFacts:
    at: tuple[float, float]
    end: tuple[float, float]  # where it ends, on the road
    weight: float
    due: int
    latest: int
    work: int  # with the hand-over
    earliest: int = 0
    carry: int = 0
    garage: float = 0.0
    revenue: float = 0.0
    announced: str | None = None
    counts_cover: bool = False


@dataclass
class Reckoning:
    """Parts in milli-minutes by job, what became of each stop: (arrival, start, end), and by contractor's crew how many
    jobs it has beyond the one that it takes."""

    parts: dict[str, dict[str, int]] = field(default_factory=dict)
    times: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    beyond_one: dict[str, int] = field(default_factory=dict)

    @property
    def cost(self) -> int:
        return sum(sum(parts.values()) for parts in self.parts.values())


def reckon(
    weights: Weights,
    units: Mapping[str, UnitFacts],
    jobs: Mapping[str, JobFacts],
    tours: Mapping[str, Sequence[str]],
    legs: Callable[[str, str], int | None],
    clock: int,
) -> Reckoning:
    """Cost of a plan as it is: `legs(a, b)` is the drive in ms from unit or job a to job b, None without a way; `clock`
    is the time of the local day now. Jobs that no tour reaches are left."""
    found = Reckoning()
    for name, tour in tours.items():
        unit = units[name]
        if unit.contractor and len(tour) > 1:
            found.beyond_one[name] = len(tour) - 1
        free = max(0, unit.free)
        for start, end in sorted(unit.breaks):
            free = end if start <= free < end else free
        ready, before, where = free + unit.mobilisation, name, unit.at
        night = _night(unit, clock, free)
        made: list[str] = []
        price = 0.0
        for key in tour:
            job, travel = jobs[key], legs(before, key)
            if travel is None:
                continue
            price = unit.call_out * night + job.garage
            if unit.per_km:
                price += (
                    unit.per_km * night * (1.3 * _km(where, job.at) + (1.3 * _km(job.at, job.end) if job.carry else 0))
                )
            work = cost_oracle.Work(
                earliest=job.earliest,
                carry=job.carry,
                busy=job.work + job.carry,
                acceptance=unit.acceptance,
                quality=unit.quality,
                recent_share=unit.recent_share,
                coverage=unit.cover if job.counts_cover else 0,
            )
            changed = job.announced is not None and job.announced != name
            found.parts[key] = cost_oracle.served(weights, job.weight, job.due, ready, travel, price, changed, work)
            arrival = ready + travel
            begin = max(arrival, job.earliest)
            ready = begin + job.work + job.carry
            found.times[key] = (arrival, begin, ready)
            before, where = key, job.end
            made.append(key)
        if made and unit.shift_end is not None and ready > unit.shift_end:
            over, last = ready - unit.shift_end, found.parts[made[-1]]
            last["overtime"] = round(1000 * weights.overtime * (over / 60_000))
            asked = price + unit.overtime_price * (over / HOUR)
            last["tariff"] = round(1000 * weights.tariff * min(asked, weights.max_call_out_price))
    for key, job in jobs.items():
        if key not in found.parts:
            found.parts[key] = cost_oracle.left(weights, job.weight, job.due, job.latest, job.earliest, job.revenue)
    return found


def _night(unit: UnitFacts, clock: int, free: int) -> float:
    if unit.night is None:
        return 1.0
    factor, start, end = unit.night
    at = (clock + free) % DAY
    inside = start <= at < end if start <= end else at >= start or at < end
    return factor if inside else 1.0


def _km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Great circle, haversine."""
    (x, y), (u, v) = ([math.radians(value) for value in each] for each in (here, there))
    half = math.sin((v - y) / 2) ** 2 + math.cos(y) * math.cos(v) * math.sin((u - x) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))
