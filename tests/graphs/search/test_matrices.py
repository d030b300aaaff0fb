"""Matrices from labels against Floyd and Warshall."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.search import Hierarchy, Seeds, many_to_one, matrix, one_to_many

from .cases import ALL, Case, all_pairs, entered, large, make, positions


@pytest.mark.parametrize(("shape", "seed"), ALL)
def test_all_pairs_are_exact(shape: str, seed: int) -> None:
    """The matrix of all nodes equals the oracle, integer for integer, INF included."""
    case = make(shape, seed)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    everywhere = Seeds.at_nodes(np.arange(case.node_count))
    times = matrix(metric.labels_from(everywhere), metric.labels_to(everywhere))
    assert np.array_equal(times, all_pairs(case)), str(case)


@pytest.mark.parametrize(("shape", "seed"), [(shape, seed) for shape, seed in ALL if seed < 3])
def test_positions_inside_arcs_are_exact(shape: str, seed: int) -> None:
    """Positions seeded at both ends of an arc get the better way out and the better way in."""
    case = make(shape, seed)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    out, into = positions(case, 40, seed), positions(case, 30, seed + 100)
    times = matrix(metric.labels_from(out), metric.labels_to(into))
    expected = entered(into, entered(out, all_pairs(case)).T).T
    assert np.array_equal(times, expected), str(case)


@pytest.fixture(scope="module")
def town() -> tuple[Case, Hierarchy]:
    """A few thousand nodes: many groups, tiles, and pairs that share a low ancestor."""
    case = large(2500, 7)
    return case, Hierarchy.build(case.tail, case.head, case.node_count)


@pytest.mark.parametrize(
    ("rows", "columns"), [(200, 700), (700, 40), (3, 300), (300, 3), (64, 64), (5, 6), (0, 9), (9, 0)]
)
def test_every_shape_of_matrix_is_the_same(town: tuple[Case, Hierarchy], rows: int, columns: int) -> None:
    """Tiled, swapped, scanned, threaded and empty matrices all agree with one-to-all sweeps."""
    case, hierarchy = town
    metric = hierarchy.customise(case.weights)
    out, into = positions(case, rows, 1), positions(case, columns, 2)
    leaving, arriving = metric.labels_from(out), metric.labels_to(into)
    times = matrix(leaving, arriving)
    assert times.shape == (rows, columns)
    assert np.array_equal(times, matrix(leaving, arriving, threads=2)), str(case)
    for row in range(0, rows, 17):
        assert np.array_equal(times[row], one_to_many(leaving, row, arriving)), (str(case), row)
        to_nodes = metric.one_to_all(out[row])[:, None].astype(np.int64)
        assert np.array_equal(times[row], entered(into, to_nodes)[:, 0]), (str(case), row)
    for column in range(0, columns, 13):
        assert np.array_equal(times[:, column], many_to_one(leaving, arriving, column)), (str(case), column)


def test_labels_of_other_metrics_do_not_mix(town: tuple[Case, Hierarchy]) -> None:
    """Combining rows of two metrics, or of one direction, is refused."""
    case, hierarchy = town
    one, two = hierarchy.customise(case.weights), hierarchy.customise(case.weights)
    seeds = Seeds.at_nodes([0, 1])
    with pytest.raises(ValueError, match="same metric"):
        matrix(one.labels_from(seeds), two.labels_to(seeds))
    with pytest.raises(ValueError, match="same metric"):
        matrix(one.labels_from(seeds), one.labels_from(seeds))
