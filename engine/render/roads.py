"""What a map shows of a road network: each street once, by band of importance, and from which scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from engine.render.codec import UNITS_PER_DEGREE
from graphs.classes import CLASS_INDEX
from graphs.network import SHAPE_SCALE, RoadNetwork


@dataclass(frozen=True)
class Band:
    """Road classes drawn alike; ``width`` in pixels when drawn in full."""

    name: str
    classes: tuple[str, ...]
    colour: str
    width: float


# From most to least important. Pale greys: the roads are the ground, the data stand on it.
BANDS: tuple[Band, ...] = (
    Band("highway", ("motorway", "motorway_link"), "#8793a8", 3.4),
    Band("trunk", ("trunk", "trunk_link"), "#a9b2c1", 2.6),
    Band("primary", ("primary", "primary_link"), "#b9c1cd", 2.1),
    Band("secondary", ("secondary", "secondary_link"), "#c8ced8", 1.7),
    Band("tertiary", ("tertiary", "tertiary_link"), "#d3d8e0", 1.4),
    Band("street", ("unclassified", "residential", "living_street", "road"), "#dce0e7", 1.1),
    Band("service", ("service",), "#e4e7ec", 0.9),
)

#: A band is drawn once the roads down to it cover at most this share of the built-up ground, at one pixel each.
_MOST_INK = 0.4
#: The ground a road is taken to occupy: squares of this many degrees that hold a point of it.
_SQUARE = 0.01


@dataclass(frozen=True)
class RoadLines:
    """The streets of one band: lines ``points[offset[i]:offset[i + 1]]`` in quantised degrees."""

    band: Band
    points: npt.NDArray[np.int64]  # [p, 2]
    offset: npt.NDArray[np.int64]  # [lines + 1]
    #: Pixels per degree of longitude from which the band is drawn.
    from_scale: float


def road_lines(network: RoadNetwork, tolerance_m: float = 1.0) -> list[RoadLines]:
    """The non-empty bands of a network, most important first.

    A two-way street is one shape and is kept once. Shapes lose points that lie within ``tolerance_m`` of the line
    without them (Douglas-Peucker). O(points · log points).
    """
    shapes = np.where(network.arc_shape >= 0, network.arc_shape, ~network.arc_shape)
    used, first = np.unique(shapes, return_index=True)
    band_of_class = np.full(256, len(BANDS) - 1)
    for index, band in enumerate(BANDS):
        band_of_class[[CLASS_INDEX[name] for name in band.classes]] = index
    band_of_shape = band_of_class[network.arc_class[first]]
    # In the order of tails, so that a line begins near the end of the one before it and differences stay short.
    order = np.argsort(first, kind="stable")
    used, band_of_shape = used[order], band_of_shape[order]
    ink, squares = 0.0, np.empty(0, np.int64)
    result: list[RoadLines] = []
    for index, band in enumerate(BANDS):
        points, offset = _simplified(network, used[band_of_shape == index], tolerance_m)
        if offset.size == 1:
            continue
        ink += _length_degrees(points, offset)
        at = np.floor(points / (UNITS_PER_DEGREE * _SQUARE)).astype(np.int64)
        squares = np.unique(np.concatenate((squares, at[:, 0] * (1 << 32) + at[:, 1])))
        scale = ink / (squares.size * _SQUARE**2) / _MOST_INK if result else 0.0
        result.append(RoadLines(band, points, offset, round(scale)))
    return result


def _simplified(
    network: RoadNetwork, shapes: npt.NDArray[np.int64], tolerance_m: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Quantised points and offsets of some shapes; those shorter than one unit are left out."""
    counts = network.shape_offset[shapes + 1] - network.shape_offset[shapes]
    shapes, counts = shapes[counts >= 2], counts[counts >= 2]
    if shapes.size == 0:
        return np.empty((0, 2), np.int64), np.zeros(1, np.int64)
    line = np.repeat(np.arange(shapes.size), counts)
    within = np.arange(line.size) - np.repeat(np.cumsum(counts) - counts, counts)
    points = network.shape_lonlat[network.shape_offset[shapes][line] + within]
    units = np.rint(points * (UNITS_PER_DEGREE / SHAPE_SCALE))
    # Squeeze longitudes so that the tolerance is the same both ways on the ground.
    squeeze = np.array([max(np.cos(np.radians(units[:, 1].mean() / UNITS_PER_DEGREE)), 0.01), 1.0])
    simple = shapely.simplify(
        shapely.linestrings(units * squeeze, indices=line), tolerance_m / 1.113, preserve_topology=False
    )
    coordinates, line = shapely.get_coordinates(simple, return_index=True)
    units = np.rint(coordinates / squeeze).astype(np.int64)
    same = np.zeros(line.size, bool)
    same[1:] = (line[1:] == line[:-1]) & (units[1:] == units[:-1]).all(axis=1)
    units, line = units[~same], line[~same]
    counts = np.bincount(line, minlength=shapes.size)
    keep = counts >= 2
    return units[keep[line]], np.concatenate(([0], np.cumsum(counts[keep]))).astype(np.int64)


def _length_degrees(points: npt.NDArray[np.int64], offset: npt.NDArray[np.int64]) -> float:
    """Sum of lengths in degrees as the map sees them (longitude and latitude alike; good enough for a density)."""
    lengths = np.hypot(*np.diff(points, axis=0).T)
    lengths[offset[1:-1] - 1] = 0.0  # the jumps between lines
    return float(lengths.sum() / UNITS_PER_DEGREE)
