"""A stand-in for Overpass and Nominatim on loopback, which answers from a few streets."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import shapely

#: Two columns of three junctions each and a lane; node 8 lies far to the east.
PLACES = {
    1: (8.600, 49.400), 2: (8.610, 49.400), 3: (8.600, 49.410), 4: (8.610, 49.410),
    5: (8.600, 49.420), 6: (8.610, 49.420), 7: (8.605, 49.405), 8: (9.900, 49.410),
}  # fmt: skip
WAYS = [
    (10, [1, 2], {"highway": "residential", "name": "South Street", "maxspeed": "30"}),
    (11, [2, 4], {"highway": "secondary", "name": "East Road", "ref": "L 1"}),
    (12, [4, 6], {"highway": "secondary", "name": "East Road", "ref": "L 1"}),
    (13, [1, 3, 5], {"highway": "tertiary", "name": "West Road", "oneway": "yes"}),
    (14, [5, 6], {"highway": "residential", "access": "private"}),
    (15, [3, 4], {"highway": "tertiary"}),
    (16, [3, 7], {"highway": "service"}),
    (17, [1, 7], {"highway": "footway"}),
    (18, [5, 1], {"highway": "unclassified"}),
]
NODE_TAGS = {7: {"barrier": "bollard"}, 4: {"highway": "traffic_signals"}}
TURNS = [(21, "no_left_turn", 15, 4, 12)]
DAY = "2026-03-01"
AREA = shapely.box(8.59, 49.39, 8.62, 49.43)


def elements_within(polygon: shapely.Polygon) -> list[dict[str, Any]]:
    """What Overpass has of ways that touch a polygon; the restriction only with one of its ways."""
    ways = [way for way in WAYS if shapely.LineString([PLACES[node] for node in way[1]]).intersects(polygon)]
    ids = {way for way, _, _ in ways}
    nodes = sorted({node for _, refs, _ in ways for node in refs})
    found: list[dict[str, Any]] = [
        {"type": "node", "id": node, "lon": PLACES[node][0], "lat": PLACES[node][1], "tags": NODE_TAGS.get(node, {})}
        for node in nodes
    ]
    found += [{"type": "way", "id": way, "nodes": refs, "tags": tags} for way, refs, tags in ways]
    for relation, kind, start, via, end in TURNS:
        if {start, end} & ids:
            members = [("way", start, "from"), ("node", via, "via"), ("way", end, "to")]
            rows = [{"type": what, "ref": ref, "role": role} for what, ref, role in members]
            tags = {"type": "restriction", "restriction": kind}
            found.append({"type": "relation", "id": relation, "members": rows, "tags": tags})
    return found


@dataclass
class StandIn:
    """What it was asked, and what it answers instead of the truth: (status, headers, body) in turn."""

    url: str
    asked: list[str] = field(default_factory=list)
    instead: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)

    @property
    def queries(self) -> list[str]:
        return [text for text in self.asked if text.startswith("[out:json]")]

    def answer(self, path: str, form: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        query = form.get("data", form.get("q", [""]))[0]
        self.asked.append(query or path)
        if self.instead:
            return self.instead.pop(0)
        if path.endswith("/search"):
            return 200, {}, json.dumps(_search(query)).encode()
        corners = re.search(r'poly:"([^"]*)"', query)
        if not path.endswith("/interpreter") or corners is None:
            return 400, {}, b"parse error"
        numbers = [float(text) for text in corners[1].split()]
        polygon = shapely.Polygon(list(zip(numbers[1::2], numbers[::2], strict=True)))
        content = {"version": 0.6, "osm3s": {"timestamp_osm_base": f"{DAY}T00:00:00Z"}}
        return 200, {}, json.dumps(content | {"elements": elements_within(polygon)}).encode()


def _search(name: str) -> list[dict[str, Any]]:
    """Nominatim's answer: Gridtown has an area, the Crossing is a point, nothing else is known."""
    west, south, east, north = AREA.bounds
    common: dict[str, Any] = {
        "osm_type": "relation",
        "osm_id": 1,
        "display_name": name,
        "name": name,
        "importance": 0.5,
    }
    common |= {"class": "boundary", "type": "administrative", "lat": "49.41", "lon": "8.605", "place_id": 1}
    common |= {"boundingbox": [str(south), str(north), str(west), str(east)], "addresstype": "town", "place_rank": 12}
    if name == "Gridtown":
        return [common | {"geojson": shapely.geometry.mapping(AREA)}]
    if name == "Crossing":
        return [common | {"geojson": {"type": "Point", "coordinates": [8.605, 49.41]}}]
    return []


@contextmanager
def stand_in() -> Generator[StandIn]:
    """A running stand-in, on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            self._reply(url.path, parse_qs(url.query))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._reply(urlsplit(self.path).path, parse_qs(body.decode()))

        def _reply(self, path: str, form: dict[str, list[str]]) -> None:
            server.agents.add(self.headers["User-Agent"])
            status, headers, body = server.answer(path, form)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Silence."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = StandIn(f"http://127.0.0.1:{http.server_address[1]}")
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
