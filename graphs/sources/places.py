"""Where the nodes and edges of a table lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from graphs.errors import DuplicateIdError, EmptyInputError, InputError
from graphs.geodesy import check_coordinates, great_circle_m
from graphs.network import Float64, Int32, Int64
from graphs.sources import cells
from graphs.sources.columns import ColumnMapping
from graphs.sources.lines import is_hex, read_lines

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class EdgeShapes:
    """``n`` nodes and, for each of ``e`` edges, its ends and its points from tail to head."""

    node_id: Int64  # [n]
    node_lon: Float64  # [n]
    node_lat: Float64  # [n]
    tail: Int32  # [e]
    head: Int32  # [e]
    offset: Int64  # [e + 1]
    points: Float64  # [p, 2] degrees


def place_edges(edges: pd.DataFrame, nodes: pd.DataFrame | None, mapping: ColumnMapping) -> EdgeShapes:
    """Read geometries and nodes; a geometry drawn from head to tail is turned round."""
    if nodes is None:
        (tail, head), ids = cells.node_keys([edges[mapping.u], edges[mapping.v]], "Edges table")
        offset, points = read_lines(edges[mapping.geometry].to_numpy(dtype=object), edges.index.to_numpy())
        lon, lat = _ends_as_nodes(tail, head, offset, points, ids.size)
        return EdgeShapes(ids, lon, lat, tail.astype(np.int32), head.astype(np.int32), offset, points)
    ids, lon, lat, tail, head = _placed_nodes(edges, nodes, mapping)
    if mapping.geometry in edges:
        drawn = _with_straight(edges[mapping.geometry].to_numpy(dtype=object), tail, head, lon, lat)
        offset, points = read_lines(drawn, edges.index.to_numpy())
        points = _turn(tail, head, lon, lat, offset, points)
    else:
        offset = np.arange(0, 2 * tail.size + 1, 2, dtype=np.int64)
        points = np.empty((2 * tail.size, 2))
        points[0::2], points[1::2] = np.column_stack((lon, lat))[tail], np.column_stack((lon, lat))[head]
    return EdgeShapes(ids, lon, lat, tail, head, offset, points)


def _ends_as_nodes(tail: Int64, head: Int64, offset: Int64, points: Float64, count: int) -> tuple[Float64, Float64]:
    lonlat = np.empty((count, 2))
    lonlat[head[::-1]] = points[offset[1:] - 1][::-1]
    lonlat[tail[::-1]] = points[offset[:-1]][::-1]
    return lonlat[:, 0].copy(), lonlat[:, 1].copy()


def _placed_nodes(
    edges: pd.DataFrame, nodes: pd.DataFrame, mapping: ColumnMapping
) -> tuple[Int64, Float64, Float64, Int32, Int32]:
    if len(nodes) == 0:
        raise EmptyInputError("The nodes table has a header but no rows; give one row per node, or leave it out.")
    columns = [nodes[mapping.node], edges[mapping.u], edges[mapping.v]]
    (listed, tail, head), ids = cells.node_keys(columns, "Nodes and edges tables")
    repeated = np.flatnonzero(np.bincount(listed, minlength=ids.size) > 1)
    if repeated.size:
        value = int(ids[repeated[0]])
        raise DuplicateIdError(
            f"Node {value} stands in several rows of the nodes table ({repeated.size:,} nodes do); keep one each.",
            id=value,
        )
    lon = cells.numbers(nodes[mapping.lon], mapping.lon)
    lat = cells.numbers(nodes[mapping.lat], mapping.lat)
    check_coordinates(lon, lat, "Node row")
    row = np.full(ids.size, -1, np.int64)
    row[listed] = np.arange(listed.size)
    used = np.unique(np.concatenate((tail, head)))
    unplaced = used[row[used] < 0]
    if unplaced.size:
        raise InputError(
            f"Node {int(ids[unplaced[0]])} of the edges table is not in the nodes table ({unplaced.size:,} are not); "
            "give both tables of the same network.",
            node=int(ids[unplaced[0]]),
            count=unplaced.size,
        )
    new = np.full(ids.size, -1, np.int32)
    new[used] = np.arange(used.size, dtype=np.int32)
    return ids[used], lon[row[used]], lat[row[used]], new[tail], new[head]


def _with_straight(drawn: np.ndarray, tail: Int32, head: Int32, lon: Float64, lat: Float64) -> np.ndarray:
    """``drawn`` with a straight line of the same kind where a cell is empty, as in graphs that OSMnx simplified."""
    bare = np.flatnonzero([cell is None or isinstance(cell, float) for cell in drawn])
    if bare.size == 0:
        return drawn
    ends = np.column_stack((tail[bare], head[bare]))
    lines = shapely.linestrings(np.dstack((lon[ends], lat[ends])))
    sample = next((cell for cell in drawn if isinstance(cell, str | bytes)), None)
    drawn = drawn.copy()
    if isinstance(sample, str) and not is_hex(sample):
        drawn[bare] = shapely.to_wkt(lines, rounding_precision=-1)
    else:
        drawn[bare] = lines if sample is None else shapely.to_wkb(lines, hex=isinstance(sample, str))
    return drawn


def _turn(tail: Int32, head: Int32, lon: Float64, lat: Float64, offset: Int64, points: Float64) -> Float64:
    """Points in driving order: an edge whose line starts nearer to its head was drawn the other way."""
    first, last = points[offset[:-1]], points[offset[1:] - 1]
    as_drawn = great_circle_m(first[:, 0], first[:, 1], lon[tail], lat[tail]) + great_circle_m(
        last[:, 0], last[:, 1], lon[head], lat[head]
    )
    other = great_circle_m(last[:, 0], last[:, 1], lon[tail], lat[tail]) + great_circle_m(
        first[:, 0], first[:, 1], lon[head], lat[head]
    )
    size = np.diff(offset)
    turned = np.repeat(other < as_drawn, size)
    position = np.arange(points.shape[0])
    mirrored = np.repeat(offset[:-1] + offset[1:] - 1, size) - position
    return points[np.where(turned, mirrored, position)]
