"""Small OpenStreetMap files for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

Places = Mapping[int, tuple[float, float]]
OsmWays = Sequence[tuple[int, Sequence[int], Mapping[str, str]]]
NodeTags = Mapping[int, Mapping[str, str]]
#: Members as (type, id, role), tags.
Relations = Sequence[tuple[Sequence[tuple[str, int, str]], Mapping[str, str]]]


def osm_xml(places: Places, ways: OsmWays, node_tags: NodeTags | None = None, relations: Relations = ()) -> str:
    """An .osm file: nodes by id as (lon, lat), ways as (id, node ids, tags), tags of some nodes, relations."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for i, (lon, lat) in places.items():
        lines.append(f'<node id="{i}" version="1" lat="{lat:.7f}" lon="{lon:.7f}">')
        lines += [*_tags((node_tags or {}).get(i, {})), "</node>"]
    for way, nodes, tags in ways:
        lines.append(f'<way id="{way}" version="1">')
        lines += [f'<nd ref="{node}"/>' for node in nodes]
        lines += [*_tags(tags), "</way>"]
    for number, (members, tags) in enumerate(relations, 1):
        lines.append(f'<relation id="{number}" version="1">')
        lines += [f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members]
        lines += [*_tags(tags), "</relation>"]
    return "\n".join([*lines, "</osm>"])


def _tags(tags: Mapping[str, str]) -> list[str]:
    return [f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items()]


def write_osm(
    path: Path, places: Places, ways: OsmWays, node_tags: NodeTags | None = None, relations: Relations = ()
) -> Path:
    """An .osm file at ``path``."""
    path.write_text(osm_xml(places, ways, node_tags, relations), encoding="utf-8")
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
