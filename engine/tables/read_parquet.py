"""Parquet and GeoParquet, through pyarrow and (only for geometries) geopandas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import FileFormatError
from engine.tables.problems import Problems, RowProblem
from engine.tables.table import Table
from engine.tables.text import as_text
from graphs.errors import CoordinateError

if TYPE_CHECKING:
    import pyarrow as pa


def read_parquet(path: Path, problems: Problems) -> Table:
    """Columns as text; point geometries are brought to WGS-84 and become ``lon`` and ``lat``; rows count from 1."""
    import pyarrow.parquet as pq

    try:
        data = pq.read_table(path)
        if b"geo" in (data.schema.metadata or {}):
            return _read_points(path, data, problems)
    except (ValueError, OSError) as error:
        raise FileFormatError(
            f"{path.name} is not a Parquet file that can be read ({str(error).splitlines()[0]}); write it again",
            file=path,
        ) from None
    return Table(path.name, _columns(data), list(range(1, data.num_rows + 1)))


def _columns(data: pa.Table) -> dict[str, list[str]]:
    # From Arrow, not from pandas: there an absent value is not a NaN.
    names = data.column_names
    return {name.strip().lower(): [as_text(value) for value in data.column(name).to_pylist()] for name in names}


def _read_points(path: Path, data: pa.Table, problems: Problems) -> Table:
    import geopandas as gpd

    frame = gpd.read_parquet(path)
    shapes = frame.geometry if frame.crs is None else frame.geometry.to_crs(4326)
    points = (shapes.geom_type == "Point").to_numpy() & ~shapes.is_empty.to_numpy()
    for index in (~points).nonzero()[0]:
        message = "has no point geometry; every row must be a Point"
        problems.add(RowProblem(path.name, int(index) + 1, "geometry", "", message, CoordinateError.reason))
    others = [name for name in data.column_names if name != frame.geometry.name]
    columns = _columns(data.select(others).take(points.nonzero()[0]))
    columns["lon"] = [as_text(value) for value in shapes[points].x.tolist()]
    columns["lat"] = [as_text(value) for value in shapes[points].y.tolist()]
    return Table(path.name, columns, [int(index) + 1 for index in points.nonzero()[0]])
