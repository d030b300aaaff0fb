"""Areas fetched through OSMnx from a stand-in for OpenStreetMap's servers."""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path

import numpy as np
import osmnx as ox
import pytest

from graphs.errors import (
    AreaError,
    MapServerBusyError,
    MapServerError,
    NetworkError,
    PlaceError,
    TowlineError,
    UnknownPlaceError,
)
from graphs.raw import OSM_CREDIT, RawNetwork
from graphs.region import build_region
from graphs.sources.osm_file import read_osm
from graphs.sources.osmnx_areas import Area, read_area, read_place
from graphs.sources.osmnx_servers import MapServers
from tests.graphs.sources.map_stand_in import DAY, NODE_TAGS, PLACES, TURNS, WAYS, StandIn
from tests.graphs.sources.osm_xml import write_osm

BOX = Area(box=(8.59, 49.39, 8.62, 49.43))


def servers(maps: StandIn, **options: object) -> MapServers:
    return MapServers(f"{maps.url}/api", f"{maps.url}/", **options)  # ty: ignore[invalid-argument-type]


def test_a_box_around_the_world_is_too_large() -> None:
    """Refused for its size before anybody is asked, in words that no projection is needed for."""
    with pytest.raises(AreaError, match=r"km²; Overpass is asked for up to"):
        Area(box=(-180.0, -89.0, 180.0, 89.0))


def described(raw: RawNetwork) -> list[tuple[object, ...]]:
    ids = raw.node_id
    rows = zip(ids[raw.arc_tail], ids[raw.arc_head], raw.arc_way, raw.arc_class, np.rint(raw.arc_length_m), strict=True)
    return sorted(tuple(map(int, row)) for row in rows)


def test_a_place_is_the_network_of_its_osm_file(maps: StandIn, tmp_path: Path) -> None:
    """Ways, barriers, signals and turn restrictions as from a file; OpenStreetMap is credited, the day is told."""
    raw = read_place("Gridtown", servers(maps))
    members = [
        (
            [("way", start, "from"), ("node", via, "via"), ("way", end, "to")],
            {"type": "restriction", "restriction": kind},
        )
        for _, kind, start, via, end in TURNS
    ]
    ways = [way for way in WAYS if way[2]["highway"] != "footway"]
    expected = read_osm(write_osm(tmp_path / "grid.osm", PLACES, ways, NODE_TAGS, members))
    assert described(raw) == described(expected)
    assert raw.tags is not None
    assert expected.tags is not None
    assert raw.tags.restrictions == expected.tags.restrictions
    assert raw.info.credits == (OSM_CREDIT,)
    assert raw.info.source == f"Gridtown (OpenStreetMap, {DAY})"
    region = build_region(raw, name="gridtown", timezone="Europe/Berlin")
    assert region.metadata.report.restrictions == 1
    assert region.metadata.report.barriers == {"barrier=bollard": 1}
    assert region.metadata.report.zones == 1
    assert maps.asked[0] == "Gridtown"
    assert len(maps.queries) == 1
    assert "footway" in maps.queries[0]
    assert all("Towline" in agent for agent in maps.agents)


def test_boxes_points_and_distances(maps: StandIn) -> None:
    """A box, the square around a point, the square around a place that is a point."""
    everything = described(read_place("Gridtown", servers(maps)))
    assert described(read_area(BOX, servers(maps))) == everything
    assert described(read_area(Area(point=(8.605, 49.41), dist_m=3000), servers(maps))) == everything
    assert described(read_area(Area(place="Crossing", dist_m=3000), servers(maps))) == everything
    few = described(read_area(Area(point=(8.605, 49.3999), dist_m=300), servers(maps)))
    assert {way for _, _, way, _, _ in few} == {10}


def test_large_areas_are_asked_for_in_parts(maps: StandIn) -> None:
    """Roads in several answers count once; progress is told."""
    told: list[tuple[str, int, int]] = []
    raw = read_area(Area(box=(8.0, 49.0, 9.2, 49.8)), servers(maps), lambda *step: told.append(step))
    assert len(maps.queries) > 1
    assert described(raw) == described(read_area(BOX, servers(maps)))
    assert told[-1] == ("fetch", len(maps.queries) - 1, len(maps.queries) - 1)


