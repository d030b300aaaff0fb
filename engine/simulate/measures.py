"""What a day comes to, and what many days say of the difference between two strategies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import t as student

from engine.simulate.day import MINUTE_MS
from engine.simulate.records import DayRecord
from engine.simulate.runs import Stage

#: How sure the intervals are.
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a day: its name in documents, its title for people, and whether less of it is better."""

    name: str
    title: str
    less_is_better: bool = True


MEASURES = (
    Measure("promises_kept", "Promises kept", less_is_better=False),
    Measure("promises_broken", "Promises broken"),
    Measure("cancelled", "Given up by customers"),
    Measure("open_at_end", "Open at the end"),
    Measure("mean_wait_min", "Mean wait, min"),
    Measure("p90_wait_min", "90 % wait, min"),
    Measure("longest_wait_min", "Longest wait, min"),
    Measure("driving_min", "Driving a call, min"),
    Measure("cost_min", "Cost a call, min"),
    Measure("changes", "Changes of plan"),
    Measure("declines", "Declined by crews"),
    Measure("overtime_h", "Overtime, h"),
    Measure("deferment_breaches", "Overtaken when due"),
)


def measures_of(day: DayRecord) -> dict[str, float]:
    """The figures of `MEASURES`. Waits are those of customers who were reached, from call to arrival."""
    calls = day.incidents
    waits = np.array([(i.arrived_ms - i.received_ms) / MINUTE_MS for i in calls if i.arrived_ms is not None])
    count = max(1, len(calls))
    return {
        "promises_kept": sum(i.kept for i in calls),
        "promises_broken": sum(i.broken for i in calls),
        "cancelled": sum(i.end == Stage.CANCELLED.value for i in calls),
        "open_at_end": sum(i.end == Stage.OPEN.value for i in calls),
        "mean_wait_min": float(waits.mean()) if waits.size else 0.0,
        "p90_wait_min": float(np.percentile(waits, 90)) if waits.size else 0.0,
        "longest_wait_min": float(waits.max()) if waits.size else 0.0,
        "driving_min": sum(i.travel_ms for i in calls) / MINUTE_MS / count,
        "cost_min": sum(i.cost.total for i in calls) / 1000 / count,
        "changes": sum(i.changes for i in calls),
        "declines": sum(i.declines for i in calls),
        "overtime_h": day.overtime_ms / 60 / MINUTE_MS,
        "deferment_breaches": sum(decision.deferred for decision in day.decisions),
    }


def decision_seconds(days: Sequence[DayRecord]) -> tuple[float, float]:
    """Median and 99th percentile of the time a decision took, by the timer that the simulation was given."""
    took = [decision.took_s for day in days for decision in day.decisions]
    return (float(np.median(took)), float(np.percentile(took, 99))) if took else (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over seeds and half the width of its interval; 0 with one seed, where nothing can be said."""

    mean: float
    plus_minus: float

    @staticmethod
    def of(values: Sequence[float]) -> Estimate:
        """Student's interval at `CONFIDENCE` for the mean of independent days."""
        found = np.asarray(values, np.float64)
        if found.size < 2:
            return Estimate(float(found.mean()), 0.0)
        half = float(student.ppf(0.5 + CONFIDENCE / 2, found.size - 1) * found.std(ddof=1) / sqrt(found.size))
        return Estimate(float(found.mean()), half)


def estimate(days: Sequence[DayRecord]) -> dict[str, Estimate]:
    """Each figure over many days under one strategy."""
    rows = [measures_of(day) for day in days]
    return {measure.name: Estimate.of([row[measure.name] for row in rows]) for measure in MEASURES}


def differences(days: Sequence[DayRecord], baseline: Sequence[DayRecord]) -> dict[str, Estimate]:
    """Each figure less the baseline's, day by day: the days are the same, so that their luck cancels out."""
    pairs = [(measures_of(one), measures_of(other)) for one, other in zip(days, baseline, strict=True)]
    if any(one.seed != other.seed for one, other in zip(days, baseline, strict=True)):
        raise AssertionError("days of different seeds were paired")
    return {m.name: Estimate.of([one[m.name] - other[m.name] for one, other in pairs]) for m in MEASURES}


def broken_ratio(days: Sequence[DayRecord], baseline: Sequence[DayRecord]) -> Estimate | None:
    """Promises broken over all days by the baseline's, with the interval of a ratio of paired sums (Fieller's, to first
    order); None when the baseline breaks none."""
    one = np.array([measures_of(day)["promises_broken"] for day in days])
    other = np.array([measures_of(day)["promises_broken"] for day in baseline])
    if not other.sum():
        return None
    ratio = float(one.sum() / other.sum())
    rest = Estimate.of((one - ratio * other) / other.mean())
    return Estimate(ratio, rest.plus_minus)
