"""Turn restrictions as sequences of arcs that may not be driven.

Source: https://wiki.openstreetmap.org/wiki/Relation:restriction: "no_" forbids the way from the first member to the
last; after "only_" the sole way on from the first member leads to the last.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from graphs.network import RoadNetwork
from graphs.raw import Restriction
from graphs.vehicle import Vehicle

Walk = tuple[int, ...]


@dataclass
class Turns:
    """What the restrictions of a region forbid one vehicle."""

    forbidden: set[Walk] = field(default_factory=set)
    used: int = 0  # restrictions that forbid something
    ignored: Counter[str] = field(default_factory=Counter)  # why others do not


def forbidden_turns(
    restrictions: Sequence[Restriction],
    network: RoadNetwork,
    vehicle: Vehicle,
    leading_off: Collection[tuple[int, int]] = (),
) -> Turns:
    """The sequences of arcs that the restrictions forbid ``vehicle``; what cannot be used is counted by reason.

    ``leading_off`` are pairs (node id, way) of roads that the vehicle may take but that lead off the network: a sole
    way on along one of them leaves no way on within it.
    """
    found = Turns()
    roads = _Roads(network, restrictions)
    off: set[int] = set()  # arcs from which all ways on within the network are forbidden
    mandatory: dict[Walk, list[Walk]] = defaultdict(list)  # arc before the junction -> walks of which one is a must
    for restriction in restrictions:
        kind = _kind(restriction, vehicle, found.ignored)
        if kind is None:
            continue
        if kind.startswith("only_") and any((restriction.via_node, way) in leading_off for way in restriction.to_ways):
            found.used += 1
            off.update(roads.arriving(restriction))
            continue
        walks, problem = roads.walks(restriction)
        if problem:
            found.ignored[f"restriction: {problem}"] += 1
            continue
        found.used += 1
        for walk in walks:
            if kind.startswith("no_"):
                found.forbidden.add(walk)
                found.forbidden |= _turned_back(walk, network)
            else:
                mandatory[walk[:1]].append(walk)
    _forbid_others(mandatory, network, found)
    _free_the_stuck(network, found)
    for arc in off:
        node = int(network.arc_head[arc])
        found.forbidden |= {(arc, out) for out in range(int(network.first_arc[node]), int(network.first_arc[node + 1]))}
    return found


def _turned_back(walk: Walk, network: RoadNetwork) -> set[Walk]:
    """Ways around a forbidden walk over ways that no driver takes: back and forth on the ways in between."""
    inner = range(1, len(walk) - 1)
    twins = ((k, int(network.arc_twin[walk[k]])) for k in inner)
    return {(*walk[: k + 1], twin) for k, twin in twins if twin >= 0}


def _kind(restriction: Restriction, vehicle: Vehicle, ignored: Counter[str]) -> str | None:
    """The restriction's value as far as it is for this vehicle."""
    tags = dict(restriction.tags)
    for mode in vehicle.modes:
        if f"restriction:{mode}" in tags:
            value = tags[f"restriction:{mode}"]
            break
    else:
        value = tags.get("restriction", "")
        excepted = {part.strip() for part in tags.get("except", "").split(";")}
        if not value:
            ignored["restriction: for other vehicles"] += 1
            return None
        if excepted & set(vehicle.modes):
            ignored["restriction: excepts the vehicle"] += 1
            return None
    if not value.startswith(("no_", "only_")):
        ignored[f"restriction={value}"] += 1
        return None
    return value


