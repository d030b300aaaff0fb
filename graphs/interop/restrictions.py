"""Turn restrictions as a table of their own, since neither a MultiDiGraph nor an edges table can express them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from graphs.errors import MissingColumnError, RestrictionsError
from graphs.interop.carried import Edge, Walk, forbidden_walks, walks_of
from graphs.interop.frames import CRS, to_geodataframes

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from graphs.region import Region


def restrictions_frame(region: Region, edges: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """One row per sequence of edges that no trip drives.

    ``edges`` ([[u, v, key], …] as JSON, so that every file format keeps it), ``kind`` ("turn", "u-turn", or "via" where
    it goes over ways in between), ``via`` (the node where it ends), ``from_osmid`` and ``to_osmid`` (ways), and the
    line along its edges. The table of edges may be given if it was made already.
    """
    import geopandas
    import shapely

    edges = to_geodataframes(region)[1] if edges is None else edges
    walks = forbidden_walks(region)
    flat = [edge for walk in walks for edge in walk]
    row = edges.index.get_indexer(flat) if flat else []
    line = dict(zip(flat, edges.geometry.array[row] if flat else [], strict=True))
    way = dict(zip(flat, edges["osmid"].to_numpy()[row] if flat else [], strict=True))
    return geopandas.GeoDataFrame(
        {
            "kind": [_kind(walk) for walk in walks],
            "via": [walk[-1][0] for walk in walks],
            "from_osmid": [int(way[walk[0]]) for walk in walks],
            "to_osmid": [int(way[walk[-1]]) for walk in walks],
            "edges": [json.dumps(walk) for walk in walks],
        },
        geometry=[shapely.line_merge(shapely.multilinestrings([line[edge] for edge in walk])) for walk in walks],
        crs=CRS,
    )


def read_restrictions(table: pd.DataFrame) -> tuple[Walk, ...]:
    """The walks of column ``edges``, JSON or lists; raises `MissingColumnError` and `RestrictionsError`."""
    if "edges" not in table:
        raise MissingColumnError(
            f"The restrictions table lacks 'edges'; it has {', '.join(map(str, table.columns)) or 'no columns'}.",
            missing="edges",
        )
    try:
        return walks_of(json.loads(cell) if isinstance(cell, str) else cell for cell in table["edges"])
    except (ValueError, TypeError) as error:
        raise RestrictionsError(
            f"Column 'edges' of the restrictions table cannot be read ({error}); write the edges that may not be "
            "driven in turn as [[u, v, key], [u, v, key]].",
            what=error,
        ) from error


def _kind(walk: tuple[Edge, ...]) -> str:
    if len(walk) > 2:
        return "via"
    return "u-turn" if walk[0][0] == walk[1][1] else "turn"
