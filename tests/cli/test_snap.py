"""`towline snap`, and places with headings, datums and kilometres in other commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from graphs.datum import Datum, from_wgs84
from graphs.region import Region
from tests.cli.conftest import widest
from tests.engine.server.highway import Spot, spots, with_posts
from tests.graphs.posts.highway import carriageways, posts

Run = Callable[..., Result]
PLACE = "-71.2519,-29.9027"


@pytest.fixture(scope="module")
def carriages() -> tuple[Spot, Spot]:
    return spots(with_posts())


@pytest.fixture(scope="module")
def post_file(coquimbo: Region, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The operator's table of Ruta 5."""
    path = tmp_path_factory.mktemp("posts") / "posts.csv"
    posts(coquimbo.network, *carriageways(coquimbo.network)).to_csv(path, index=False)
    return path


def at(spot: Spot, tail: str = "") -> str:
    return f"{spot.lon:.7f},{spot.lat:.7f}{tail}"


def test_the_table_fits_and_tells_the_rivals(towline: Run, carriages: tuple[Spot, Spot]) -> None:
    """80 columns; an ambiguous place says what would help, one with a heading stands alone."""
    result = towline("snap", at(carriages[0]))
    assert result.exit_code == 0
    assert widest(result.stdout) <= 80
    assert "or opposite" in result.stdout
    assert "It is ambiguous" in result.stdout
    for tail in (f"@{carriages[0].heading:.0f}", "@north"):
        sure = towline("snap", at(carriages[0], tail))
        assert "or opposite" not in sure.stdout
        assert "ambiguous" not in sure.stdout


def test_json_has_the_arc_and_what_options_decide(
    towline_json: Callable[..., Any], carriages: tuple[Spot, Spot]
) -> None:
    """Options count for every place that does not say otherwise itself."""
    north, south = carriages
    found = towline_json("snap", at(north), at(south, f"@{south.heading:.1f}"), "--heading", f"{north.heading:.1f}")
    assert [row["snapped_location"]["place"]["arc"] for row in found["locations"]] == [north.arc, south.arc]
    assert not any(row["snapped_location"]["ambiguous"] for row in found["locations"])
    named = towline_json("snap", at(north), "--road", "ruta 5", "--side", "left", "--level", "0", "--accuracy", "30")
    (row,) = named["locations"]
    assert row["snapped_location"]["road_match"] in ("partial", "exact")
    assert row["snapped_location"]["rivals"][0]["kind"] == "opposite_carriageway"


def test_a_road_that_is_not_near_is_said_so(towline: Run) -> None:
    """The answer is given all the same, and that the road named is not near; nothing of the kind where it is."""
    assert "no road of that name is near" in towline("snap", PLACE, "--road", "Autobahn 99").stdout
    assert "no road of that name" not in towline("snap", PLACE).stdout


def test_one_bad_place_does_not_hide_the_others(towline: Run) -> None:
    """The good ones are answered, the bad one is named, and the exit code is 2; with --json as an error of its own."""
    result = towline("snap", PLACE, "-75.0,-29.9")
    assert result.exit_code == 2
    assert "Los Carrera" in result.stdout
    assert "-75.0,-29.9 (longitude" in result.stderr
    answer = json.loads(towline("snap", PLACE, "-75.0,-29.9", "--json").stdout)
    assert answer["locations"][0]["snapped_location"]["place"]["road_name"]
    assert answer["locations"][1]["error"]["reason"] == "LOCATION_OUTSIDE_REGION"


def test_a_table_of_places(towline: Run, towline_json: Callable[..., Any], tmp_path: Path) -> None:
    """Its columns tell; options besides would contradict them."""
    path = tmp_path / "places.csv"
    path.write_text("id,lon,lat,heading\na,-71.2519,-29.9027,187\nb,-71.25,-29.91,\n")
    found = towline_json("snap", path)
    assert [row["id"] for row in found["locations"]] == ["a", "b"]
    assert towline("snap", path, "--road", "Ruta 5").exit_code == 2


def test_datum_moves_all_places(towline_json: Callable[..., Any], towline: Run) -> None:
    """A place in China given in GCJ-02 is judged where it is; outside China nothing moves."""
    lon, lat = from_wgs84([117.0], [36.65], Datum.GCJ02)
    result = towline("snap", f"{lon[0]:.7f},{lat[0]:.7f}", "--datum", "gcj-02")
    assert "longitude 117.000000, latitude 36.650000" in result.stderr
    assert towline_json("snap", PLACE, "--datum", "BD09") == towline_json("snap", PLACE)


