"""Exports of regions as files: GraphML for networkx and OSMnx, GeoPackage also for desktop GIS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphs.errors import CorruptFileError, SourceError
from graphs.interop.carried import Carried
from graphs.interop.frames import DRIVEN, to_geodataframes
from graphs.interop.multigraph import CARRIED, to_networkx, without_collection
from graphs.interop.regions import Exported, exported_graph, undirected
from graphs.interop.restrictions import read_restrictions, restrictions_frame
from graphs.raw import SourceInfo
from graphs.sources.osmnx_files import GRAPHML_SUFFIXES, load_graphml, read_layer
from graphs.sources.table_files import existing_file

if TYPE_CHECKING:
    from graphs.region import Region

GEOPACKAGE_SUFFIXES = (".gpkg",)
EXPORT_SUFFIXES = (*GRAPHML_SUFFIXES, *GEOPACKAGE_SUFFIXES)
#: Layers of a GeoPackage beside OSMnx's nodes and edges; the second is a table of one cell.
RESTRICTIONS, ABOUT = "restrictions", "towline"
#: GraphML lists the attributes at its head; those of Towline come within so many bytes.
HEAD_BYTES = 1 << 16


def save_export(region: Region, path: str | Path) -> Path:
    """Write ``region`` as ``.graphml`` (as `osmnx.save_graphml` does) or ``.gpkg`` (layers nodes, edges, restrictions).

    Both carry everything that `region_from_networkx` needs. Raises `SourceError` at any other suffix.
    """
    import osmnx

    path = Path(path)
    if path.name.lower().endswith(GRAPHML_SUFFIXES):
        with without_collection():
            osmnx.io.save_graphml(to_networkx(region), path)
    elif path.name.lower().endswith(GEOPACKAGE_SUFFIXES):
        _save_geopackage(region, path)
    else:
        raise SourceError(f"{path.name}: regions are exported as {' or '.join(EXPORT_SUFFIXES)}.", path=path)
    return path


def is_export(path: str | Path) -> bool:
    """Whether a file holds edges with travel times as Towline exports them; false for any that cannot be read."""
    path = Path(path)
    name = path.name.lower()
    if not path.is_file():
        return False
    if name.endswith(GRAPHML_SUFFIXES):
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        return all(f'attr.name="{column}"'.encode() in head for column in DRIVEN)
    if not name.endswith(GEOPACKAGE_SUFFIXES):
        return False
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        columns = pyogrio.read_info(path, layer="edges")["fields"]
    except (DataSourceError, DataLayerError):
        return False
    return all(column in columns for column in DRIVEN)


def read_export(path: str | Path) -> Exported:
    """What `save_export` wrote, or OSMnx made of it. Raises `CorruptFileError` and, undirected, `SourceError`."""
    path = existing_file(path)
    if path.name.lower().endswith(GRAPHML_SUFFIXES):
        exported = exported_graph(load_graphml(path))
        return Exported(exported.nodes, exported.edges, exported.carried, _info(exported.carried, path))
    import pyogrio

    layers = [str(name) for name, _ in pyogrio.list_layers(path)]
    edges, nodes = read_layer(path, "edges"), read_layer(path, "nodes")
    if {"from", "to"}.issubset(edges.columns):
        raise undirected(path.name)
    carried = None
    if ABOUT in layers:
        about = pyogrio.read_dataframe(path, layer=ABOUT, read_geometry=False)
        if list(about.columns) != [CARRIED] or len(about) != 1:
            raise CorruptFileError(
                f"{path.name}: layer '{ABOUT}' is not as Towline writes it; delete that layer, or export again.",
                path=path,
            )
        carried = Carried.from_json(str(about[CARRIED].iloc[0]))
        walks = read_restrictions(read_layer(path, RESTRICTIONS)) if RESTRICTIONS in layers else ()
        carried = carried.with_restrictions(walks)
    nodes = nodes.drop(columns="geometry")
    return Exported(nodes, edges, carried, _info(carried, path))


def _save_geopackage(region: Region, path: Path) -> None:
    import pandas as pd
    import pyogrio

    nodes, edges = to_geodataframes(region)
    walks = restrictions_frame(region, edges)
    path.unlink(missing_ok=True)
    pyogrio.write_dataframe(nodes.reset_index(), path, layer="nodes")
    pyogrio.write_dataframe(edges.reset_index(), path, layer="edges", append=True)
    if len(walks):
        pyogrio.write_dataframe(walks, path, layer=RESTRICTIONS, append=True)
    about = pd.DataFrame({CARRIED: [Carried.of(region).with_restrictions(()).to_json()]})
    pyogrio.write_dataframe(about, path, layer=ABOUT, append=True)


def _info(carried: Carried | None, path: Path) -> SourceInfo:
    if carried is None:
        return SourceInfo(path.name)
    return SourceInfo(f"{path.name} (from {carried.source})", credits=carried.credits, licence=carried.licence)
