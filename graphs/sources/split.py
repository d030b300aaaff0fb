"""From whole ways to streets between junctions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphs.classes import CLASS_INDEX
from graphs.geodesy import shape_lengths_m
from graphs.network import SHAPE_SCALE, Float32, Float64, Int8, Int32, Int64, UInt8
from graphs.raw import RawNetwork, RoadTags, SourceInfo
from graphs.sources.cells import BACKWARD, FORWARD

if TYPE_CHECKING:
    from graphs.sources.osm_collected import Collected

SHORTEST_M = 0.1


@dataclass(frozen=True)
class Ways:
    """``w`` ways over ``p`` node references; the nodes of way i are ``offset[i]:offset[i + 1]``."""

    node: Int64  # [p] node ids
    lonlat: Int32  # [p, 2] 1e-7 degrees
    offset: Int64  # [w + 1]
    way_id: Int64  # [w]
    road_class: UInt8  # [w]
    direction: np.ndarray  # [w] int8, FORWARD, BOTH or BACKWARD
    minutes: Float32  # [w] to travel the whole way, where it says so (ferries), else NaN
    name: Int32  # [w]
    ref: Int32  # [w]
    tagset: Int32  # [w]
    level: Int8  # [w] `graphs.levels`


def split_at_junctions(ways: Ways, strings: tuple[str, ...], info: SourceInfo, found: Collected) -> RawNetwork:
    """Cut ways at their ends, wherever a node is used twice, and at barriers; O(p log p)."""
    size = np.diff(ways.offset)
    way = np.repeat(np.arange(size.size, dtype=np.int32), size)
    keep = np.ones(way.size, bool)  # a node may not follow itself
    keep[1:] = (ways.node[1:] != ways.node[:-1]) | (way[1:] != way[:-1])
    node, lonlat = ways.node, ways.lonlat
    if not keep.all():
        way, node, lonlat = way[keep], node[keep], lonlat[keep]
    cut = _cuts(node, way, found)
    start, end = cut[:-1], cut[1:]
    same_way = way[start] == way[end]
    start, end = start[same_way], end[same_way]

    count = end - start + 1
    offset = np.concatenate(([0], np.cumsum(count))).astype(np.int64)
    position = np.arange(int(offset[-1])) + np.repeat(start - offset[:-1], count)
    points = lonlat[position]
    del position
    degrees = points / SHAPE_SCALE
    length = np.maximum(shape_lengths_m(offset, degrees[:, 0], degrees[:, 1]), SHORTEST_M)
    del degrees
    node_id, ends = np.unique(node[np.concatenate((start, end))], return_inverse=True)
    tail, head = ends[: start.size].astype(np.int32), ends[start.size :].astype(np.int32)
    place = np.empty((node_id.size, 2), np.int32)
    place[tail], place[head] = lonlat[start], lonlat[end]

    source = way[start]
    drawn = ways.direction[source]
    street = np.arange(source.size, dtype=np.int32)
    forward, backward = street[drawn != BACKWARD], street[drawn != FORWARD]
    row = np.concatenate((forward, backward))
    reverse = np.arange(row.size) >= forward.size
    kph = _stated_speeds(ways, source, length)
    return RawNetwork(
        node_id=node_id,
        node_lon=place[:, 0] / SHAPE_SCALE,
        node_lat=place[:, 1] / SHAPE_SCALE,
        arc_tail=np.where(reverse, head[row], tail[row]),
        arc_head=np.where(reverse, tail[row], head[row]),
        arc_length_m=length[row],
        arc_class=ways.road_class[source[row]],
        arc_maxspeed_kph=kph[row],
        arc_way=ways.way_id[source[row]],
        arc_name=ways.name[source[row]],
        arc_ref=ways.ref[source[row]],
        arc_shape=np.where(reverse, ~row, row).astype(np.int32),
        shape_offset=offset,
        shape_lonlat=points,
        strings=strings,
        info=info,
        arc_layer=ways.level[source[row]] if ways.level.any() else None,
        tags=_road_tags(ways, source[row], node, start, node_id, row, reverse, found),
    )


def _cuts(node: Int64, way: Int32, found: Collected) -> Int64:
    """Positions where streets begin and end."""
    order = np.argsort(node, kind="stable").astype(np.int32 if node.size < 2**31 else np.int64)
    ordered = node[order]
    again = ordered[1:] == ordered[:-1]
    shared = np.zeros(node.size, bool)
    shared[order[1:][again]] = True
    shared[order[:-1][again]] = True
    shared[np.flatnonzero(np.concatenate((way[1:] != way[:-1], [True])))] = True
    shared[0] = True
    shared[1:] |= way[1:] != way[:-1]
    barriers = np.frombuffer(found.tagged_node, np.int64)[np.frombuffer(found.node_tagset, np.int32) > 0]
    via = np.array([r.via_node for r in found.restrictions if r.via_node is not None], np.int64)
    more = np.unique(np.concatenate((barriers, via)))
    if more.size:
        at = np.minimum(np.searchsorted(more, node), more.size - 1)
        shared |= more[at] == node
    return np.flatnonzero(shared)


def _stated_speeds(ways: Ways, source: Int32, length: Float64) -> Float32:
    """[streets] km/h of ways that state how long they take, else NaN."""
    metres = np.bincount(source, length, ways.way_id.size)
    with np.errstate(divide="ignore", invalid="ignore"):
        kph = metres / 1000.0 / (ways.minutes / 60.0)
    ferry = ways.road_class == CLASS_INDEX["ferry"]
    return np.where(ferry & (kph > 0.1) & (kph < 150.0), kph, np.nan).astype(np.float32)[source]


def _road_tags(
    ways: Ways,
    arc_row: Int32,
    node: Int64,
    start: Int64,
    node_id: Int64,
    street_of: Int32,
    reverse: np.ndarray,
    found: Collected,
) -> RoadTags:
    tagged = np.frombuffer(found.tagged_node, np.int64)
    order = np.argsort(tagged)
    ids, control = tagged[order], np.frombuffer(found.node_control, np.uint8)[order]
    facing, barrier = (
        np.frombuffer(found.node_facing, np.int8)[order],
        np.frombuffer(found.node_tagset, np.int32)[order],
    )
    node_control, node_barrier = np.zeros(node_id.size, np.uint8), np.zeros(node_id.size, np.int32)
    control_arc, control_kind = [np.empty(0, np.int32)], [np.empty(0, np.uint8)]
    if ids.size:
        at = np.minimum(np.searchsorted(node_id, ids), node_id.size - 1)
        junction = node_id[at] == ids
        node_control[at[junction]] = control[junction]
        node_barrier[at[junction]] = barrier[junction]
        place = np.minimum(np.searchsorted(ids, node), ids.size - 1)
        inner = np.flatnonzero((ids[place] == node) & ~junction[place])
        if inner.size:
            street = np.searchsorted(start, inner, side="right") - 1
            kind, toward = control[place[inner]], facing[place[inner]]
            for backwards in (False, True):
                arcs = np.full(start.size, -1, np.int32)
                mine = np.flatnonzero(reverse == backwards)
                arcs[street_of[mine]] = mine
                heard = (arcs[street] >= 0) & (kind > 0) & (toward != (FORWARD if backwards else BACKWARD))
                control_arc.append(arcs[street][heard])
                control_kind.append(kind[heard])
    return RoadTags(
        tagsets=tuple(found.tagsets),
        arc=ways.tagset[arc_row],
        node=node_barrier,
        node_control=node_control,
        control_arc=np.concatenate(control_arc),
        control_kind=np.concatenate(control_kind),
        restrictions=tuple(found.restrictions),
    )
