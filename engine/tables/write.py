"""Writes tables: plans for other programs, generated fleets and incidents for trying things out."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from engine.decision import Plan
from engine.errors import FileFormatError, OutputFileError
from engine.model import Fleet, Incident
from engine.tables.outputs import Outputs, try_to_write
from engine.tables.plan_rows import COLUMNS, plan_rows

WRITABLE = (".csv", ".geojson", ".parquet")


def check_writable(path: str | Path) -> Path:
    """The path, refused before any work is done when its ending is unknown or its folder is not there."""
    path = Path(path)
    if path.suffix.lower() not in WRITABLE:
        raise FileFormatError(f"{path.name}: a plan is written as {', '.join(WRITABLE)}; choose one", file=path)
    return check_folder(path)


def check_map(path: str | Path, *, folder_made: bool = True) -> Path:
    """The path of a map, refused when it is no HTML file or, if ``folder_made``, its folder is not there."""
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise FileFormatError(f"{path.name}: a map is an HTML file; let its name end in .html", file=path)
    return check_folder(path) if folder_made else path


def check_csv(path: str | Path) -> Path:
    """The path of a CSV file, refused when it ends otherwise or its folder is not there."""
    path = Path(path)
    if path.suffix.lower() != ".csv":
        raise FileFormatError(f"{path.name}: this is written as CSV; let its name end in .csv", file=path)
    return check_folder(path)


def check_save_folder(path: str | Path) -> Path:
    """The folder, refused when something else stands there or it could not be made; it is not made yet."""
    path = Path(path)
    place = path
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise OutputFileError(f"{place} is a file; give the name of a folder", file=path)
    if not os.access(place, os.W_OK):
        raise OutputFileError(f"the folder {place} may not be written to; choose another", file=path)
    return path


def ensure_folder(path: str | Path) -> Path:
    """The folder, made when it is not there."""
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputFileError(f"the folder {path} cannot be made: {error.strerror}", file=path) from None
    return path


def check_folder(path: str | Path) -> Path:
    """The path, refused when its folder does not exist or no file of that name can be made there."""
    path = Path(path)
    if path.is_dir():
        raise OutputFileError(f"{path} is a folder; give the name of a file", file=path)
    if path.exists() and not path.is_file():
        raise OutputFileError(f"{path} is a device, not a file; give the name of a file", file=path)
    if not path.parent.is_dir():
        raise OutputFileError(f"the folder {path.parent} does not exist; create it first", file=path)
    if not os.access(path.parent, os.W_OK):
        raise OutputFileError(f"the folder {path.parent} may not be written to; choose another", file=path)
    try_to_write(path)
    return path


def write_plan(path: str | Path, plan: Plan, incidents: Sequence[Incident], fleet: Fleet, zone: tzinfo) -> None:
    """The plan's rows as CSV, GeoJSON or GeoParquet, by the ending; whole or not at all."""
    path = check_writable(path)
    with Outputs() as files:
        files.write(path, lambda part: write_rows(part, plan_rows(plan, incidents, fleet, zone)))


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of a plan, in the format of the ending; of none the columns. OSError when that fails."""
    if path.suffix.lower() == ".geojson":
        _write_geojson(path, rows)
    else:
        {".csv": write_csv, ".parquet": _write_parquet}[path.suffix.lower()](path, rows, COLUMNS)


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> None:
    """Rows of the same keys, of none ``columns``; lists joined by semicolons, times in RFC 3339."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(rows[0] if rows else columns)
        writer.writerows([_cell(value) for value in row.values()] for row in rows)


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _time(value)
    return _joined(value)


def _joined(value: Any) -> Any:
    """Lists as one text, since tables have no lists."""
    if isinstance(value, list):
        return "; ".join(value)
    return ";".join(sorted(value)) if isinstance(value, frozenset) else value


def _plain(value: Any) -> Any:
    return _time(value) if isinstance(value, datetime) else _joined(value)


def _time(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")


def _write_geojson(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": {key: _plain(value) for key, value in row.items() if key not in ("lon", "lat")},
        }
        for row in rows
    ]
    document = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False), "utf-8")


def _write_parquet(path: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    import geopandas as gpd
    import pandas as pd

    names = list(rows[0] if rows else columns)
    frame = pd.DataFrame([{key: _joined(value) for key, value in row.items()} for row in rows], columns=names)
    places = gpd.points_from_xy(frame.pop("lon").astype(float), frame.pop("lat").astype(float), crs=4326)
    gpd.GeoDataFrame(frame, geometry=places).to_parquet(path, index=False)
