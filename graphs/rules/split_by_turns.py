"""Junctions split because turning costs: every arc in and every arc out gets its own end, turn arcs join them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from graphs.network import Int32, RoadNetwork
from graphs.rules.turning import TurnTable


@dataclass(frozen=True, eq=False)
class SplitByTurns:
    """The ends of road arcs after splitting; ``k`` nodes follow the network's, ``t`` turn arcs join them."""

    arc_tail: Int32  # [m]
    arc_head: Int32  # [m]
    extra_node: Int32  # [k] road node
    turn_tail: Int32  # [t]
    turn_head: Int32  # [t]
    turn_ms: Int32  # [t]


def split_by_turns(network: RoadNetwork, turns: TurnTable, left: Collection[int]) -> SplitByTurns:
    """Split every node at which a turn costs something or is not offered, but those of ``left``; O(m + turns).

    The ends of two arcs become one node where the turn between them is free and nothing else follows the first, or
    nothing else precedes the second: a street goes on, in two lanes.
    """
    n, m = network.node_count, network.arc_count
    pairs = np.bincount(network.arc_head, minlength=n) * np.bincount(network.arc_tail, minlength=n)
    costs = np.bincount(turns.node, turns.ms, minlength=n)
    split = (costs > 0) | (np.bincount(turns.node, minlength=n) < pairs)
    split[np.fromiter(left, np.int64, len(left))] = False
    here = split[turns.node]
    before, after, ms = turns.before[here].astype(np.int64), turns.after[here].astype(np.int64), turns.ms[here]
    follows, precedes = np.bincount(before, minlength=m), np.bincount(after, minlength=m)
    label = np.arange(2 * m)  # arc a's head is called a, its tail m + a
    first = (ms == 0) & (follows[before] == 1)
    label[before[first]] = m + after[first]
    second = (ms == 0) & (precedes[after] == 1) & ~first
    label[m + after[second]] = before[second]
    ends = np.concatenate((label[:m][split[network.arc_head]], label[m:][split[network.arc_tail]]))
    name = np.unique(ends)
    node = np.concatenate((network.arc_head, network.arc_tail))[name]
    order = np.argsort(node, kind="stable")
    is_first = np.diff(node[order], prepend=-1) != 0
    number = np.empty(name.size, np.int64)
    number[order] = np.where(is_first, node[order], n - 1 + np.cumsum(~is_first))
    new = np.concatenate((network.arc_head, network.arc_tail)).astype(np.int64)
    chosen = np.concatenate((split[network.arc_head], split[network.arc_tail]))
    new[chosen] = number[np.searchsorted(name, label[chosen])]
    tail, head = new[before], new[m + after]
    apart = tail != head
    return SplitByTurns(
        arc_tail=new[m:].astype(np.int32),
        arc_head=new[:m].astype(np.int32),
        extra_node=node[order][~is_first].astype(np.int32),
        turn_tail=tail[apart].astype(np.int32),
        turn_head=head[apart].astype(np.int32),
        turn_ms=ms[apart],
    )
