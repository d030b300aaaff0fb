"""GeoJSON (RFC 7946): a FeatureCollection of points in WGS-84."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.errors import FileFormatError
from engine.tables.problems import Problems, RowProblem
from engine.tables.table import Table
from engine.tables.text import as_text
from graphs.errors import CoordinateError

_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")


def read_geojson(path: Path, problems: Problems) -> Table:
    """Properties become columns, the point's coordinates ``lon`` and ``lat``; features count from 1."""
    features = features_of(path)
    names = list(dict.fromkeys(name for feature in features for name in (feature.get("properties") or {})))
    columns: dict[str, list[str]] = {name.strip().lower(): [] for name in names}
    columns["lon"], columns["lat"] = [], []
    rows: list[int] = []
    for number, feature in enumerate(features, start=1):
        point = _point(feature.get("geometry"))
        if point is None:
            message = "has no point geometry; every feature must be a Point"
            problems.add(RowProblem(path.name, number, "geometry", "", message, CoordinateError.reason))
            continue
        properties = feature.get("properties") or {}
        for name in names:
            if (key := name.strip().lower()) not in ("lon", "lat"):
                columns[key].append(as_text(properties.get(name)))
        columns["lon"].append(as_text(point[0]))
        columns["lat"].append(as_text(point[1]))
        rows.append(number)
    return Table(path.name, columns, rows, headed=bool(features))


def features_of(path: Path) -> list[dict[str, Any]]:
    """The features of a FeatureCollection in WGS-84; FileFormatError for anything else."""
    try:
        document = json.loads(path.read_bytes())
    except UnicodeDecodeError:
        raise FileFormatError(f"{path.name} is not UTF-8 text; is it another format?", file=path) from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise FileFormatError(
            f"{path.name} is not JSON ({error}); is it cut off, or another format?", file=path
        ) from None
    return _features(path, document)


def _features(path: Path, document: Any) -> list[dict[str, Any]]:
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise FileFormatError(f"{path.name} is JSON but not a GeoJSON FeatureCollection", file=path)
    crs = str(_part(_part(document, "crs"), "properties").get("name", "CRS84"))
    if not crs.endswith(_WGS84):
        raise FileFormatError(
            f"{path.name} is in {crs}; GeoJSON must be in WGS-84 (longitude, latitude): reproject it",
            file=path,
            crs=crs,
        )
    features = document.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise FileFormatError(f"{path.name} has no list of features", file=path)
    return [feature | {"properties": _part(feature, "properties")} for feature in features]


def _part(value: dict[str, Any], name: str) -> dict[str, Any]:
    """An object in another; an empty one when it is not there, or is no object."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _point(geometry: Any) -> list[Any] | None:
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    coordinates = geometry.get("coordinates")
    return coordinates if isinstance(coordinates, list) and len(coordinates) >= 2 else None
