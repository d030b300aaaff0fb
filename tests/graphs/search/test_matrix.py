"""Matrices from labels against Floyd and Warshall."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.search import Hierarchy, Seeds, matrix

from .cases import ALL, all_pairs, make


@pytest.mark.parametrize(("shape", "seed"), ALL)
def test_all_pairs_are_exact(shape: str, seed: int) -> None:
    """The matrix of all nodes equals the oracle, integer for integer, INF included."""
    case = make(shape, seed)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    everywhere = Seeds.at_nodes(np.arange(case.node_count))
    times = matrix(metric.labels_from(everywhere), metric.labels_to(everywhere))
    assert np.array_equal(times, all_pairs(case)), str(case)
