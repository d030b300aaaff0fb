"""A highway incident is reached through a legal entrance, never by turning on the highway."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from graphs.geodesy import great_circle_m
from graphs.position import Positions, destination_seeds, origin_seeds
from graphs.posts.walking import place_at
from graphs.region import Region
from graphs.snapping.query import LocationQuery
from tests.graphs.posts.highway import carriageways


@pytest.mark.parametrize("metres", [3000.0, 7000.0, 12000.0])
def test_the_other_carriageway_is_entered_where_one_may(coquimbo: Region, metres: float) -> None:
    """From Ruta 5 southbound to the northbound place across the barrier: off, round, and on again by an entrance."""
    network, graph, metric = coquimbo.network, coquimbo.search_graph, coquimbo.metric
    north, south = carriageways(network)
    lon, lat = place_at(network, *north.at(metres))
    here = coquimbo.snapper.locate(LocationQuery([lon], [lat], heading=_bearing(coquimbo, north.at(metres))))
    target = here.positions
    assert int(target.arc[0]) in north.arcs
    across = min(
        np.arange(0.0, south.passed[-1], 50.0),
        key=lambda m: float(great_circle_m(lon, lat, *place_at(network, *south.at(m)))),
    )
    arc, fraction = south.at(float(across))
    there = place_at(network, arc, fraction)
    assert great_circle_m(lon, lat, *there) < 200.0
    origin = Positions(
        np.array([arc], np.int32), np.array([fraction]), np.array(there[:1]), np.array(there[1:]), np.zeros(1)
    )
    path, time = metric.path(
        origin_seeds(network, metric.weights, origin, graph), destination_seeds(network, metric.weights, target, graph)
    )
    roads = graph.road_arc[path]
    driven = [arc, *roads[roads >= 0].tolist(), int(target.arc[0])]
    assert all(network.arc_head[a] == network.arc_tail[b] for a, b in pairwise(driven))
    assert not any(network.arc_twin[a] == b for a, b in pairwise(driven))
    assert float(network.arc_length_m[driven].sum()) > 5 * float(great_circle_m(lon, lat, *there))
    assert time > 20_000
    entered = [b for a, b in pairwise(driven) if b in set(north.arcs) and a not in set(north.arcs)]
    assert entered, "the northbound carriageway is entered from another road"
    before = driven[driven.index(entered[-1]) - 1]
    assert before not in south.arcs


def _bearing(region: Region, place: tuple[int, float]) -> float:
    shape = region.network.shape(place[0])
    east = (shape[-1, 0] - shape[0, 0]) * np.cos(np.radians(shape[0, 1]))
    return float(np.degrees(np.arctan2(east, shape[-1, 1] - shape[0, 1])) % 360.0)
