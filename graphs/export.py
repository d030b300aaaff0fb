"""Networks as GeoDataFrames and as a networkx graph, with OSMnx's column names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphs.classes import ROAD_CLASSES
from graphs.network import SHAPE_SCALE, RoadNetwork

if TYPE_CHECKING:
    import geopandas as gpd
    import networkx as nx

CRS = "EPSG:4326"


def to_geodataframes(network: RoadNetwork) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """(nodes indexed by osmid, edges indexed by u, v, key): one row per node, one per arc in the order of arcs.

    ``maxspeed`` is the free-flow speed in km/h, ``travel_time`` seconds with junction delay, ``oneway`` whether the
    arc has no twin.
    """
    import geopandas
    import pandas as pd
    import shapely

    points = shapely.points(network.node_lon, network.node_lat)
    nodes = geopandas.GeoDataFrame(
        {"y": network.node_lat, "x": network.node_lon},
        index=pd.Index(network.node_id, name="osmid"),
        geometry=points,
        crs=CRS,
    )
    strings = np.array(network.strings, dtype=object)
    u, v = network.node_id[network.arc_tail], network.node_id[network.arc_head]
    key = pd.DataFrame({"u": u, "v": v}).groupby(["u", "v"]).cumcount()
    edges = geopandas.GeoDataFrame(
        {
            "osmid": network.arc_way,
            "highway": np.array(ROAD_CLASSES, dtype=object)[network.arc_class],
            "oneway": network.arc_twin < 0,
            "maxspeed": network.arc_speed_kph,
            "length": network.arc_length_m.astype(np.float64),
            "name": strings[network.arc_name],
            "ref": strings[network.arc_ref],
            "travel_time": network.free_flow_ms / 1000.0,
        },
        index=pd.MultiIndex.from_arrays([u, v, key], names=["u", "v", "key"]),
        geometry=_lines(network),
        crs=CRS,
    )
    return nodes, edges


def to_networkx(network: RoadNetwork) -> nx.MultiDiGraph:
    """A MultiDiGraph that OSMnx's functions take: nodes carry x, y; edges the columns of `to_geodataframes`."""
    import networkx as nx

    nodes, edges = to_geodataframes(network)
    graph = nx.MultiDiGraph(crs=CRS.lower())
    graph.add_nodes_from((node, {"x": x, "y": y}) for node, y, x in nodes[["y", "x"]].itertuples())
    records = edges.to_dict("records")
    graph.add_edges_from((u, v, key, record) for (u, v, key), record in zip(edges.index, records, strict=True))
    return graph


def _lines(network: RoadNetwork) -> np.ndarray:
    """[m] one line per arc, in driving order."""
    import shapely

    owner = np.repeat(np.arange(network.shape_offset.size - 1), np.diff(network.shape_offset))
    shapes = shapely.linestrings(network.shape_lonlat / SHAPE_SCALE, indices=owner)
    along = network.arc_shape >= 0
    return np.where(along, shapes[network.arc_shape], shapely.reverse(shapes)[~network.arc_shape])
