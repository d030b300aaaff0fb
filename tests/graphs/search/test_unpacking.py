"""Paths in input arcs."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.search import INF, Hierarchy, Seeds

from .cases import ALL, all_pairs, entered, large, make, positions


@pytest.mark.parametrize(("shape", "seed"), ALL)
def test_paths_connect_and_add_up(shape: str, seed: int) -> None:
    """Arcs follow each other from position to position, their weights and the seeds' costs add up to the exact time."""
    case = make(shape, seed)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    out, into = positions(case, 12, seed), positions(case, 12, seed + 50)
    exact = entered(into, entered(out, all_pairs(case)).T).T
    for i in range(12):
        arcs, time = metric.path(out[i], into[i])
        assert time == exact[i, i], (str(case), i)
        if time == INF:
            assert arcs.size == 0
            continue
        assert np.array_equal(case.head[arcs[:-1]], case.tail[arcs[1:]]), (str(case), i)
        start, end = case.tail[arcs[0]] if arcs.size else None, case.head[arcs[-1]] if arcs.size else None
        costs = {
            cost_out + cost_in
            for node_out, cost_out in zip([out.node_a[i], out.node_b[i]], [out.cost_a[i], out.cost_b[i]], strict=True)
            for node_in, cost_in in zip([into.node_a[i], into.node_b[i]], [into.cost_a[i], into.cost_b[i]], strict=True)
            if (node_out == start and node_in == end) or (start is None and node_out == node_in >= 0)
        }
        assert time - case.weights[arcs].astype(np.int64).sum() in costs, (str(case), i)
        for arc in arcs:  # of parallel arcs the cheapest
            twins = (case.tail == case.tail[arc]) & (case.head == case.head[arc])
            assert case.weights[arc] == case.weights[twins].min(), (str(case), i)


def test_long_paths_on_a_larger_graph() -> None:
    """Paths of hundreds of arcs on a 4,900-node graph agree with the sweep."""
    case = large(4900, 1)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    start = Seeds.at_nodes(17)
    times = metric.one_to_all(start)
    longest = 0
    for node in np.random.default_rng(0).integers(0, case.node_count, 40):
        arcs, time = metric.path(start, Seeds.at_nodes(node))
        assert time == times[node] == case.weights[arcs].sum(), (str(case), node)
        assert np.array_equal(case.head[arcs[:-1]], case.tail[arcs[1:]]), (str(case), node)
        longest = max(longest, arcs.size)
    assert longest > 60


def test_no_arcs_to_where_one_stands() -> None:
    """From a node to itself the path is empty and takes no time."""
    case = make("grid", 3)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    arcs, time = metric.path(Seeds.at_nodes(0), Seeds.at_nodes(0))
    assert (arcs.size, time) == (0, 0)
