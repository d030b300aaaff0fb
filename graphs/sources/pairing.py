"""The two directions of one street: let them share a shape."""

from __future__ import annotations

import numpy as np

from graphs.network import Int32, Int64


def pair_directions(tail: Int32, head: Int32, offset: Int64, lonlat: Int32) -> Int32:
    """[m] shape of every arc, where arc i came with shape i: mutually reversed shapes of (u, v) and (v, u) become one.

    Shapes are compared by a 64-bit hash of their points read from the lesser end, so the whole is one sort:
    O((m + p) log m) for p points. A closed shape that reads the same from both ends stays unpaired.
    """
    arcs = tail.size
    if arcs == 0:
        return np.zeros(0, np.int32)
    digest, turned, symmetric = _canonical_hash(offset, lonlat)
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    order = np.lexsort((np.arange(arcs), turned, digest, high, low))
    street_starts = np.empty(arcs, bool)
    street_starts[0] = True
    same = (low[order][1:] == low[order][:-1]) & (high[order][1:] == high[order][:-1])
    street_starts[1:] = ~(same & (digest[order][1:] == digest[order][:-1]))
    street = np.cumsum(street_starts) - 1
    against = turned[order]
    start = np.flatnonzero(street_starts)
    size = np.diff(np.concatenate((start, [arcs])))
    backward = np.bincount(street, against, start.size).astype(np.int64)
    along = size - backward
    rank = np.arange(arcs) - start[street] - np.where(against, along[street], 0)
    partner = start[street] + rank  # the k-th arc against takes the shape of the k-th arc along
    paired = against & (rank < along[street]) & ~symmetric[order]
    shape = np.arange(arcs, dtype=np.int32)
    shape[order[paired]] = ~order[partner[paired]].astype(np.int32)
    return shape


def _canonical_hash(offset: Int64, lonlat: Int32) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per shape: a hash that does not depend on the direction, whether it was turned, whether both ends look alike."""
    size = np.diff(offset)
    shape = np.repeat(np.arange(size.size), size)
    position = np.arange(lonlat.shape[0]) - offset[shape]
    point = (lonlat[:, 0].astype(np.int64) << 32) ^ (lonlat[:, 1].astype(np.int64) & 0xFFFFFFFF)
    first, last = point[offset[:-1]], point[offset[1:] - 1]
    closed = first == last
    inner_first = point[np.minimum(offset[:-1] + 1, offset[1:] - 1)]
    inner_last = point[np.maximum(offset[1:] - 2, offset[:-1])]
    turned = np.where(closed, inner_first > inner_last, first > last)
    symmetric = closed & (inner_first == inner_last)
    place = np.where(turned[shape], size[shape] - 1 - position, position)
    mixed = _mix(point.view(np.uint64) + _mix(place.astype(np.uint64)))
    return np.add.reduceat(mixed, offset[:-1]) ^ _mix(size.astype(np.uint64)), turned, symmetric


def _mix(value: np.ndarray) -> np.ndarray:
    """splitmix64's finaliser: spreads every input bit over the word."""
    value = value + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
