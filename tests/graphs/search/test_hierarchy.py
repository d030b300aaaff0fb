"""Building, storing and refusing hierarchies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pymetis
import pytest

from graphs.errors import NetworkError
from graphs.search import Hierarchy, Seeds, matrix
from graphs.search.combining import one_to_rows
from graphs.search.customise import relax_triangles
from graphs.search.labelling import label_sorted
from graphs.search.ordering import undirected

from .cases import ALL, all_pairs, large, make


@pytest.mark.parametrize(("shape", "seed"), ALL)
def test_upper_neighbours_are_ancestors(shape: str, seed: int) -> None:
    """Every list climbs to ancestors, root first, ends with the parent, and contains all input arcs."""
    case = make(shape, seed)
    h = Hierarchy.build(case.tail, case.head, case.node_count)
    edges = set()
    for v in range(1, h.node_count):
        up = h.up_node[h.up_first[v] : h.up_first[v + 1]].tolist()
        path, u = set(), v
        while u != 0:
            u = int(h.parent[u])
            path.add(u)
        assert up == sorted(up), str(case)
        assert set(up) <= path, str(case)
        assert up[-1] == h.parent[v], str(case)
        edges |= {(v, u) for u in up}
    inner = h.inner_of.astype(int)
    arcs = {
        (max(inner[a], inner[b]), min(inner[a], inner[b])) for a, b in zip(case.tail, case.head, strict=True) if a != b
    }
    assert arcs <= edges, str(case)
    assert h.depth[h.node_of[0]] == 0


def test_the_same_graph_gives_the_same_hierarchy() -> None:
    """Building twice gives equal arrays, and progress ends with all stages done."""
    case = large(900, 3)
    told: list[tuple[str, int, int]] = []
    one = Hierarchy.build(case.tail, case.head, case.node_count, progress=lambda *step: told.append(step))
    two = Hierarchy.build(case.tail, case.head, case.node_count)
    assert all(np.array_equal(array, two.arrays()[name]) for name, array in one.arrays().items())
    assert told[-1][1] == told[-1][2] > 0
    assert one.stats()["nodes"] == 900
    assert one.stats()["height"] == one.height < 200


def test_read_only_memory_maps_serve_without_a_second_compilation(tmp_path: Path) -> None:
    """A hierarchy over read-only maps answers exactly, copies nothing, and compiles no kernel anew."""
    case = make("geometric", 1)
    built = Hierarchy.build(case.tail, case.head, case.node_count)
    mapped = {}
    for name, array in built.arrays().items():
        np.save(tmp_path / f"{name}.npy", array)
        mapped[name] = np.load(tmp_path / f"{name}.npy", mmap_mode="r")
    opened = Hierarchy.from_arrays(mapped)
    assert all(np.shares_memory(array, mapped[name]) for name, array in opened.arrays().items())
    everywhere = Seeds.at_nodes(np.arange(case.node_count))
    for hierarchy in (built, opened):
        metric = hierarchy.customise(case.weights)
        times = matrix(metric.labels_from(everywhere), metric.labels_to(everywhere))
        assert np.array_equal(times, all_pairs(case)), str(case)
        assert np.array_equal(metric.one_to_all(everywhere[0]), times[0]), str(case)
    for kernel in (relax_triangles, label_sorted, one_to_rows):
        assert len(kernel.signatures) <= 1, kernel


def test_arrays_cannot_be_written() -> None:
    """Whatever a hierarchy or a metric holds is immutable."""
    case = make("grid", 0)
    metric = Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)
    for array in (*metric.hierarchy.arrays().values(), metric.weights, metric.times):
        with pytest.raises(ValueError, match="read-only"):
            array[:1] = 1


def test_the_other_permutation_is_refused() -> None:
    """METIS's inverse permutation, a natural order of a long chain: too high a tree, said so before the work."""
    case = large(10_000, 5)
    adjacency = pymetis.CSRAdjacency(*undirected(case.tail, case.head, case.node_count))
    order, inverse = pymetis.nested_dissection(adjacency)
    assert Hierarchy.build(case.tail, case.head, case.node_count, order=np.asarray(order)).height < 300
    with pytest.raises(NetworkError, match="take the first"):
        Hierarchy.build(case.tail, case.head, case.node_count, order=np.asarray(inverse))


@pytest.mark.parametrize(
    ("tail", "head", "nodes", "words"),
    [
        ([], [], 0, "no nodes"),
        ([0], [1], 3, "strongly connected part"),
        ([0], [2], 2, "nodes 0 to 1"),
        ([-1], [0], 2, "nodes 0 to 1"),
        ([0, 1], [1], 2, "a tail and a head"),
    ],
)
def test_unusable_graphs_say_what_to_do(tail: list[int], head: list[int], nodes: int, words: str) -> None:
    """Empty, disconnected and inconsistent graphs raise a NetworkError that tells the remedy."""
    with pytest.raises(NetworkError, match=words):
        Hierarchy.build(np.array(tail, np.int32), np.array(head, np.int32), nodes)


def test_an_order_must_be_a_permutation() -> None:
    """An order that names a node twice is refused."""
    with pytest.raises(NetworkError, match="exactly once"):
        Hierarchy.build(np.array([0]), np.array([1]), 2, order=np.array([0, 0]))