def test_answers_are_kept_for_a_week(maps: StandIn, tmp_path: Path) -> None:
    """The second time nobody is asked; old answers are asked for anew, spoilt ones too."""
    kept = tmp_path / "cache" / "osmnx"
    read_place("Gridtown", servers(maps))
    asked = len(maps.asked)
    read_place("Gridtown", servers(maps))
    assert len(maps.asked) == asked
    read_place("Gridtown", servers(maps, cache=False))
    assert len(maps.asked) == 2 * asked
    long_ago = time.time() - 8 * 86_400
    for file in kept.glob("*.json"):
        os.utime(file, (long_ago, long_ago))
    read_place("Gridtown", servers(maps))
    assert len(maps.asked) == 3 * asked
    for file in kept.glob("*.json"):
        file.write_text('{"elements": [')
    remarks: list[str] = []
    assert described(read_place("Gridtown", servers(maps, remark=remarks.append)))
    assert "asking anew" in remarks[0]


def test_a_cache_that_cannot_be_written_is_remarked(maps: StandIn, tmp_path: Path) -> None:
    """The roads are fetched all the same."""
    (tmp_path / "cache").write_text("a file where the folder should be")
    remarks: list[str] = []
    assert described(read_area(BOX, servers(maps, remark=remarks.append)))
    assert "cannot be written" in remarks[0]


def test_busy_servers_are_asked_again_for_a_while(maps: StandIn) -> None:
    """Twice busy, then an answer; the server's own wish counts; in the end patience does."""
    pauses: list[float] = []
    remarks: list[str] = []
    patient = servers(maps, sleep=pauses.append, remark=remarks.append)
    maps.instead = [(429, {}, b"Too Many Requests"), (504, {"Retry-After": "7"}, b"Gateway Timeout")]
    assert described(read_area(BOX, patient))
    assert pauses == [5.0, 7.0]
    assert "busy (429)" in remarks[0]
    maps.instead = [(429, {}, b"")] * 20
    pauses.clear()
    with pytest.raises(MapServerBusyError, match=r"429.*--overpass.*\.osm\.pbf") as caught:
        read_place("Gridtown", servers(maps, sleep=pauses.append, cache=False))
    assert caught.value.status == "UNAVAILABLE"
    assert sum(pauses) <= 120
    assert pauses == [5.0, 15.0, 30.0, 60.0]
    maps.instead = [(503, {"Retry-After": "3600"}, b"")]
    pauses.clear()
    with pytest.raises(MapServerBusyError):
        read_place("Gridtown", servers(maps, sleep=pauses.append, cache=False))
    assert pauses == []


TIMED_OUT = json.dumps(
    {"elements": [], "remark": 'runtime error: Query timed out in "query" at line 1 after 181 seconds.'}
).encode()


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ((200, {}, b"<html><body>Welcome</body></html>"), MapServerError, "no JSON"),
        ((200, {}, b'{"elements": [{"type": "node"'), MapServerError, "breaks off"),
        ((200, {}, b""), MapServerError, "no JSON"),
        ((200, {}, b"[1, 2]"), MapServerError, "not OpenStreetMap data"),
        ((200, {}, b"{}"), MapServerError, "not OpenStreetMap data"),
        ((200, {}, b'{"elements": 7}'), MapServerError, "not OpenStreetMap data"),
        ((200, {}, b'{"elements": [{"type": "way", "id": 1}]}'), MapServerError, "not OpenStreetMap data"),
        ((200, {}, b'{"elements": [{"type": "tree", "id": 1}]}'), MapServerError, "not OpenStreetMap data"),
        ((200, {}, b'{"elements": []}'), NetworkError, "no road for cars"),
        ((200, {}, TIMED_OUT), AreaError, "timed out.*smaller area"),
        ((400, {}, b"parse error"), MapServerError, "refused.*400"),
        ((403, {}, b"blocked"), MapServerError, "refused.*403"),
        ((500, {}, b"oops"), MapServerError, "refused.*500"),
        ((200, {"Content-Length": "5000"}, b'{"elements": []}'), PlaceError, "cannot be reached"),
    ],
)
def test_answers_that_cannot_be_used(
    maps: StandIn, answer: tuple[int, dict[str, str], bytes], error: type[TowlineError], says: str
) -> None:
    """Pages, halves, nonsense, nothing, half an answer for a whole: each is refused and says what to do."""
    maps.instead = [answer]
    with pytest.raises(error, match=says):
        read_area(BOX, servers(maps))
    if b'"elements": [' not in answer[2] or error is AreaError:  # it was not kept: the next answer counts
        assert described(read_area(BOX, servers(maps)))


