"""The whole core on DIMACS New York, and on New York made asymmetric, against scipy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse.csgraph import dijkstra

from graphs.dimacs import DimacsGraph, read_graph
from graphs.search import Hierarchy, Seeds, matrix

from .cases import fastest

FILE = Path(__file__).parents[4] / "shared/data/dimacs-ny/USA-road-t.NY.gr.gz"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"{FILE.name} (9th DIMACS challenge) is not there")


@pytest.fixture(scope="module")
def new_york() -> tuple[DimacsGraph, Hierarchy]:
    graph = read_graph(FILE)
    return graph, Hierarchy.build(graph.tail, graph.head, graph.node_count)


def test_the_order_is_the_right_one(new_york: tuple[DimacsGraph, Hierarchy]) -> None:
    """Height and triangles are those of a good nested dissection; the other permutation is a thousand times worse."""
    stats = new_york[1].stats()
    assert stats["height"] < 320
    assert stats["triangles"] < 12e6


@pytest.mark.parametrize("asymmetric", [False, True])
def test_new_york_is_exact(new_york: tuple[DimacsGraph, Hierarchy], asymmetric: bool) -> None:
    """Matrix, sweep, nearest, update and paths equal scipy's Dijkstra, integer for integer."""
    graph, hierarchy = new_york
    rng = np.random.default_rng(2024)
    weights = (
        (graph.weights * rng.uniform(0.5, 2, graph.weights.size)).astype(np.int32) if asymmetric else graph.weights
    )
    weights = np.maximum(weights, 1)
    csr = fastest(graph.tail, graph.head, weights, graph.node_count)
    changed = rng.integers(0, weights.size, 60)
    metric = hierarchy.customise(np.where(np.isin(np.arange(weights.size), changed), 7, weights))
    metric = metric.updated(changed, weights[changed])
    sources, targets = rng.integers(0, graph.node_count, 40), rng.integers(0, graph.node_count, 400)
    out, into = Seeds.at_nodes(sources), Seeds.at_nodes(targets)
    times = matrix(metric.labels_from(out), metric.labels_to(into), threads=2)
    exact = dijkstra(csr, indices=sources[:10]).astype(np.int64)
    assert np.array_equal(times[:10], exact[:, targets])
    assert np.array_equal(metric.one_to_all(out[0]), exact[0])
    to_last = dijkstra(csr.T.tocsr(), indices=targets[-1]).astype(np.int64)
    assert np.array_equal(metric.all_to_one(into[-1]), to_last)
    near = dijkstra(csr, indices=targets, min_only=True).astype(np.int64)
    assert np.array_equal(metric.nearest(into)[0], near)
    arcs, time = metric.path(out[3], into[9])
    assert time == times[3, 9] == weights[arcs].sum()
