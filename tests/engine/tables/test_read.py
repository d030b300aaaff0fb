"""Reading files of every format into the same table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from engine.errors import FileFormatError
from engine.tables.problems import Problems
from engine.tables.read import read_table
from graphs.errors import EmptyInputError, FileMissingError

Write = Callable[..., Path]


def read(path: Path):
    problems = Problems()
    return read_table(path, problems), problems


def test_csv_cells_are_stripped_text_and_rows_count_as_in_a_spreadsheet(table: Write) -> None:
    """Headers are lower-cased, cells stripped, blank lines skipped, and the first row after the header is row 2."""
    found, problems = read(table("a.csv", " ID , Name", "1, Ana ", "", "3,"))
    assert found.columns == {"id": ["1", "3"], "name": ["Ana", ""]}
    assert found.rows == [2, 4]
    assert not problems.rows


def test_semicolons_and_a_byte_order_mark_are_understood(table: Write) -> None:
    """What spreadsheets of half the world export is read without asking."""
    found, _ = read(table("a.csv", "\ufeffid;lon", "1;2.5"))
    assert found.columns == {"id": ["1"], "lon": ["2.5"]}


def test_a_row_of_the_wrong_length_is_a_problem_of_its_own(table: Write) -> None:
    """The other rows are still read, so that all problems come together."""
    found, problems = read(table("a.csv", "id,lon", "1,2", "3", "4,5,6"))
    assert found.rows == [2]
    assert [problem.row for problem in problems.rows] == [3, 4]


def test_every_format_gives_the_same_table(tmp_path: Path) -> None:
    """CSV, GeoJSON, Parquet and GeoParquet (also projected) of the same rows read alike."""
    frame = pd.DataFrame(
        {"id": ["a", "b"], "lon": [-71.25, -71.26], "lat": [-29.9, -29.91], "requires": ["tyre", None]}
    )
    points = gpd.GeoDataFrame(
        frame.drop(columns=["lon", "lat"]), geometry=gpd.points_from_xy(frame.lon, frame.lat), crs=4326
    )
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "b.parquet")
    points.to_parquet(tmp_path / "c.geoparquet")
    points.to_crs(32719).to_parquet(tmp_path / "d.parquet")
    points.to_file(tmp_path / "e.geojson", driver="GeoJSON")
    for path in sorted(tmp_path.iterdir()):
        found, problems = read(path)
        assert not problems.rows, path
        assert found.columns["id"] == ["a", "b"], path
        assert found.columns["requires"] == ["tyre", ""], path
        assert [float(x) for x in found.columns["lon"]] == pytest.approx([-71.25, -71.26], abs=1e-9), path
        assert [float(y) for y in found.columns["lat"]] == pytest.approx([-29.9, -29.91], abs=1e-9), path


def test_typed_cells_become_the_text_the_parsers_know(tmp_path: Path) -> None:
    """Times with a zone, lists, numbers, flags and absent values of Parquet."""
    frame = pd.DataFrame(
        {
            "at": [pd.Timestamp("2026-03-03T18:30:00-03:00"), pd.NaT],
            "list": [["tyre", "fuel"], None],
            "flag": [True, False],
            "n": [1.5, None],
        }
    )
    frame.to_parquet(tmp_path / "a.parquet")
    found, _ = read(tmp_path / "a.parquet")
    assert found.columns["at"][1] == ""
    assert found.columns["at"][0].startswith("2026-03-03T18:30:00-03:00")
    assert found.columns["list"] == ["tyre;fuel", ""]
    assert found.columns["flag"] == ["true", "false"]
    assert found.columns["n"] == ["1.5", ""]


def test_features_that_are_no_points_are_problems(tmp_path: Path) -> None:
    """A line, an absent geometry and a null one are named by feature number; the point is read."""
    shapes = [{"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, None, {"type": "Point", "coordinates": [1, 2]}]
    features = [{"type": "Feature", "properties": {"id": i}, "geometry": shape} for i, shape in enumerate(shapes)]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    found, problems = read(path)
    assert [problem.row for problem in problems.rows] == [1, 2]
    assert found.columns == {"id": ["2"], "lon": ["1"], "lat": ["2"]}


@pytest.mark.parametrize(
    ("name", "content", "error", "says"),
    [
        ("a.xlsx", b"", FileFormatError, ".xlsx"),
        ("a", b"", FileFormatError, "nothing"),
        ("a.csv", b"", EmptyInputError, "empty"),
        ("a.csv", b"id,lon\n", EmptyInputError, "no rows"),
        ("a.csv", b"id,id\n1,2\n", FileFormatError, "twice"),
        ("a.csv", b"\xff\xfe\x00id", FileFormatError, "UTF-8"),
        ("a.geojson", b'{"type": "FeatureColl', FileFormatError, "not JSON"),
        ("a.geojson", b"\x89PNG\r\n\x1a\n\xff\xfe", FileFormatError, "a.geojson is not UTF-8 text; is it"),
        ("a.json", b"[1, 2]", FileFormatError, "FeatureCollection"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', EmptyInputError, "no rows"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": 3}', FileFormatError, "features"),
        ("a.parquet", b"PAR1 and then nothing", FileFormatError, "Parquet"),
    ],
)
def test_unusable_files_say_what_is_wrong(
    tmp_path: Path, name: str, content: bytes, error: type[Exception], says: str
) -> None:
    """Each kind of unusable file has its own error and names the cause."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(error, match=says):
        read(path)


def test_a_projected_geojson_is_refused(tmp_path: Path) -> None:
    """GeoJSON in another system than WGS-84 would put everyone in the sea."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32719"}}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": []}))
    with pytest.raises(FileFormatError, match="32719"):
        read(path)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    """A path that does not exist, and one that is a folder."""
    with pytest.raises(FileMissingError, match="does not exist"):
        read(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(FileMissingError, match="folder"):
        read(tmp_path / "folder.csv")


@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_tabs_separate_too(tmp_path: Path, ending: str) -> None:
    """As spreadsheets copy them."""
    path = tmp_path / f"x.{ending}"
    path.write_text("id\tlon\tlat\na, b\t1\t2\n")
    assert read_table(path, Problems()).columns == {"id": ["a, b"], "lon": ["1"], "lat": ["2"]}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id,lon\n1,2\n".encode("utf-16"), "in UTF-16; save it as UTF-8"),
        ("id,lon\n1,2\n".encode("utf-16-le"), "in UTF-16; save it as UTF-8"),
        ("id,lon\na,1\né,2\n".encode("latin-1"), r"probably in Latin-1 \(line 3\); save it as UTF-8"),
        (b"PK\x03\x04\xff\xff", "workbook or packed file; export it as CSV"),
    ],
)
def test_other_encodings_are_named(tmp_path: Path, content: bytes, says: str) -> None:
    """The message says what the file seems to be and how to save it."""
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=says):
        read_table(path, Problems())


def test_a_folder_is_called_one(tmp_path: Path) -> None:
    """Whatever its name, `.` included."""
    for path in (tmp_path, Path()):
        with pytest.raises(FileMissingError, match="is a folder"):
            read_table(path, Problems())
