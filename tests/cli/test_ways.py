"""`towline route`, `isochrone` and `osrm`."""

from __future__ import annotations

import json

import polyline
import pytest
from typer.testing import CliRunner

from cli.main import app

A, B = "-71.2519,-29.9027", "-71.3436,-29.9533"


def _run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner(env={"COLUMNS": "80"}).invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_route_in_every_shape() -> None:
    """Table, GeoJSON and polylines tell of the same way; the table fits 80 columns."""
    code, text, _ = _run("route", A, B)
    assert code == 0
    assert " km in " in text
    assert max(map(len, text.splitlines())) <= 80
    code, text, _ = _run("route", A, B, "--json")
    (leg,) = json.loads(text)["features"]
    code, text, _ = _run("route", A, B, "--as", "polyline6")
    line = polyline.decode(text.strip(), 6, geojson=True)
    assert line[0] == pytest.approx(leg["geometry"]["coordinates"][0], abs=1e-6)
    assert len(line) == len(leg["geometry"]["coordinates"])


def test_a_route_of_several_legs_has_a_title_for_each() -> None:
    """And the sum at the end; one leg needs no title."""
    text = _run("route", A, B, A)[1]
    assert "Leg 1 of 2: " in text
    assert "Leg 2 of 2: " in text
    assert "Leg" not in _run("route", A, B)[1]


@pytest.mark.parametrize("minutes", ["-5", "0", "1e9", "1440.1"])
def test_minutes_that_are_none_are_told_as_given(minutes: str) -> None:
    """The number in the message is the one that was written; with --json the mistake is JSON."""
    code, _, err = _run("isochrone", A, minutes)
    assert (code, f"{float(minutes):g} minutes" in err) == (2, True), err
    code, text, _ = _run("isochrone", A, minutes, "--json")
    assert (code, json.loads(text)["error"]["reason"]) == (2, "INVALID_OPTION")


def test_isochrone_as_outline_and_cells() -> None:
    """The outline is GeoJSON; cells carry seconds within the limit."""
    code, text, _ = _run("isochrone", A, "5")
    assert code == 0
    assert json.loads(text)["geometry"]["type"] in ("Polygon", "MultiPolygon")
    code, text, _ = _run("isochrone", A, "5", "--cells", "--toward")
    assert code == 0
    assert 0 <= max(json.loads(text)["cells"].values()) <= 300


def test_osrm_answers_and_refuses() -> None:
    """A request is answered in OSRM's JSON; a wrong one too, with exit code 2."""
    code, text, _ = _run("osrm", f"/table/v1/driving/{A};{B}")
    assert (code, json.loads(text)["code"]) == (0, "Ok")
    code, text, _ = _run("osrm", "/match/v1/driving/0,0")
    assert (code, json.loads(text)["code"]) == (2, "InvalidService")


@pytest.mark.parametrize(
    "arguments",
    [
        ("route", A),
        ("route", A, "here"),
        ("route", A, "0,0"),
        ("route", A, "-29.9,-71.25"),
        ("isochrone", A, "0"),
        ("isochrone", A, "-3"),
        ("isochrone", A, "nan"),
        ("isochrone", A, "1e30"),
        ("isochrone", A, "5", "--resolution", "15"),
    ],
)
def test_mistakes_are_told_in_one_line(arguments: tuple[str, ...]) -> None:
    """Each mistake is one message and exit code 2."""
    code, out, err = _run(*arguments)
    assert (code, out) == (2, ""), err
    assert err.startswith("error:")
