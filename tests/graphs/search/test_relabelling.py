"""Label rows after small updates: only stale ones are made anew."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.search import INF, Hierarchy, Labels, Metric
from graphs.search import metric as metric_module

from .cases import SHAPES, large, make, positions


def rows(labels: Labels) -> list[list[int]]:
    return [labels.row(i).tolist() for i in range(len(labels))]


@pytest.mark.parametrize("outward", [True, False])
@pytest.mark.parametrize("shape", [*SHAPES, "large"])
def test_rows_that_are_not_stale_are_those_made_anew(
    monkeypatch: pytest.MonkeyPatch, shape: str, outward: bool
) -> None:
    """Along a chain of random updates the rows carried on, and only the stale ones made again, are as if made anew."""
    monkeypatch.setattr(metric_module, "EDGES_A_ROW", 10_000)
    monkeypatch.setattr(metric_module, "PATIENCE", 1000.0)
    carried_rows = 0
    for seed in range(4):
        case = large(900, seed) if shape == "large" else make(shape, seed)
        if not case.tail.size:
            continue
        rng = np.random.default_rng(seed)
        seeds = positions(case, 40, seed)
        make_labels = Metric.labels_from if outward else Metric.labels_to
        metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
        labels = make_labels(metric, seeds)
        for step in range(5):
            arcs = rng.integers(0, case.tail.size, 3)
            weights = np.where(rng.random(3) < 0.2, INF, rng.integers(0, 12_000, 3))
            metric = metric.updated(arcs, weights)
            stale = metric.stale_rows(labels)
            text = f"{case}, seed {seed}, step {step}"
            assert stale is not None, text
            expected = make_labels(metric, seeds)
            labels = labels.carried(stale, make_labels(metric, seeds[stale]))
            assert labels.metric is metric
            assert rows(labels) == rows(expected), text
            carried_rows += len(labels) - stale.size
    assert carried_rows


def test_labels_of_another_metric_are_not_carried() -> None:
    """Only the metric that was updated has comparable labels, and only few changed edges are worth the comparison."""
    case = large(900, 1)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    labels = metric.labels_from(positions(case, 20, 1))
    once = metric.updated([3], [77])
    assert once.stale_rows(labels) is not None
    assert once.updated([3], [78]).stale_rows(labels) is None
    assert metric.stale_rows(labels) is None
    many = np.arange(0, case.tail.size, 20)
    assert metric.updated(many, case.weights[many] + 1).stale_rows(labels) is None
    with pytest.raises(ValueError, match="one direction"):
        labels.carried([0], once.labels_to(positions(case, 1, 1)))
