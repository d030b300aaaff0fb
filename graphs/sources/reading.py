"""Any source by its file name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from graphs.errors import SourceError
from graphs.raw import RawNetwork, SourceInfo
from graphs.sources.columns import ColumnMapping, unused
from graphs.sources.table_files import CSV_SUFFIXES, PARQUET_SUFFIXES, existing_file, is_table, read_table

Progress = Callable[[str, int, int], None]


def read_source(
    path: str | Path,
    *,
    nodes: str | Path | None = None,
    directed: bool | None = None,
    mapping: ColumnMapping | None = None,
    progress: Progress | None = None,
    remark: Callable[[str], None] | None = None,
) -> RawNetwork:
    """A network from an edges table, a GraphML, GeoPackage or GeoJSON file, or an OpenStreetMap file.

    ``nodes`` is the nodes table of an edges table. ``directed`` tells whether each row is one direction (the default,
    as OSMnx writes it) or a street driven both ways unless one-way. ``remark`` is told what of a table is not used.
    Raises `SourceError` on a kind of file it does not
    know or an option that does not fit it, and what the reader of that kind raises.
    """
    # Each kind is imported when it is met: together they take seconds to import.
    from graphs.sources.osm_file import OSM_SUFFIXES, is_osm_file, read_osm
    from graphs.sources.osmnx_files import GRAPHML_SUFFIXES, LAYER_SUFFIXES, read_graphml, read_layers

    path = Path(path)
    lower = path.name.lower()
    if is_table(path):
        from graphs.sources.edges_table import edges_to_raw

        tell = progress or _silent
        tell("read", 0, 1)
        edges = read_table(path)
        places = None if nodes is None else read_table(nodes)
        tell("read", 1, 1)
        if remark:
            for text in unused(edges.columns, mapping or ColumnMapping(), path.name):
                remark(text)
        drawn = True if directed is None else directed
        return edges_to_raw(edges, places, directed=drawn, mapping=mapping, info=SourceInfo(path.name))
    if nodes is not None:
        raise SourceError(f"A nodes table goes with an edges table only, not with {path.name}.", path=path)
    if lower.endswith(LAYER_SUFFIXES):
        return read_layers(path, directed=directed, mapping=mapping)
    if directed is not None:
        raise SourceError(f"{path.name} says itself which roads are one-way; leave the directed option out.", path=path)
    if lower.endswith(GRAPHML_SUFFIXES):
        return read_graphml(path, mapping)
    if mapping is not None:
        raise SourceError(f"Columns can be mapped in tables only, not in {path.name}.", path=path)
    if is_osm_file(path):
        return read_osm(path, progress)
    known = CSV_SUFFIXES + PARQUET_SUFFIXES + GRAPHML_SUFFIXES + LAYER_SUFFIXES + OSM_SUFFIXES
    existing_file(path)
    raise SourceError(f"{path.name} is of no kind Towline reads; it reads {', '.join(known)}.", path=path)


def _silent(stage: str, done: int, total: int) -> None:
    """No progress wanted."""
