"""What OSMnx writes: GraphML and GeoPackage; and other files of edges that geopandas reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphs.errors import CorruptFileError, SourceError
from graphs.raw import RawNetwork, SourceInfo
from graphs.sources.columns import ColumnMapping, as_drawn
from graphs.sources.edges_table import edges_to_raw
from graphs.sources.networkx_graph import graph_to_raw
from graphs.sources.table_files import existing_file

if TYPE_CHECKING:
    import pandas as pd

GRAPHML_SUFFIXES = (".graphml",)
LAYER_SUFFIXES = (".gpkg", ".geojson", ".fgb", ".shp")


def read_graphml(path: str | Path, mapping: ColumnMapping | None = None) -> RawNetwork:
    """A graph saved by ``osmnx.save_graphml``; raises `CorruptFileError` when it is not one."""
    return graph_to_raw(load_graphml(path), mapping=mapping, info=SourceInfo(Path(path).name))


def load_graphml(path: str | Path) -> Any:
    """The MultiDiGraph of a file saved by ``osmnx.save_graphml``; raises `CorruptFileError`."""
    import networkx
    import osmnx
    from shapely.errors import ShapelyError

    path = existing_file(path)
    unreadable = (networkx.NetworkXException, ShapelyError, SyntaxError, ValueError, KeyError, TypeError)
    try:
        return osmnx.io.load_graphml(path)
    except unreadable as error:
        raise CorruptFileError(
            f"{path.name} is no GraphML as OSMnx saves it ({error}); save it with osmnx.save_graphml.", path=path
        ) from error


def read_layers(path: str | Path, *, directed: bool | None = None, mapping: ColumnMapping | None = None) -> RawNetwork:
    """A GeoPackage with layers ``edges`` and, if there is one, ``nodes``, or any file with one layer of edges.

    Unless ``directed`` says otherwise, rows are one direction each, except where OSMnx made them undirected.
    """
    import pyogrio
    from pyogrio.errors import DataSourceError

    path = existing_file(path)
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        chosen = "edges" if "edges" in layers else layers[0] if len(layers) == 1 else None
        if chosen is None:
            raise SourceError(
                f"{path.name} has layers {', '.join(layers)} and none called edges; name the layer of roads 'edges'.",
                path=path,
            )
        edges = read_layer(path, chosen)
        nodes = read_layer(path, "nodes") if "nodes" in layers else None
    except DataSourceError as error:
        raise CorruptFileError(f"{path.name} cannot be read: {error}. Save it again.", path=path) from error
    if nodes is not None:
        points = nodes.geometry
        nodes = nodes.drop(columns="geometry").assign(x=points.x, y=points.y)
    mapping = mapping or ColumnMapping()
    drawn = as_drawn(mapping, edges.columns)
    if directed is None:
        directed, mapping = drawn is None, drawn or mapping
    return edges_to_raw(edges, nodes, directed=directed, mapping=mapping, info=SourceInfo(path.name))


def read_layer(path: Path, layer: str) -> pd.DataFrame:
    """One layer of a file that geopandas reads, in degrees."""
    import geopandas

    frame = geopandas.read_file(path, layer=layer)
    return frame if frame.crs is None else frame.to_crs(4326)
