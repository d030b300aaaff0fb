"""Seeds: what positions may be."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.search import INF, Hierarchy, Metric, Seeds


@pytest.fixture(scope="module")
def metric() -> Metric:
    """A ring of 40 nodes."""
    tail = np.arange(40)
    return Hierarchy.build(tail, (tail + 1) % 40, 40).customise(np.ones(40, np.int32))


def seeds(*rows: tuple[int, int, int, int]) -> Seeds:
    return Seeds(*np.array(rows, np.int32).T)


def test_positions_can_be_picked(metric: Metric) -> None:
    """One, some or the last of the positions are Seeds again."""
    all_of = Seeds.at_nodes([5, 6, 7])
    assert len(all_of[1]) == 1
    assert all_of[-1].node_a.tolist() == [7]
    assert all_of[np.array([2, 0])].node_a.tolist() == [7, 5]
    assert metric.one_to_all(all_of[0])[4] == 39


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ((40, 0, -1, 0), "no such node"),
        ((-1, 0, -1, 0), "no such node"),
        ((0, 0, 40, 0), "no such node"),
        ((0, -5, -1, 0), "costs must be"),
        ((0, 0, 1, -5), "costs must be"),
        ((0, INF + 1, -1, 0), "costs must be"),
    ],
)
def test_impossible_seeds_name_the_position(metric: Metric, row: tuple[int, int, int, int], words: str) -> None:
    """An unknown node or an impossible cost is refused with the position's number."""
    with pytest.raises(ValueError, match=f"seed 1: {words}"):
        metric.labels_from(seeds((0, 0, -1, 0), row))


def test_two_nodes_must_be_the_ends_of_an_arc(metric: Metric) -> None:
    """Nodes on different branches of the tree cannot seed one row."""
    h = metric.hierarchy
    refused = 0
    for node in range(1, 40):
        apart = h.common(h.inner_of[0], h.inner_of[node])[0] <= min(h.depth[0], h.depth[node])
        if apart:
            refused += 1
            with pytest.raises(ValueError, match="ends of one arc"):
                metric.labels_from(seeds((0, 0, node, 0)))
    assert refused > 5


def test_one_position_where_one_is_meant(metric: Metric) -> None:
    """Sweeps and paths take exactly one position."""
    with pytest.raises(ValueError, match="one position"):
        metric.one_to_all(Seeds.at_nodes([1, 2]))


def test_arrays_must_agree() -> None:
    """Four arrays of different lengths are refused."""
    with pytest.raises(ValueError, match="one length"):
        Seeds(np.zeros(2, np.int32), np.zeros(1, np.int32), np.zeros(2, np.int32), np.zeros(2, np.int32))
