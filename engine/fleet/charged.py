"""Kilometres that a tariff charges, before anybody knows the route: the great circle times a usual detour."""

from __future__ import annotations

import math

from numba import njit

from graphs.geodesy import EARTH_RADIUS_M

#: Kilometres by road for each as the crow flies.
ROAD_PER_AIR = 1.3


@njit(nogil=True, cache=True)
def road_km(here, there):
    """Kilometres between two points [3] on the unit sphere. O(1)."""
    x, y, z = here[0] - there[0], here[1] - there[1], here[2] - there[2]
    chord = math.sqrt(x * x + y * y + z * z)
    return ROAD_PER_AIR * 2.0 * math.asin(min(1.0, 0.5 * chord)) * (EARTH_RADIUS_M / 1000.0)
