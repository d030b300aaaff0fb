"""Parquet and GeoParquet, through pyarrow and (only for geometries) geopandas."""

from __future__ import annotations

from pathlib import Path

from engine.errors import FileFormatError
from engine.tables.problems import Problems, RowProblem
from engine.tables.table import Table
from engine.tables.text import as_text
from graphs.errors import CoordinateError


def read_parquet(path: Path, problems: Problems) -> Table:
    """Columns as text; point geometries are brought to WGS-84 and become ``lon`` and ``lat``; rows count from 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
        if b"geo" in (schema.metadata or {}):
            return _read_points(path, problems)
        data = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise FileFormatError(
            f"{path.name} is not a Parquet file that can be read ({str(error).splitlines()[0]}); write it again",
            file=path,
        ) from None
    columns = {
        name.strip().lower(): [as_text(value) for value in data.column(name).to_pylist()] for name in data.column_names
    }
    return Table(path.name, columns, list(range(1, data.num_rows + 1)))


def _read_points(path: Path, problems: Problems) -> Table:
    import geopandas as gpd

    frame = gpd.read_parquet(path)
    if frame.crs is not None:
        frame = frame.to_crs(4326)
    points = (frame.geom_type == "Point").to_numpy() & ~frame.geometry.is_empty.to_numpy()
    for index in (~points).nonzero()[0]:
        message = "has no point geometry; every row must be a Point"
        problems.add(RowProblem(path.name, int(index) + 1, "geometry", "", message, CoordinateError.reason))
    rows = [int(index) + 1 for index in points.nonzero()[0]]
    frame = frame[points]
    columns = {
        str(name).strip().lower(): [as_text(value) for value in frame[name]]
        for name in frame.columns
        if name != frame.geometry.name
    }
    columns["lon"] = [as_text(value) for value in frame.geometry.x.tolist()]
    columns["lat"] = [as_text(value) for value in frame.geometry.y.tolist()]
    return Table(path.name, columns, rows)
