"""Routes and isochrones on the real region, against travel times and against each other."""

from __future__ import annotations

import h3.api.basic_str as h3
import numpy as np
import pytest

from graphs.classes import CLASS_INDEX
from graphs.errors import InputError, NoRouteError
from graphs.geodesy import great_circle_m
from graphs.position import Positions
from graphs.region import Region
from graphs.routes import find_route, isochrone
from graphs.search import INF
from graphs.travel import travel_matrix


def _random_positions(region: Region, rng: np.random.Generator, count: int) -> Positions:
    arc = rng.integers(0, region.network.arc_count, count).astype(np.int32)
    fraction = rng.choice([0.0, 1.0, *rng.random(5)], count)
    zero = np.zeros(count)
    return Positions(arc, fraction, zero, zero, zero)


@pytest.mark.parametrize("seed", range(3))
def test_routes_take_what_the_matrix_says(coquimbo: Region, seed: int) -> None:
    """Duration equals the matrix's, parts add up to it, arcs join end to end, the line starts and ends in place."""
    rng = np.random.default_rng(seed)
    network, metric = coquimbo.network, coquimbo.metric
    origins, targets = _random_positions(coquimbo, rng, 40), _random_positions(coquimbo, rng, 40)
    same = rng.random(40) < 0.3  # on one street
    targets.arc[same] = np.where(rng.random(same.sum()) < 0.5, origins.arc[same], network.arc_twin[origins.arc[same]])
    targets.arc[targets.arc < 0] = 0
    times = travel_matrix(network, metric, origins, targets, graph=coquimbo.search_graph)
    for i in range(40):
        route = find_route(coquimbo, metric, origins.take([i]), targets.take([i]))
        where = f"seed {seed}, pair {i}"
        assert route.duration_ms == times[i, i], where
        assert abs(int(route.durations_ms.sum()) - route.duration_ms) <= 2, where  # two partial arcs are rounded
        assert (network.arc_head[route.arcs[:-1]] == network.arc_tail[route.arcs[1:]]).all(), where
        assert {int(route.arcs[0]), int(route.arcs[-1])} <= {
            int(a) for p in (origins.arc[i], targets.arc[i]) for a in (p, network.arc_twin[p])
        }, where
        assert sum(s.length_m for s in route.stretches) == pytest.approx(route.length_m), where
        assert sum(m for m, _ in route.by_class.values()) == pytest.approx(route.length_m), where
        line = route.lonlat
        drawn = great_circle_m(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1]).sum()
        assert drawn == pytest.approx(route.length_m, rel=0.02, abs=5), where


def test_entrances_are_where_a_route_joins_the_highway(coquimbo: Region) -> None:
    """A route along Ruta 5 enters it by an arc of a controlled-access class that follows one of another."""
    network = coquimbo.network
    motorway = np.flatnonzero(network.arc_class == CLASS_INDEX["motorway"])
    town = np.flatnonzero(network.arc_class == CLASS_INDEX["residential"])
    half, zero = np.array([0.5]), np.zeros(1)
    route = find_route(
        coquimbo,
        coquimbo.metric,
        Positions(town[:1].astype(np.int32), half, zero, zero, zero),
        Positions(motorway[len(motorway) // 2 :][:1].astype(np.int32), half, zero, zero, zero),
    )
    assert route.entrances
    for arc in route.entrances:
        at = int(np.flatnonzero(route.arcs == arc)[0])
        assert network.arc_class[route.arcs[at]] <= CLASS_INDEX["motorway_link"]
        assert network.arc_class[route.arcs[at - 1]] > CLASS_INDEX["motorway_link"]


def test_closed_roads_are_no_route(coquimbo: Region) -> None:
    """With every road closed there is no route, and the error says where from and where to."""
    closed = coquimbo.customise(np.full(coquimbo.network.arc_count, INF, np.int32))
    one, other = (_random_positions(coquimbo, np.random.default_rng(s), 1) for s in (1, 2))
    with pytest.raises(NoRouteError, match="closures"):
        find_route(coquimbo, closed, one, other)


@pytest.mark.parametrize("toward", [False, True])
def test_isochrone_agrees_with_travel_times(coquimbo: Region, toward: bool) -> None:
    """Junctions inside the limit lie in its cells, no earlier than their cell says; polygons hold what they claim."""
    place = _random_positions(coquimbo, np.random.default_rng(4), 1)
    limit = 8 * 60_000
    found = isochrone(coquimbo, coquimbo.metric, place, limit, toward=toward)
    cells = found.cells()
    network = coquimbo.network
    arcs = np.arange(0, network.arc_count, 7).astype(np.int32)
    zero = np.zeros(arcs.size)
    lonlat = np.array([network.shape(int(arc))[0] for arc in arcs])
    starts = Positions(arcs, zero, lonlat[:, 0], lonlat[:, 1], zero)
    pair = (starts, place) if toward else (place, starts)
    times = travel_matrix(network, coquimbo.metric, *pair, graph=coquimbo.search_graph).ravel()
    inside = times <= limit
    assert 50 < inside.sum() < inside.size
    for (lon, lat), time in zip(lonlat[inside], times[inside], strict=True):
        cell = h3.latlng_to_cell(lat, lon, 9)
        assert cell in cells
        assert cells[cell] <= time + 1
    assert max(cells.values()) <= limit
    half = found.polygons(limit // 2)
    assert half["type"] in ("Polygon", "MultiPolygon")
    assert sum(t <= limit // 2 for t in cells.values()) < len(cells)


@pytest.mark.parametrize(("limit", "resolution"), [(0, 9), (-5, 9), (10**9, 9), (60_000, 3), (60_000, 15)])
def test_senseless_limits_are_refused(coquimbo: Region, limit: int, resolution: int) -> None:
    """Zero, negative and endless limits, and cells too coarse or too fine, are input errors."""
    with pytest.raises(InputError):
        isochrone(
            coquimbo,
            coquimbo.metric,
            _random_positions(coquimbo, np.random.default_rng(1), 1),
            limit,
            resolution=resolution,
        )
