"""One-to-all and nearest-of-many sweeps."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.search import INF, Hierarchy, Seeds

from .cases import ALL, all_pairs, entered, make, positions


@pytest.mark.parametrize(("shape", "seed"), ALL)
def test_sweeps_are_exact_in_both_directions(shape: str, seed: int) -> None:
    """Times from a position to all nodes, and from all nodes to it, in the original order of nodes."""
    case = make(shape, seed)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    seeds, exact = positions(case, 4, seed), all_pairs(case)
    for i in range(len(seeds)):
        assert np.array_equal(metric.one_to_all(seeds[i]), entered(seeds[i], exact)[0]), (str(case), i)
        assert np.array_equal(metric.all_to_one(seeds[i]), entered(seeds[i], exact.T)[0]), (str(case), i)


@pytest.mark.parametrize(("shape", "seed"), ALL)
@pytest.mark.parametrize("reverse", [False, True])
def test_nearest_names_the_first_of_equals(shape: str, seed: int, reverse: bool) -> None:
    """Time and index of the nearest position for every node; ties go to the smallest index."""
    case = make(shape, seed)
    weights = case.weights if seed % 2 else np.minimum(case.weights, 3)  # small weights make many ties
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(weights)
    seeds, exact = positions(case, 7, seed), all_pairs(case, weights)
    times = entered(seeds, exact.T if reverse else exact)
    time, index = metric.nearest(seeds, reverse=reverse)
    assert np.array_equal(time, times.min(0)), str(case)
    assert np.array_equal(index, np.where(times.min(0) < INF, times.argmin(0), -1)), str(case)


def test_nearest_of_nobody() -> None:
    """Without any position every node is unreachable."""
    case = make("grid", 1)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    time, index = metric.nearest(Seeds.at_nodes(np.empty(0, np.int32)))
    assert (time == INF).all()
    assert (index == -1).all()