def test_kilometres_with_posts(towline: Run, towline_json: Callable[..., Any], post_file: Path) -> None:
    """In snap, eta, route and isochrone; a kilometre is on its carriageway."""
    kilometre = "Ruta 5 K465+300 norte"
    (row,) = towline_json("snap", kilometre, "--posts", post_file)["locations"]
    assert row["snapped_location"]["place"]["distance_m"] < 0.1
    assert "min by road" in towline("eta", kilometre, PLACE, "--posts", post_file).stdout
    assert " km in " in towline("route", f"{PLACE}@sur", kilometre, "--posts", post_file).stdout
    assert towline("isochrone", kilometre, "3", "--posts", post_file).exit_code == 0
    for said in ("Ruta 5 km 470.2 norte", "Ruta 5 470.2 km norte", "Ruta 5, km 470,2, sentido norte"):
        (row,) = towline_json("snap", said, "--posts", post_file)["locations"]
        assert row["snapped_location"]["place"]["distance_m"] < 0.1
        assert "min by road" in towline("eta", said, PLACE, "--posts", post_file).stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-71.25,-29.91@361"], "no heading"),
        (["-71.25,-29.91@nan"], "no heading"),
        (["-71.25,-29.91@there"], "no heading"),
        (["-71.25,-29.91", "--heading", "361"], "no compass direction"),
        (["-71.25,-29.91", "--accuracy", "-1"], "no radius"),
        (["-71.25,-29.91", "--direction", "there"], "no compass direction"),
        (["-71.25,-29.91", "--datum", "nad27"], "no datum"),
        (["-71.25"], "two numbers"),
        (["here"], "is no place"),
        (["Ruta 5 km 470 norte"], "--posts"),
        (["Ruta 5 km 470.2 norte"], "--posts"),
        (["-71.25,inf"], "inf"),
        (["km10.csv"], "km10.csv"),
        (["Ruta 5 km 470 norte", "--posts", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_mistakes(towline: Run, arguments: list[str], words: str) -> None:
    """Each is told in words that help, with exit code 2."""
    result = towline("snap", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.parametrize(
    ("kilometre", "reason"),
    [
        ("Ruta 5 km 999 norte", "KILOMETRE_OUT_OF_RANGE"),
        ("Ruta 6 km 470 norte", "UNKNOWN_ROAD"),
        ("Ruta 5 km 470", "UNKNOWN_DIRECTION"),
        ("Ruta 5 km 470 este", "UNKNOWN_DIRECTION"),
        ("Ruta 5 470.6 km", "UNKNOWN_DIRECTION"),
        ("Ruta 5 K10+1000 norte", "INVALID_KILOMETRE"),
        ("Ruta 5 K10.5+100 norte", "INVALID_KILOMETRE"),
        ("K10+250", "INVALID_KILOMETRE"),
    ],
)
def test_wrong_kilometres(towline: Run, post_file: Path, kilometre: str, reason: str) -> None:
    """Typed, in every command."""
    for command in (["snap", kilometre], ["eta", kilometre, PLACE], ["route", PLACE, kilometre]):
        result = towline(*command, "--posts", post_file, "--json")
        assert (result.exit_code, json.loads(result.stdout)["error"]["reason"]) == (2, reason)


def test_reassign_says_whom_to_call_back(
    towline: Run, towline_json: Callable[..., Any], tmp_path: Path, carriages: tuple[Spot, Spot], post_file: Path
) -> None:
    """A place on a dual carriageway without a heading is dispatched to, and asked about when the other side matters."""
    north, _ = carriages
    now = "2026-03-03T18:30:00-03:00"
    header = "incident_id,lon,lat,heading,kilometre_post,service,received_at,promise_minutes"
    where = f"{north.lon},{north.lat}"
    rows = [f"open,{where},,", f"sure,{where},{north.heading},", "post,,,,Ruta 5 K466+100 sur"]
    incidents, units = tmp_path / "i.csv", tmp_path / "u.csv"
    incidents.write_text("\n".join([header, *(f"{row},towing,{now}," for row in rows)]))
    units.write_text("unit_id,lon,lat\n" + "".join(f"u{k},-71.2519,-29.9027\n" for k in range(3)))
    command = ["reassign", "--incidents", incidents, "--units", units, "--now", now, "--posts", post_file]
    plan = {row["incident_id"]: row for row in towline_json(*command)["incidents"]}
    assert {name: row["ambiguous"] for name, row in plan.items()} == {"open": True, "sure": False, "post": False}
    assert plan["sure"]["snapped_location"] is None
    assert plan["post"]["ask"] == ""
    rivals = plan["open"]["snapped_location"]["rivals"]
    assert rivals[0]["kind"] == "opposite_carriageway"
    assert plan["open"]["worst_extra_s"] == max(rival["extra_s"] for rival in rivals) > 1
    # Of the promise nothing is left when the unit arrives: the other carriageway breaks it.
    minutes = (plan["open"]["travel_s"] + 1) / 60
    incidents.write_text("\n".join([header, f"{rows[0]},towing,{now},{minutes}"]))
    result = towline(*command)
    assert widest(result.stdout) <= 80
    assert "Ask where they are" in result.stdout
    assert "promise broken" in result.stdout
    (row,) = towline_json(*command)["incidents"]
    assert row["ask"].endswith("promise broken")


def test_posts_that_cannot_be_used_are_warned_of(towline: Run, coquimbo: Region, tmp_path: Path) -> None:
    """The others are used; a table of another place is told as a whole."""
    table = posts(coquimbo.network, *carriageways(coquimbo.network)).astype(object)
    path = tmp_path / "posts.csv"
    table.assign(lon=table["lon"] + 4.0).to_csv(path, index=False)
    result = towline("snap", PLACE, "--posts", path)
    assert result.exit_code == 0, result.output
    assert f"warning: posts.csv: none of the {len(table)} posts is within 150 m" in result.stderr
    table.loc[5, "km"] = "4x"
    table.to_csv(path, index=False)
    result = towline("snap", "Ruta 5 km 465.2 norte", "--posts", path)
    assert result.exit_code == 0, result.output
    assert "warning: posts.csv: 1 post is left out (row 7: km '4x' is no kilometre)" in result.stderr
