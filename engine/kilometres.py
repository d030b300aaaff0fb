"""Kilometres of roads as locations: on their carriageway, with its heading and level: snapping finds it again."""

from __future__ import annotations

import math

import numpy as np

from engine.model import Location
from graphs.errors import PostsMissingError, PostTextError
from graphs.geodesy import to_mercator
from graphs.network import RoadNetwork
from graphs.posts import Kilometre, Posts, direction_of
from graphs.snapping.names import tokens

#: No text that says a kilometre is longer than this.
LONGEST = 200


def at_kilometre(posts: Posts | None, said: str | Kilometre, remedy: str) -> Location:
    """The place of ``G2 K123+400 northbound``, its accuracy that of the map.

    Raises `PostsMissingError` (which ends with ``remedy``) without posts, and what `Posts.locate` raises.
    """
    if posts is None:
        raise PostsMissingError(f"no table of kilometre posts is loaded, so no kilometre can be found; {remedy}")
    if isinstance(said, str) and len(said) > LONGEST:
        raise PostTextError(f"{len(said)} characters are no kilometre on a road; use at most {LONGEST}", text=said[:40])
    found = posts.locate(said).positions
    arc, network = int(found.arc[0]), posts.network
    level = int(network.arc_layer[arc]) if network.arc_layer.size else None
    return Location(
        float(found.lon[0]),
        float(found.lat[0]),
        heading=bearing_at(network, arc, float(found.fraction[0])),
        accuracy_m=0.0,
        level=level,
    )


def kilometre(road: str, km: float, direction: str) -> Kilometre:
    """A kilometre given in parts; `PostTextError` for what can be none."""
    if not tokens(road) or len(road) + len(direction) > LONGEST:
        raise PostTextError(f"'{road[:40]}' is no road; give its name or number, such as G2", road=road[:40])
    if not (math.isfinite(km) and 0.0 <= km < 100_000.0):
        raise PostTextError(f"{km:g} is no kilometre of a road; give 0 or more, such as 123.4", road=road, km=km)
    return Kilometre(road.strip(), km, direction_of(direction))


def bearing_at(network: RoadNetwork, arc: int, fraction: float) -> float:
    """Degrees clockwise from north in which an arc is driven at a fraction of it."""
    x, y = to_mercator(*network.shape(arc).T)
    east, north = np.diff(x), np.diff(y)
    length = np.hypot(east, north)
    along = np.concatenate(([0.0], np.cumsum(length)))
    ends = along[1:][length > 0.0]
    if not ends.size:
        return 0.0
    east, north = east[length > 0.0], north[length > 0.0]
    i = int(min(np.searchsorted(ends, fraction * along[-1]), ends.size - 1))
    return float(np.degrees(np.arctan2(east[i], north[i])) % 360.0)
