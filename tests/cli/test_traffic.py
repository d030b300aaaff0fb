"""Departures and traffic on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli import choices

PLACES = ("-71.2519,-29.9027", "-71.3436,-29.9533")
RUSH, NIGHT = "2026-03-03T08:30:00-03:00", "2026-03-03T03:00:00-03:00"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Departures must lie within a year of the clock."""
    monkeypatch.setattr(choices, "clock", lambda: datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """Everything closed until ten, and three rows that cannot be used."""
    path = tmp_path / "feed.geojson"
    corners = [[-73, -31], [-69, -31], [-69, -28], [-73, -28], [-73, -31]]
    everywhere = {"type": "Polygon", "coordinates": [corners]}
    properties = [
        ({"id": "flood", "closed": True, "end": "2026-03-03T10:00:00-03:00"}, everywhere),
        ({"id": "typo", "speed_kph": 10_000, "way": 1}, None),
        ({"id": "far", "closed": True, "way": 987654321}, None),
        ({"id": "farther", "closed": True, "way": 987654322}, None),
    ]
    features = [{"type": "Feature", "properties": each, "geometry": shape} for each, shape in properties]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def minutes(towline_json, *options: str | Path) -> tuple[float, str]:
    answer = towline_json("eta", *PLACES, *options)
    return answer["durations_s"][0][0], answer["metric_version"]


def test_travel_times_depend_on_the_departure(towline_json):
    """Free flow without options; with a profile the rush hour is slower than the night; snow is slower."""
    free, version = minutes(towline_json)
    assert version == "free-flow"
    rush, version = minutes(towline_json, "--profile", "default", "--depart", RUSH)
    assert version == "0.0/tue-08/dry"
    night, _ = minutes(towline_json, "--profile", "default", "--depart", NIGHT)
    assert free <= night < rush
    snow, version = minutes(towline_json, "--weather", "snow", "--depart", RUSH)
    assert snow > 1.2 * free
    assert version == "1.0/tue-08/snow"


def test_a_feed_closes_roads_until_it_says(towline, closed: Path):
    """No way at nine, the usual way at ten; what cannot be used of the feed is said."""
    result = towline("eta", *PLACES, "--feed", closed, "--depart", "2026-03-03T09:00:00-03:00")
    assert result.exit_code == 0, result.output
    assert "no way by road departing Tue 03 Mar 2026, 09:00" in " ".join(result.stdout.split())
    assert (
        "no way by road departing Tue 03 Mar 2026, 09:00 America/Santiago, dry: traffic entries close the roads (flood)"
        in " ".join(result.stdout.split())
    )
    told = " ".join(result.stderr.split())
    assert "entry 'typo' ignored: speed_kph 10000 must be above 0 and at most 300" in told
    assert "2 entries, the first 'far' ignored: way 987654321" in told
    result = towline("route", *PLACES, "--feed", closed, "--depart", "2026-03-03T09:00:00-03:00")
    assert result.exit_code == 2
    assert "No open road" in result.stderr
    result = towline("route", *PLACES, "--feed", closed, "--depart", "2026-03-03T10:00:00-03:00")
    assert result.exit_code == 0, result.stderr
    assert "departing Tue 03 Mar 2026, 10:00" in " ".join(result.stdout.split())


def test_an_isochrone_shrinks_in_snow(towline):
    """And says under which travel times it was drawn."""
    cells = {}
    for weather in ("dry", "snow"):
        result = towline("isochrone", PLACES[0], "4", "--weather", weather, "--depart", RUSH)
        found = json.loads(result.stdout)["properties"]
        assert found["metric_version"].endswith(f"/tue-08/{weather}")
        cells[weather] = found["cells"]
    assert cells["snow"] < cells["dry"]


def test_a_batch_is_decided_under_the_feed(towline, closed: Path, case: list[str]):
    """Everything closed for good: nobody gets anybody, and the reason names the entry."""
    content = json.loads(closed.read_text())
    del content["features"][0]["properties"]["end"]
    closed.write_text(json.dumps(content))
    result = towline("reassign", *case, "--feed", closed, "--json")
    assert result.exit_code == 4, result.stderr
    plan = json.loads(result.stdout)
    assert {row["unserved_reason"]["code"] for row in plan["incidents"]} == {"unreachable"}
    assert "flood" in result.stdout


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--weather", "hail"], "UNKNOWN_WEATHER"),
        (["--depart", "8:30"], "INVALID_TIME"),
        (["--depart", "2026-03-03T08:30:00"], "INVALID_TIME"),
        (["--depart", "2040-03-03T08:30:00Z"], "INVALID_TIME"),
        (["--profile", "none.toml"], "INVALID_TRAFFIC_PROFILE"),
        (["--feed", "none.csv"], "FILE_MISSING"),
        (["--feed", "feed.pdf"], "UNKNOWN_FILE_FORMAT"),
    ],
)
def test_impossible_options_are_refused(towline_json, options: list[str], reason: str):
    """Each with its own reason."""
    answer = towline_json("eta", *PLACES, *options, exit_code=2)
    assert answer["error"]["reason"] == reason


def test_without_a_profile_a_departure_says_that_hours_are_alike(towline):
    """So that nobody takes free flow for the rush hour."""
    result = towline("eta", *PLACES, "--depart", RUSH)
    assert "without --profile every hour is free flow" in " ".join(result.stderr.split())


def test_a_matrix_names_the_entries_that_close_its_pairs(towline, towline_json, closed: Path, tmp_path: Path):
    """On the terminal once for all pairs, in JSON for each."""
    points = tmp_path / "points.csv"
    points.write_text("id,lon,lat\nnorth,-71.2519,-29.9027\nsouth,-71.3436,-29.9533\n")
    options = ("--feed", closed, "--depart", "2026-03-03T09:00:00-03:00")
    result = towline("eta", points, points, *options)
    assert "4 pairs have no way: traffic entries close the roads (flood)." in " ".join(result.stdout.split())
    answer = towline_json("eta", points, points, *options)
    assert answer["closed"][1] == {"from": "north", "to": "south", "traffic_entries": ["flood"]}
    assert "closed" not in towline_json("eta", points, points)


def test_an_isochrone_of_a_closed_place_says_so(towline, closed: Path):
    """Empty, with the entry that closes its road; a place whose road is open reaches itself at least."""
    depart = ("--depart", "2026-03-03T09:00:00-03:00")
    result = towline("isochrone", PLACES[0], "4", "--feed", closed, *depart)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["geometry"]["coordinates"] == []
    told = " ".join(result.stderr.split())
    assert "nothing is reached: the road of the place is closed: traffic entries close the roads (flood)" in told
    result = towline("isochrone", PLACES[0], "0.001", *depart)
    assert len(json.loads(result.stdout)["geometry"]["coordinates"]) == 1
    assert "nothing is reached" not in result.stderr


def test_no_route_names_its_leg(towline, closed: Path):
    """The stops, and the entry that closes the way."""
    result = towline("route", *PLACES, "--feed", closed, "--depart", "2026-03-03T09:00:00-03:00")
    told = " ".join(result.stderr.split())
    assert "No open road leads from stop 1 (-71.25" in told
    assert "to stop 2 (-71.34" in told
    assert "(flood)" in told
