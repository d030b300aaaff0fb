"""Partial customisation equals full customisation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.errors import NetworkError
from graphs.search import INF, Hierarchy
from graphs.search import metric as metric_module

from .cases import SHAPES, large, make

HIERARCHIES = {
    (shape, seed): Hierarchy.build(case.tail, case.head, case.node_count)
    for shape in SHAPES
    for seed in range(2)
    for case in [make(shape, seed)]
    if case.tail.size
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(HIERARCHIES)), st.data())
def test_a_chain_of_updates_equals_customising_anew(key: tuple[str, int], data: st.DataObject) -> None:
    """Whatever arcs change, faster, slower, closed, reopened or twice, every edge time is as if made from scratch."""
    case, hierarchy = make(*key), HIERARCHIES[key]
    metric = hierarchy.customise(case.weights)
    weight = st.one_of(st.integers(0, 12_000), st.just(INF))
    arc = st.integers(0, case.tail.size - 1)
    for _ in range(3):
        changes = data.draw(st.lists(st.tuples(arc, weight), max_size=8))
        arcs, weights = np.array(changes, np.int64).reshape(-1, 2).T
        metric = metric.updated(arcs, weights)
        assert np.array_equal(metric.times, hierarchy.customise(metric.weights).times), str(case)


@pytest.mark.parametrize("patience", [1000.0, 0.5, 0.0])
@pytest.mark.parametrize("share", [0.002, 0.05, 1.0])
def test_large_updates_are_exact_with_or_without_giving_up(
    monkeypatch: pytest.MonkeyPatch, patience: float, share: float
) -> None:
    """Edge by edge or abandoned for a full customisation, the times are the same."""
    monkeypatch.setattr(metric_module, "PATIENCE", patience)
    case = large(1600, 11)
    hierarchy = Hierarchy.build(case.tail, case.head, case.node_count)
    rng = np.random.default_rng(4)
    arcs = rng.integers(0, case.tail.size, int(share * case.tail.size))
    weights = np.minimum(case.weights[arcs] * rng.uniform(0.3, 3, arcs.size), INF).astype(np.int32)
    before = hierarchy.customise(case.weights)
    after = before.updated(arcs, weights)
    assert np.array_equal(after.times, hierarchy.customise(after.weights).times), str(case)
    assert np.array_equal(before.weights, case.weights)


def test_unknown_arcs_are_refused() -> None:
    """An arc number outside the graph raises a NetworkError."""
    case = make("grid", 0)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    with pytest.raises(NetworkError, match="Arcs must be"):
        metric.updated([case.tail.size], [1])
