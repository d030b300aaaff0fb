"""Grouping departures by metric: exact while few metrics do, coarser beyond, never across hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from graphs.metrics import Arcs, MetricStore, TrafficEntry, TrafficUpdate
from graphs.metrics.hours import HOUR_MS, to_ms
from graphs.region import Region

NOW = datetime(2026, 3, 3, 8, 20, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(5))
def test_groups_equal_single_questions_or_lie_a_little_earlier(small_town: Region, seed: int) -> None:
    """With room each departure's key is its own; without, that of a moment up to 15 minutes before, or of its hour."""
    rng = np.random.default_rng(seed)
    store = MetricStore(small_town)
    ends = [NOW + timedelta(seconds=int(s)) for s in rng.integers(1, 5 * 3600, 40)]
    store.update(TrafficUpdate([TrafficEntry(f"e{n}", Arcs(n), closed=True, end=e) for n, e in enumerate(ends)]), NOW)
    snapshot = store.view().snapshot
    departures = to_ms(NOW) + rng.integers(0, 4 * HOUR_MS, 300)
    keys, group = snapshot.grouped(departures, 1000)
    assert [keys[g] for g in group] == [snapshot.key_at(int(ms)) for ms in departures], f"seed {seed}"
    for limit, back in ((20, 15 * 60_000), (3, HOUR_MS)):
        keys, group = snapshot.grouped(departures, limit)
        assert len(keys) <= max(limit, 5), f"seed {seed}, limit {limit}"
        assert len(set(keys)) == len(keys)
        for ms, g in zip(departures, group, strict=True):
            exact = snapshot.key_at(int(ms))
            assert keys[g].slot == exact.slot, f"seed {seed}"
            assert snapshot.key_at(int(ms) - back).phase <= keys[g].phase <= exact.phase, f"seed {seed}"


def test_the_same_hour_a_week_later_is_another_group(small_town: Region) -> None:
    """A closure of this week does not hold for a departure in the same hour of the next."""
    store = MetricStore(small_town)
    store.update(TrafficUpdate([TrafficEntry("e", Arcs(1), closed=True, end=NOW + timedelta(days=1))]), NOW)
    week = np.array([to_ms(NOW), to_ms(NOW) + 168 * HOUR_MS])
    for limit in (8, 1):
        keys, group = store.view().grouped(week, limit)
        closed = [store.view().metric(keys[g]).weights[1] >= 2**30 - 1 for g in group]
        assert closed == [True, False]


def test_no_departures_need_no_metric(small_town: Region) -> None:
    """An empty fleet asks for nothing."""
    keys, group = MetricStore(small_town).view().grouped(np.empty(0, np.int64))
    assert (keys, group.size) == ([], 0)
