"""The oracle of nearest-road search: shapely's R-tree on the Mercator plane."""

from __future__ import annotations

import numpy as np
import shapely

from graphs.geodesy import from_mercator, to_mercator
from graphs.network import SHAPE_SCALE, Float64, Int64, RoadNetwork


class TreeSnapper:
    """Nearest shapes by shapely alone; independent of the grid."""

    def __init__(self, network: RoadNetwork) -> None:
        x, y = to_mercator(network.shape_lonlat[:, 0] / SHAPE_SCALE, network.shape_lonlat[:, 1] / SHAPE_SCALE)
        owner = np.repeat(np.arange(network.shape_offset.size - 1), np.diff(network.shape_offset))
        self.tree = shapely.STRtree(shapely.linestrings(np.column_stack((x, y)), indices=owner))

    def nearest(self, lon: Float64, lat: Float64) -> tuple[Int64, Float64, Float64, Float64]:
        """Shape, longitude, latitude and share of the shape of the nearest place of each location."""
        points = shapely.points(*to_mercator(lon, lat))
        _, shape = self.tree.query_nearest(points, all_matches=False)
        lines = self.tree.geometries[shape]
        along = shapely.line_locate_point(lines, points, normalized=True)
        place = shapely.line_interpolate_point(lines, along, normalized=True)
        return shape, *from_mercator(shapely.get_x(place), shapely.get_y(place)), along
