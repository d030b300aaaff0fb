"""Junction delays: what drivers lose at signals, signs, crossings and larger roads."""

from __future__ import annotations

import numpy as np

from graphs.controls import CONTROL_INDEX
from graphs.network import Int32, Int64, UInt8
from graphs.speeds import SpeedProfile

Ends = tuple[Int32, Int32]


def junction_delays(tail: Int32, head: Int32, road_class: UInt8, node_control: UInt8, profile: SpeedProfile) -> Int32:
    """[m] ms charged on entering each arc: for the class entered and the control at a junction of three or more
    streets, and for yielding at its end to a larger road that goes on there uncontrolled.
    """
    meeting = streets_at(tail, head, node_control.size)
    delay = np.where(meeting[tail] >= 3, profile.class_delay_ms[road_class], 0)
    delay = delay + np.where(meeting[tail] >= 2, profile.control_ms[node_control[tail]], 0)
    if profile.class_yield_ms.any():
        delay = delay + _yielding(tail, head, road_class, node_control, profile)
    return delay.astype(np.int32)


def streets_at(tail: Int32, head: Int32, nodes: int) -> Int64:
    """[n] streets that meet at each node: pairs of nodes joined by an arc either way."""
    low, high = np.minimum(tail, head).astype(np.int64), np.maximum(tail, head)
    streets = np.unique(low * nodes + high)
    return np.bincount(streets // nodes, minlength=nodes) + np.bincount(streets % nodes, minlength=nodes)


def add_controls(delay: Int32, arc: Int64, kind: UInt8, profile: SpeedProfile) -> None:
    """Charge the controls that stand along arcs on those arcs, in place."""
    np.add.at(delay, arc, profile.control_ms[kind])


def _yielding(tail: Int32, head: Int32, road_class: UInt8, node_control: UInt8, profile: SpeedProfile) -> Int32:
    """[m] ms where an arc ends at a road of a larger class, of which at least two arms meet there.

    A link is as large as its road. At signals everybody waits, and is charged for them.
    """
    nodes = node_control.size
    rank = np.where(road_class < CLASS_LINKS, road_class // 2, road_class - CLASS_LINKS // 2).astype(np.int64)
    ends, ranks = np.concatenate((tail, head)).astype(np.int64), np.concatenate((rank, rank))
    other = np.concatenate((head, tail)).astype(np.int64)
    largest = np.full(nodes, 255, np.int64)
    np.minimum.at(largest, ends, ranks)
    of_largest = ranks == largest[ends]
    arms = np.unique(ends[of_largest] * nodes + other[of_largest]) // nodes
    goes_on = np.bincount(arms, minlength=nodes) >= 2
    signals = node_control == CONTROL_INDEX["traffic_signals"]
    yields = (rank > largest[head]) & goes_on[head] & ~signals[head]
    larger = np.where(largest < CLASS_LINKS // 2, 2 * largest, largest + CLASS_LINKS // 2)
    return np.where(yields, profile.class_yield_ms[np.minimum(larger, profile.class_yield_ms.size - 1)][head], 0)


#: The first classes alternate: a road, its links (motorway to tertiary_link).
CLASS_LINKS = 10
