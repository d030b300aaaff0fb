"""Places on roads, and what it costs to leave or reach them along their arc.

A position lies at ``fraction`` of its arc, measured from the tail. A unit there may go on along the arc and, on a
two-way street, also turn back along its twin. An arc's weight is the junction delay on entering it plus driving;
whoever stands on the arc has paid the delay. Turning back takes time where it is known which way the unit faces
(``turn_back_ms``); of others nobody knows, and either way is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from graphs.network import Float64, Int32, Int64, RoadNetwork
from graphs.search.arrays import INF
from graphs.search.seeds import Seeds
from graphs.search_graph import SearchGraph

__all__ = ["INF", "Positions", "destination_seeds", "direct_ms", "origin_seeds"]


#: What every position has, in order.
PLACE = ("arc", "fraction", "lon", "lat", "distance_m")


@dataclass(frozen=True, eq=False)
class Positions:
    """``k`` places on arcs; ``arc`` is -1 where a location could not be snapped."""

    arc: Int32  # [k]
    fraction: Float64  # [k] 0 at the tail, 1 at the head
    lon: Float64  # [k] degrees, of the place on the road
    lat: Float64  # [k]
    distance_m: Float64  # [k] great-circle distance from the location that was snapped
    turn_back_ms: Int32 | None = field(default=None, kw_only=True)  # [k] to depart along the twin; None: nothing

    def __len__(self) -> int:
        return int(self.arc.size)

    def take(self, index: npt.ArrayLike) -> Positions:
        """The positions at ``index`` (integers, a slice's range or a mask)."""
        chosen = np.asarray(index)
        back = None if self.turn_back_ms is None else self.turn_back_ms[chosen]
        return Positions(*(getattr(self, name)[chosen] for name in PLACE), turn_back_ms=back)

    @staticmethod
    def concatenate(parts: Sequence[Positions]) -> Positions:
        """All positions of ``parts``, in order."""
        back = [np.zeros(len(part), np.int32) if part.turn_back_ms is None else part.turn_back_ms for part in parts]
        known = any(part.turn_back_ms is not None for part in parts)
        every = (np.concatenate([getattr(part, name) for part in parts]) for name in PLACE)
        return Positions(*every, turn_back_ms=np.concatenate(back) if known else None)

    def turned_ms(self, back: Int32) -> Int32:
        """[k] ms that begin with turning back, given those without it; `INF` stays."""
        if self.turn_back_ms is None:
            return back
        return np.where(back >= INF, INF, np.minimum(back.astype(np.int64) + self.turn_back_ms, INF)).astype(np.int32)


def origin_seeds(
    network: RoadNetwork, weights_ms: npt.ArrayLike, positions: Positions, graph: SearchGraph | None = None
) -> Seeds:
    """What it takes to get from each position to the search nodes at the ends of its street, in ms.

    To the head along the arc; on a two-way street also to the tail along the twin, `Positions.turn_back_ms` included. A
    closed arc costs `INF`. ``weights_ms`` are those of a metric over ``graph``; without a graph, of the network itself.
    """
    graph = _graph(network, weights_ms, graph)
    arc, twin, rest = positions.arc, _twins(network, positions), 1.0 - positions.fraction
    ahead = part_ms(network, weights_ms, arc, rest, enters=False)
    back = positions.turned_ms(part_ms(network, weights_ms, twin, positions.fraction, enters=False))
    start = graph.start_arc
    return _seeds(graph.head[start[arc]], ahead, graph.head[start[twin]], back, twin)


def destination_seeds(
    network: RoadNetwork, weights_ms: npt.ArrayLike, positions: Positions, graph: SearchGraph | None = None
) -> Seeds:
    """What it takes to get to each position from the search nodes at the ends of its street, junction delay included.

    From the tail along the arc; on a two-way street also from the head along the twin. In ms; a closed arc costs `INF`.
    ``weights_ms`` as in `origin_seeds`.
    """
    graph = _graph(network, weights_ms, graph)
    arc, twin, rest = positions.arc, _twins(network, positions), 1.0 - positions.fraction
    along = part_ms(network, weights_ms, arc, positions.fraction, enters=True)
    against = part_ms(network, weights_ms, twin, rest, enters=True)
    end = graph.end_arc
    return _seeds(graph.tail[end[arc]], along, graph.tail[end[twin]], against, twin)


def direct_ms(network: RoadNetwork, weights_ms: npt.ArrayLike, origins: Positions, targets: Positions) -> Int32:
    """[k] ms from origin i to target i without leaving their street, `INF` when they share none.

    ``origins`` and ``targets`` are of equal length. The time between two positions is the lesser of this and the way
    through the nodes. ``weights_ms`` may be those of the network or of a search graph over it, whose first arcs are
    the network's.
    """
    twin = _twins(network, origins)
    on_arc = (targets.arc == origins.arc) & (origins.arc >= 0)
    on_twin = (targets.arc == twin) & (twin >= 0)
    place = np.where(on_twin, 1.0 - targets.fraction, targets.fraction)  # as a fraction of the origin's arc
    span = place - origins.fraction
    ahead = np.where(span >= 0, part_ms(network, weights_ms, origins.arc, np.abs(span), enters=False), INF)
    back = np.where(span <= 0, part_ms(network, weights_ms, twin, np.abs(span), enters=False), INF)
    back = origins.turned_ms(back.astype(np.int32))
    return np.where(on_arc | on_twin, np.minimum(ahead, back), INF).astype(np.int32)


def _graph(network: RoadNetwork, weights_ms: npt.ArrayLike, graph: SearchGraph | None) -> SearchGraph:
    graph = graph or SearchGraph.identity(network)
    if np.size(weights_ms) != graph.arc_count:
        raise ValueError(f"{np.size(weights_ms)} weights for {graph.arc_count} arcs: give the metric's search graph")
    return graph


def _twins(network: RoadNetwork, positions: Positions) -> Int32:
    return np.where(positions.arc >= 0, network.arc_twin[positions.arc], -1).astype(np.int32)


def part_ms(
    network: RoadNetwork, weights_ms: npt.ArrayLike, arc: Int32 | Int64, share: Float64, *, enters: bool
) -> Int32:
    """[k] ms for ``share`` of each arc, junction delay included if it ``enters`` it; `INF` where it is -1 or closed."""
    weight = np.asarray(weights_ms)[arc].astype(np.int64)
    delay = np.minimum(network.arc_delay_ms[arc], weight)
    time = np.rint(share * (weight - delay)).astype(np.int64) + (delay if enters else 0)
    return np.where((arc < 0) | (weight >= INF), INF, np.minimum(time, INF)).astype(np.int32)


def _seeds(node_a: Int32, cost_a: Int32, node_b: Int32, cost_b: Int32, twin: Int32) -> Seeds:
    """Seeds with a second node where there is a twin; both ends of a loop are one node, entered the cheaper way."""
    loop = (node_a == node_b) & (twin >= 0)
    return Seeds(
        node_a,
        np.where(loop, np.minimum(cost_a, cost_b), cost_a).astype(np.int32),
        np.where((twin >= 0) & ~loop, node_b, -1).astype(np.int32),
        cost_b,
    )
