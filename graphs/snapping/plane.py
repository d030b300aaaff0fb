"""The plane locations and roads are compared on: spherical Mercator, cut far away from the region.

Mercator is conformal: the nearest point there is the nearest on the ground within the distances a location may be
off. A region that lies across the antimeridian is moved as one piece, so that it has no seam.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphs.geodesy import to_mercator
from graphs.network import Float64
from graphs.snapping.placing import on_plane


@dataclass(frozen=True)
class Plane:
    """Longitudes are taken from ``centre - 180`` up to ``centre + 180``."""

    centre: float  # degrees; the middle of the region

    @classmethod
    def over(cls, lon: Float64) -> Plane:
        """The plane around a region whose nodes lie at ``lon`` (degrees, at least one)."""
        west, east = float(lon.min()), float(lon.max())
        if east - west > 180.0:  # two ends of the map: across the antimeridian
            round_trip = np.where(lon < 0.0, lon + 360.0, lon)
            west, east = float(round_trip.min()), float(round_trip.max())
        return cls((west + east) / 2.0)

    def unrolled(self, lon: npt.ArrayLike) -> Float64:
        """Longitudes moved by whole turns to within 180 degrees of the centre."""
        lon = np.asarray(lon, np.float64)
        lon = np.where(lon < self.centre - 180.0, lon + 360.0, lon)
        return np.where(lon > self.centre + 180.0, lon - 360.0, lon)

    def place(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Float64, Float64]:
        """Metres on the plane (inflated by 1/cos(latitude), as always with Mercator)."""
        return to_mercator(self.unrolled(lon), lat)

    def locations(self, lon: Float64, lat: Float64) -> tuple[Float64, Float64, Float64]:
        """The same in one pass, and plane metres in a metre on the ground, for arrays of equal length."""
        x, y, scale = np.empty(lon.size), np.empty(lon.size), np.empty(lon.size)
        on_plane(np.ascontiguousarray(lon), np.ascontiguousarray(lat), self.centre, x, y, scale)
        return x, y, scale
