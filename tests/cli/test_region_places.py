"""`towline region build --place, --bbox, --point`, against a stand-in for OpenStreetMap's servers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.cli.conftest import widest
from tests.graphs.sources.conftest import maps as maps
from tests.graphs.sources.map_stand_in import StandIn

Run = Callable[..., Result]
ZONE = ("--timezone", "Europe/Berlin")


def asking(maps: StandIn) -> tuple[str, ...]:
    return ("--overpass", f"{maps.url}/api", "--nominatim", maps.url)


def test_a_place_becomes_a_region(
    towline: Run, towline_json: Callable[..., Any], maps: StandIn, tmp_path: Path
) -> None:
    """Fetched, built with its rules, credited to OpenStreetMap, used for an ETA; a box and a point likewise."""
    out = tmp_path / "gridtown.towline-region"
    built = towline_json("region", "build", "--place", "Gridtown", *ZONE, *asking(maps), "--out", out)
    assert (built["name"], built["title"], built["timezone"]) == ("gridtown", "Gridtown", "Europe/Berlin")
    assert built["credits"] == ["© OpenStreetMap contributors"]
    assert built["licence"] == "ODbL 1.0"
    assert built["source"] == "Gridtown (OpenStreetMap, 2026-03-01)"
    assert built["report"]["restrictions"] == 1
    eta = towline_json("eta", "8.6001,49.4", "8.609,49.42", "--region", out)
    assert 0 < eta["durations_s"][0][0] < 1000
    told = towline("region", "info", out)
    assert "OpenStreetMap contributors" in told.stdout
    assert widest(told.stdout.replace(str(out), "")) <= 80
    box = towline_json(
        *("region", "build", "--bbox", "8.59,49.39,8.62,49.43", "--name", "box", "--credit", "City", *ZONE),
        *(*asking(maps), "--out", tmp_path / "box.towline-region"),
    )
    assert box["arcs"] == built["arcs"]
    assert box["version"] == built["version"]
    assert box["credits"] == ["© OpenStreetMap contributors", "City"]
    point = towline_json(
        *("region", "build", "--point", "8.605,49.41", "--dist", "3000", "--name", "point", *ZONE),
        *(*asking(maps), "--out", tmp_path / "point.towline-region"),
    )
    assert point["version"] == built["version"]


def test_servers_may_come_from_the_environment(
    towline_json: Callable[..., Any], maps: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TOWLINE_OVERPASS_URL and TOWLINE_NOMINATIM_URL."""
    monkeypatch.setenv("TOWLINE_OVERPASS_URL", f"{maps.url}/api/")
    monkeypatch.setenv("TOWLINE_NOMINATIM_URL", maps.url)
    out = tmp_path / "x.towline-region"
    assert towline_json("region", "build", "--place", "Gridtown", *ZONE, "--out", out)["arcs"] > 0
    assert len(maps.queries) == 1


@pytest.mark.parametrize(
    ("answers", "reason", "says"),
    [
        ([(429, {"Retry-After": "0"}, b"")] * 9, "MAP_SERVER_BUSY", "busy (429)"),
        ([(504, {"Retry-After": "0"}, b"")] * 9, "MAP_SERVER_BUSY", "busy (504)"),
        ([(200, {}, b"<html>")], "MAP_SERVER_FAILED", "no JSON"),
        ([(200, {}, b'{"elements": []}')], "INVALID_NETWORK", "no road for cars"),
    ],
)
def test_trouble_with_servers_is_one_line(
    towline: Run,
    towline_json: Callable[..., Any],
    maps: StandIn,
    tmp_path: Path,
    answers: list[tuple[int, dict[str, str], bytes]],
    reason: str,
    says: str,
) -> None:
    """What is wrong and what to do, with a reason in JSON; no region is written."""
    out = tmp_path / "x.towline-region"
    build = ("region", "build", "--bbox", "8.59,49.39,8.62,49.43", "--name", "x", *ZONE, *asking(maps), "--out", out)
    maps.instead = list(answers)
    result = towline(*build)
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert "Traceback" not in result.output
    maps.instead = list(answers)
    assert towline_json(*build, exit_code=2)["error"]["reason"] == reason
    assert not out.exists()


def test_unknown_places_and_no_network(towline: Run, maps: StandIn, tmp_path: Path) -> None:
    """A name nobody knows; a server that is not there."""
    out = ("--out", tmp_path / "x.towline-region")
    result = towline("region", "build", "--place", "Atlantis", *ZONE, *asking(maps), *out)
    assert result.exit_code == 2
    assert "finds no 'Atlantis'" in result.stderr
    nobody = ("--overpass", "http://127.0.0.1:9/api", "--nominatim", maps.url)
    result = towline("region", "build", "--place", "Gridtown", *ZONE, *nobody, *out)
    assert result.exit_code == 2
    assert "cannot be reached" in result.stderr


def test_options_that_do_not_go_together(towline: Run, tmp_path: Path) -> None:
    """Two areas, a distance without a middle, numbers that are none, a nameless box, an address that is none."""
    out = ("--out", tmp_path / "x.towline-region")
    for arguments, says in (
        (("--place", "A", "--bbox", "1,2,3,4"), "one of --place, --bbox and --point"),
        (("--dist", "100"), "--dist goes with"),
        (("--place", " "), "--place is empty"),
        (("--bbox", "1,2,3", "--name", "x"), "west,south,east,north"),
        (("--bbox", "3,2,1,4", "--name", "x"), "no extent"),
        (("--bbox", "1,2,3,4"), "--name is missing"),
        (("--point", "1;2", "--dist", "5", "--name", "x"), "LON,LAT"),
        (("--point", "1,2", "--name", "x"), "no extent"),
        (("--place", "A", "--overpass", "overpass.de"), "http://"),
        ((tmp_path / "x.csv", "--place", "A"), "either a file or --place"),
    ):
        result = towline("region", "build", *arguments, *ZONE, *out)
        assert result.exit_code == 2, (says, result.output)
        assert says in result.stderr
