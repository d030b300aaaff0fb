"""A made-up province as an OpenStreetMap file, so that a benchmark can read it as it would read a country."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from graphs.classes import ROAD_CLASSES
from graphs.network import SHAPE_SCALE
from graphs.raw import RawNetwork


def write_osm(raw: RawNetwork, path: Path) -> None:
    """Write nodes, and a way for each shape with class, limit and direction; about 10 µs a node or way."""
    import osmium
    from osmium.osm import mutable

    shapes = raw.shape_offset.size - 1
    along, against = (_arc_of(raw.arc_shape, shapes, sign) for sign in (0, 1))
    lead = np.where(along >= 0, along, against)  # a shape no arc runs along is written the way it is driven
    turned = along < 0
    bends = np.maximum(0, np.diff(raw.shape_offset) - 2)
    first_bend = raw.node_count + 1 + np.cumsum(bends) - bends
    inner = np.ones(int(raw.shape_offset[-1]), bool)
    inner[raw.shape_offset[:-1]] = inner[raw.shape_offset[1:] - 1] = False
    points = (raw.shape_lonlat[inner] / SHAPE_SCALE).tolist()
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for at, place in enumerate(zip(raw.node_lon.tolist(), raw.node_lat.tolist(), strict=True)):
            writer.add_node(mutable.Node(id=at + 1, version=1, location=place))
        for at, place in enumerate(points):
            writer.add_node(mutable.Node(id=raw.node_count + 1 + at, version=1, location=tuple(place)))
        for shape in np.flatnonzero(lead >= 0).tolist():
            arc = int(lead[shape])
            middle = list(range(int(first_bend[shape]), int(first_bend[shape] + bends[shape])))
            nodes = [int(raw.arc_tail[arc]) + 1, *(middle[::-1] if turned[shape] else middle)]
            nodes.append(int(raw.arc_head[arc]) + 1)
            one_way = turned[shape] or against[shape] < 0
            writer.add_way(mutable.Way(id=shape + 1, version=1, nodes=nodes, tags=_tags(raw, arc, bool(one_way))))


def _arc_of(arc_shape: Any, shapes: int, against: int) -> Any:
    """[s] an arc that runs along each shape (or against it), -1 where none does."""
    found = np.full(shapes, -1)
    arcs = np.flatnonzero((arc_shape < 0) == bool(against))
    found[~arc_shape[arcs] if against else arc_shape[arcs]] = arcs
    return found


def _tags(raw: RawNetwork, arc: int, one_way: bool) -> dict[str, str]:
    tags = {"highway": ROAD_CLASSES[int(raw.arc_class[arc])], "oneway": "yes" if one_way else "no"}
    limit = float(raw.arc_maxspeed_kph[arc])
    if limit == limit:
        tags["maxspeed"] = f"{limit:.0f}"
    return tags
