"""From nodes and edges with travel times to a network and its rules, as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from graphs.assemble import Assembled, assemble
from graphs.errors import MissingColumnError
from graphs.interop.carried import Walk
from graphs.interop.driven import driven
from graphs.interop.frames import DRIVEN, ZONE_ACCESS
from graphs.network import ACCESS_CUT_OFF, ACCESS_ZONE, Int8, Int64, RoadNetwork
from graphs.raw import SourceInfo
from graphs.report import BuildReport
from graphs.rules.building import build_search_graph, with_turn_times
from graphs.rules.cut_off import cut_off_streets, reached_and_left
from graphs.rules.zones import find_zones
from graphs.sources import cells
from graphs.sources.edges_table import edges_to_raw
from graphs.speeds import TurnTimes, load_profile

if TYPE_CHECKING:
    import pandas as pd


def assemble_driven(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    restrictions: Sequence[Walk] = (),
    turning: Mapping[str, Any] | None = None,
    info: SourceInfo | None = None,
) -> Assembled:
    """The network of tables as `to_geodataframes` makes them, and of the rules that go with them.

    ``nodes`` have ``osmid``, ``x``, ``y``; ``edges`` ``u``, ``v``, ``key``, ``highway`` and the columns `DRIVEN`. What
    was taken out in between is gone: the largest strongly connected part is kept, and a restriction counts as far as
    its edges are there. Raises what `edges_to_raw` and `assemble` raise, `MissingColumnError` and `TravelTimeError`.
    """
    missing = [name for name in (*DRIVEN, "u", "v", "key", "length", "highway") if name not in edges]
    if missing:
        raise MissingColumnError(
            f"The edges lack {', '.join(missing)}, which an export of Towline has; without travel times build a region "
            "from them with graphs.sources and a speed profile.",
            missing=", ".join(missing),
        )
    edges = edges[cells.road_classes(edges["highway"])[0] != cells.SKIPPED].reset_index(drop=True)
    raw = edges_to_raw(edges, nodes, info=info)
    # Arcs come in the order of rows; their way carries the row through the choice of the part that is kept.
    numbered = replace(raw, arc_way=np.arange(raw.arc_count, dtype=np.int64))
    network, report = assemble(numbered, load_profile())
    row = network.arc_way
    kph, delay = driven(edges.iloc[row].reset_index(drop=True), network.arc_length_m)
    network = replace(
        network,
        node_id=_osm_nodes(nodes, network),
        arc_way=raw.arc_way[row],
        arc_speed_kph=kph,
        arc_delay_ms=delay,
        arc_layer=_layers(edges, row),
    )
    return _with_rules(_drawn_as_before(network, edges, row), edges, row, restrictions, turning or {}, report)


def _with_rules(
    network: RoadNetwork,
    edges: pd.DataFrame,
    row: Int64,
    restrictions: Sequence[Walk],
    turning: Mapping[str, Any],
    report: BuildReport,
) -> Assembled:
    sequences = _sequences(edges, row, restrictions)
    special = np.zeros(network.node_count, bool)
    special[[int(network.arc_head[arc]) for walk in sequences for arc in walk[:-1]]] = True
    no_gate = np.zeros(network.node_count, bool)
    zones = find_zones(network, _in_zone(edges)[row], no_gate, special)
    graph = build_search_graph(network, zones.layered, sequences)
    reached, left = reached_and_left(graph)
    if turning:
        times = TurnTimes(**{key: value for key, value in turning.items() if key != "drives_left"})
        drives_left = bool(turning.get("drives_left"))
        graph = with_turn_times(network, zones.layered, sequences, times, reached, left, drives_left)
    lost = len(restrictions) - len(sequences)
    report = replace(
        report,
        speeds_from_tags=0,
        speeds_from_class=0,
        speeds_from_times=network.arc_count,
        zones=zones.count,
        zone_arcs=int(zones.arc.sum()),
        restrictions=len(sequences),
        forbidden_turns=len(sequences),
        cut_off_arcs=int((~(reached & left)).sum()),
        ignored={"restriction: on edges that are not there": lost} if lost else {},
    )
    access = np.where(zones.arc, ACCESS_ZONE, 0) | np.where(cut_off_streets(network, reached, left), ACCESS_CUT_OFF, 0)
    return Assembled(replace(network, arc_access=access.astype(np.uint8)), graph, report)


def _sequences(edges: pd.DataFrame, row: Int64, restrictions: Sequence[Walk]) -> list[tuple[int, ...]]:
    """The restrictions all of whose edges are arcs, as arcs, sorted."""
    import pandas as pd

    if not restrictions:
        return []
    arc = np.full(len(edges) + 1, -1, np.int64)  # the last one for edges that are not there
    arc[row] = np.arange(row.size)
    index = pd.MultiIndex.from_frame(edges[["u", "v", "key"]].astype(np.int64))
    found = arc[index.get_indexer([edge for walk in restrictions for edge in walk])]
    pieces = np.split(found, np.cumsum([len(walk) for walk in restrictions])[:-1])
    return sorted({tuple(piece.tolist()) for piece in pieces if (piece >= 0).all()})


def _in_zone(edges: pd.DataFrame) -> np.ndarray:
    """[rows] whether an edge, or a part of one that was merged, is of a zone."""
    if "access" not in edges:
        return np.zeros(len(edges), bool)
    codes, values = cells.distinct(edges["access"])
    return np.array([ZONE_ACCESS in cell for cell in values])[codes]


def _layers(edges: pd.DataFrame, row: Int64) -> Int8:
    if "layer" not in edges:
        return np.empty(0, np.int8)
    codes, values = cells.distinct(edges["layer"])
    level = np.array([int(float(cell[0])) if cell else 0 for cell in values], np.int8)[codes][row]
    return level if level.any() else np.empty(0, np.int8)


def _osm_nodes(nodes: pd.DataFrame, network: RoadNetwork) -> Int64:
    """[n] the ids in OpenStreetMap, where the table tells them from its own."""
    if "osm_node" not in nodes:
        return network.node_id
    ids = dict(zip(nodes["osmid"].tolist(), cells.identifiers(nodes["osm_node"]).tolist(), strict=True))
    return np.array([ids.get(node, node) for node in network.node_id.tolist()], np.int64)


def _drawn_as_before(network: RoadNetwork, edges: pd.DataFrame, row: Int64) -> RoadNetwork:
    """The same network with the shapes of two-way streets turned to run along the arc that is not ``reversed``."""
    if "reversed" not in edges:
        return network
    codes, values = cells.distinct(edges["reversed"])
    against = np.array([cell == ("True",) for cell in values])[codes][row]
    twin = network.arc_twin
    turn = (twin >= 0) & (against == (network.arc_shape >= 0)) & (against != against[twin])
    turned = np.zeros(network.shape_offset.size - 1, bool)
    turned[np.where(network.arc_shape >= 0, network.arc_shape, ~network.arc_shape)[turn]] = True
    start, size = network.shape_offset[:-1], np.diff(network.shape_offset)
    place = np.arange(network.shape_lonlat.shape[0])
    mirrored = np.repeat(2 * start + size - 1, size) - place
    points = network.shape_lonlat[np.where(np.repeat(turned, size), mirrored, place)]
    shape = np.where(turn, ~network.arc_shape, network.arc_shape).astype(np.int32)
    return replace(network, arc_shape=shape, shape_lonlat=points)
