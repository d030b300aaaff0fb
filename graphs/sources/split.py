"""From whole ways to streets between junctions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphs.geodesy import shape_lengths_m
from graphs.network import Float32, Float64, Int32, Int64, UInt8
from graphs.raw import RawNetwork, SourceInfo
from graphs.sources.streets import Streets

SHORTEST_M = 0.1


@dataclass(frozen=True)
class Ways:
    """``w`` ways over ``p`` node references; the nodes of way i are ``offset[i]:offset[i + 1]``."""

    node: Int64  # [p] node ids
    points: Float64  # [p, 2] degrees
    offset: Int64  # [w + 1]
    way_id: Int64  # [w]
    road_class: UInt8  # [w]
    direction: np.ndarray  # [w] int8, FORWARD, BOTH or BACKWARD
    kph: Float32  # [w] NaN where not stated
    name: Int32  # [w]
    ref: Int32  # [w]


def split_at_junctions(ways: Ways, strings: tuple[str, ...], info: SourceInfo) -> RawNetwork:
    """Cut ways at their ends and wherever a node is used twice; O(p log p)."""
    way = np.repeat(np.arange(ways.way_id.size), np.diff(ways.offset))
    keep = np.ones(way.size, bool)  # a node may not follow itself
    keep[1:] = (ways.node[1:] != ways.node[:-1]) | (way[1:] != way[:-1])
    way, node, points = way[keep], ways.node[keep], ways.points[keep]
    last = np.flatnonzero(np.concatenate((way[1:] != way[:-1], [True])))
    first = np.concatenate(([0], last[:-1] + 1))
    ids, index, uses = np.unique(node, return_inverse=True, return_counts=True)
    np.add.at(uses, index[first], 1)
    np.add.at(uses, index[last], 1)
    cut = np.flatnonzero(uses[index] > 1)
    start, end = cut[:-1], cut[1:]
    same_way = way[start] == way[end]
    start, end = start[same_way], end[same_way]

    size = end - start + 1
    offset = np.concatenate(([0], np.cumsum(size))).astype(np.int64)
    position = np.arange(int(offset[-1])) + np.repeat(start - offset[:-1], size)
    shape_points = points[position]
    length = np.maximum(shape_lengths_m(offset, shape_points[:, 0], shape_points[:, 1]), SHORTEST_M)

    junction, ends = np.unique(index[np.concatenate((start, end))], return_inverse=True)
    tail, head = ends[: start.size].astype(np.int32), ends[start.size :].astype(np.int32)
    lonlat = np.empty((junction.size, 2))
    lonlat[tail], lonlat[head] = points[start], points[end]
    source = way[start]
    return Streets(
        node_id=ids[junction],
        node_lon=lonlat[:, 0].copy(),
        node_lat=lonlat[:, 1].copy(),
        tail=tail,
        head=head,
        drawn=ways.direction[source],
        length_m=length,
        road_class=ways.road_class[source],
        kph=ways.kph[source],
        kph_back=ways.kph[source],
        way=ways.way_id[source],
        name=ways.name[source],
        ref=ways.ref[source],
        offset=offset,
        points=shape_points,
        strings=strings,
        info=info,
    ).to_raw()
