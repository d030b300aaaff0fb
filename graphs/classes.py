"""Road classes: OSM's ``highway=*`` values that motor vehicles use, as small integers.

Source: https://wiki.openstreetmap.org/wiki/Key:highway
"""

from __future__ import annotations

ROAD_CLASSES: tuple[str, ...] = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "ferry",  # route=ferry
)

#: Values met in the wild that drive like another class.
CLASS_ALIASES: dict[str, str] = {
    "motorway_junction": "motorway_link",
    "residential_link": "residential",
    "secundary": "secondary",
    "minor": "unclassified",
    "unclassified_link": "unclassified",
}

#: Values that no car may or can use; everything else unknown is taken for `UNKNOWN_CLASS` and counted.
NOT_DRIVABLE: frozenset[str] = frozenset(
    {
        "abandoned",
        "bridleway",
        "bus_guideway",
        "bus_stop",
        "busway",
        "construction",
        "corridor",
        "crossing",
        "cycleway",
        "elevator",
        "escalator",
        "footway",
        "ladder",
        "no",
        "path",
        "pedestrian",
        "planned",
        "platform",
        "proposed",
        "raceway",
        "razed",
        "rest_area",
        "services",
        "steps",
        "track",
        "via_ferrata",
    }
)

CLASS_INDEX: dict[str, int] = {name: index for index, name in enumerate(ROAD_CLASSES)}
#: What a road of no known class is taken for.
UNKNOWN_CLASS: int = CLASS_INDEX["road"]


def class_index(value: str) -> int | None:
    """Index into `ROAD_CLASSES` of one OSM ``highway`` value, or None when motor vehicles do not use it."""
    return CLASS_INDEX.get(CLASS_ALIASES.get(value, value))
