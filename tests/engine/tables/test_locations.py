"""Columns that say where something is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import TableError
from engine.model import Location
from engine.policy import Policy
from engine.tables.load import load_batch, load_fleet
from engine.tables.locations import Reading
from engine.tables.points import load_points
from engine.tables.problems import Problems
from graphs.datum import Datum, from_wgs84
from graphs.errors import MissingColumnError
from graphs.posts import Posts, PostTable
from graphs.region import Region
from graphs.snapping.query import Side
from tests.engine.tables.conftest import INCIDENT, NOW, UNIT
from tests.graphs.posts.highway import carriageways, posts

Write = Callable[..., Path]
CASE = "towing,2026-03-03T18:20:00-03:00"


@pytest.fixture(scope="module")
def kilometres(coquimbo: Region) -> Posts:
    table = PostTable.of(posts(coquimbo.network, *carriageways(coquimbo.network)))
    return Posts(coquimbo.network, coquimbo.snapper, table)


def test_all_that_is_known_of_a_place_is_read(table: Write) -> None:
    """Of incidents and units; an empty cell knows nothing, and columns may be missing."""
    columns = "heading,heading_tolerance,accuracy_m,road,direction,level,side"
    incidents = table(
        "i.csv",
        f"{INCIDENT},{columns}",
        f"i1,-71.25,-29.91,{CASE},200,30,12.5,Ruta 5,sur,-1,LEFT",
        f"i2,-71.25,-29.91,{CASE},,,,,,,",
    )
    units = table("u.csv", f"{UNIT},heading", "u1,-71.24,-29.91,90")
    batch = load_batch(incidents, units, now=NOW)
    told = Location(-71.25, -29.91, 200.0, 30.0, 12.5, road="Ruta 5", direction="sur", level=-1, side=Side.LEFT)
    assert [incident.location for incident in batch.incidents] == [told, Location(-71.25, -29.91)]
    assert batch.fleet.units[0].location == Location(-71.24, -29.91, heading=90.0)


def test_wrong_cells_are_named_with_their_reason(table: Write, kilometres: Posts) -> None:
    """Row, column and reason of each, all at once."""
    columns = "lon,lat,heading,heading_tolerance,accuracy_m,direction,level,side,datum,kilometre_post"
    good, wrong = "-71.25,-29.91", {}
    rows = [
        (f"{good},361,,,,,,,", "heading", "INVALID_HEADING"),
        (f"{good},nan,,,,,,,", "heading", "INVALID_HEADING"),
        (f"{good},,0,,,,,,", "heading_tolerance", "INVALID_HEADING"),
        (f"{good},,,-1,,,,,", "accuracy_m", "INVALID_ACCURACY"),
        (f"{good},,,,somewhere,,,,", "direction", "UNKNOWN_DIRECTION"),
        (f"{good},,,,,1.5,,,", "level", "INVALID_INPUT"),
        (f"{good},,,,,99,,,", "level", "INVALID_INPUT"),
        (f"{good},,,,,,below,,", "side", "INVALID_INPUT"),
        (f"{good},,,,,,,nad27,", "datum", "UNKNOWN_DATUM"),
        (f"{good},,,,,,,,Ruta 5 km 470 norte", "kilometre_post", "INVALID_INPUT"),
        (",,,,,,,,,Ruta 5 km 999 norte", "kilometre_post", "KILOMETRE_OUT_OF_RANGE"),
        (",,,,,,,,,Ruta 9 km 470 norte", "kilometre_post", "UNKNOWN_ROAD"),
        (",,,,,,,,,here", "kilometre_post", "INVALID_KILOMETRE"),
        ("-71.25,,,,,,,,,", "lat", "INVALID_COORDINATES"),
    ]
    lines = [f"i{k},{CASE},{row}" for k, (row, _, _) in enumerate(rows)]
    path = table("i.csv", f"incident_id,service,received_at,{columns}", *lines)
    with pytest.raises(TableError) as caught:
        load_batch(path, table("u.csv", UNIT, "u1,-71.24,-29.91"), now=NOW, reading=Reading(posts=kilometres))
    wrong = {problem.row - 2: (problem.column, problem.reason) for problem in caught.value.problems}
    assert wrong == {k: (column, reason) for k, (_, column, reason) in enumerate(rows)}
    assert "row 2 heading '361': must be from 0 to 360 degrees" in str(caught.value)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_datums_by_row_and_for_all(table: Write, datum: Datum) -> None:
    """A row's own datum counts before the one for all; where a busy unit will be free is moved likewise."""
    lon, lat = from_wgs84([117.0, 117.1], [36.65, 36.6], datum)
    columns = f"{UNIT},status,free_lon,free_lat,datum"
    cells = f"{lon[0]:.9f},{lat[0]:.9f},busy,{lon[1]:.9f},{lat[1]:.9f}"
    path = table("u.csv", columns, f"u1,{cells},{datum}", f"u2,{cells},", "u3,117,36.65,busy,117.1,36.6,WGS-84")
    fleet, _ = load_fleet(path, now=NOW, reading=Reading(datum))
    for unit in fleet.units:
        assert unit.free_location is not None
        assert (unit.location.lon, unit.location.lat) == pytest.approx((117.0, 36.65), abs=1e-7)
        assert (unit.free_location.lon, unit.free_location.lat) == pytest.approx((117.1, 36.6), abs=1e-7)
    plain, _ = load_fleet(path, now=NOW)
    assert plain.units[1].location == Location(float(f"{lon[0]:.9f}"), float(f"{lat[0]:.9f}"))


def test_kilometres_instead_of_coordinates(table: Write, coquimbo: Region, kilometres: Posts) -> None:
    """A table without lon and lat; without posts every row says how to give them."""
    path = table("p.csv", "id,kilometre_post", "a,Ruta 5 K465+300 norte", "b,Ruta 5 km 470 sur")
    problems = Problems()
    found = load_points(path, coquimbo, Policy.default(), problems, Reading(posts=kilometres))
    problems.raise_if_any()
    assert [place.accuracy_m for place in found.places] == [0.0, 0.0]
    problems = Problems()
    load_points(path, coquimbo, Policy.default(), problems)
    assert {(problem.row, problem.reason) for problem in problems.rows} == {
        (2, "POSTS_NOT_CONFIGURED"),
        (3, "POSTS_NOT_CONFIGURED"),
    }
    with pytest.raises(MissingColumnError):
        load_points(table("q.csv", "id,heading", "a,90"), coquimbo, Policy.default(), Problems())


def test_places_off_the_map_are_named_as_they_were_written(table: Write, coquimbo: Region) -> None:
    """In the datum of the row, not as converted."""
    path = table("p.csv", "lon,lat,datum", "117.001,36.651,gcj02")
    problems = Problems()
    load_points(path, coquimbo, Policy.default(), problems)
    (problem,) = problems.rows
    assert (problem.reason, problem.value) == ("LOCATION_OUTSIDE_REGION", "117.001, 36.651")


def test_a_column_named_almost_right_is_remarked_on(table: Write, coquimbo: Region) -> None:
    """Otherwise a heading would be ignored in silence."""
    problems = Problems()
    load_points(table("p.csv", "lon,lat,heading_deg", "-71.25,-29.91,90"), coquimbo, Policy.default(), problems)
    assert "did you mean heading?" in problems.notes[0]
