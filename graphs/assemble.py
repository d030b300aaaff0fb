"""From what a source lists to a network to drive on: the largest strongly connected part, with speeds."""

from __future__ import annotations

import numpy as np

from graphs.classes import ROAD_CLASSES
from graphs.errors import NetworkError
from graphs.network import Float32, Int32, Int64, RoadNetwork
from graphs.raw import RawNetwork
from graphs.report import BuildReport
from graphs.speeds import SpeedProfile


def assemble(raw: RawNetwork, profile: SpeedProfile) -> tuple[RoadNetwork, BuildReport]:
    """Keep the largest strongly connected part of ``raw``, give each arc its speed, report the rest.

    Raises `NetworkError` when there is no road, or no two places that can be driven between both ways.
    """
    if raw.arc_count == 0:
        raise NetworkError("The source holds no drivable road; check that it covers roads and names their classes.")
    part_count, part = _strong_parts(raw)
    keep_node = part == np.bincount(part).argmax()
    keep_arc = keep_node[raw.arc_tail] & keep_node[raw.arc_head]
    if keep_node.sum() < 2:
        raise NetworkError(
            f"None of the {raw.node_count:,} nodes can be reached and left again, so no part is strongly connected; "
            "if rows stand for two-way streets, import them as undirected (driven both ways unless one-way).",
            nodes=raw.node_count,
        )
    network = _kept(raw, keep_node, np.flatnonzero(keep_arc), profile)
    tagged = int(np.isfinite(raw.arc_maxspeed_kph[keep_arc]).sum())
    lost = ~keep_arc
    lost_arcs = np.bincount(raw.arc_class[lost], minlength=len(ROAD_CLASSES))
    lost_km = np.bincount(raw.arc_class[lost], raw.arc_length_m[lost], len(ROAD_CLASSES)) / 1000
    report = BuildReport(
        nodes_read=raw.node_count,
        arcs_read=raw.arc_count,
        km_read=round(float(raw.arc_length_m.sum()) / 1000, 3),
        nodes_kept=network.node_count,
        arcs_kept=network.arc_count,
        km_kept=round(float(raw.arc_length_m[keep_arc].sum()) / 1000, 3),
        parts=part_count,
        two_way_arcs=int((network.arc_twin >= 0).sum()),
        speeds_from_tags=tagged,
        speeds_from_class=network.arc_count - tagged,
        dropped_arcs_by_class={ROAD_CLASSES[c]: int(lost_arcs[c]) for c in np.flatnonzero(lost_arcs)},
        dropped_km_by_class={ROAD_CLASSES[c]: round(float(lost_km[c]), 3) for c in np.flatnonzero(lost_arcs)},
        skipped=raw.info.skipped,
        unknown_classes=raw.info.unknown_classes,
        unread_maxspeeds=raw.info.unread_maxspeeds,
    )
    return network, report


def _strong_parts(raw: RawNetwork) -> tuple[int, Int32]:
    from scipy.sparse import coo_array  # slow to import, needed only when a region is built
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(raw.arc_count, np.int8)
    matrix = coo_array((ones, (raw.arc_tail, raw.arc_head)), shape=(raw.node_count, raw.node_count)).tocsr()
    count, part = connected_components(matrix, directed=True, connection="strong")
    return int(count), part


def _kept(raw: RawNetwork, keep_node: np.ndarray, arcs: Int64, profile: SpeedProfile) -> RoadNetwork:
    new_node = np.cumsum(keep_node, dtype=np.int32) - 1
    arcs = arcs[np.lexsort((arcs, raw.arc_head[arcs], raw.arc_tail[arcs]))]
    tail, head = new_node[raw.arc_tail[arcs]], new_node[raw.arc_head[arcs]]
    arc_shape, shape_offset, shape_lonlat = _pack_shapes(raw, raw.arc_shape[arcs])
    names, refs = raw.arc_name[arcs], raw.arc_ref[arcs]
    used, where = np.unique(np.concatenate(([0], names, refs)), return_inverse=True)
    where = where.astype(np.int32)
    road_class = raw.arc_class[arcs]
    return RoadNetwork(
        node_lon=raw.node_lon[keep_node],
        node_lat=raw.node_lat[keep_node],
        node_id=raw.node_id[keep_node],
        arc_tail=tail,
        arc_head=head,
        arc_length_m=raw.arc_length_m[arcs].astype(np.float32),
        arc_class=road_class,
        arc_speed_kph=_speeds(raw.arc_maxspeed_kph[arcs], road_class, profile),
        arc_delay_ms=_delays(tail, head, road_class, int(keep_node.sum()), profile),
        arc_way=raw.arc_way[arcs],
        arc_name=where[1 : 1 + arcs.size],
        arc_ref=where[1 + arcs.size :],
        arc_shape=arc_shape,
        shape_offset=shape_offset,
        shape_lonlat=shape_lonlat,
        strings=tuple(raw.strings[index] for index in used),
    )


def _speeds(tagged: Float32, road_class: np.ndarray, profile: SpeedProfile) -> Float32:
    return np.where(np.isfinite(tagged), tagged, profile.class_kph[road_class]).astype(np.float32)


def _delays(tail: Int32, head: Int32, road_class: np.ndarray, nodes: int, profile: SpeedProfile) -> Int32:
    """Charge the class's junction delay where at least three streets meet at the arc's tail."""
    low, high = np.minimum(tail, head).astype(np.int64), np.maximum(tail, head)
    streets = np.unique(low * nodes + high)
    meeting = np.bincount(streets // nodes, minlength=nodes) + np.bincount(streets % nodes, minlength=nodes)
    return np.where(meeting[tail] >= 3, profile.class_delay_ms[road_class], 0).astype(np.int32)


def _pack_shapes(raw: RawNetwork, arc_shape: Int32) -> tuple[Int32, Int64, Int32]:
    """Keep the shapes in use; a shape driven one way only is turned to run along its arc."""
    index = np.where(arc_shape >= 0, arc_shape, ~arc_shape)
    used, new_index = np.unique(index, return_inverse=True)
    new_index = new_index.astype(np.int32)
    runs_along = np.zeros(used.size, bool)
    runs_along[new_index[arc_shape >= 0]] = True
    size = (raw.shape_offset[1:] - raw.shape_offset[:-1])[used]
    offset = np.concatenate(([0], np.cumsum(size)))
    shape = np.repeat(np.arange(used.size), size)
    position = np.arange(int(offset[-1])) - offset[shape]
    position = np.where(runs_along[shape], position, size[shape] - 1 - position)
    points = raw.shape_lonlat[raw.shape_offset[used][shape] + position]
    turned = ~runs_along[new_index]
    return np.where((arc_shape >= 0) | turned, new_index, ~new_index).astype(np.int32), offset, points
