"""From what a source lists to a network to drive on: the largest strongly connected part, with speeds and rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from graphs.classes import CLASS_INDEX, ROAD_CLASSES
from graphs.countries import country as nation
from graphs.delays import add_controls, junction_delays
from graphs.errors import NetworkError
from graphs.legal_speeds import legal_kph
from graphs.network import ACCESS_CUT_OFF, ACCESS_ZONE, Float32, Int8, Int32, Int64, RoadNetwork
from graphs.permits import Permits, permits
from graphs.raw import RawNetwork
from graphs.report import BuildReport
from graphs.rules.building import build_search_graph, with_turn_times
from graphs.rules.cut_off import cut_off_streets, reached_and_left
from graphs.rules.restrictions import forbidden_turns
from graphs.rules.zones import find_zones
from graphs.search_graph import SearchGraph
from graphs.speeds import SpeedProfile
from graphs.vehicle import Vehicle, load_vehicle

#: Dropped roads of other classes are kept for snapping; these are mostly yards that the map connects to nothing.
FORGOTTEN = ("ferry", "service")


@dataclass(frozen=True)
class Assembled:
    """A network to drive on, the order in which its arcs may be driven, and what came of everything else."""

    network: RoadNetwork
    graph: SearchGraph
    report: BuildReport


def assemble(
    raw: RawNetwork, profile: SpeedProfile, vehicle: Vehicle | None = None, country: str | None = None
) -> tuple[RoadNetwork, BuildReport]:
    """The network and the report of `assemble_with_rules`."""
    found = assemble_with_rules(raw, profile, vehicle, country)
    return found.network, found.report


def assemble_with_rules(
    raw: RawNetwork, profile: SpeedProfile, vehicle: Vehicle | None = None, country: str | None = None
) -> Assembled:
    """Keep the largest strongly connected part of what ``vehicle`` may use of ``raw``, give each arc its speed.

    ``country`` (ISO 3166-1) states limits where no tag does. Raises `NetworkError` when there is no road, or no two
    places that can be driven between both ways, and `CountryError`.
    """
    if raw.arc_count == 0:
        raise NetworkError("The source holds no drivable road; check that it covers roads and names their classes.")
    vehicle = vehicle or load_vehicle()
    allowed = permits(raw, vehicle)
    if not allowed.usable.any():
        raise NetworkError(
            f"No road of the source is open to the vehicle '{vehicle.name}' ({len(allowed.closed)} tags close them).",
            vehicle=vehicle.name,
        )
    part_count, part = _strong_parts(allowed)
    keep_node = part == np.bincount(part[allowed.tail[allowed.usable]]).argmax()
    keep_arc = keep_node[allowed.tail] & keep_node[allowed.head] & allowed.usable
    if keep_node.sum() < 2:
        raise NetworkError(
            f"None of the {raw.node_count:,} nodes can be reached and left again, so no part is strongly connected; "
            + (
                "if rows stand for two-way streets, import them as undirected (driven both ways unless one-way)."
                if raw.tags is None
                else "every road is one-way or leads nowhere: use an extract that holds the roads around them, too."
            ),
            nodes=raw.node_count,
        )
    kph, unread = legal_kph(raw, country, vehicle.is_goods)
    arcs = np.flatnonzero(keep_arc)
    arcs = arcs[np.lexsort((arcs, allowed.head[arcs], allowed.tail[arcs]))]
    lost = ~keep_arc & allowed.usable
    network = _kept(raw, allowed, keep_node, arcs, _remembered(raw, keep_arc, lost), kph, profile, vehicle)
    found = _with_rules(raw, network, allowed, keep_node, arcs, vehicle, profile, nation(country).drives_left)
    tagged = int(np.isfinite(kph[keep_arc]).sum())
    lost_arcs = np.bincount(raw.arc_class[lost], minlength=len(ROAD_CLASSES))
    lost_km = np.bincount(raw.arc_class[lost], raw.arc_length_m[lost], len(ROAD_CLASSES)) / 1000
    report = replace(
        found.report,
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
        unread_maxspeeds=unread,
        directions_tagged=raw.tags is not None,
    )
    return Assembled(found.network, found.graph, report)


def _strong_parts(allowed: Permits) -> tuple[int, Int32]:
    """(parts, [n'] part of each node) over usable arcs; parts without an arc do not count."""
    from scipy.sparse import coo_array  # slow to import, needed only when a region is built
    from scipy.sparse.csgraph import connected_components

    tail, head, nodes = allowed.tail[allowed.usable], allowed.head[allowed.usable], allowed.origin.size
    matrix = coo_array((np.ones(tail.size, np.int8), (tail, head)), shape=(nodes, nodes)).tocsr()
    _, part = connected_components(matrix, directed=True, connection="strong")
    used = np.zeros(nodes, bool)
    used[tail] = used[head] = True
    return int(np.unique(part[used]).size), part


def _kept(
    raw: RawNetwork,
    allowed: Permits,
    keep_node: np.ndarray,
    arcs: Int64,
    lost: Int64,
    kph: Float32,
    profile: SpeedProfile,
    vehicle: Vehicle,
) -> RoadNetwork:
    new_node = np.cumsum(keep_node, dtype=np.int32) - 1
    tail, head = new_node[allowed.tail[arcs]], new_node[allowed.head[arcs]]
    origin = allowed.origin[keep_node]
    arc_shape, shape_offset, shape_lonlat = _pack_shapes(raw, raw.arc_shape[arcs])
    names, refs = raw.arc_name[arcs], raw.arc_ref[arcs]
    texts = ([0], names, refs, raw.arc_name[lost], raw.arc_ref[lost])
    used, where = np.unique(np.concatenate(texts), return_inverse=True)
    where = where.astype(np.int32)
    lost_name, lost_ref = np.split(where[1 + 2 * arcs.size :], 2)
    road_class = raw.arc_class[arcs]
    return RoadNetwork(
        node_lon=raw.node_lon[origin],
        node_lat=raw.node_lat[origin],
        node_id=raw.node_id[origin],
        arc_tail=tail,
        arc_head=head,
        arc_length_m=raw.arc_length_m[arcs].astype(np.float32),
        arc_class=road_class,
        arc_speed_kph=_speeds(raw, arcs, kph[arcs], profile, vehicle),
        arc_delay_ms=_delays(raw, arcs, tail, head, origin, profile),
        arc_access=np.zeros(arcs.size, np.uint8),
        arc_way=raw.arc_way[arcs],
        arc_name=where[1 : 1 + arcs.size],
        arc_ref=where[1 + arcs.size : 1 + 2 * arcs.size],
        arc_shape=arc_shape,
        shape_offset=shape_offset,
        shape_lonlat=shape_lonlat,
        strings=tuple(raw.strings[index] for index in used),
        arc_layer=_layers(raw, arcs),
        **_lost_roads(raw, lost, lost_name, lost_ref),
    )


def _remembered(raw: RawNetwork, keep_arc: np.ndarray, lost: np.ndarray) -> Int64:
    """Lost arcs of streets that are lost both ways, of the classes worth remembering."""
    forgotten = np.array([CLASS_INDEX[name] for name in FORGOTTEN])
    shape = np.where(raw.arc_shape < 0, ~raw.arc_shape, raw.arc_shape)
    kept = np.zeros(raw.shape_offset.size - 1, bool)
    kept[shape[keep_arc]] = True
    return np.flatnonzero(lost & ~kept[shape] & ~np.isin(raw.arc_class, forgotten))


def _lost_roads(raw: RawNetwork, lost: Int64, name: Int32, ref: Int32) -> dict[str, np.ndarray]:
    """The arrays of the network about lost arcs, one entry for each shape; none where nothing is lost."""
    if lost.size == 0:
        return {}
    arc_shape, offset, points = _pack_shapes(raw, raw.arc_shape[lost])
    along = arc_shape >= 0
    shape = np.where(along, arc_shape, ~arc_shape)
    count = offset.size - 1
    columns = {"lost_class": raw.arc_class[lost], "lost_name": name, "lost_ref": ref}
    found = {key: np.zeros(count, column.dtype) for key, column in columns.items()}
    for key, column in columns.items():
        found[key][shape] = column
    both = np.zeros(count, np.bool_)
    both[shape[~along]] = True
    return found | {"lost_two_way": both, "lost_offset": offset.astype(np.int64), "lost_lonlat": points}


def _with_rules(
    raw: RawNetwork,
    network: RoadNetwork,
    allowed: Permits,
    keep_node: np.ndarray,
    arcs: Int64,
    vehicle: Vehicle,
    profile: SpeedProfile,
    drives_left: bool,
) -> Assembled:
    """The search graph, the network with its zones, and the counts of rules."""
    restrictions = raw.tags.restrictions if raw.tags else ()
    turns = forbidden_turns(restrictions, network, vehicle, _leading_off(raw, allowed, keep_node))
    special = np.zeros(network.node_count, bool)
    special[[int(network.arc_head[arc]) for walk in turns.forbidden for arc in walk[:-1]]] = True
    zones = find_zones(network, allowed.ends_only[arcs], allowed.gate[keep_node], special)
    sequences = sorted(turns.forbidden | set(zones.gates))
    graph = build_search_graph(network, zones.layered, sequences)
    reached, left = reached_and_left(graph)
    if profile.turn:
        graph = with_turn_times(network, zones.layered, sequences, profile.turn, reached, left, drives_left)
    ignored = Counter(raw.info.ignored) + turns.ignored + Counter(allowed.unread)
    nothing = BuildReport(0, 0, 0.0, 0, 0, 0.0, 0, 0, 0, 0)
    report = replace(
        nothing,
        closed_arcs=allowed.closed,
        barriers=allowed.barriers,
        zones=zones.count,
        zone_arcs=int(zones.arc.sum()),
        restrictions=turns.used,
        forbidden_turns=len(sequences),
        cut_off_arcs=int((~(reached & left)).sum()),
        ignored=dict(ignored),
    )
    access = np.where(zones.arc, ACCESS_ZONE, 0) | np.where(cut_off_streets(network, reached, left), ACCESS_CUT_OFF, 0)
    return Assembled(replace(network, arc_access=access.astype(np.uint8)), graph, report)


def _leading_off(raw: RawNetwork, allowed: Permits, keep_node: np.ndarray) -> set[tuple[int, int]]:
    """(node id, way) of usable arcs that start at a restricted junction of the network and lead off it."""
    vias = [r.via_node for r in raw.tags.restrictions if r.via_node is not None] if raw.tags else []
    if not vias:
        return set()
    lost = allowed.usable & keep_node[allowed.tail] & ~keep_node[allowed.head]
    node_id = raw.node_id[allowed.origin[allowed.tail[lost]]]
    at_via = np.isin(node_id, np.array(vias, np.int64))
    return set(zip(node_id[at_via].tolist(), raw.arc_way[lost][at_via].tolist(), strict=True))


def _speeds(raw: RawNetwork, arcs: Int64, tagged: Float32, profile: SpeedProfile, vehicle: Vehicle) -> Float32:
    road_class = raw.arc_class[arcs]
    stated = raw.arc_maxspeed_kph[arcs]  # of a table, or a ferry's own
    driven = np.where(np.isfinite(stated) & (raw.tags is not None), stated, tagged * profile.maxspeed_factor)
    kph = np.where(np.isfinite(driven), driven, profile.class_kph[road_class])
    if raw.tags is not None:
        cover = np.array([profile.cover_kph(tags) for tags in raw.tags.tagsets], np.float32)
        kph = np.minimum(kph, cover[raw.tags.arc[arcs]])
    return np.minimum(kph, vehicle.max_kph).astype(np.float32)


def _delays(raw: RawNetwork, arcs: Int64, tail: Int32, head: Int32, origin: Int64, profile: SpeedProfile) -> Int32:
    tags = raw.tags
    control = np.zeros(origin.size, np.uint8) if tags is None else tags.node_control[origin]
    delay = junction_delays(tail, head, raw.arc_class[arcs], control, profile)
    if tags is not None and tags.control_arc.size:
        new_arc = np.full(raw.arc_count, -1, np.int64)
        new_arc[arcs] = np.arange(arcs.size)
        arc = new_arc[tags.control_arc]
        add_controls(delay, arc[arc >= 0], tags.control_kind[arc >= 0], profile)
    return delay


def _layers(raw: RawNetwork, arcs: Int64) -> Int8:
    """[m] the levels of the arcs kept; empty where none is over or under another."""
    levels = np.empty(0, np.int8) if raw.arc_layer is None else raw.arc_layer[arcs]
    return levels if levels.any() else np.empty(0, np.int8)


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
