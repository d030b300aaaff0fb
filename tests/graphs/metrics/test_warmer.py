"""The thread that keeps metrics warm."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from graphs.metrics import MetricStore, Warmer, load_traffic_profile
from graphs.region import Region

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_the_next_hour_is_ready_before_it_begins(small_town: Region, monkeypatch) -> None:
    """As the clock goes on, each hour's metric is there before anybody asks; a failure does not end it."""
    store = MetricStore(small_town, load_traffic_profile())
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
