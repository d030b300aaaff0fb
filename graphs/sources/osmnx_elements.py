"""OpenStreetMap elements in JSON, as Overpass answers them, read like an OpenStreetMap file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from graphs.errors import MapServerError, NetworkError
from graphs.raw import RawNetwork
from graphs.sources.osm_file import read_osm

_KINDS = ("node", "way", "relation")


def elements_to_raw(answers: Iterable[Any], title: str) -> RawNetwork:
    """A network from the ``elements`` of one or more answers; an element in several of them counts once.

    Its source is ``title`` with the day of the data. Raises `MapServerError` where an answer is not as Overpass gives
    it, and `NetworkError` when there is no road in any.
    """
    elements: dict[tuple[int, int], dict[str, Any]] = {}
    day = ""
    try:
        for answer in answers:
            day = max(day, str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))[:10])
            for element in answer["elements"]:
                elements[_KINDS.index(element["type"]), int(element["id"])] = element
        if not any(kind == 1 for kind, _ in elements):
            raise _no_roads(title)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "area.osm.pbf"
            _write(path, [elements[key] for key in sorted(elements)])
            raw = _read(path, title)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise MapServerError(
            f"Overpass answered something about '{title}' that is not OpenStreetMap data ({type(error).__name__}: "
            f"{error}); check the server's address, or build from a downloaded .osm.pbf file.",
            area=title,
        ) from error
    return replace(raw, info=replace(raw.info, source=f"{title} (OpenStreetMap, {day})" if day else title))


def _write(path: Path, elements: list[dict[str, Any]]) -> None:
    import osmium
    from osmium.osm import mutable

    with osmium.SimpleWriter(str(path)) as writer:
        for element in elements:
            common: dict[str, Any] = {"id": int(element["id"]), "version": 1, "tags": element.get("tags", {})}
            if element["type"] == "node":
                place = float(element["lon"]), float(element["lat"])
                writer.add_node(mutable.Node(location=place, **common))
            elif element["type"] == "way":
                writer.add_way(mutable.Way(nodes=element["nodes"], **common))
            else:
                members = [(member["type"][0], member["ref"], member["role"]) for member in element["members"]]
                writer.add_relation(mutable.Relation(members=members, **common))


def _read(path: Path, title: str) -> RawNetwork:
    try:
        return read_osm(path)
    except NetworkError as error:
        raise _no_roads(title) from error


def _no_roads(title: str) -> NetworkError:
    return NetworkError(f"OpenStreetMap knows no road for cars in '{title}'; name another area.", area=title)
