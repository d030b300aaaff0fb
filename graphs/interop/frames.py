"""A network as two GeoDataFrames, nodes and edges, with OSMnx's index and column names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphs.classes import ROAD_CLASSES
from graphs.network import ACCESS_ZONE, SHAPE_SCALE, Int32, Int64, RoadNetwork

if TYPE_CHECKING:
    import geopandas as gpd

    from graphs.region import Region

CRS = "EPSG:4326"
#: OSM's word for a road that trips may start or end on but not pass through.
ZONE_ACCESS = "destination"
#: Columns of travel times as Towline drives them; a table that has them all is taken back without any speed profile.
DRIVEN = ("speed_kph", "junction_delay", "travel_time")


def to_geodataframes(source: Region | RoadNetwork) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """(nodes indexed by osmid, edges indexed by u, v, key): one row per node, one per arc, in their order.

    Nodes: ``x``, ``y``, ``street_count``, ``osm_node`` (the id in OpenStreetMap, which several nodes share where
    streets end on both sides of a barrier). Edges: ``osmid`` (way), ``highway``, ``name``, ``ref``, ``oneway`` (the arc
    has no twin), ``reversed`` (against the way as drawn), ``length`` (m), ``speed_kph`` and ``maxspeed`` (what is
    driven at free flow), ``junction_delay`` (s, on entering), ``travel_time`` (s, with it), ``access`` ("destination"
    in zones), ``layer`` where the network knows levels. O(n + m).
    """
    import geopandas
    import pandas as pd
    import shapely

    network = source if isinstance(source, RoadNetwork) else source.network
    ids = node_ids(network)
    nodes = geopandas.GeoDataFrame(
        {
            "y": network.node_lat,
            "x": network.node_lon,
            "street_count": street_counts(network),
            "osm_node": network.node_id,
        },
        index=pd.Index(ids, name="osmid"),
        geometry=shapely.points(network.node_lon, network.node_lat),
        crs=CRS,
    )
    strings = np.array([text or None for text in network.strings], dtype=object)
    kph = network.arc_speed_kph.astype(np.float64)
    columns: dict[str, np.ndarray] = {
        "osmid": network.arc_way,
        "highway": np.array(ROAD_CLASSES, dtype=object)[network.arc_class],
        "name": strings[network.arc_name],
        "ref": strings[network.arc_ref],
        "oneway": network.arc_twin < 0,
        "reversed": network.arc_shape < 0,
        "length": network.arc_length_m.astype(np.float64),
        "maxspeed": kph,
        "speed_kph": kph,
        "junction_delay": network.arc_delay_ms / 1000.0,
        "travel_time": network.free_flow_ms / 1000.0,
        "access": np.array([None, ZONE_ACCESS], dtype=object)[(network.arc_access & ACCESS_ZONE != 0).astype(np.int8)],
    }
    if network.arc_layer.size:
        columns["layer"] = network.arc_layer.astype(np.int64)
    edges = geopandas.GeoDataFrame(
        {name: pd.Series(cells, dtype=object if cells.dtype == object else None) for name, cells in columns.items()},
        geometry=_lines(network),
        crs=CRS,
    )
    ends = [ids[network.arc_tail], ids[network.arc_head], edge_keys(network)]
    edges.index = pd.MultiIndex.from_arrays(ends, names=["u", "v", "key"])
    return nodes, edges


def node_ids(network: RoadNetwork) -> Int64:
    """[n] a different number for each node: its OSM id, and numbers above all ids for further nodes of one id."""
    _, first = np.unique(network.node_id, return_index=True)
    again = np.ones(network.node_count, bool)
    again[first] = False
    ids = network.node_id.astype(np.int64)
    ids[again] = int(ids.max()) + 1 + np.arange(int(again.sum()))  # above: sorted by id they stay in this order
    return ids


def edge_keys(network: RoadNetwork) -> Int64:
    """[m] numbers parallel arcs, of the same tail and head, from 0."""
    order = np.lexsort((network.arc_head, network.arc_tail))
    tail, head = network.arc_tail[order], network.arc_head[order]
    starts = np.ones(order.size, bool)
    starts[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    first = np.maximum.accumulate(np.where(starts, np.arange(order.size), 0))
    key = np.empty(order.size, np.int64)
    key[order] = np.arange(order.size) - first
    return key


def street_counts(network: RoadNetwork) -> Int64:
    """[n] ends of streets at each node, two-way ones once, as OSMnx counts them."""
    once = (network.arc_twin < 0) | (network.arc_shape >= 0)
    ends: Int32 = np.concatenate((network.arc_tail[once], network.arc_head[once]))
    return np.bincount(ends, minlength=network.node_count).astype(np.int64)


def _lines(network: RoadNetwork) -> np.ndarray:
    """[m] one line per arc, in driving order."""
    import shapely

    owner = np.repeat(np.arange(network.shape_offset.size - 1), np.diff(network.shape_offset))
    shapes = shapely.linestrings(network.shape_lonlat / SHAPE_SCALE, indices=owner)
    along = network.arc_shape >= 0
    index = np.where(along, network.arc_shape, ~network.arc_shape)
    return np.where(along, shapes[index], shapely.reverse(shapes)[index])
