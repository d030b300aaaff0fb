"""Zones: a gated estate between two streets, gates, public streets inside, odd cases; read from OSM files."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from graphs.position import Positions, destination_seeds, origin_seeds
from graphs.region import Region, build_region
from graphs.search.arrays import INF
from graphs.search_graph import SearchGraph
from graphs.sources.osm_file import read_osm
from graphs.store import open_region, save_region
from graphs.travel import travel_matrix
from tests.graphs.sources.osm_xml import write_osm

#: A long ring road 1-2-3-4 of public streets; an estate 5-6 in its middle joins street 1-2 to street 3-4.
PLACES = {
    1: (8.00, 49.00), 2: (8.00, 49.02), 3: (8.10, 49.02), 4: (8.10, 49.00),
    5: (8.00, 49.01), 6: (8.10, 49.01), 7: (8.05, 49.01), 8: (8.05, 49.015), 9: (8.02, 49.01),
}  # fmt: skip
STREETS = [
    (10, [1, 5, 2], {"highway": "residential"}),
    (11, [2, 3], {"highway": "residential"}),
    (12, [3, 6, 4], {"highway": "residential"}),
    (13, [4, 1], {"highway": "residential"}),
]


def region_of(folder: Path, ways: list, barriers: dict[int, dict[str, str]] | None = None) -> Region:
    """A region of the ring road and more ways."""
    path = write_osm(folder / "estate.osm", PLACES, [*STREETS, *ways], node_tags=barriers or {})
    return build_region(read_osm(path), name="estate", timezone="Europe/Berlin")


def trip(region: Region, start: tuple[int, int, int], end: tuple[int, int, int]) -> tuple[int, set[int]]:
    """(ms, ways driven) between the middles of two arcs, each (way, tail node, head node)."""
    network, nothing = region.network, np.zeros(1)

    def place(way: int, tail: int, head: int) -> Positions:
        ids = network.node_id
        here = (network.arc_way == way) & (ids[network.arc_tail] == tail) & (ids[network.arc_head] == head)
        return Positions(np.flatnonzero(here).astype(np.int32), np.full(1, 0.5), nothing, nothing, nothing)

    times = travel_matrix(network, region.metric, place(*start), place(*end), graph=region.search_graph)
    weights, graph = region.metric.weights, region.search_graph
    path, _ = region.metric.path(
        origin_seeds(network, weights, place(*start), graph), destination_seeds(network, weights, place(*end), graph)
    )
    return int(times[0, 0]), set(network.arc_way[graph.road_arcs(path)].tolist())


@pytest.mark.parametrize(
    "tag", ["access=private", "motor_vehicle=destination", "vehicle=customers", "motorcar=delivery"]
)
def test_a_through_trip_goes_round_a_gated_estate_and_a_trip_into_it_goes_in(tmp_path: Path, tag: str) -> None:
    """The estate is no short cut, and yet every place in it can be reached from, and left to, both streets."""
    key, value = tag.split("=")
    estate = (20, [5, 7, 6], {"highway": "residential", key: value}), (21, [7, 8], {"highway": "service", key: value})
    region = region_of(tmp_path, list(estate))
    west, east, inside = (10, 1, 5), (12, 6, 4), (21, 7, 8)
    across, ways = trip(region, west, east)
    assert ways & {20, 21} == set()
    for outside in (west, east):
        assert 20 in trip(region, outside, inside)[1]
        assert 20 in trip(region, inside, outside)[1]
        assert trip(region, outside, inside)[0] < across
    within, ways = trip(region, (20, 5, 7), (20, 7, 6))
    assert within < across
    assert ways == set()
    assert region.metadata.report.zones == 1
    assert region.network.arc_access.sum() == 6
    open_region = region_of(tmp_path, [(20, [5, 7, 6], {"highway": "residential"})])
    assert 20 in trip(open_region, west, east)[1]


def test_a_public_street_inside_an_estate_belongs_to_it(tmp_path: Path) -> None:
    """What can be reached through private roads only is reachable, and no short cut either."""
    private = {"highway": "service", "access": "private"}
    ways = [(20, [5, 9], private), (22, [9, 7], {"highway": "residential"}), (23, [7, 6], private)]
    region = region_of(tmp_path, ways)
    assert trip(region, (10, 1, 5), (22, 9, 7))[0] < INF
    assert not trip(region, (10, 1, 5), (12, 6, 4))[1] & {20, 22, 23}
    assert region.network.arc_access.sum() == 6


def test_a_private_gate_is_passed_into_the_estate_only(tmp_path: Path) -> None:
    """Streets behind gates at both ends are a zone although they carry no tag."""
    gate = {"barrier": "gate", "access": "private"}
    region = region_of(tmp_path, [(20, [5, 7, 6], {"highway": "residential"})], {9: gate, 5: {}, 7: {}})
    assert 20 in trip(region, (10, 1, 5), (12, 6, 4))[1]
    ways = [(20, [5, 9, 7, 6], {"highway": "residential"}), (21, [7, 8], {"highway": "residential"})]
    region = region_of(tmp_path, ways, {9: gate})
    assert 20 not in trip(region, (10, 1, 5), (12, 6, 4))[1]
    assert trip(region, (10, 1, 5), (21, 7, 8))[0] < INF
    one_gate, _ = trip(region, (10, 1, 5), (20, 5, 9))
    assert one_gate < INF


@pytest.mark.parametrize("barrier", [{"barrier": "bollard"}, {"barrier": "gate", "access": "no"}])
def test_a_bollard_stops_everybody(tmp_path: Path, barrier: dict[str, str]) -> None:
    """Both sides of a bollard are reachable, each from its own side; nobody drives across."""
    region = region_of(tmp_path, [(20, [5, 9, 7, 6], {"highway": "residential"})], {9: barrier})
    assert 20 not in trip(region, (10, 1, 5), (12, 6, 4))[1]
    before, _ = trip(region, (10, 1, 5), (20, 5, 9))
    behind, ways = trip(region, (10, 1, 5), (20, 6, 9))
    assert before < behind < INF
    assert ways == {12, 13}
    assert sum(region.metadata.report.barriers.values()) == 1


def test_where_everything_is_private_nothing_is_a_zone(tmp_path: Path) -> None:
    """A private works area alone in a file is driven as usual."""
    private = {"highway": "service", "access": "private"}
    path = write_osm(tmp_path / "works.osm", PLACES, [(1, [1, 2, 3, 4, 1], private), (2, [1, 3], private)])
    region = build_region(read_osm(path), name="works", timezone="Europe/Berlin")
    assert region.search_graph.is_identity
    assert region.metadata.report.zones == 0


def test_rules_survive_the_region_file(tmp_path: Path) -> None:
    """An opened region has the same search graph, metric and vehicle as the saved one."""
    estate = [(20, [5, 7, 6], {"highway": "residential", "access": "private"})]
    region = region_of(tmp_path, estate)
    found = open_region(save_region(region, tmp_path / "estate.towline-region"))
    for item in fields(SearchGraph):
        assert np.array_equal(getattr(region.search_graph, item.name), getattr(found.search_graph, item.name))
    assert np.array_equal(found.metric.times, region.metric.times)
    assert found.metadata == region.metadata
    assert (found.metadata.vehicle_name, found.metadata.country) == ("car", "")


def test_who_leaves_one_private_road_does_not_cut_through_another(tmp_path: Path) -> None:
    """Two estates meet at a junction of a public road: from one to the far side of the other the way is around."""
    private = {"highway": "residential", "access": "private"}
    spur = (22, [9, 7], {"highway": "residential"})  # the public road at their junction, a dead end otherwise
    joined = (23, [9, 1], {"highway": "residential"})
    estates = (20, [5, 7], private), (21, [7, 6], private)
    region = region_of(tmp_path, [*estates, spur, joined])
    _, ways = trip(region, (20, 5, 7), (12, 6, 4))
    assert 21 not in ways
    assert trip(region, (20, 5, 7), (21, 7, 6))[1] <= {20, 21, 22, 23}  # but a trip may end in the other
    assert 20 not in trip(region, (10, 1, 5), (21, 7, 6))[1]  # nor pass one on the way to the other