def test_names_that_are_not_found(maps: StandIn) -> None:
    """Unknown names, points without an area, and a search that answers nonsense."""
    for dist_m in (None, 500.0):
        with pytest.raises(UnknownPlaceError, match="finds no 'Atlantis'") as caught:
            read_area(Area(place="Atlantis", dist_m=dist_m), servers(maps))
    assert caught.value.status == "NOT_FOUND"
    with pytest.raises(UnknownPlaceError, match=r"as a point.*--dist"):
        read_place("Crossing", servers(maps))
    maps.instead = [(200, {}, b'[{"name": 1}]')]
    with pytest.raises(MapServerError, match="no place"):
        read_place("Gridtown", servers(maps, cache=False))
    maps.instead = [(200, {}, b'{"error": "no"}')]
    with pytest.raises(MapServerError):
        read_place("Gridtown", servers(maps))


def test_without_a_network_it_ends_at_once(maps: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed port, a name that does not resolve (nobody else is asked about it), a server that never answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}/api"
    with pytest.raises(PlaceError, match=r"cannot be reached.*\.osm\.pbf"):
        read_area(BOX, MapServers(closed))

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    with monkeypatch.context() as patch:
        patch.setattr(socket, "gethostbyname", unknown)
        patch.setattr(socket, "getaddrinfo", unknown)
        with pytest.raises(PlaceError, match=r"overpass\.invalid cannot be reached"):
            read_area(BOX, MapServers("http://overpass.invalid/api"))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(PlaceError, match="took too long"):
            read_area(BOX, MapServers(f"http://127.0.0.1:{silent.getsockname()[1]}/api", timeout_s=1))
    assert maps.asked == []


def test_osmnx_is_left_as_it_was(maps: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and the resolver are put back, also after an error; OSMnx's own settings and the environment count."""
    before = dict(vars(ox.settings))
    resolver = socket.getaddrinfo
    read_area(BOX, servers(maps))
    maps.instead = [(400, {}, b"")]
    with pytest.raises(MapServerError):
        read_area(BOX, servers(maps, cache=False))
    assert dict(vars(ox.settings)) == before
    assert socket.getaddrinfo is resolver
    asked = len(maps.asked)
    monkeypatch.setattr(ox.settings, "overpass_url", f"{maps.url}/api")
    read_area(BOX, MapServers(cache=False))
    monkeypatch.setattr(ox.settings, "overpass_url", "http://overpass.invalid/api")
    monkeypatch.setenv("TOWLINE_OVERPASS_URL", f"{maps.url}/api")
    read_area(BOX, MapServers(cache=False))
    assert len(maps.asked) == asked + 2


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"place": "A", "point": (8.0, 49.0)},
        {"point": (8.0, 49.0)},
        {"point": (8.0, 49.0), "dist_m": 0.0},
        {"point": (8.0, 49.0), "dist_m": float("nan")},
        {"point": (8.0, 149.0), "dist_m": 10.0},
        {"point": (float("nan"), 49.0), "dist_m": 10.0},
        {"box": (8.0, 49.0, 8.0, 50.0)},
        {"box": (179.0, 49.0, -179.0, 50.0)},
        {"box": (8.0, 49.0, 9.0, 50.0), "dist_m": 5.0},
    ],
)
def test_areas_that_are_none(wrong: dict[str, object]) -> None:
    """Two at once, none, without extent, no place on Earth."""
    with pytest.raises(AreaError):
        Area(**wrong)  # ty: ignore[invalid-argument-type]


def test_countries_are_for_extracts(maps: StandIn) -> None:
    """An area of more than 100,000 km² is refused before anybody is asked."""
    with pytest.raises(AreaError, match=r"km².*\.osm\.pbf"):
        read_area(Area(box=(0.0, 45.0, 10.0, 50.0)), servers(maps))
    assert maps.asked == []
