"""Seeds: positions on the graph, each entered at one node or at the two ends of one arc."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import Int32, frozen


@dataclass(frozen=True, eq=False)
class Seeds:
    """``k`` positions; position i stands `cost_a[i]` ms from `node_a[i]` and, if `node_b[i]` >= 0, `cost_b[i]` from it.

    Nodes are original ids. Two nodes must be the ends of one arc: they then lie on one root path of the hierarchy and
    one label row serves both. A cost of INF closes that way in or out.
    """

    node_a: Int32  # [k]
    cost_a: Int32  # [k] ms, 0 .. INF
    node_b: Int32  # [k] -1 when there is none
    cost_b: Int32  # [k] ms, ignored when there is no node_b

    def __post_init__(self) -> None:
        for name in ("node_a", "cost_a", "node_b", "cost_b"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.int32))
        if not self.node_a.shape == self.cost_a.shape == self.node_b.shape == self.cost_b.shape:
            raise ValueError("seeds need four arrays of one length")

    @classmethod
    def at_nodes(cls, nodes: npt.ArrayLike) -> Seeds:
        """Positions that stand exactly at nodes."""
        node = np.atleast_1d(np.asarray(nodes, np.int32))
        zero = np.zeros(node.size, np.int32)
        return cls(node, zero, np.full(node.size, -1, np.int32), zero)

    def __len__(self) -> int:
        return int(self.node_a.size)

    def __getitem__(self, rows: int | np.integer | slice | npt.NDArray[np.integer]) -> Seeds:
        """Some of the positions, as Seeds again."""
        if isinstance(rows, (int, np.integer)):
            rows = slice(rows, rows + 1 or None)
        return Seeds(self.node_a[rows], self.cost_a[rows], self.node_b[rows], self.cost_b[rows])
