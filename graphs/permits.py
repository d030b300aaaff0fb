"""Which arcs and nodes of a raw network one vehicle may use."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphs.access import CLOSED, ENDS_ONLY, OPEN, barrier_access, way_access
from graphs.network import Int32, Int64
from graphs.raw import RawNetwork
from graphs.vehicle import Vehicle

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Permits:
    """A raw network as one vehicle finds it: streets end at barriers that stop it, on either side."""

    tail: Int32  # [m] ends of the raw arcs among n' >= n nodes; those from n on are streets' ends at barriers
    head: Int32  # [m]
    origin: Int64  # [n'] raw node of each node
    usable: Bools  # [m]
    ends_only: Bools  # [m] usable at the ends of a trip only
    gate: Bools  # [n'] nodes that may be passed at the ends of a trip only
    closed: dict[str, int]  # tag -> arcs it closes
    barriers: dict[str, int]  # tag -> nodes at which streets end
    unread: dict[str, int]  # access values and limits that were not understood -> arcs or nodes


def permits(raw: RawNetwork, vehicle: Vehicle) -> Permits:
    """Every tag set is looked at once a direction; O(m)."""
    m, n = raw.arc_count, raw.node_count
    if raw.tags is None:
        everything, nothing = np.ones(m, bool), np.zeros(m, bool)
        return Permits(raw.arc_tail, raw.arc_head, np.arange(n), everything, nothing, np.zeros(n, bool), {}, {}, {})
    unread: Counter[str] = Counter()
    level, closed = _arc_levels(raw, vehicle, unread)
    node_level, barriers = _node_levels(raw, vehicle, unread)
    tail, head, origin = _cut_streets(raw, node_level == CLOSED)
    gate = np.zeros(origin.size, bool)
    gate[: raw.node_count] = node_level == ENDS_ONLY
    return Permits(
        tail, head, origin, level != CLOSED, level == ENDS_ONLY, gate, dict(closed), dict(barriers), dict(unread)
    )


def _arc_levels(raw: RawNetwork, vehicle: Vehicle, unread: Counter[str]) -> tuple[np.ndarray, Counter[str]]:
    assert raw.tags is not None
    use = 2 * raw.tags.arc.astype(np.int64) + (raw.arc_shape >= 0)
    levels = np.full(2 * len(raw.tags.tagsets), OPEN, np.uint8)
    closed: Counter[str] = Counter()
    sets, arcs = np.unique(use, return_counts=True)
    for index, count in zip(sets.tolist(), arcs.tolist(), strict=True):
        odd: Counter[str] = Counter()
        tags = dict(raw.tags.tagsets[index >> 1])
        levels[index], reason = way_access(tags, vehicle, forward=bool(index & 1), unread=odd)
        if levels[index] == CLOSED:
            closed[reason] += count
        for value in odd:
            unread[value] += count
    return levels[use], closed


def _node_levels(raw: RawNetwork, vehicle: Vehicle, unread: Counter[str]) -> tuple[np.ndarray, Counter[str]]:
    assert raw.tags is not None
    levels = np.full(len(raw.tags.tagsets), OPEN, np.uint8)
    barriers: Counter[str] = Counter()
    sets, nodes = np.unique(raw.tags.node, return_counts=True)
    for index, count in zip(sets.tolist(), nodes.tolist(), strict=True):
        if index == 0:
            continue
        odd: Counter[str] = Counter()
        levels[index], reason = barrier_access(dict(raw.tags.tagsets[index]), vehicle, odd)
        if levels[index] == CLOSED:
            barriers[reason] += count
        for value in odd:
            unread[value] += count
    return levels[raw.tags.node], barriers


def _cut_streets(raw: RawNetwork, stop: Bools) -> tuple[Int32, Int32, Int64]:
    """Give every street its own end at a node that stops the vehicle; its two directions share it."""
    shape = np.where(raw.arc_shape >= 0, raw.arc_shape, ~raw.arc_shape).astype(np.int64)
    against = (raw.arc_shape < 0).astype(np.int64)
    at_tail, at_head = np.flatnonzero(stop[raw.arc_tail]), np.flatnonzero(stop[raw.arc_head])
    ends = np.concatenate((2 * shape[at_tail] + against[at_tail], 2 * shape[at_head] + 1 - against[at_head]))
    node = np.concatenate((raw.arc_tail[at_tail], raw.arc_head[at_head]))
    _, first, number = np.unique(ends, return_index=True, return_inverse=True)
    tail, head = raw.arc_tail.copy(), raw.arc_head.copy()
    tail[at_tail] = raw.node_count + number[: at_tail.size]
    head[at_head] = raw.node_count + number[at_tail.size :]
    return tail, head, np.concatenate((np.arange(raw.node_count), node[first])).astype(np.int64)
