"""A network from an OpenStreetMap file (.osm.pbf, .osm, .osm.gz, .osm.bz2), straight into arrays.

Nodes never become Python objects: libosmium keeps their locations and hands over one line per way. Turn restrictions
and destination-only roads are not read yet.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from graphs.classes import CLASS_INDEX, ROAD_CLASSES, class_index
from graphs.errors import CorruptFileError, NetworkError
from graphs.maxspeed import parse_maxspeed
from graphs.raw import RawNetwork, SourceInfo
from graphs.sources.osm_tags import closed_by, direction
from graphs.sources.split import Ways, split_at_junctions
from graphs.sources.table_files import existing_file

OSM_SUFFIXES = (".pbf", ".osm", ".osm.gz", ".osm.bz2", ".o5m", ".osc", ".opl")
#: Ways between two reports of progress.
STRIDE = 20_000


def is_osm_file(path: str | Path) -> bool:
    return str(path).lower().endswith(OSM_SUFFIXES)


def read_osm(path: str | Path, progress: Callable[[str, int, int], None] | None = None) -> RawNetwork:
    """Every way that a car may use, split where ways meet.

    ``progress("read", ways, 0)`` is told the ways so far; their total is not known before. Raises `FileMissingError`,
    `EmptyInputError`, `CorruptFileError` or, without a single road, `NetworkError`.
    """
    import osmium

    path = existing_file(path)
    found = _Collected()
    try:
        source = _collect(path, found, progress)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise CorruptFileError(
            f"{path.name} breaks off or is no OpenStreetMap file ({error}); download it again.", path=path
        ) from error
    if not found.way_id:
        raise NetworkError(
            f"{path.name} holds no way that a car may use ({found.seen:,} ways with a highway tag); "
            "use an extract that contains roads.",
            path=path,
            ways=found.seen,
        )
    info = SourceInfo(
        source,
        skipped=dict(found.skipped),
        unread_maxspeeds=dict(found.unread_maxspeeds),
    )
    return split_at_junctions(found.ways(), tuple(found.strings), info)


@dataclass
class _Collected:
    """Ways as they are met, in growing flat arrays."""

    node: array[int] = field(default_factory=lambda: array("q"))
    size: array[int] = field(default_factory=lambda: array("i"))
    way_id: array[int] = field(default_factory=lambda: array("q"))
    road_class: array[int] = field(default_factory=lambda: array("B"))
    direction: array[int] = field(default_factory=lambda: array("b"))
    kph: array[float] = field(default_factory=lambda: array("f"))
    name: array[int] = field(default_factory=lambda: array("i"))
    ref: array[int] = field(default_factory=lambda: array("i"))
    strings: dict[str, int] = field(default_factory=lambda: {"": 0})
    speeds: dict[str, float] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    unread_maxspeeds: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    points: list[np.ndarray] = field(default_factory=list)

    def add(self, tags: Any, way_id: int, nodes: list[int], points: np.ndarray, road_class: str) -> None:
        get = tags.get
        self.node.extend(nodes)
        self.points.append(points)
        self.size.append(len(nodes))
        self.way_id.append(way_id)
        self.road_class.append(CLASS_INDEX[road_class])
        self.direction.append(direction(get, road_class))
        self.kph.append(self._speed(get("maxspeed")))
        self.name.append(self.strings.setdefault(get("name") or "", len(self.strings)))
        self.ref.append(self.strings.setdefault(get("ref") or "", len(self.strings)))

    def _speed(self, tag: str | None) -> float:
        if not tag:
            return np.nan
        if tag not in self.speeds:
            speed = parse_maxspeed(tag)
            self.speeds[tag] = np.nan if speed is None else speed
        speed = self.speeds[tag]
        if np.isnan(speed):
            self.unread_maxspeeds[tag] += 1
        return speed

    def ways(self) -> Ways:
        return Ways(
            node=np.frombuffer(self.node, np.int64),
            points=np.concatenate(self.points),
            offset=np.concatenate(([0], np.cumsum(np.frombuffer(self.size, np.int32)))).astype(np.int64),
            way_id=np.frombuffer(self.way_id, np.int64),
            road_class=np.frombuffer(self.road_class, np.uint8),
            direction=np.frombuffer(self.direction, np.int8),
            kph=np.frombuffer(self.kph, np.float32),
            name=np.frombuffer(self.name, np.int32),
            ref=np.frombuffer(self.ref, np.int32),
        )


def _collect(path: Path, found: _Collected, progress: Callable[[str, int, int], None] | None) -> str:
    """Fill ``found``; the answer names the source and, where the file says so, the day of its data."""
    import osmium
    from osmium import filter as osm_filter
    from osmium import geom, osm

    reader = osmium.FileProcessor(str(path)).with_locations()
    reader = reader.with_filter(osm_filter.EntityFilter(osm.WAY)).with_filter(osm_filter.KeyFilter("highway"))
    lines = geom.WKBFactory()
    for item in reader:
        way: Any = item  # the filter lets nothing else through
        found.seen += 1
        if progress and found.seen % STRIDE == 0:
            progress("read", found.seen, 0)
        value = way.tags["highway"]
        index = class_index(value)
        if index is None:
            found.skipped[f"highway={value}"] += 1
            continue
        closed = closed_by(way.tags.get)
        if closed is not None:
            found.skipped[closed] += 1
            continue
        nodes = [node.ref for node in way.nodes]
        if len(nodes) < 2:
            found.skipped["single node"] += 1
            continue
        try:
            points = _points(lines.create_linestring(way, geom.use_nodes.ALL))
        except osmium.InvalidLocationError:
            found.skipped["cut at the extract's edge"] += 1
            for piece_nodes, piece in _located_pieces(way):
                found.add(way.tags, way.id, piece_nodes, piece, ROAD_CLASSES[index])
            continue
        found.add(way.tags, way.id, nodes, points, ROAD_CLASSES[index])
    if progress:
        progress("read", found.seen, found.seen)
    day = reader.header.get("osmosis_replication_timestamp", "")
    return f"{path.name} ({day[:10]})" if day else path.name


def _points(hex_wkb: str) -> np.ndarray:
    """[k, 2] degrees of a little-endian WKB line: byte order, type and count take nine bytes."""
    return np.frombuffer(bytes.fromhex(hex_wkb), "<f8", offset=9).reshape(-1, 2)


def _located_pieces(way: Any) -> Iterator[tuple[list[int], np.ndarray]]:
    """The runs of at least two nodes of which the file knows the location."""
    nodes: list[int] = []
    points: list[tuple[float, float]] = []
    for node in (*way.nodes, None):
        if node is not None and node.location.valid():
            nodes.append(node.ref)
            points.append((node.location.lon, node.location.lat))
            continue
        if len(nodes) > 1:
            yield nodes, np.array(points)
        nodes, points = [], []
