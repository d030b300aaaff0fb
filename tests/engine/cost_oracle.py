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


def served(w: Weights, p: float, due: int, ready: int, travel: int, price: float, changed: bool) -> dict[str, int]:
    """Parts of serving one incident, in milli-minutes."""
    arrival = ready + travel
    parts = {"waiting": round(1000 * p * w.waiting * (arrival / 60_000))}
    late = max(0, arrival - due)
    if late > 0:
        minutes = late / 60_000
        parts["broken_promise"] = round(1000 * p * w.broken_promise)
        parts["lateness"] = round(1000 * p * (w.lateness * minutes + w.lateness_squared * (minutes * minutes)))
    parts["driving"] = round(1000 * w.driving * (travel / 60_000))
    parts["tariff"] = round(1000 * w.tariff * price)
    if changed:
        parts["plan_change"] = round(1000 * w.plan_change)
    return parts


def left(w: Weights, p: float, due: int, latest: int) -> dict[str, int]:
    """Parts of leaving one incident without a unit, in milli-minutes."""
    parts = served(w, p, due, latest, 0, 0.0, changed=False)
    parts["unserved"] = round(1000 * p * w.unserved)
    return parts
