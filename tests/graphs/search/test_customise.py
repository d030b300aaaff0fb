"""Customisation: weights in, shortest edge times out."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.errors import NetworkError
from graphs.search import INF, Hierarchy

from .cases import ALL, all_pairs, make


@pytest.mark.parametrize(("shape", "seed"), ALL)
def test_no_lower_triangle_is_shorter_than_its_edge(shape: str, seed: int) -> None:
    """Edge times are never below the true time and never above a detour over a lower node."""
    case = make(shape, seed)
    h = Hierarchy.build(case.tail, case.head, case.node_count)
    metric = h.customise(case.weights)
    up, down = (np.full((h.node_count, h.node_count), INF, np.int64) for _ in range(2))
    for v in range(h.node_count):
        for e in range(int(h.up_first[v]), int(h.up_first[v + 1])):
            up[v, h.up_node[e]], down[v, h.up_node[e]] = metric.times[2 * e], metric.times[2 * e + 1]
    exact = all_pairs(case)[np.ix_(h.node_of, h.node_of)]
    assert (np.where(up < INF, up, INF) >= np.where(up < INF, exact, 0)).all(), str(case)
    assert (np.where(down < INF, down, INF) >= np.where(down < INF, exact.T, 0)).all(), str(case)
    for v in range(h.node_count):
        above = h.up_node[h.up_first[v] : h.up_first[v + 1]].astype(int)
        for i, a in enumerate(above):
            for b in above[i + 1 :]:  # b is below a
                assert up[b, a] <= min(INF, down[v, b] + up[v, a]), str(case)
                assert down[b, a] <= min(INF, down[v, a] + up[v, b]), str(case)


def test_weights_are_kept_as_given() -> None:
    """The metric remembers its own copy of the weights."""
    case = make("parallel", 2)
    given = case.weights.copy()
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(given)
    given[:] = 0
    assert np.array_equal(metric.weights, case.weights)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([1], "one weight for each"),
        ([1, -1], "Weights must be"),
        ([1, INF + 1], "Weights must be"),
        ([1.5, 2], "whole"),
    ],
)
def test_impossible_weights_are_refused(weights: list[float], words: str) -> None:
    """Too few, negative, beyond INF, or fractional weights raise a NetworkError."""
    h = Hierarchy.build(np.array([0, 1]), np.array([1, 0]), 2)
    with pytest.raises(NetworkError, match=words):
        h.customise(np.array(weights))
