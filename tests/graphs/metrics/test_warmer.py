"""The thread that keeps metrics warm."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import numpy as np

from graphs.metrics import Arcs, MetricStore, TrafficEntry, TrafficProfile, TrafficUpdate, Warmer
from graphs.metrics.hours import SLOTS
from graphs.region import Region

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_the_next_hour_is_ready_before_it_begins(small_town: Region, monkeypatch) -> None:
    """As the clock goes on, each hour's metric is there before anybody asks; a failure does not end it."""
    flat = TrafficProfile.flat()
    hours = flat.hours * np.linspace(0.5, 1.0, SLOTS)  # no two alike
    store = MetricStore(small_town, TrafficProfile("t", hours, flat.weather, flat.ways))
    made, turns, hour = [], threading.Semaphore(0), [0]
    inner = store._made

    def remember(key, overlay):
        made.append(key.slot)
        if len(made) == 1:
            raise RuntimeError("once")
        return inner(key, overlay)

    monkeypatch.setattr(store, "_made", remember)

    def clock() -> datetime:
        turns.release()
        return NOW + timedelta(hours=hour[0])

    with Warmer(store, clock, every_s=0.001):
        for hour[0] in range(3):
            for _ in range(3):
                assert turns.acquire(timeout=30)
    assert made == [34, 34, 35, 36, 37]
    store.view().at(NOW + timedelta(hours=3))
    assert len(made) == 5


def test_what_soon_begins_is_ready_before(small_town: Region, monkeypatch) -> None:
    """A closure that begins in half a minute has its metric now; one in ten minutes does not yet."""
    store = MetricStore(small_town)
    soon, later = NOW + timedelta(seconds=30), NOW + timedelta(minutes=10)
    entries = [
        TrafficEntry("a", Arcs(1), closed=True, start=soon),
        TrafficEntry("b", Arcs(2), closed=True, start=later),
    ]
    store.update(TrafficUpdate(entries), NOW)
    made: list[int] = []
    inner = store._made
    monkeypatch.setattr(store, "_made", lambda key, overlay: made.append(key.phase) or inner(key, overlay))
    _, metric = store.view().at(soon)
    assert made == []
    assert metric.weights[1] > metric.weights[0]
    store.warm(later - timedelta(seconds=30))
    assert len(made) <= 1
    store.view().at(later)
    assert len(made) <= 1
