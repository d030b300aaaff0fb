"""Kernels: from degrees to the plane of an index, and from places on segments back to arcs and degrees."""

from __future__ import annotations

import math

from numba import njit

from graphs.geodesy import EARTH_RADIUS_M, MERCATOR_LIMIT

#: Below this (the haversine of 400 m) sines are their angles to a billionth.
SMALL = 1e-9


@njit(nogil=True, cache=True)
def on_plane(lon, lat, centre, x, y, scale):
    """Plane metres of k places in degrees (`graphs.snapping.plane`), and plane metres in a metre on the ground."""
    for k in range(lon.size):
        east = lon[k]
        if east < centre - 180.0:
            east += 360.0
        if east > centre + 180.0:
            east -= 360.0
        north = math.radians(min(max(lat[k], -MERCATOR_LIMIT), MERCATOR_LIMIT))
        sine = math.sin(north)
        x[k] = EARTH_RADIUS_M * math.radians(east)
        y[k] = EARTH_RADIUS_M * 0.5 * math.log((1.0 + sine) / (1.0 - sine))
        scale[k] = 1.0 / math.sqrt(1.0 - sine * sine)


@njit(nogil=True, cache=True)
def place_on(line, s, t, px, lat):
    """Where ``t`` metres along segment ``s`` are: longitude, latitude, metres from a place at ``px`` and ``lat``."""
    x, y = line[s, 0] + t * line[s, 2], line[s, 1] + t * line[s, 3]
    lon = math.degrees(x / EARTH_RADIUS_M)
    if lon > 180.0:
        lon -= 360.0
    elif lon < -180.0:
        lon += 360.0
    grown = math.exp(y / EARTH_RADIUS_M)
    north = math.atan(0.5 * (grown - 1.0 / grown))
    narrow = 2.0 / (grown + 1.0 / grown) * math.cos(math.radians(lat))  # both cosines of latitude
    up, right = 0.5 * (north - math.radians(lat)), 0.5 * (x - px) / EARTH_RADIUS_M
    half = up * up + narrow * right * right
    if half > SMALL:
        half = math.sin(up) ** 2 + narrow * math.sin(right) ** 2
        distance = math.asin(math.sqrt(min(half, 1.0)))
    else:
        distance = math.sqrt(half)
    return lon, math.degrees(north), 2.0 * EARTH_RADIUS_M * distance


@njit(nogil=True, cache=True)
def share_of(along, span, shape, s, t):
    """The share of its shape at which ``t`` metres along segment ``s`` are."""
    whole = span[shape[s]]
    return min((along[s] + t) / whole, 1.0) if whole > 0.0 else 0.0


@njit(nogil=True, cache=True)
def stand(grid, shape_arc, segment, ahead, px, lat, arc, fraction, road_lon, road_lat, distance_m):
    """k places on segments as positions: on the arc along the shape or, where there is none, on that against it."""
    line, along, shape, span = grid.line, grid.along, grid.shape, grid.span
    for k in range(segment.size):
        s, t = segment[k], ahead[k]
        share = share_of(along, span, shape, s, t)
        arc[k], fraction[k] = shape_arc[shape[s], 0], share
        if arc[k] < 0:
            arc[k], fraction[k] = shape_arc[shape[s], 1], 1.0 - share
        road_lon[k], road_lat[k], distance_m[k] = place_on(line, s, t, px[k], lat[k])