class _Roads:
    """The arcs of the ways that restrictions name."""

    def __init__(self, network: RoadNetwork, restrictions: Sequence[Restriction]) -> None:
        named = {way for r in restrictions for way in (*r.from_ways, *r.via_ways, *r.to_ways)}
        rows = np.flatnonzero(np.isin(network.arc_way, np.array(sorted(named), np.int64)))
        self.arcs: dict[int, list[int]] = defaultdict(list)
        for arc in rows.tolist():
            self.arcs[int(network.arc_way[arc])].append(arc)
        self.network = network

    def arriving(self, restriction: Restriction) -> list[int]:
        """The arcs of the "from" ways that end at the via node."""
        arcs = [arc for way in restriction.from_ways for arc in self.arcs[way]]
        return [a for a in arcs if self.network.node_id[self.network.arc_head[a]] == restriction.via_node]

    def walks(self, restriction: Restriction) -> tuple[list[Walk], str]:
        """Walks from the last arc of a "from" to the first arc of a "to", or what is wrong."""
        ways = (*restriction.from_ways, *restriction.via_ways, *restriction.to_ways)
        if not all(way in self.arcs for way in ways):
            return [], "on ways that are closed or off the network"
        found: list[Walk] = []
        for start in restriction.from_ways:
            for end in restriction.to_ways:
                walk, problem = self._walk(start, restriction, end)
                if problem:
                    return [], problem
                found += walk
        return found, "" if found else "never possible on one-way roads"

    def _walk(self, start: int, restriction: Restriction, end: int) -> tuple[list[Walk], str]:
        middle: list[int] = []
        if restriction.via_node is not None:
            at_nodes = self._at(restriction.via_node, start) & self._at(restriction.via_node, end)
            if not at_nodes:
                return [], "its ways do not meet at the via"
            entry = leave = min(at_nodes)
        else:
            chain = [start, *restriction.via_ways, end]
            shared = [self._nodes(a) & self._nodes(b) for a, b in pairwise(chain)]
            if any(len(nodes) != 1 for nodes in shared):
                return [], "its ways do not form a chain"
            stops = [next(iter(nodes)) for nodes in shared]
            entry, leave = stops[0], stops[-1]
            for way, a, b in zip(restriction.via_ways, stops[:-1], stops[1:], strict=True):
                part = self._along(way, a, b)
                if part is None:
                    return [], ""
                middle += part
        first = [arc for arc in self.arcs[start] if self.network.arc_head[arc] == entry]
        last = [arc for arc in self.arcs[end] if self.network.arc_tail[arc] == leave]
        if len(first) > 1 or len(last) > 1:
            return [], "a way goes on beyond the via"
        return ([(first[0], *middle, last[0])] if first and last else []), ""

    def _at(self, node_id: int, way: int) -> set[int]:
        return {node for node in self._nodes(way) if self.network.node_id[node] == node_id}

    def _nodes(self, way: int) -> set[int]:
        arcs = self.arcs[way]
        return {int(end) for arc in arcs for end in (self.network.arc_tail[arc], self.network.arc_head[arc])}

    def _along(self, way: int, start: int, end: int) -> list[int] | None:
        """The arcs of a way from one of its nodes to another, or None where it is one-way the other way."""
        leaving: dict[int, list[int]] = defaultdict(list)
        for arc in self.arcs[way]:
            leaving[int(self.network.arc_tail[arc])].append(arc)
        queue: list[tuple[int, list[int]]] = [(start, [])]
        seen = {start}
        for node, driven in queue:
            if node == end:
                return driven
            for arc in leaving[node]:
                ahead = int(self.network.arc_head[arc])
                if ahead not in seen:
                    seen.add(ahead)
                    queue.append((ahead, [*driven, arc]))
        return None


def _forbid_others(mandatory: dict[Walk, list[Walk]], network: RoadNetwork, found: Turns) -> None:
    """Whoever leaves a mandatory walk breaks it; of several from one arc each may be taken."""
    for walks in mandatory.values():
        if len({walk[:2] for walk in walks}) > 1 and len(walks) > 1:
            found.ignored["restriction: several only_ from one road, each allowed"] += 1
        allowed = {walk[:k] for walk in walks for k in range(1, len(walk) + 1)}
        for walk in walks:
            for k in range(1, len(walk)):
                driven = walk[:k]
                node = int(network.arc_head[driven[-1]])
                for arc in range(int(network.first_arc[node]), int(network.first_arc[node + 1])):
                    if (*driven, arc) not in allowed:
                        found.forbidden.add((*driven, arc))
                    elif (*driven, arc) in found.forbidden:
                        found.forbidden.discard((*driven, arc))
                        found.ignored["restriction: no_ and only_ contradict each other, only_ holds"] += 1


def _free_the_stuck(network: RoadNetwork, found: Turns) -> None:
    """Restrictions that together leave no way on contradict each other: none of them is heeded."""
    by_state: dict[Walk, set[int]] = defaultdict(set)
    for walk in found.forbidden:
        by_state[walk[:-1]].add(walk[-1])
    for driven, closed in by_state.items():
        node = int(network.arc_head[driven[-1]])
        if len(closed) == network.first_arc[node + 1] - network.first_arc[node]:
            found.forbidden -= {(*driven, arc) for arc in closed}
            found.ignored["restriction: together they leave no way on"] += 1
