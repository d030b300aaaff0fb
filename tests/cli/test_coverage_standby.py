"""`towline coverage standby`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.testing import Result

NOW = "2026-03-03T18:30:00-03:00"
ASK = ("coverage", "standby", "--service", "designated_driver", "--told-minutes", "8", "--now", NOW)


def test_who_should_wait_where(towline: Callable[..., Result]) -> None:
    """The unit, from where to where, minutes, gain, before and after, and whether it is proven; 80 columns."""
    result = towline(*ASK)
    assert result.exit_code == 0, result.output
    for told in ("P0021-01", "to base of", "min", "people", "now", "then", "Proven"):
        assert told in result.output
    assert max(len(line) for line in result.stdout.splitlines()) <= 80


def test_the_document_and_places_from_a_file(towline_json: Callable[..., Any], tmp_path: Path) -> None:
    """Moves go to the places of a file, by row; nothing else is on stdout."""
    places = tmp_path / "spots.csv"
    places.write_text("lon,lat\n-71.2707740,-29.9277760\n-71.2500,-29.9050\n")
    found = towline_json(*ASK, "--places", places, "--moves", "1")
    assert found["places"] == 2
    assert [move["to_place"] for move in found["moves"]] == ["spots.csv row 1"]
    assert found["after"]["expected"] > found["before"]["expected"]
    assert found["proven"] is True


def test_the_map(towline: Callable[..., Result], tmp_path: Path) -> None:
    """A page with the moves; another ending is refused before anything is computed."""
    page = tmp_path / "moves.html"
    result = towline(*ASK, "--map", page)
    assert result.exit_code == 0, result.output
    content = page.read_text("utf-8")
    assert "P0021-01" in content
    footer = content[content.index("<footer>") : content.index("</footer>")]
    for name in ("OpenStreetMap", "ODbL", "Scenario ", "region ", "policy default-1", "fleet ", "demand "):
        assert name in footer, name
    assert "traffic default" in footer
    result = towline(*ASK, "--map", page, "--lang", "zh")
    assert result.exit_code == 0, result.output
    assert "P0021-01 至" in page.read_text("utf-8")
    refused = towline(*ASK, "--map", tmp_path / "moves.png")
    assert refused.exit_code == 2
    assert ".html" in refused.stderr


def test_what_it_was_made_from(towline: Callable[..., Result], towline_json: Callable[..., Any]) -> None:
    """Versions and a digest in the document, of other moments others; the closing line has the same."""
    found, later = towline_json(*ASK), towline_json(*ASK[:-1], "2026-03-03T04:30:00-03:00")
    assert set(found["versions"]) == {"scenario", "region", "policy", "metric", "fleet", "demand"}
    assert all(found["versions"].values())
    assert found["versions"]["metric"] != later["versions"]["metric"]
    assert found["versions"]["region"] == later["versions"]["region"]
    assert found["result"] != later["result"]
    versions = found["versions"]
    told = f"Scenario {versions['scenario']}, policy {versions['policy']}, result {found['result']}."
    assert told in " ".join(towline(*ASK).stdout.split())


def test_a_scenarios_moment_is_told_beside_who_is_free_when(
    towline: Callable[..., Result], towline_json: Callable[..., Any], tmp_path: Path
) -> None:
    """In the table and in the document; without a scenario the service, the moment, the promise."""
    snow = tmp_path / "snow.toml"
    snow.write_text('title = "Snow"\n[when]\nweekday = "fri"\nhour = 8\nweather = "snow"\n')
    asked = towline_json(*ASK, "--scenario", snow)["asked"]
    assert asked == {
        "services": ["designated_driver"], "now": "2026-03-03T18:30-03:00", "told_minutes": 8.0,
        "promise_minutes": asked["promise_minutes"], "hour": "fri-08", "weather": "snow", "scenario_title": "Snow",
    }  # fmt: skip
    result = towline(*ASK, "--scenario", snow)
    told = " ".join(result.stdout.split())
    assert "scenario: Snow; Designated driver; free units of Tue 2026-03-03 18:30; roads and calls of Fri" in told
    assert "08:00, snow; promise" in told
    assert "8 of them until a crew is told" in told
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    assert "Designated driver; Tue 2026-03-03 18:30; promise" in " ".join(towline(*ASK).stdout.split())


def test_nothing_to_gain_is_said(towline: Callable[..., Result]) -> None:
    """When no move is worth it, one sentence says so."""
    result = towline(*ASK, "--least-gain", "0.9")
    assert result.exit_code == 0, result.output
    assert "All wait well" in result.output


def test_a_scenarios_weather_counts_its_fleet_does_not(towline_json: Callable[..., Any], tmp_path: Path) -> None:
    """Snow leaves less covered; a scenario that changes the fleet is refused with its reason."""
    snow, gone = tmp_path / "snow.toml", tmp_path / "gone.toml"
    snow.write_text('[when]\nweather = "snow"\n')
    gone.write_text('[[provider]]\nremove = "P0001"\n')
    dry, white = towline_json(*ASK), towline_json(*ASK, "--scenario", snow)
    assert white["before"]["expected"] < dry["before"]["expected"]
    assert towline_json(*ASK, "--scenario", gone, exit_code=2)["error"]["reason"] == "INVALID_STANDBY"


def test_what_is_refused(towline: Callable[..., Result]) -> None:
    """Unknown units and limits out of range: one line, exit code 2."""
    for arguments, told in (
        (("--unit", "NOPE"), "NOPE"),
        (("--moves", "0"), "moves is 0"),
        (("--busy", "1"), "busy is"),
    ):
        result = towline(*ASK, *arguments)
        assert result.exit_code == 2, result.output
        assert told in result.output
