"""Which arcs an area is about."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from graphs.bundled import load_coquimbo
from graphs.classes import CLASS_INDEX
from graphs.metrics import coarse, locate
from graphs.metrics.locate import ArcFinder
from graphs.network import SHAPE_SCALE


@pytest.fixture(scope="module")
def finder() -> ArcFinder:
    return ArcFinder(load_coquimbo().network)


@pytest.fixture(scope="module")
def lines(finder: ArcFinder) -> np.ndarray:
    """[a] the line of each arc."""
    network = finder.network
    shape = np.where(network.arc_shape >= 0, network.arc_shape, ~network.arc_shape)
    count = np.diff(network.shape_offset)
    index = np.repeat(np.arange(count.size), count)
    return shapely.linestrings(network.shape_lonlat / SHAPE_SCALE, indices=index)[shape]


def star(rng: np.random.Generator) -> shapely.Polygon:
    """A ragged polygon somewhere in or near La Serena, from metres to the whole region."""
    centre, size = (rng.uniform(-71.37, -71.15), rng.uniform(-30.1, -29.8)), 10 ** rng.uniform(-4, -0.6)
    angle = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 40)))
    radius = size * rng.uniform(0.2, 1, angle.size)
    ring = np.column_stack((centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)))
    return shapely.Polygon(ring)


@pytest.mark.parametrize("worth", [0, locate.WORTH_A_GRID])
def test_the_grid_changes_no_answer(
    finder: ArcFinder, lines: np.ndarray, worth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random polygons, with holes and in several parts: exactly the arcs whose lines intersect them."""
    monkeypatch.setattr(locate, "WORTH_A_GRID", worth)
    seed = 11
    rng = np.random.default_rng(seed)
    for number in range(60):
        polygon = star(rng)
        if not polygon.is_valid:
            continue
        if number % 3 == 0:
            middle = polygon.representative_point()
            size = np.sqrt(polygon.area)
            polygon = polygon.difference(middle.buffer(size / 4)).union(shapely.Point(-71.25, -29.91).buffer(size / 3))
        found = finder.touching(polygon, None)
        wanted = np.flatnonzero(shapely.intersects(lines, polygon))
        assert np.array_equal(found, wanted), (seed, number)


def test_most_roads_of_a_large_area_are_not_looked_at_closely(
    finder: ArcFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A third of the region: nine of ten roads are decided by the grid."""
    closely: list[int] = []
    inner = finder._lines
    monkeypatch.setattr(finder, "_lines", lambda shapes: closely.append(shapes.size) or inner(shapes))
    found = finder.touching(shapely.Point(-71.25, -29.91).buffer(0.06), None)
    assert sum(closely) * 10 < found.size


def test_a_point_beside_the_box_is_not_inside() -> None:
    """Nor is a corner; what the grid says of both is no more than it knows."""
    square = shapely.box(0, 0, 1, 1)
    shapely.prepare(square)
    grid = coarse.CoarseGrid(square, 1000)
    points = np.array([[0.5, 0.5], [0.0, 0.0], [1.5, 0.5], [-0.1, 0.5], [0.5, 1.0]])
    assert grid.inside(points).tolist() == [True, False, False, False, False]
    assert grid.near(points, points)[:2].all()


def test_each_road_has_its_middle_in_one_of_two_polygons(finder: ArcFinder, lines: np.ndarray) -> None:
    """Random polygons: exactly the arcs half-way along whose lines they are, of the classes asked for."""
    seed = 12
    rng = np.random.default_rng(seed)
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    residential = finder.network.arc_class == CLASS_INDEX["residential"]
    for number in range(30):
        polygon = star(rng)
        if not polygon.is_valid:
            continue
        wanted = shapely.intersects(middles, polygon)
        assert np.array_equal(finder.with_middle_in(polygon, None), np.flatnonzero(wanted)), (seed, number)
        found = finder.with_middle_in(polygon, frozenset({"residential"}))
        assert np.array_equal(found, np.flatnonzero(wanted & residential)), (seed, number)
    assert np.array_equal(finder.of_classes(frozenset({"residential"})), np.flatnonzero(residential))
    assert finder.of_classes(None).size == finder.network.arc_count
