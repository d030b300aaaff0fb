"""Small OpenStreetMap files for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

Places = Mapping[int, tuple[float, float]]
OsmWays = Sequence[tuple[int, Sequence[int], Mapping[str, str]]]


def osm_xml(places: Places, ways: OsmWays) -> str:
    """An .osm file: nodes by id as (lon, lat), ways as (id, node ids, tags)."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    lines += [f'<node id="{i}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"/>' for i, (lon, lat) in places.items()]
    for way, nodes, tags in ways:
        lines.append(f'<way id="{way}" version="1">')
        lines += [f'<nd ref="{node}"/>' for node in nodes]
        lines += [f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items()]
        lines.append("</way>")
    return "\n".join([*lines, "</osm>"])


def write_osm(path: Path, places: Places, ways: OsmWays) -> Path:
    """An .osm file at ``path``."""
    path.write_text(osm_xml(places, ways), encoding="utf-8")
    return path


def write_pbf(path: Path, places: Places, ways: OsmWays) -> Path:
    """The same as .osm.pbf, in blocks of libosmium's making."""
    import osmium
    from osmium.osm import mutable

    with osmium.SimpleWriter(str(path)) as writer:
        for node, place in places.items():
            writer.add_node(mutable.Node(id=node, version=1, location=place))
        for way, nodes, tags in ways:
            writer.add_way(mutable.Way(id=way, version=1, nodes=list(nodes), tags=dict(tags)))
    return path
