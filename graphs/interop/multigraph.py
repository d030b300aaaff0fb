"""A region as a networkx MultiDiGraph that OSMnx's functions take."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from graphs.interop.carried import Carried
from graphs.interop.frames import CRS, to_geodataframes
from graphs.network import RoadNetwork

if TYPE_CHECKING:
    import geopandas as gpd
    import networkx as nx
    import pandas as pd

    from graphs.region import Region

#: The key of `graph.graph` under which what a MultiDiGraph cannot express travels along, as JSON.
CARRIED = "towline"


def to_networkx(source: Region | RoadNetwork) -> nx.MultiDiGraph:
    """A MultiDiGraph with the nodes and edges of `to_geodataframes`; empty cells are absent attributes.

    Of a region, ``graph.graph["towline"]`` carries its forbidden turns, name, time zone and credits (`Carried`), which
    `region_from_networkx` reads and OSMnx keeps and saves. The graph is marked as simplified: its edges have shapes
    that simplifying once more would straighten. About 15 microseconds an edge.
    """
    nodes, edges = to_geodataframes(source)
    with without_collection():
        return _graph(source, nodes, edges)


def _graph(source: Region | RoadNetwork, nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame) -> nx.MultiDiGraph:
    import networkx as nx

    graph = nx.MultiDiGraph(crs=CRS.lower(), simplified=True, created_with="Towline")
    if not isinstance(source, RoadNetwork):
        graph.graph[CARRIED] = Carried.of(source).to_json()
    graph.add_nodes_from(zip(nodes.index.tolist(), _records(nodes.drop(columns="geometry")), strict=True))
    u, v, key = (edges.index.get_level_values(level).tolist() for level in ("u", "v", "key"))
    graph.add_edges_from(zip(u, v, key, _records(edges), strict=True))
    return graph


@contextmanager
def without_collection() -> Generator[None]:
    """Python's collector held back: making many small dictionaries, none of it garbage, takes half the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as dictionaries of plain Python values without those that are None."""
    names = list(frame.columns)
    rows = zip(*(frame[name].to_numpy().tolist() for name in names), strict=True)
    return [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows]
