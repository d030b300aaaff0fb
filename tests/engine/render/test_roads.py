"""engine.render.roads: each street once, important ones first, simplified within the tolerance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.render.roads import road_lines
from graphs.classes import CLASS_INDEX
from tests.engine.render.samples import grid


def test_two_way_streets_are_drawn_once() -> None:
    """A grid of 24 two-way streets gives 24 lines, the motorway's first and visible from any scale."""
    bands = road_lines(grid())
    assert [(each.band.name, each.offset.size - 1) for each in bands] == [("highway", 3), ("street", 21)]
    assert bands[0].from_scale == 0 < bands[1].from_scale


def test_quantised_to_a_metre() -> None:
    """Points are in units of 1e-5 degree."""
    points = np.concatenate([each.points for each in road_lines(grid())])
    assert (points.min(axis=0) == (11700000, 3600000)).all()
    assert (points.max(axis=0) == (11703000, 3603000)).all()


def test_points_on_the_way_are_dropped_within_tolerance() -> None:
    """Of a street that bends by 0.3 m and by 30 m only the larger bend stays."""
    network = grid()
    street = np.array([[117.0, 36.0], [117.005, 36.000003], [117.01, 36.0], [117.015, 36.0003], [117.02, 36.0]])
    network = replace(
        network,
        shape_offset=np.concatenate(([0], 5 + 2 * np.arange(network.shape_offset.size - 1))),
        shape_lonlat=np.concatenate((np.rint(street * 1e7).astype(np.int32), network.shape_lonlat[2:])),
    )
    first = road_lines(network)[0]
    line = first.points[first.offset[0] : first.offset[1]].tolist()
    assert line == [[11700000, 3600000], [11701000, 3600000], [11701500, 3600030], [11702000, 3600000]]


def test_networks_without_large_roads_show_their_streets() -> None:
    """The first band that exists is drawn from any scale, whatever its class."""
    network = grid()
    streets = replace(network, arc_class=np.full(network.arc_count, CLASS_INDEX["service"], np.uint8))
    assert [(each.band.name, each.from_scale) for each in road_lines(streets)] == [("service", 0)]


def test_streets_shorter_than_a_metre_vanish() -> None:
    """A network of nothing but tiny streets has nothing to draw, and that is no error."""
    network = grid(step=1e-7)
    assert road_lines(network) == []
