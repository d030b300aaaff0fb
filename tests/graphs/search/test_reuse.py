"""Memory of retired metrics: used again, and never while anybody reads it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graphs.search import Hierarchy, Metric
from graphs.search import metric as metric_module

from .cases import Case, large


def changes(case: Case, rng: np.random.Generator) -> tuple[Any, Any]:
    count = int(rng.integers(1, 5))
    return rng.integers(0, case.tail.size, count), rng.integers(0, 100_000, count)


@pytest.mark.parametrize("remembered", [1 << 14, 40])
@pytest.mark.parametrize("seed", range(4))
def test_whoever_holds_a_metric_or_a_view_of_it_reads_what_it_was(
    monkeypatch: pytest.MonkeyPatch, seed: int, remembered: int
) -> None:
    """Metrics and bare views kept at random along a branching chain of updates never change; all equal new ones."""
    monkeypatch.setattr(metric_module, "MOST_REMEMBERED", remembered)
    rng = np.random.default_rng(seed)
    case = large(400, seed)
    hierarchy = Hierarchy.build(case.tail, case.head, case.node_count)
    metric = hierarchy.customise(case.weights)
    metrics: list[tuple[Metric, bytes, bytes]] = []
    views: list[tuple[Any, bytes]] = []
    for step in range(60):
        old, metric = metric, metric.updated(*changes(case, rng))
        if rng.random() < 0.2:
            old.updated(*changes(case, rng))  # a second successor, soon forgotten
        if rng.random() < 0.3:
            metrics.append((metric, metric.weights.tobytes(), metric.times.tobytes()))
        if rng.random() < 0.3:
            part = metric.times[10:200:3] if rng.random() < 0.5 else metric.weights[5:50]
            views.append((part, part.tobytes()))
        if metrics and rng.random() < 0.2:
            metrics.pop(int(rng.integers(len(metrics))))
        if views and rng.random() < 0.2:
            views.pop(int(rng.integers(len(views))))
        del old
        fresh = hierarchy.customise(metric.weights)
        assert np.array_equal(metric.times, fresh.times), f"seed {seed}, step {step}"
        assert all((m.weights.tobytes(), m.times.tobytes()) == (w, t) for m, w, t in metrics), f"seed {seed}, {step}"
        assert all(view.tobytes() == content for view, content in views), f"seed {seed}, step {step}"


def test_memory_goes_to_the_successor_of_the_successor() -> None:
    """Along a chain of small updates two buffers take turns, unless a reader holds one."""
    case = large(400, 1)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    places = []
    for weight in range(6):
        metric = metric.updated([5], [weight])
        places.append(metric.times.ctypes.data)
    assert len(set(places)) == 2
    reader = metric.times[:10]
    for weight in range(6):
        metric = metric.updated([5], [weight])
    assert metric.times.ctypes.data not in places[-1:]
    assert not np.shares_memory(reader, metric.times)


def test_metrics_are_read_only() -> None:
    """Nobody can write into lent memory by accident."""
    case = large(400, 1)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    for each in (metric, metric.updated([1], [2]), metric.updated([1], [2]).updated([1], [3])):
        assert not each.times.flags.writeable
        assert not each.weights.flags.writeable
