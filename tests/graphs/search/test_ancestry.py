"""Common ancestors in constant time."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.search import Hierarchy

from .cases import SHAPES, Case, large, make

CASES = [make(shape, seed) for shape in SHAPES for seed in range(2)] + [large(1600, 1)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_common_length_counts_shared_ancestors(case: Case) -> None:
    """For many pairs, near and far, the count equals the intersection of the two root paths."""
    h = Hierarchy.build(case.tail, case.head, case.node_count)
    paths = []
    for v in range(h.node_count):
        paths.append((paths[h.parent[v]] if v else set()) | {v})
    rng = np.random.default_rng(5)
    u = rng.integers(0, h.node_count, 500)
    v = np.clip(
        u + rng.integers(-40, 40, 500) * rng.integers(0, 2, 500) + rng.integers(-2, 3, 500), 0, h.node_count - 1
    )
    v[:100] = rng.integers(0, h.node_count, 100)
    expected = [len(paths[a] & paths[b]) for a, b in zip(u, v, strict=True)]
    assert np.array_equal(h.common(u, v), expected), str(case)
