"""A slow second implementation of the cost, written from docs/cost.md alone; imports nothing from engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Weights:
    broken_promise: float
    lateness: float
    lateness_squared: float
    waiting: float
    driving: float
    tariff: float
    plan_change: float
    unserved: float
    overtime: float = 0.0
    quality: float = 0.0
    acceptance: float = 0.0
    rotation: float = 0.0
    lateness_of: str = "point"
    max_call_out_price: float = 2000.0


@dataclass(frozen=True)
class Work:
    """One job for one unit, beyond what every pair has."""

    earliest: int = 0
    carry: int = 0
    busy: int = 0
    shift_end: int | None = None
    overtime_price: float = 0.0
    acceptance: float = 1.0
    quality: float = 1.0
    recent_share: float = 0.0
    revenue: float = 0.0
    coverage: int = 0  # as `cover_oracle` has it, where it counts


def served(
    w: Weights,
    p: float,
    due: int,
    ready: int,
    travel: int,
    price: float,
    changed: bool,
    work: Work = Work(),
) -> dict[str, int]:
    """Parts of serving one incident, in milli-minutes."""
    start = max(ready + travel, work.earliest)
    parts = _delay(w, p, due, start, work.earliest)
    if work.shift_end is not None and (over := start + work.busy - work.shift_end) > 0:
        parts["overtime"] = round(1000 * w.overtime * (over / 60_000))
        price = price + work.overtime_price * (over / 3_600_000)
    parts["driving"] = round(1000 * w.driving * ((travel + work.carry) / 60_000))
    parts["tariff"] = round(1000 * w.tariff * min(price, w.max_call_out_price))
    if changed:
        parts["plan_change"] = round(1000 * w.plan_change)
    parts["quality"] = round(1000 * w.quality * (1 - work.quality))
    parts["acceptance"] = round(1000 * p * w.acceptance * (1 - work.acceptance))
    parts["rotation"] = round(1000 * w.rotation * work.recent_share)
    parts["coverage"] = work.coverage
    return parts


def left(w: Weights, p: float, due: int, latest: int, earliest: int = 0, revenue: float = 0.0) -> dict[str, int]:
    """Parts of leaving one incident without a unit, in milli-minutes."""
    parts = _delay(w, p, due, max(latest, earliest), earliest)
    parts["unserved"] = round(1000 * p * w.unserved) + round(1000 * w.tariff * revenue)
    return parts


def _delay(w: Weights, p: float, due: int, start: int, earliest: int) -> dict[str, int]:
    parts = {"waiting": round(1000 * p * w.waiting * ((start - earliest) / 60_000))}
    late = max(0, start - due)
    if late > 0:
        minutes = late / 60_000
        parts["broken_promise"] = round(1000 * p * w.broken_promise)
        parts["lateness"] = round(1000 * p * (w.lateness * minutes + w.lateness_squared * (minutes * minutes)))
    return parts
