"""A network from a table of edges, as OSMnx writes it or with other column names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from graphs.classes import UNKNOWN_CLASS
from graphs.errors import DuplicateIdError, EmptyInputError, NetworkError
from graphs.geodesy import shape_lengths_m
from graphs.network import Float32, Float64, Int32
from graphs.raw import RawNetwork, SourceInfo
from graphs.sources import cells
from graphs.sources.columns import ColumnMapping, with_node_aliases
from graphs.sources.lengths import checked_lengths
from graphs.sources.pairing import pair_directions
from graphs.sources.places import EdgeShapes, place_edges
from graphs.sources.streets import Streets
from graphs.sources.table_levels import row_levels

if TYPE_CHECKING:
    import pandas as pd

SHORTEST_M = 0.1


def edges_to_raw(
    edges: pd.DataFrame,
    nodes: pd.DataFrame | None = None,
    *,
    directed: bool = True,
    mapping: ColumnMapping | None = None,
    info: SourceInfo | None = None,
) -> RawNetwork:
    """A network from an edges table and, optionally, a nodes table.

    With ``directed`` each row is one direction, and a two-way street has two rows (OSMnx's way). Without, a row is
    driven both ways unless its one-way column says otherwise. Without a nodes table the ends of the geometries place
    the nodes; without geometries streets are straight; without a length it is measured along the geometry.

    Raises `EmptyInputError`, `MissingColumnError`, `DuplicateIdError`, `GeometryError`, `CoordinateError`,
    `LengthError` or `InputError`, each naming the row or column.
    """
    mapping, info = mapping or ColumnMapping(), info or SourceInfo("table")
    required = ["u", "v", "highway"] + (["geometry"] if nodes is None else [])
    by_hand = sorted(mapping.mapped() - {"node", "lon", "lat"} - set(required))
    mapping.require([*required, *by_hand], edges.columns, "edges")
    if len(edges) == 0:
        raise EmptyInputError("The edges table has a header but no rows; give one row per road.")
    edges = edges.reset_index(drop=True)  # so that messages name rows of the table as given
    _refuse_duplicates(edges, mapping)
    if nodes is not None:
        mapping = with_node_aliases(mapping, nodes.columns)
        mapping.require(["node", "lon", "lat"], nodes.columns, "nodes")

    road_class, skipped, unknown = cells.road_classes(edges[mapping.highway])
    usable = road_class != cells.SKIPPED
    if not usable.any():
        raise NetworkError(
            "No edge is drivable: every highway value is empty, a footway or the like; check that column."
        )
    if (road_class[usable] == UNKNOWN_CLASS).all() and unknown:
        raise NetworkError(
            f"No value of column '{mapping.highway}' is a road class (the first is {next(iter(unknown))!r}); "
            "map the column that holds OSM's highway values with highway=COLUMN.",
            column=mapping.highway,
        )
    edges, road_class = edges[usable], road_class[usable]
    shapes = place_edges(edges, nodes, mapping)
    length = _lengths(edges, mapping, shapes)
    way = cells.identifiers(edges[mapping.way]) if mapping.way in edges else np.zeros(len(edges), np.int64)
    strings, name, ref = _names(edges, mapping)
    speed, speed_back, unread = _speeds(edges, mapping)
    level, odd_levels = row_levels(edges, mapping)
    if odd_levels:
        info = replace(info, ignored={**info.ignored, "layer that is no level": odd_levels})
    info = replace(info, skipped=skipped, unknown_classes=unknown, unread_maxspeeds=unread)

    stated = not directed and mapping.oneway in edges
    drawn = cells.directions(edges[mapping.oneway]) if stated else np.full(len(edges), cells.BOTH, np.int8)
    raw = Streets(
        node_id=shapes.node_id,
        node_lon=shapes.node_lon,
        node_lat=shapes.node_lat,
        tail=shapes.tail,
        head=shapes.head,
        drawn=np.full(len(edges), cells.FORWARD, np.int8) if directed else drawn,
        length_m=length,
        road_class=road_class.astype(np.uint8),
        kph=speed,
        kph_back=speed_back,
        way=way,
        name=name,
        ref=ref,
        offset=shapes.offset,
        points=shapes.points,
        strings=strings,
        info=info,
        level=level,
    ).to_raw()
    if not directed:
        return raw
    shared = pair_directions(raw.arc_tail, raw.arc_head, raw.shape_offset, raw.shape_lonlat)
    return replace(raw, arc_shape=shared)


def _refuse_duplicates(edges: pd.DataFrame, mapping: ColumnMapping) -> None:
    key = [mapping.edge_id] if mapping.edge_id else [mapping.u, mapping.v, "key"]
    if not all(column in edges for column in key):
        return
    repeated = edges.duplicated(key).to_numpy()
    if repeated.any():
        row = int(np.flatnonzero(repeated)[0])
        value = ", ".join(f"{column}={edges[column].iloc[row]}" for column in key)
        raise DuplicateIdError(
            f"Edge row {row} repeats {value} ({int(repeated.sum()):,} rows do); keep one row per edge.",
            row=row,
            id=value,
        )


def _lengths(edges: pd.DataFrame, mapping: ColumnMapping, shapes: EdgeShapes) -> Float64:
    lon, lat = shapes.points[:, 0], shapes.points[:, 1]
    measured = np.maximum(shape_lengths_m(shapes.offset, lon, lat), SHORTEST_M)
    if mapping.length not in edges:
        return measured
    stated = cells.numbers(edges[mapping.length], mapping.length)
    return checked_lengths(stated, measured, shapes, mapping.length, edges.index.to_numpy())


def _names(edges: pd.DataFrame, mapping: ColumnMapping) -> tuple[tuple[str, ...], Int32, Int32]:
    strings: dict[str, int] = {"": 0}
    found = []
    for column in (mapping.name, mapping.ref):
        if column in edges:
            index, values = cells.texts(edges[column])
            found.append(np.array([strings.setdefault(value, len(strings)) for value in values], np.int32)[index])
        else:
            found.append(np.zeros(len(edges), np.int32))
    return tuple(strings), found[0], found[1]


def _speeds(edges: pd.DataFrame, mapping: ColumnMapping) -> tuple[Float32, Float32, dict[str, int]]:
    if mapping.maxspeed not in edges:
        nothing = np.full(len(edges), np.nan, np.float32)
        return nothing, nothing, {}
    speed, unread = cells.maxspeeds(edges[mapping.maxspeed])
    if mapping.maxspeed_backward not in edges:
        return speed, speed, unread
    back, _ = cells.maxspeeds(edges[mapping.maxspeed_backward])
    return speed, np.where(np.isfinite(back), back, speed).astype(np.float32), unread
