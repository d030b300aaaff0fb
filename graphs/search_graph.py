"""The search graph: in which order the arcs of a road network may be driven.

The road network is physical: one arc per directed piece of road. Where the law forbids what geometry allows (turns,
roads open to residents only), junctions are split and arcs copied here, and search runs on the result. Everything
else (positions, feeds, routes) speaks of road arcs; seeds and unpacking translate.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from graphs.network import Int32, Int64, RoadNetwork
from graphs.search.arrays import INF, frozen

#: What a copy of no road arc is called: a turn arc, without length or shape.
TURN = -1


@dataclass(frozen=True, eq=False)
class SearchGraph:
    """``n'`` nodes and ``m'`` arcs over a network of n nodes and m arcs.

    The first n nodes are the network's and the first m arcs copies of its arcs, in order; ``k`` more nodes and ``x``
    more arcs follow where something is split. Every copy of a road arc has the road's weight. A trip that starts on
    road arc a leaves it as search arc ``start_arc[a]``, one that ends on it enters ``end_arc[a]``. Where a street can
    be entered from both sides, the two nodes concerned are the ends of one arc, so one label row serves both.
    """

    tail: Int32  # [m']
    head: Int32  # [m']
    extra_node: Int32  # [k] the road node of each node from n on
    extra_arc: Int32  # [x] the road arc of each arc from m on, TURN where it is none
    turn_ms: Int32  # [x] time of a turn arc (INF: a tie that nobody drives), 0 for copies of road arcs
    special: Int32  # [s] ascending: the road arcs that start or end as another search arc than themselves
    special_start: Int32  # [s]
    special_end: Int32  # [s]
    #: [f + 1], [w] what it was built from: nobody may drive forbidden_arc[offset[i]:offset[i + 1]], road arcs in turn
    forbidden_offset: Int32
    forbidden_arc: Int32

    def __post_init__(self) -> None:
        for item in fields(self):
            object.__setattr__(self, item.name, frozen(getattr(self, item.name), np.int32))

    @classmethod
    def identity(cls, network: RoadNetwork) -> SearchGraph:
        """The graph of a network without any rule: every road arc is one search arc."""
        nothing = np.empty(0, np.int32)
        return cls(network.arc_tail, network.arc_head, *(nothing,) * 6, np.zeros(1, np.int32), nothing)

    @property
    def arc_count(self) -> int:
        return int(self.tail.size)

    @property
    def road_arc_count(self) -> int:
        return self.arc_count - int(self.extra_arc.size)

    @cached_property
    def node_count(self) -> int:
        return max(int(self.tail.max(initial=-1)), int(self.head.max(initial=-1))) + 1

    @property
    def is_identity(self) -> bool:
        return self.extra_arc.size == 0 and self.extra_node.size == 0

    @cached_property
    def road_arc(self) -> Int32:
        """[m'] the road arc that a search arc stands for, `TURN` for turn arcs."""
        return np.concatenate((np.arange(self.road_arc_count, dtype=np.int32), self.extra_arc))

    @cached_property
    def road_node(self) -> Int32:
        """[n'] the road node at which a search node stands."""
        plain = np.arange(self.node_count - self.extra_node.size, dtype=np.int32)
        return np.concatenate((plain, self.extra_node))

    @cached_property
    def start_arc(self) -> Int32:
        """[m] the search arc on which a trip that starts on a road arc is."""
        return self._with_special(self.special_start)

    @cached_property
    def end_arc(self) -> Int32:
        """[m] the search arc on which a trip that ends on a road arc is; it may be a loop that only leads there."""
        return self._with_special(self.special_end)

    @property
    def forbidden(self) -> list[tuple[int, ...]]:
        """The sequences of two or more road arcs that no trip drives: turns, and turns over via ways."""
        ends, arcs = self.forbidden_offset.tolist(), self.forbidden_arc.tolist()
        return [tuple(arcs[start:end]) for start, end in pairwise(ends)]

    def weights(self, road_weights_ms: npt.ArrayLike) -> Int32:
        """[m'] ms of every search arc, given the [m] ms (0 .. INF) of the road arcs; O(m')."""
        road = np.asarray(road_weights_ms, np.int32)
        copies = np.where(self.extra_arc == TURN, self.turn_ms, road[self.extra_arc]) if self.extra_arc.size else []
        return np.concatenate((road, copies)).astype(np.int32)

    def road_weights(self, weights_ms: npt.ArrayLike) -> Int32:
        """[m] ms of the road arcs, given those of the search arcs."""
        return np.asarray(weights_ms)[: self.road_arc_count]

    def search_arcs(self, road_arcs: npt.ArrayLike) -> tuple[Int64, Int64]:
        """(all search arcs that are copies of some road arcs, for each the index of its road arc in the argument).

        What `Metric.updated` needs to change a few roads; O(a log a + x) for a arcs.
        """
        wanted = np.atleast_1d(np.asarray(road_arcs, np.int64))
        order = np.argsort(wanted, kind="stable")
        place = np.searchsorted(wanted[order], self.extra_arc, side="right") - 1
        hit = (place >= 0) & (self.extra_arc != TURN)
        hit[hit] = wanted[order[place[hit]]] == self.extra_arc[hit]
        extra = np.flatnonzero(hit)
        arcs = np.concatenate((wanted, extra + self.road_arc_count))
        return arcs, np.concatenate((np.arange(wanted.size), order[place[extra]]))

    def road_arcs(self, search_arcs: npt.ArrayLike) -> Int64:
        """The road arcs along a path of search arcs, turn arcs left out."""
        arcs = self.road_arc[np.asarray(search_arcs, np.int64)].astype(np.int64)
        return arcs[arcs != TURN]

    def _with_special(self, chosen: Int32) -> Int32:
        arcs = np.arange(self.road_arc_count, dtype=np.int32)
        arcs[self.special] = chosen
        return frozen(arcs, np.int32)


__all__ = ["INF", "TURN", "SearchGraph"]
