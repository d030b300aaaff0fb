"""What `Metric.nearest_few` found: who is near every node, to be asked for at nodes or at places on arcs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import INF, Int32, Int64
from .hierarchy import Hierarchy
from .nearest_few import lists_at
from .seeds import Seeds


@dataclass(frozen=True, eq=False)
class NearestFew:
    """The nearest positions of every node, each once; of equally near ones those with the smaller indices."""

    hierarchy: Hierarchy
    few: int
    lists: Int64  # [n * few] by inner id, ascending; see `nearest_few`

    def at_nodes(self) -> tuple[Int32, Int32]:
        """([n, few] ms, [n, few] index of the position) by original id; INF and -1 where there are no more."""
        return told(self.lists.reshape(-1, self.few)[self.hierarchy.inner_of])

    def at(self, seeds: Seeds) -> Int64:
        """[k, few] entries at places, each entered from its nodes at their costs; `told` tells what they say."""
        out = np.empty(len(seeds) * self.few, np.int64)
        lists_at(
            self.hierarchy.inner_of, seeds.node_a, seeds.cost_a, seeds.node_b, seeds.cost_b, self.lists, self.few, out
        )
        return out.reshape(-1, self.few)


def told(entries: Int64) -> tuple[Int32, Int32]:
    """(ms, index) of entries, INF and -1 where an entry is nobody's."""
    time = entries >> 32
    somebody = time < INF
    who = np.where(somebody, entries & 0xFFFFFFFF, -1)
    return np.where(somebody, time, INF).astype(np.int32), who.astype(np.int32)
