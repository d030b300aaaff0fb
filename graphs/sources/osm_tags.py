"""What the tags of an OSM way say to a driver.

Sources: https://wiki.openstreetmap.org/wiki/Key:access, https://wiki.openstreetmap.org/wiki/Key:oneway
"""

from __future__ import annotations

from collections.abc import Callable

from graphs.sources.cells import BACKWARD, BOTH, FORWARD

Get = Callable[[str], str | None]

#: From the most to the least specific key; the first that is set decides.
ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
CLOSED = frozenset({"no", "private", "agricultural", "forestry", "emergency", "bus", "psv", "military"})


def closed_by(get: Get) -> str | None:
    """The tag ("access=private") that keeps cars off a way, or None when they may use it."""
    if get("area") == "yes":
        return "area=yes"
    for key in ACCESS_KEYS:
        value = get(key)
        if value:
            return f"{key}={value}" if all(part.strip() in CLOSED for part in value.split(";")) else None
    return None


def direction(get: Get, road_class: str) -> int:
    """`FORWARD` where cars may only follow the way as drawn, `BACKWARD` only against it, else `BOTH`."""
    value = get("oneway")
    if value in ("yes", "true", "1"):
        return FORWARD
    if value in ("-1", "reverse"):
        return BACKWARD
    if value == "no":
        return BOTH
    implied = road_class == "motorway" or get("junction") in ("roundabout", "circular")
    return FORWARD if implied else BOTH
