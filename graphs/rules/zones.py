"""Zones: roads that a trip may start or end on but not pass through (private, destination, delivery …)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphs.network import Int32, RoadNetwork

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Zones:
    """What may only be used at the ends of a trip."""

    arc: Bools  # [m] arcs of zones
    layered: Bools  # [m] arcs of zones that would be short cuts: they need an entry and an exit copy
    gates: list[tuple[int, int]]  # turns (arc in, arc out) across a gate between two public roads
    count: int  # zones, as connected pieces


def find_zones(network: RoadNetwork, ends_only: Bools, gate: Bools, special: Bools) -> Zones:
    """The zones of a strongly connected network; O(m).

    ``ends_only`` [m] are the arcs so tagged, ``gate`` [n] the nodes nobody may pass on the way to elsewhere,
    ``special`` [n] the nodes where turns are restricted. Trips pass through the largest part that is strongly connected
    over public roads; public roads that can be reached or left only through a zone or a gate belong to that zone. A
    zone attached to the public roads at one unrestricted node cannot be a short cut and stays as it is. Where there is
    no public part, nothing is a zone.
    """
    nothing = np.zeros(network.arc_count, bool)
    if not (ends_only.any() or gate.any()):
        return Zones(nothing, nothing, [], 0)
    core = _core_arcs(network, ends_only, gate)
    if not core.any():
        return Zones(nothing, nothing, [], 0)
    zone = ~core
    core_node = touched(network, core)
    count, piece = zone_pieces(network, zone, core_node)
    arcs = np.flatnonzero(zone)
    ends = np.concatenate((network.arc_tail[arcs], network.arc_head[arcs])).astype(np.int64)
    owner = np.concatenate((piece, piece)).astype(np.int64)
    attached = core_node[ends]
    links = np.unique(owner[attached] * network.node_count + ends[attached])
    at, where = links // network.node_count, links % network.node_count
    shortcut = (np.bincount(at, minlength=count) > 1) | (np.bincount(at, special[where], count) > 0)
    layered = nothing.copy()
    layered[arcs[shortcut[piece]]] = True
    return Zones(zone, layered, _gate_turns(network, core, gate), count)


def _core_arcs(network: RoadNetwork, ends_only: Bools, gate: Bools) -> Bools:
    """Arcs of the largest part that is strongly connected over public arcs without passing a gate."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = network.node_count
    shape = np.where(network.arc_shape >= 0, network.arc_shape, ~network.arc_shape).astype(np.int64)
    against = (network.arc_shape < 0).astype(np.int64)
    # Every street has its own end at a gate, the same for both directions.
    tail = np.where(gate[network.arc_tail], n + 2 * shape + against, network.arc_tail)
    head = np.where(gate[network.arc_head], n + 2 * shape + 1 - against, network.arc_head)
    size = n + 2 * (network.shape_offset.size - 1)
    public = np.flatnonzero(~ends_only)
    if public.size == 0:
        return np.zeros(network.arc_count, bool)
    ones = np.ones(public.size, np.int8)
    graph = coo_array((ones, (tail[public], head[public])), shape=(size, size)).tocsr()
    _, part = connected_components(graph, directed=True, connection="strong")
    inside = part[tail] == part[head]
    inside &= ~ends_only
    if not inside.any():
        return inside
    return inside & (part[tail] == np.bincount(part[tail[inside]]).argmax())


def touched(network: RoadNetwork, arcs: Bools) -> Bools:
    """[n] the nodes at which some of ``arcs`` [m] begin or end."""
    node = np.zeros(network.node_count, bool)
    node[network.arc_tail[arcs]] = True
    node[network.arc_head[arcs]] = True
    return node


def zone_pieces(network: RoadNetwork, zone: Bools, core_node: Bools) -> tuple[int, Int32]:
    """(pieces, [zone arcs] piece): zone arcs joined at nodes off the public roads, and the two ways of one street."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    arcs = np.flatnonzero(zone)
    k, n = arcs.size, network.node_count
    shape = np.where(network.arc_shape[arcs] >= 0, network.arc_shape[arcs], ~network.arc_shape[arcs])
    rows, columns = [np.arange(k)], [k + n + shape.astype(np.int64)]
    for ends in (network.arc_tail[arcs], network.arc_head[arcs]):
        inner = ~core_node[ends]
        rows.append(np.flatnonzero(inner))
        columns.append(k + ends[inner])
    row, column = np.concatenate(rows), np.concatenate(columns)
    size = k + n + network.shape_offset.size - 1
    graph = coo_array((np.ones(row.size, np.int8), (row, column)), shape=(size, size)).tocsr()
    _, part = connected_components(graph, directed=False)
    names, piece = np.unique(part[:k], return_inverse=True)
    return int(names.size), piece.astype(np.int32)


def _gate_turns(network: RoadNetwork, core: Bools, gate: Bools) -> list[tuple[int, int]]:
    closed = np.flatnonzero(gate & touched(network, core))
    into: dict[int, list[int]] = {int(node): [] for node in closed}
    arriving = np.flatnonzero(core & np.isin(network.arc_head, closed))
    for arc in arriving.tolist():
        into[int(network.arc_head[arc])].append(arc)
    turns = []
    for node, arcs in into.items():
        leaving = [a for a in range(int(network.first_arc[node]), int(network.first_arc[node + 1])) if core[a]]
        turns += [(a, b) for a in arcs for b in leaving if int(network.arc_twin[a]) != b]
    return turns
