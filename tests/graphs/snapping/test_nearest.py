"""The grid finds what an R-tree finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graphs.assemble import assemble
from graphs.geodesy import great_circle_m
from graphs.network import SHAPE_SCALE, Float64, RoadNetwork
from graphs.region import Region
from graphs.snap import Snapper
from graphs.speeds import load_profile
from tests.graphs.jinan import load_jinan, needs_jinan
from tests.graphs.snapping.trees import TreeSnapper
from tests.graphs.towns import town


def locations(network: RoadNetwork, count: int, seed: int) -> tuple[Float64, Float64]:
    """Near roads, anywhere in the box, well outside of it, and exactly on points of shapes."""
    rng = np.random.default_rng(seed)
    points = network.shape_lonlat / SHAPE_SCALE
    low, high = points.min(axis=0), points.max(axis=0)
    near = points[rng.integers(0, len(points), count)] + rng.normal(0, 3e-4, (count, 2))
    inside = rng.uniform(low, high, (count, 2))
    outside = rng.uniform(2 * low - high, 2 * high - low, (count, 2))
    exact = points[rng.integers(0, len(points), count // 10)]
    lon, lat = np.vstack((near, inside, outside, exact)).T
    return lon, lat


def check(network: RoadNetwork, lon: Float64, lat: Float64, seed: int) -> None:
    found = Snapper(network).snap(lon, lat, 1e9)
    shape, tree_lon, tree_lat, along = TreeSnapper(network).nearest(lon, lat)
    distance = great_circle_m(lon, lat, tree_lon, tree_lat)
    assert np.abs(found.distance_m - distance).max() < 1e-3, seed
    signed = network.arc_shape[found.arc]
    own = np.where(signed < 0, ~signed, signed)
    same = own == shape  # shapes that meet at the nearest place are equally near
    assert (great_circle_m(found.lon, found.lat, tree_lon, tree_lat)[same] < 1e-2).all(), seed
    fraction = np.where(signed >= 0, along, 1.0 - along)
    assert np.abs(found.fraction - fraction)[same].max() < 1e-6, seed
    assert same.mean() > 0.8, seed


@pytest.mark.parametrize("seed", range(6))
def test_random_towns_snap_as_with_an_r_tree(seed: int) -> None:
    """Places, distances and fractions agree on towns of several sizes, near, far and exactly on the roads."""
    network = assemble(town(seed, side=3 + 2 * seed), load_profile())[0]
    check(network, *locations(network, 300, seed), seed)


def test_coquimbo_snaps_as_with_an_r_tree(coquimbo: Region) -> None:
    """A real city."""
    check(coquimbo.network, *locations(coquimbo.network, 2000, 11), 11)


@needs_jinan
def test_jinan_snaps_as_with_an_r_tree() -> None:
    """A city that fills a corner of its box: most of the grid is empty."""
    check(load_jinan(), *locations(load_jinan(), 2000, 12), 12)


def test_a_single_street_is_a_region(coquimbo: Region) -> None:
    """A network along one line of longitude has a grid one cell wide."""
    network = coquimbo.network
    flat = network.shape_lonlat.copy()
    flat[:, 0] = flat[0, 0]
    line = replace(network, shape_lonlat=flat, node_lon=np.full(network.node_count, flat[0, 0] / SHAPE_SCALE))
    found = Snapper(line).snap([flat[0, 0] / SHAPE_SCALE + 0.001], [float(network.node_lat.mean())])
    assert found.distance_m[0] < 110.0
    grid = Snapper(line).grid.arrays
    assert grid.size[0, 0] <= 2


def test_far_locations_are_told_their_true_distance(coquimbo: Region) -> None:
    """From another continent the distance in the refusal is to the nearest road on the plane."""
    snapped = Snapper(coquimbo.network).snap_each([12.5, -179.9, 179.9], [41.9, 88.0, -88.0])
    assert not snapped.accepted.any()
    assert all(float(snapped.errors[i].metadata["distance_m"]) > 1e6 for i in range(3))


@pytest.mark.parametrize("shift", [-180.0, 180.0])
def test_a_region_across_the_antimeridian_has_no_seam(shift: float) -> None:
    """The same town laid over longitude 180 gives the same answers, from either side of it."""
    network = assemble(town(3), load_profile())[0]
    west = float(network.node_lon.mean())
    move = shift - round(west, 7)

    def wrapped(lon: Float64) -> Float64:
        return (lon + move + 180.0) % 360.0 - 180.0

    points = network.shape_lonlat / SHAPE_SCALE
    moved = np.rint(np.column_stack((wrapped(points[:, 0]), points[:, 1])) * SHAPE_SCALE).astype(np.int32)
    across = replace(network, node_lon=wrapped(network.node_lon), shape_lonlat=moved)
    assert across.node_lon.max() - across.node_lon.min() > 350.0
    lon, lat = locations(network, 100, 4)
    here, there = Snapper(network).snap(lon, lat, 1e6), Snapper(across).snap(wrapped(lon), lat, 1e6)
    assert np.abs(here.distance_m - there.distance_m).max() < 0.05
    assert (np.abs(there.lon) <= 180.0).all()
    assert (here.arc == there.arc).mean() > 0.9


def test_the_poles_are_refused(coquimbo: Region) -> None:
    """A place at a pole is an honest refusal, not the nearest road of a distorted plane."""
    snapped = Snapper(coquimbo.network).snap_each([0.0, -71.0], [90.0, -90.0], 1e9)
    assert [error.reason for error in snapped.errors.values()] == ["LOCATION_OUTSIDE_REGION"] * 2
    assert "pole" in snapped.errors[0].message
