"""The hierarchy: everything about a road graph that does not depend on travel times."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from graphs.errors import NetworkError

from . import ancestry, elimination, ordering
from .arrays import NONE, Int32, Int64, UInt8, UInt16, UInt32, frozen

if TYPE_CHECKING:
    from .metric import Metric

#: Told about progress: stage, steps done, steps in all.
Progress = Callable[[str, int, int], None]
STAGES = ("order", "tree", "edges", "arcs")


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Elimination tree and chordal graph of a directed graph of ``n`` nodes and ``m`` arcs, built once per topology.

    Inner ids are a preorder of the tree, root first. Edge ``e`` of the chordal graph joins a node and one of its
    ancestors; slot ``2e`` of a metric is the time up the edge, ``2e + 1`` down.
    """

    node_of: UInt32  # [n] original node of an inner id
    inner_of: UInt32  # [n] inner id of an original node
    parent: UInt32  # [n] by inner id, NONE at the root
    node_depth: UInt16  # [n] by inner id, 0 at the root
    up_first: UInt32  # [n + 1] edges up_first[v] .. up_first[v + 1] - 1 climb from v, root first
    up_depth: UInt16  # [e] depth of the upper node
    up_node: UInt32  # [e] upper node
    down_first: UInt32  # [n + 1] entries of down_edge that end at an upper node
    down_edge: UInt32  # [e]
    down_start: UInt32  # [e] up_first of that edge's lower node (unique per lower node, ascending)
    arc_slot: UInt32  # [m] slot of each input arc, NONE for a loop
    slot_arc: UInt32  # [m] input arcs sorted by slot, then by number
    block_head: UInt16  # [n] these three: see ancestry.py
    block_tail: UInt16  # [n]
    block_table: UInt16  # [k, blocks]
    block_level: UInt8  # [blocks + 1]

    @classmethod
    def build(
        cls,
        tail: npt.ArrayLike,
        head: npt.ArrayLike,
        node_count: int,
        order: npt.ArrayLike | None = None,
        progress: Progress | None = None,
    ) -> Hierarchy:
        """Hierarchy of the arcs ``tail[i] -> head[i]``; parallel arcs and loops are fine.

        `order` overrides METIS: all nodes in order of elimination. Raises `NetworkError` when the graph is empty, falls
        apart into several parts, or is not road-like (the tree is too high for labels to be small).
        """
        tell = progress or _silent
        tail, head = np.ascontiguousarray(tail, np.int32), np.ascontiguousarray(head, np.int32)
        _check_graph(tail, head, node_count)
        tell("order", 0, len(STAGES))
        first, neighbour = ordering.undirected(tail, head, node_count)
        chosen = ordering.dissect(first, neighbour) if order is None else _check_order(order, node_count)
        tell("tree", 1, len(STAGES))
        rank = np.empty(node_count, np.int32)
        rank[chosen] = np.arange(node_count, dtype=np.int32)
        parent_rank = np.empty(node_count, np.int32)
        elimination.tree_parents(first, neighbour, chosen, rank, parent_rank)
        inner = np.empty(node_count, np.uint32)
        depth = np.empty(node_count, np.uint16)
        size = np.empty(node_count, np.int32)
        roots, deepest = elimination.preorder(parent_rank, inner, depth, size)
        _check_tree(roots, deepest + 1, node_count)
        tell("edges", 2, len(STAGES))
        node_of = np.empty(node_count, np.uint32)
        node_of[inner] = chosen
        inner_of = np.empty(node_count, np.uint32)
        inner_of[node_of] = np.arange(node_count, dtype=np.uint32)
        edges = _edges(first, neighbour, node_of, inner_of, depth, size, deepest + 1)
        tell("arcs", 3, len(STAGES))
        arc_slot = np.empty(tail.size, np.uint32)
        elimination.arc_slots(tail, head, inner_of, edges["up_first"], edges["up_node"], arc_slot)
        parent = np.full(node_count, NONE, np.uint32)
        inner_parent = edges["up_first"][1:].astype(np.int64) - 1  # a list ends with the parent
        parent[1:] = edges["up_node"][inner_parent[1:]]
        found: dict[str, npt.NDArray[Any]] = {
            "node_of": node_of,
            "inner_of": inner_of,
            "parent": parent,
            "node_depth": depth,
            **edges,
            "arc_slot": arc_slot,
            "slot_arc": np.argsort(arc_slot, kind="stable").astype(np.uint32),
            **_minima(depth),
        }
        tell("done", len(STAGES), len(STAGES))
        return cls.from_arrays(found)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All arrays by name, for a region file; `from_arrays` takes them back without a copy."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Hierarchy:
        """Hierarchy over the arrays of `arrays`, which may be read-only memory maps and are not copied."""
        return cls(**{name: frozen(arrays[name], dtype) for name, dtype in _DTYPES.items()})

    @property
    def node_count(self) -> int:
        return int(self.node_of.size)

    @property
    def arc_count(self) -> int:
        return int(self.arc_slot.size)

    @property
    def edge_count(self) -> int:
        return int(self.up_node.size)

    @cached_property
    def triangle_count(self) -> int:
        """Triangles of the chordal graph: what customising takes."""
        degree = np.diff(self.up_first.astype(np.int64))
        return int((degree * (degree - 1) // 2).sum())

    @cached_property
    def height(self) -> int:
        """Nodes on the longest root path: the longest label row."""
        return int(self.node_depth.max()) + 1

    @property
    def depth(self) -> UInt16:
        """[n] depth in the elimination tree by original node, 0 at the root."""
        return self.node_depth[self.inner_of]

    def common(self, a: npt.ArrayLike, b: npt.ArrayLike) -> Int64:
        """Number of common ancestors of inner ids a[i] and b[i], the nodes themselves included."""
        left, right = np.broadcast_arrays(
            np.atleast_1d(np.asarray(a, np.int64)), np.atleast_1d(np.asarray(b, np.int64))
        )
        out = np.empty(left.size, np.int64)
        ancestry.common_lengths(*self.minima, np.ascontiguousarray(left), np.ascontiguousarray(right), out)
        return out

    @property
    def minima(self) -> tuple[UInt16, UInt16, UInt16, UInt16, UInt8]:
        """The first five arguments of `ancestry.common_length`."""
        return self.node_depth, self.block_head, self.block_tail, self.block_table, self.block_level

    def customise(self, weights_ms: npt.ArrayLike) -> Metric:
        """The metric of one travel time per arc (int32 ms, 0 .. INF; INF closes an arc)."""
        from .metric import Metric

        return Metric.of(self, weights_ms)

    def stats(self) -> dict[str, float]:
        """Size and quality of the hierarchy: nodes, arcs, edges, triangles, height, mean depth, bytes."""
        return {
            "nodes": self.node_count,
            "arcs": self.arc_count,
            "edges": self.edge_count,
            "triangles": self.triangle_count,
            "height": self.height,
            "mean_depth": float(self.node_depth.mean()),
            "bytes": sum(array.nbytes for array in self.arrays().values()),
        }


_DTYPES: dict[str, Any] = {
    field.name: {"UInt8": np.uint8, "UInt16": np.uint16, "UInt32": np.uint32}[str(field.type)]
    for field in fields(Hierarchy)
}


def _silent(stage: str, done: int, total: int) -> None:
    """No progress wanted."""


def _check_graph(tail: Int32, head: Int32, node_count: int) -> None:
    if node_count < 1:
        raise NetworkError("The road network has no nodes; give at least one.", nodes=node_count)
    if tail.ndim != 1 or tail.shape != head.shape:
        raise NetworkError(
            f"Each arc needs a tail and a head, got {tail.size} tails and {head.size} heads.",
            tails=tail.size,
            heads=head.size,
        )
    if tail.size and not (min(tail.min(), head.min()) >= 0 and max(tail.max(), head.max()) < node_count):
        raise NetworkError(f"Arcs must join nodes 0 to {node_count - 1}.", nodes=node_count)


def _check_order(order: npt.ArrayLike, node_count: int) -> Int32:
    chosen = np.ascontiguousarray(order, np.int32)
    if not np.array_equal(np.sort(chosen), np.arange(node_count)):
        raise NetworkError("The elimination order must name each node exactly once.", nodes=node_count)
    return chosen


def _check_tree(roots: int, height: int, node_count: int) -> None:
    if roots != 1:
        raise NetworkError(
            f"The road network falls apart into {roots} parts; keep its largest strongly connected part first.",
            parts=roots,
        )
    limit = min(max(1024, 8 * math.isqrt(node_count)), 65_535)
    if height > limit:
        raise NetworkError(
            f"The elimination tree is {height} nodes high, more than {limit}: the graph is not road-like, "
            "or the given order is not an elimination order (METIS answers two permutations; take the first).",
            height=height,
            limit=limit,
        )


def _edges(
    first: Int32, neighbour: Int32, node_of: UInt32, inner_of: UInt32, depth: UInt16, size: Int32, height: int
) -> dict[str, npt.NDArray[Any]]:
    n = depth.size
    position = np.empty(n, np.int64)
    rows = elimination.chordal_depths(first, neighbour, node_of, inner_of, depth, size, height, position)
    edges: dict[str, npt.NDArray[Any]] = {
        "up_first": np.empty(n + 1, np.uint32),
        "up_depth": np.empty(rows.size, np.uint16),
        "up_node": np.empty(rows.size, np.uint32),
    }
    elimination.fill_edges(rows, position, depth, height, *edges.values())
    down: dict[str, npt.NDArray[Any]] = {
        "down_first": np.zeros(n + 1, np.uint32),
        "down_edge": np.empty(rows.size, np.uint32),
        "down_start": np.empty(rows.size, np.uint32),
    }
    elimination.down_lists(edges["up_first"], edges["up_node"], *down.values())
    return edges | down


def _minima(depth: UInt16) -> dict[str, npt.NDArray[Any]]:
    blocks = -(-depth.size >> ancestry.BLOCK_SHIFT)
    minima: dict[str, npt.NDArray[Any]] = {
        "block_head": np.empty(depth.size, np.uint16),
        "block_tail": np.empty(depth.size, np.uint16),
        "block_table": np.zeros((max(1, blocks.bit_length()), blocks), np.uint16),
        "block_level": np.empty(blocks + 1, np.uint8),
    }
    ancestry.build_minima(depth, *minima.values())
    return minima
