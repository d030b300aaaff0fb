"""Figures of days, and intervals from paired differences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.decision import CostParts
from engine.simulate.measures import Estimate, broken_ratio, differences, measures_of
from engine.simulate.records import DayRecord, DecisionRecord, IncidentRecord

MINUTE = 60_000
ONE = IncidentRecord(
    "I1", "urban", "served", "", 0, 30 * MINUTE, 0, MINUTE, 20 * MINUTE, 40 * MINUTE, "U1",
    10 * MINUTE, 12 * MINUTE, 20 * MINUTE, 0, 0, CostParts(waiting=20_000),
)  # fmt: skip


def day(seed: int, *incidents: IncidentRecord) -> DayRecord:
    return DayRecord(seed, "s", incidents, (), (DecisionRecord(0, 1, 0, 2, 0.5),), 0)


def test_figures_of_a_day() -> None:
    """Kept at the minute it runs out, broken after it; who gave up in time is neither, who gave up late is broken."""
    kept = replace(ONE, arrived_ms=30 * MINUTE)
    late = replace(ONE, arrived_ms=30 * MINUTE + 1)
    early = replace(ONE, end="cancelled", arrived_ms=None, ended_ms=10 * MINUTE)
    tired = replace(ONE, end="cancelled", arrived_ms=None, ended_ms=50 * MINUTE)
    found = measures_of(day(1, kept, late, early, tired))
    assert (found["promises_kept"], found["promises_broken"], found["cancelled"]) == (1, 2, 2)
    assert found["mean_wait_min"] == pytest.approx(30, abs=0.001)
    assert found["deferment_breaches"] == 2
    assert found["cost_min"] == 20.0


def test_intervals_are_of_paired_differences() -> None:
    """A difference that is the same on every day has no interval, however much the days differ."""
    many = [day(seed, *[replace(ONE, arrived_ms=60 * MINUTE)] * seed) for seed in (1, 5, 9)]
    less = [day(seed, *[replace(ONE, arrived_ms=60 * MINUTE)] * (seed - 1), ONE) for seed in (1, 5, 9)]
    found = differences(less, many)["promises_broken"]
    assert (found.mean, found.plus_minus) == (-1.0, 0.0)
    ratio = broken_ratio(less, many)
    assert ratio is not None
    assert ratio.mean == pytest.approx(12 / 15)
    assert ratio.plus_minus > 0
    assert broken_ratio(less, [day(seed, ONE) for seed in (1, 5, 9)]) is None
    assert Estimate.of([3.0]) == Estimate(3.0, 0.0)
    assert Estimate.of([1.0, 2.0, 3.0]).plus_minus == pytest.approx(2.484, abs=1e-3)
