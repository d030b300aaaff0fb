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
from engine.model import Incident
from engine.tables.plan_rows import plan_rows

WRITABLE = (".csv", ".geojson", ".parquet")


def check_writable(path: str | Path) -> Path:
    """The path, refused before any work is done when its ending is unknown or its folder is not there."""
    path = Path(path)
    if path.suffix.lower() not in WRITABLE:
        raise FileFormatError(f"{path.name}: a plan is written as {', '.join(WRITABLE)}; choose one", file=path)
    return check_folder(path)


def check_map(path: str | Path) -> Path:
    """The path of a map, refused when it is no HTML file or its folder is not there."""
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise FileFormatError(f"{path.name}: a map is an HTML file; let its name end in .html", file=path)
    return check_folder(path)


def check_csv(path: str | Path) -> Path:
    """The path of a CSV file, refused when it ends otherwise or its folder is not there."""
    path = Path(path)
    if path.suffix.lower() != ".csv":
        raise FileFormatError(f"{path.name}: this is written as CSV; let its name end in .csv", file=path)
    return check_folder(path)


def ensure_folder(path: str | Path) -> Path:
    """The folder, made when it is not there."""
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputFileError(f"the folder {path} cannot be made: {error.strerror}", file=path) from None
    return path


def check_folder(path: str | Path) -> Path:
    """The path, refused when its folder does not exist or may not be written to."""
    path = Path(path)
    if path.is_dir():
        raise OutputFileError(f"{path} is a folder; give the name of a file", file=path)
    if not path.parent.is_dir():
        raise OutputFileError(f"the folder {path.parent} does not exist; create it first", file=path)
    if not os.access(path.parent, os.W_OK):
        raise OutputFileError(f"the folder {path.parent} may not be written to; choose another", file=path)
    return path


def write_plan(path: str | Path, plan: Plan, incidents: Sequence[Incident], zone: tzinfo) -> None:
    """The plan's rows as CSV, GeoJSON or GeoParquet, by the ending; whole or not at all."""
    path = check_writable(path)
    rows = plan_rows(plan, incidents, zone)
    part = path.with_name(f".{path.name}.part")
    writers = {".csv": write_csv, ".geojson": _write_geojson, ".parquet": _write_parquet}
    try:
        writers[path.suffix.lower()](part, rows)
        part.replace(path)
    except OSError as error:
        raise OutputFileError(f"{path} cannot be written: {error.strerror or error}", file=path) from None
    finally:
        part.unlink(missing_ok=True)


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of the same keys, at least one; lists joined by semicolons, times in RFC 3339."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(rows[0])
        writer.writerows([_cell(value) for value in row.values()] for row in rows)


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _time(value)
    return ";".join(sorted(value)) if isinstance(value, (list, tuple, frozenset)) else value


def _time(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")


def _write_geojson(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": {
                key: _time(value) if isinstance(value, datetime) else value
                for key, value in row.items()
                if key not in ("lon", "lat")
            },
        }
        for row in rows
    ]
    document = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False), "utf-8")


def _write_parquet(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    import geopandas as gpd
    import pandas as pd

    frame = pd.DataFrame(list(rows))
    places = gpd.points_from_xy(frame.pop("lon"), frame.pop("lat"), crs=4326)
    gpd.GeoDataFrame(frame, geometry=places).to_parquet(path, index=False)
