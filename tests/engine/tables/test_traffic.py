"""Tables of traffic: CSV and GeoJSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from engine.errors import FileFormatError, TableError
from engine.tables.problems import Problems
from engine.tables.traffic import read_traffic
from graphs.errors import FileMissingError, MissingColumnError
from graphs.metrics import Arcs, Area, Direction, TrafficEntry, Ways

SQUARE = {"type": "Polygon", "coordinates": [[[8, 49], [9, 49], [9, 50], [8, 50], [8, 49]]]}


def read(path: Path) -> list[TrafficEntry]:
    problems = Problems()
    entries = read_traffic(path, problems)
    problems.raise_if_any()
    return entries


def csv(folder: Path, *lines: str) -> Path:
    path = folder / "feed.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def geojson(folder: Path, *features: tuple[dict[str, Any], Any]) -> Path:
    path = folder / "feed.geojson"
    content = [{"type": "Feature", "properties": props, "geometry": shape} for props, shape in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": content}), "utf-8")
    return path


def test_a_csv_table_of_ways_and_arcs(tmp_path: Path) -> None:
    """One way in one direction, several, an arc; effects and times as they are written, whatever they are."""
    path = csv(
        tmp_path,
        "id,way,arc,direction,speed_kph,factor,closed,start,end",
        "a,17,,forward,,,yes,,2026-03-03T10:00:00+01:00",
        "b,17;18,,,12.5,,,,",
        "c,,7,,,-0.5,,2031-01-01T00:00:00Z,",
    )
    first, second, third = read(path)
    assert (first.id, first.closed, first.end) == ("a", True, datetime(2026, 3, 3, 9, tzinfo=UTC))
    assert isinstance(first.where, Ways)
    assert (first.where.ids, first.where.direction) == (17, Direction.FORWARD)
    assert isinstance(second.where, Ways)
    assert np.array_equal(second.where.ids, [17, 18])
    assert second.speed_kph == 12.5
    assert isinstance(third.where, Arcs)
    assert (third.where.indices, third.factor) == ([7], -0.5)
    assert third.start == datetime(2031, 1, 1, tzinfo=UTC)


def test_geojson_features_are_polygons_or_name_ways(tmp_path: Path) -> None:
    """A polygon with classes; a feature without geometry that names ways as a list."""
    path = geojson(
        tmp_path,
        ({"id": "flood", "factor": 0.4, "classes": "primary;Trunk"}, SQUARE),
        ({"id": "works", "way": [5, 6], "closed": True}, None),
    )
    flood, works = read(path)
    assert isinstance(flood.where, Area)
    assert flood.where.polygon.equals(shapely.box(8, 49, 9, 50))
    assert (flood.where.classes, flood.factor) == (frozenset({"primary", "trunk"}), 0.4)
    assert isinstance(works.where, Ways)
    assert works.closed


def test_rows_that_make_no_sense_are_named(tmp_path: Path) -> None:
    """All of them, with row, column and what to do."""
    path = csv(
        tmp_path,
        "id,way,arc,speed_kph,closed,end,direction",
        "a,seventeen,,10,,,",
        "b,,,10,,,",
        "c,1,2,10,,,",
        "d,1,,fast,,,",
        "e,1,,,,tomorrow,",
        "f,1,,,,2026-03-03T10:00:00,",
        "g,1,,,perhaps,,",
        "g,1,,1,,,",
        "h,1,,1,,,left",
        "i,99999999999999999999,,1,,,",
    )
    with pytest.raises(TableError) as caught:
        read(path)
    assert sorted({problem.row for problem in caught.value.problems}) == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    path = geojson(tmp_path, ({"id": "x", "closed": True}, {"type": "Point", "coordinates": [8, 49]}))
    with pytest.raises(TableError, match="is no polygon"):
        read(path)
    path = geojson(tmp_path, ({"id": "x", "closed": True}, {"type": "Polygon", "coordinates": [[[8, 49], [9, 49]]]}))
    with pytest.raises(TableError, match="is no polygon"):
        read(path)


def test_files_that_are_none(tmp_path: Path) -> None:
    """Missing, of another kind, cut off, without the id; one without rows has no entries."""
    with pytest.raises(FileMissingError):
        read(tmp_path / "none.csv")
    with pytest.raises(FileFormatError):
        read(tmp_path / "feed.xlsx")
    path = geojson(tmp_path)
    assert read(path) == []
    path.write_text('{"type": "Feat')
    with pytest.raises(FileFormatError):
        read(path)
    with pytest.raises(MissingColumnError):
        read(csv(tmp_path, "way,closed", "1,yes"))
    assert read(csv(tmp_path, "id,way,closed")) == []
