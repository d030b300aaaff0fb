"""Results as GeoDataFrames, and as files for GIS programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h3.api.numpy_int as h3
import numpy as np

from engine.coverage.coverage import RANKS, Coverage
from engine.coverage.places import CLASSES
from engine.coverage.worth import provider_worth
from engine.errors import FileFormatError, OutputFileError
from graphs.network import Float64, Int32
from graphs.search import INF

if TYPE_CHECKING:
    import geopandas as gpd

CRS = "EPSG:4326"
#: Columns of minutes, by rank.
FIRST_FEW = ("first_minutes", "second_minutes", "third_minutes")
#: What the origin of a file is called in it.
ORIGIN = "towline"
#: Endings of files for GIS programs.
GIS = (".parquet", ".geoparquet", ".gpkg", ".geojson")


def cells_frame(coverage: Coverage) -> gpd.GeoDataFrame:
    """One row a cell, indexed by H3 id: minutes until the first, second and third unit (NaN: never), ``road_share``
    within promise, ``demand``, ``covered``, ``uncovered``; hexagons in degrees."""
    import geopandas
    import pandas as pd
    import shapely

    cells = coverage.cells
    rings = [np.array(h3.cell_to_boundary(int(cell)))[:, ::-1] for cell in cells.cell]
    return geopandas.GeoDataFrame(
        {
            **_minutes(cells.arrival_ms),
            "road_share": cells.road_share,
            "demand": cells.demand,
            "covered": cells.covered,
            "uncovered": cells.demand - cells.covered,
        },
        index=pd.Index([h3.int_to_str(int(cell)) for cell in cells.cell], name="cell"),
        geometry=[shapely.Polygon(ring) for ring in rings],
        crs=CRS,
    )


def roads_frame(coverage: Coverage) -> gpd.GeoDataFrame:
    """One row a piece of road, at its middle: ``way`` (OSM), ``road``, ``class`` of promise, ``length_m``, minutes."""
    import geopandas
    import shapely

    pieces = coverage.pieces
    network, at = pieces.region.network, pieces.positions
    return geopandas.GeoDataFrame(
        {
            "way": network.arc_way[at.arc],
            "road": [network.road(arc) for arc in at.arc.tolist()],
            "class": np.array([each.value for each in CLASSES], dtype=object)[pieces.kind],
            "length_m": pieces.length_m,
            **_minutes(coverage.road_ms),
        },
        geometry=shapely.points(at.lon, at.lat),
        crs=CRS,
    )


def stands_frame(coverage: Coverage) -> gpd.GeoDataFrame:
    """One row a stand of those that serve: ``provider``, ``crews``, ``told_minutes`` until a crew is told and its
    ``mobilisation_minutes`` after that, and the provider's worth: demand at which it is first, that is lost without it,
    that nobody else reaches, and how much later others come to the rest."""
    import geopandas
    import shapely

    stands, worth = coverage.stands, provider_worth(coverage)
    at = stands.positions
    return geopandas.GeoDataFrame(
        {
            "provider": [stands.providers[row].id for row in stands.provider],
            "crews": stands.crews,
            "told_minutes": np.full(len(stands), stands.told_ms / 60_000),
            "mobilisation_minutes": (stands.mobilisation_ms - stands.told_ms) / 60_000,
            "first_for": worth.first[stands.provider],
            "lost_without": worth.lost[stands.provider],
            "unreached_without": worth.stranded[stands.provider],
            "slower_minutes_without": worth.slower_minutes[stands.provider],
        },
        geometry=shapely.points(at.lon, at.lat),
        crs=CRS,
    )


def write_gis(coverage: Coverage, path: str | Path, origin: Mapping[str, str] | None = None) -> None:
    """Cells to .parquet, .geoparquet or .geojson; cells, roads and stands as layers to .gpkg.

    ``origin``, as `Result.origin` has it, is kept in the file as ``towline``, a JSON object: in Parquet's schema, in a
    GeoPackage's metadata, as a member of a GeoJSON's FeatureCollection. FileFormatError for another ending,
    OutputFileError when it cannot be written.
    """
    target = Path(path)
    ending = target.suffix.lower()
    check_gis(target)
    about = json.dumps(dict(origin or {}))
    kept: dict[str, Any] = {}
    try:
        if ending == ".gpkg":
            frames = {"cells": cells_frame, "roads": roads_frame, "stands": stands_frame}
            for layer, frame in frames.items():
                kept = {"dataset_metadata": {ORIGIN: about}} if origin else {}
                frame(coverage).to_file(target, layer=layer, driver="GPKG", engine="pyogrio", **kept)
        elif ending == ".geojson":
            native = {"NATIVE_DATA": f'{{"{ORIGIN}": {about}}}', "NATIVE_MEDIA_TYPE": "application/vnd.geo+json"}
            kept = {"layer_options": native} if origin else {}
            cells_frame(coverage).to_file(target, layer="cells", driver="GeoJSON", engine="pyogrio", **kept)
        else:
            cells_frame(coverage).to_parquet(target)
            if origin:
                _keep_origin(target, about)
    except OSError as error:
        raise OutputFileError(f"cannot write {target}: {error}", file=target) from error


def _keep_origin(path: Path, about: str) -> None:
    from pyarrow import parquet

    table = parquet.read_table(path)
    parquet.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), ORIGIN: about}), path)


def check_gis(path: Path) -> None:
    """FileFormatError unless the ending is one of `GIS`."""
    if path.suffix.lower() not in GIS:
        raise FileFormatError(
            f"{path.name} ends in {path.suffix or 'nothing'}; give a file that ends in {', '.join(GIS)}",
            file=path,
            ending=path.suffix,
        )


def _minutes(arrival_ms: Int32) -> dict[str, Float64]:
    found = np.where(arrival_ms >= INF, np.nan, arrival_ms / 60_000)
    return {name: found[:, rank] for rank, name in enumerate(FIRST_FEW[:RANKS])}
