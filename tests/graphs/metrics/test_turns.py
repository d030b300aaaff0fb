"""Updates that come while another one is being published."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from graphs.errors import TrafficError
from graphs.metrics import Arcs, MetricStore, TrafficEntry, TrafficProfile, TrafficUpdate, Weather
from graphs.region import Region
from tests.graphs.metrics.oracle import weights

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


class Held:
    """A store whose first publication waits until `count` more updates are queued behind it."""

    def __init__(self, region: Region, count: int, error: Exception | None = None) -> None:
        self.store = MetricStore(region)
        self.publications = 0
        self._count, self._error = count, error
        self.store.follow(self._follow)

    def _follow(self, _view: object, keys: Any, _now: datetime) -> None:
        if len(keys) != 1:
            return
        self.publications += 1
        if self.publications == 1:
            for _ in range(6_000):
                if len(self.store._turns) >= self._count:
                    return
                threading.Event().wait(0.005)
            raise AssertionError("nobody came")
        if self.publications == 2 and self._error:
            raise self._error

    def run(self, calls: list[Callable[[], Any]]) -> list[Any]:
        """Results or errors of one update, and of `calls` made while it is being published."""
        with ThreadPoolExecutor(len(calls) + 1) as pool:
            first = pool.submit(self.store.update, TrafficUpdate([TrafficEntry("first", Arcs(0), factor=0.5)]), NOW)
            while not self.publications:
                threading.Event().wait(0.001)
            rest = [pool.submit(call) for call in calls]
            return [future.exception() or future.result() for future in (first, *rest)]


@pytest.mark.parametrize("seed", range(3))
def test_entries_that_come_meanwhile_are_one_snapshot(small_town: Region, seed: int) -> None:
    """Twenty updates of one arc each that come during a publication are published once, and all are in force."""
    rng = np.random.default_rng(seed)
    entries = [
        TrafficEntry(f"e{n}", Arcs(int(arc)), speed_kph=float(rng.uniform(3, 90)))
        for n, arc in enumerate(rng.integers(0, small_town.network.arc_count, 20))
    ]
    held = Held(small_town, len(entries))
    results = held.run([lambda e=e: held.store.update(TrafficUpdate([e]), NOW) for e in entries])
    assert [result.epoch for result in results] == [1] + [2] * 20, f"seed {seed}"
    assert [result.accepted for result in results] == [1] * 21
    assert sorted(result.in_force for result in results) == list(range(1, 22))
    assert len({result.arcs_changed for result in results[1:]}) == 1
    assert (held.publications, held.store.view().epoch) == (2, 2)
    first = TrafficEntry("first", Arcs(0), factor=0.5)
    expected = weights(small_town, TrafficProfile.flat(), Weather.DRY, [first, *entries], NOW)
    metric = held.store.view().at(NOW)[1]
    assert np.array_equal(metric.weights[: expected.size], expected), f"seed {seed}"
    assert np.array_equal(metric.times, small_town.customise(expected).times), f"seed {seed}"


def test_each_update_of_a_snapshot_has_its_own_answer(small_town: Region) -> None:
    """A strict update that is refused, a trial and a removal beside others get what they would get alone."""
    held = Held(small_town, 4)
    bad = TrafficUpdate([TrafficEntry("bad", Arcs(3), speed_kph=-1)])
    good = TrafficUpdate([TrafficEntry("good", Arcs(4), closed=True)])
    update = held.store.update
    _, refused, tried, taken, cleared = held.run(
        [
            lambda: update(bad, NOW, strict=True),
            lambda: update(TrafficUpdate([TrafficEntry("tried", Arcs(5), closed=True)]), NOW, publish=False),
            lambda: update(good, NOW),
            lambda: held.store.clear(NOW, prefix="fir"),
        ]
    )
    assert isinstance(refused, TrafficError)
    assert (tried.epoch, tried.accepted) == (1, 1)
    assert (taken.epoch, taken.accepted, cleared.epoch, cleared.removed) == (2, 1, 2, 1)
    assert list(held.store.view().snapshot.feed.entries) == ["good"]


def test_a_publication_that_fails_fails_all_its_updates(small_town: Region) -> None:
    """Nobody is told that an update is in force which is not; the next one goes through."""
    held = Held(small_town, 3, RuntimeError("no memory"))
    closures = [TrafficUpdate([TrafficEntry(f"c{n}", Arcs(n), closed=True)]) for n in range(3)]
    first, *rest = held.run([lambda u=u: held.store.update(u, NOW) for u in closures])
    assert first.epoch == 1
    assert [str(error) for error in rest] == ["no memory"] * 3
    assert held.store.view().epoch == 1
    assert held.store.update(closures[0], NOW).epoch == 2
