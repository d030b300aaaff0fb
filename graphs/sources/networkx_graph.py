"""A network from a networkx graph as OSMnx makes it: nodes with x and y, edges with highway, length, geometry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from graphs.errors import EmptyInputError, MissingColumnError
from graphs.raw import RawNetwork, SourceInfo
from graphs.sources.columns import ColumnMapping, as_drawn
from graphs.sources.edges_table import edges_to_raw

#: The graph's own keys, whatever its attributes are called.
_ENDS = {"u": "u", "v": "v", "node": "osmid", "lon": "x", "lat": "y"}


def graph_to_raw(graph: Any, *, mapping: ColumnMapping | None = None, info: SourceInfo | None = None) -> RawNetwork:
    """A network from a networkx (Multi)DiGraph, or from an undirected graph whose edges are two-way unless ``oneway``.

    Coordinates in another system than EPSG:4326 (``graph.graph["crs"]``) are projected back. Raises `EmptyInputError`,
    `MissingColumnError` and whatever `edges_to_raw` raises.
    """
    nodes, edges = graph_tables(graph)
    mapping = replace(mapping or ColumnMapping(), **_ENDS)
    if not graph.is_directed():
        mapping = as_drawn(mapping, edges.columns) or mapping
    return edges_to_raw(
        edges,
        nodes,
        directed=graph.is_directed(),
        mapping=mapping,
        info=info or SourceInfo("networkx graph"),
    )


def graph_tables(graph: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(nodes with osmid, x, y in degrees; edges with u, v, key and their attributes) of a networkx graph."""
    if graph.number_of_edges() == 0:
        raise EmptyInputError("The graph has no edges; give one with roads in it.")
    graph = _in_degrees(graph)
    nodes = pd.DataFrame.from_records([data for _, data in graph.nodes(data=True)])
    if not {"x", "y"}.issubset(nodes.columns):
        raise MissingColumnError(
            f"The graph's nodes lack x and y (degrees); they have {', '.join(map(str, nodes.columns)) or 'nothing'}.",
            missing="x, y",
        )
    nodes["osmid"] = list(graph.nodes)
    ends = list(graph.edges(keys=True)) if graph.is_multigraph() else [(u, v, 0) for u, v in graph.edges()]
    edges = pd.DataFrame.from_records([data for _, _, data in graph.edges(data=True)])
    edges["u"], edges["v"], edges["key"] = zip(*ends, strict=True)
    return nodes, edges


def _in_degrees(graph: Any) -> Any:
    crs = str(graph.graph.get("crs", "epsg:4326")).lower()
    if crs in ("epsg:4326", "wgs84", "ogc:crs84"):
        return graph
    import osmnx

    return osmnx.projection.project_graph(graph, to_latlong=True)
