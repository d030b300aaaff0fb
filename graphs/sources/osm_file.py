"""A network from an OpenStreetMap file (.osm.pbf, .osm, .osm.gz, .osm.bz2), straight into arrays.

Nodes never become Python objects, save those with a barrier or a signal: libosmium keeps the locations of nodes on
roads, and only theirs, and hands over one line per way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from graphs.errors import CorruptFileError, NetworkError, OsmIdError
from graphs.raw import RawNetwork, Restriction
from graphs.sources.osm_collected import Collected
from graphs.sources.osm_restrictions import restriction_of
from graphs.sources.osm_tags import barrier_tags, control_of, direction, road_class_of
from graphs.sources.split import split_at_junctions
from graphs.sources.table_files import existing_file

OSM_SUFFIXES = (".pbf", ".osm", ".osm.gz", ".osm.bz2", ".o5m", ".osc", ".opl")
#: Ways between two reports of progress.
STRIDE = 20_000
#: Ids are kept in tables as long as the largest; OpenStreetMap's have reached 2 * 10^10.
LARGEST_ID = 10**12
#: A version that no way has: it was taken already.
LATER_THAN_ANY = 2**40
Progress = Callable[[str, int, int], None]


def is_osm_file(path: str | Path) -> bool:
    return str(path).lower().endswith(OSM_SUFFIXES)


def read_osm(path: str | Path, progress: Progress | None = None) -> RawNetwork:
    """Every way that some vehicle may use, split where ways meet, with its tags and the turn restrictions.

    The file is read four times (relations and ways; locations; tagged nodes; ways), so that only road nodes are kept.
    ``progress("read", ways, 0)`` is told the ways so far; their total is not known before. Raises `FileMissingError`,
    `EmptyInputError`, `CorruptFileError`, `OsmIdError` or, without a single road, `NetworkError`.
    """
    import osmium

    path = existing_file(path)
    found = Collected()
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
    return split_at_junctions(found.ways(), tuple(found.strings), found.info(source), found)


def _collect(path: Path, found: Collected, progress: Progress | None) -> str:
    """Fill ``found``; the answer names the source and, where the file says so, the day of its data."""
    import osmium
    from osmium import filter as osm_filter
    from osmium import index, io, osm

    tracker, known = osmium.IdTracker(), index.IdSet()
    again: dict[int, int] = {}  # of ways given twice the newest version after the first
    restrictions: dict[int, tuple[int, Restriction | None]] = {}  # by relation: version and content
    reader = osmium.FileProcessor(str(path), osm.WAY | osm.RELATION)
    for found_item in reader.with_filter(osm_filter.KeyFilter("highway", "route", "type")):
        item: Any = found_item  # ways and relations only
        if item.is_relation():
            if restrictions.get(item.id, (-1, None))[0] < item.version:
                restriction = restriction_of(item, found.ignored)
                if restriction or item.id in restrictions:
                    restrictions[item.id] = item.version, restriction
        elif road_class_of(item.tags.get)[0] is not None:
            _check_ids(path, item)
            tracker.add_references(item)
            if item.id in known:
                again[item.id] = max(again.get(item.id, 0), item.version)
            known.set(item.id)
    found.restrictions.extend(restriction for _, restriction in restrictions.values() if restriction)
    del known
    locations = osmium.NodeLocationsForWays(index.create_map("flex_mem"))
    with io.Reader(str(path), osm.NODE) as nodes:
        osmium.apply(nodes, tracker.id_filter(), locations)
    locations.ignore_errors()
    tagged = osmium.FileProcessor(str(path), osm.NODE).with_filter(
        osm_filter.KeyFilter("highway", "barrier", "railway")
    )
    for node in tagged.with_filter(tracker.id_filter()):
        item = node
        tags = {tag.k: tag.v for tag in item.tags}
        found.add_node(item.id, barrier_tags(tags), *control_of(tags))
    ways = osmium.FileProcessor(str(path), osm.WAY).with_filter(osm_filter.KeyFilter("highway", "route"))
    _add_ways(ways.with_filter(locations), found, progress, again)
    day = reader.header.get("osmosis_replication_timestamp", "")
    return f"{path.name} ({day[:10]})" if day else path.name


def _check_ids(path: Path, way: Any) -> None:
    """Drafts have ids below 0, which libosmium's tables cannot hold, and some tools make up enormous ones."""
    for kind, number in (("way", way.id), *(("node", node.ref) for node in way.nodes)):
        if 0 <= number <= LARGEST_ID:
            continue
        if number < 0:
            why = "ids below 0 are those of a draft; upload it first, or give it positive ids (`osmium renumber`)"
        else:
            why = f"ids beyond {LARGEST_ID:,} cannot be read; give it smaller ones (`osmium renumber`)"
        raise OsmIdError(f"{path.name} has a {kind} {number}: {why}.", path=path, kind=kind, id=number)


def _add_ways(ways: Any, found: Collected, progress: Progress | None, again: dict[int, int]) -> None:
    """Every way once: of those given twice, as by extracts put together, the newest; what is left out is counted."""
    import osmium
    from osmium import geom

    lines = geom.WKBFactory()
    for way in ways:
        road_class, named = road_class_of(way.tags.get)
        if not named:
            continue
        found.seen += 1
        if progress and found.seen % STRIDE == 0:
            progress("read", found.seen, 0)
        if road_class is None:
            found.skipped[named] += 1
            continue
        if way.id in again:
            if way.version < again[way.id]:
                found.skipped["way given twice"] += 1
                continue
            again[way.id] = LATER_THAN_ANY
        drawn = direction(way.tags.get, road_class, found.ignored)
        if drawn is None:
            found.skipped["oneway=reversible"] += 1
            continue
        nodes = [node.ref for node in way.nodes]
        if len(nodes) < 2:
            found.skipped["single node"] += 1
            continue
        row = found.row(way, road_class, drawn)
        try:
            found.add_piece(row, nodes, _points(lines.create_linestring(way, geom.use_nodes.ALL)))
        except osmium.InvalidLocationError:
            found.skipped["cut at the extract's edge"] += 1
            for piece_nodes, piece in _located_pieces(way):
                found.add_piece(row, piece_nodes, piece)
    if progress:
        progress("read", found.seen, found.seen)


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
