"""The few nearest positions of every node."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.search import INF, Hierarchy, Seeds
from graphs.search.few import told

from .cases import ALL, all_pairs, entered, make, positions


@pytest.mark.parametrize(("shape", "seed"), ALL)
@pytest.mark.parametrize("reverse", [False, True])
def test_the_few_nearest_are_exact(shape: str, seed: int, reverse: bool) -> None:
    """Times and indices in order of both, each position once; INF and -1 where there are no more."""
    case = make(shape, seed)
    weights = case.weights if seed % 2 else np.minimum(case.weights, 3)  # small weights make many ties
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(weights)
    seeds, exact = positions(case, 9, seed), all_pairs(case, weights)
    times = entered(seeds, exact.T if reverse else exact).T.astype(np.int64)
    order = np.argsort(times, axis=1, kind="stable")
    for few in (1, 3, 9, 12):
        time, index = metric.nearest_few(seeds, few, reverse=reverse).at_nodes()
        expected = np.full((case.node_count, few), INF, np.int64)
        kept = min(few, 9)
        expected[:, :kept] = np.take_along_axis(times, order[:, :kept], axis=1)
        who = np.full((case.node_count, few), -1)
        who[:, :kept] = order[:, :kept]
        assert np.array_equal(time, expected), (str(case), few)
        assert np.array_equal(index, np.where(expected < INF, who, -1)), (str(case), few)


@pytest.mark.parametrize(("shape", "seed"), ALL)
def test_the_few_nearest_of_places(shape: str, seed: int) -> None:
    """A place that is entered from two nodes has the nearest by either, each once."""
    case = make(shape, seed)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    seeds, exact = positions(case, 6, seed), all_pairs(case).astype(np.int64)
    places = positions(case, 5, seed + 1)
    start = entered(seeds, exact).astype(np.int64)  # [seed, node]
    times = np.minimum(
        start[:, places.node_a] + places.cost_a,
        np.where(places.node_b >= 0, start[:, places.node_b] + places.cost_b, INF),
    ).T
    times = np.where(times >= INF, INF, times)
    order = np.argsort(times, axis=1, kind="stable")[:, :3]
    time, index = told(metric.nearest_few(seeds, 3).at(places))
    expected = np.take_along_axis(times, order, axis=1)
    assert np.array_equal(time, expected), str(case)
    assert np.array_equal(index, np.where(expected < INF, order, -1)), str(case)


def test_the_few_nearest_of_nobody() -> None:
    """Without any position every list is empty; a list of none is refused."""
    case = make("grid", 1)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    time, index = metric.nearest_few(Seeds.at_nodes(np.empty(0, np.int32)), 3).at_nodes()
    assert (time == INF).all()
    assert (index == -1).all()
    with pytest.raises(ValueError, match="few"):
        metric.nearest_few(Seeds.at_nodes([0]), 0)
