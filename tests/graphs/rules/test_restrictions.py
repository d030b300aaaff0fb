"""Turn restrictions as mapped: kinds, vehicles, via ways, and everything that can be wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from graphs.position import Positions
from graphs.region import Region, build_region
from graphs.search.arrays import INF
from graphs.search.seeds import Seeds
from graphs.sources.osm_file import read_osm
from graphs.travel import travel_matrix
from graphs.vehicle import load_vehicle
from tests.graphs.sources.osm_xml import write_osm

#: Two streets 1-2-3 and 4-2-5 cross at 2; 3-6 goes on east and 7-3-8 crosses there; a ring joins all ends.
PLACES = {
    1: (8.00, 49.00), 2: (8.01, 49.00), 3: (8.02, 49.00), 4: (8.01, 49.01), 5: (8.01, 48.99),
    6: (8.03, 49.00), 7: (8.02, 49.01), 8: (8.02, 48.99),
}  # fmt: skip
ROAD = {"highway": "residential"}
WAYS = [
    (12, [1, 2], ROAD), (23, [2, 3], ROAD), (42, [4, 2], ROAD), (25, [2, 5], ROAD),
    (36, [3, 6], ROAD), (73, [7, 3], ROAD), (38, [3, 8], ROAD),
    (90, [1, 4, 7, 6], {"highway": "primary"}), (91, [6, 8, 5, 1], {"highway": "primary"}),
]  # fmt: skip
Member = tuple[str, int, str]


def turn(start: int, via: Sequence[int] | int, end: int) -> list[Member]:
    middle = [("node", via, "via")] if isinstance(via, int) else [("way", way, "via") for way in via]
    return [("way", start, "from"), *middle, ("way", end, "to")]


def built(folder: Path, *relations: tuple[list[Member], dict[str, str]], vehicle: str = "car") -> Region:
    """The crossing under restrictions, each (members, tags); the type is added."""
    typed = [(members, {"type": "restriction", **tags}) for members, tags in relations]
    path = write_osm(folder / "crossing.osm", PLACES, WAYS, relations=typed)
    return build_region(read_osm(path), name="x", timezone="Europe/Berlin", vehicle=load_vehicle(vehicle))


def allowed(region: Region, *nodes: int) -> bool:
    """Whether a trip may go through these nodes one after the other: the arcs' own times and no more lie between."""
    network, graph = region.network, region.search_graph
    arcs = [
        int(np.flatnonzero((network.node_id[network.arc_tail] == a) & (network.node_id[network.arc_head] == b))[0])
        for a, b in pairwise(nodes)
    ]
    start, end = graph.head[graph.start_arc[arcs[0]]], graph.tail[graph.end_arc[arcs[-1]]]
    between = region.metric.one_to_all(Seeds.at_nodes([start]))[end]
    return bool(between == network.free_flow_ms[arcs[1:-1]].sum())


def test_no_and_only(tmp_path: Path) -> None:
    """no_ forbids one turn, only_ all others; other turns at the junction stay."""
    region = built(tmp_path, (turn(12, 2, 42), {"restriction": "no_left_turn"}))
    assert not allowed(region, 1, 2, 4)
    assert allowed(region, 1, 2, 3)
    assert allowed(region, 4, 2, 1)
    assert allowed(region, 5, 2, 4)
    region = built(tmp_path, (turn(12, 2, 23), {"restriction": "only_straight_on"}))
    assert [allowed(region, 1, 2, n) for n in (3, 4, 5, 1)] == [True, False, False, False]
    assert allowed(region, 5, 2, 4)
    assert region.metadata.report.restrictions == 1


def test_no_u_turn(tmp_path: Path) -> None:
    """A U-turn at a junction is driven unless it is forbidden."""
    assert allowed(built(tmp_path), 1, 2, 1)
    region = built(tmp_path, (turn(12, 2, 12), {"restriction": "no_u_turn"}))
    assert not allowed(region, 1, 2, 1)
    assert allowed(region, 3, 2, 3)


def test_via_ways(tmp_path: Path) -> None:
    """What is forbidden over a way in between depends on where one came from."""
    region = built(tmp_path, (turn(42, [23], 73), {"restriction": "no_u_turn"}))
    assert not allowed(region, 4, 2, 3, 7)
    assert not allowed(region, 4, 2, 3, 2)  # back and forth on the way in between, the sign would mean nothing
    assert allowed(region, 1, 2, 3, 2)
    assert allowed(region, 1, 2, 3, 7)
    assert allowed(region, 4, 2, 3, 8)
    assert allowed(region, 4, 2, 5)
    region = built(tmp_path, (turn(42, [23], 38), {"restriction": "only_right_turn"}))
    assert [allowed(region, 4, 2, 3, n) for n in (8, 7, 6)] == [True, False, False]
    assert not allowed(region, 4, 2, 5)
    assert allowed(region, 1, 2, 3, 7)


@pytest.mark.parametrize(
    ("tags", "vehicle", "kept_out"),
    [
        ({"restriction": "no_left_turn", "except": "psv;bicycle"}, "car", True),
        ({"restriction": "no_left_turn", "except": "motorcar"}, "car", False),
        ({"restriction": "no_left_turn", "except": "motorcar"}, "heavy-wrecker", True),
        ({"restriction": "no_left_turn", "except": "bus; hgv"}, "heavy-wrecker", False),
        ({"restriction:hgv": "no_left_turn"}, "car", False),
        ({"restriction:hgv": "no_left_turn"}, "heavy-wrecker", True),
        ({"restriction:motorcar": "no_left_turn"}, "van", True),
        ({"type": "restriction:hgv", "restriction": "no_left_turn"}, "car", False),
        ({"type": "restriction:hgv", "restriction": "no_left_turn"}, "flat-bed", True),
        ({"restriction:conditional": "no_left_turn @ (07:00-09:00)"}, "car", False),
        ({"restriction": "no_left_trun_at_all"}, "car", True),
        ({"restriction": "perhaps"}, "car", False),
    ],
)
def test_whom_a_restriction_is_for(tmp_path: Path, tags: dict[str, str], vehicle: str, kept_out: bool) -> None:
    """Exceptions and modes by vehicle; conditional and unknown ones are ignored and counted."""
    region = built(tmp_path, (turn(12, 2, 42), tags), vehicle=vehicle)
    assert allowed(region, 1, 2, 4) != kept_out
    assert kept_out or sum(region.metadata.report.ignored.values()) == 1


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ([("way", 12, "from"), ("way", 42, "to")], "members missing or too many"),
        ([("node", 2, "via"), ("way", 42, "to")], "members missing or too many"),
        ([*turn(12, 2, 42), ("way", 23, "from")], "members missing or too many"),
        (turn(12, 3, 42), "its ways do not meet at the via"),
        (turn(12, 2, 99), "on ways that are closed or off the network"),
        (turn(12, [36], 42), "its ways do not form a chain"),
        (turn(90, 4, 42), "a way goes on beyond the via"),
    ],
)
def test_broken_restrictions_are_counted_and_forbid_nothing(tmp_path: Path, members: list[Member], reason: str) -> None:
    """Missing members, ways that do not meet, ways that run on: each has its reason in the report."""
    region = built(tmp_path, (members, {"restriction": "no_left_turn"}))
    assert region.metadata.report.ignored == {f"restriction: {reason}": 1}
    assert region.search_graph.is_identity


def test_contradictions_are_counted(tmp_path: Path) -> None:
    """What is both forbidden and the only way is the only way; all forbidden together forbid nothing."""
    both = (turn(12, 2, 42), {"restriction": "no_left_turn"}), (turn(12, 2, 42), {"restriction": "only_left_turn"})
    region = built(tmp_path, *both)
    assert allowed(region, 1, 2, 4)
    assert not allowed(region, 1, 2, 3)
    assert sum(region.metadata.report.ignored.values()) == 1
    everything = [(turn(12, 2, end), {"restriction": "no_entry"}) for end in (12, 23, 25, 42)]
    region = built(tmp_path, *everything)
    assert allowed(region, 1, 2, 3)
    assert region.metadata.report.ignored == {"restriction: together they leave no way on": 1}


def test_no_way_is_no_time(tmp_path: Path) -> None:
    """Rules that cut a road off are reported, and its times are INF, not wrong."""
    closed = {"highway": "residential", "oneway": "yes"}
    ways = [(12, [1, 2], ROAD), (23, [2, 3], closed), (31, [3, 1], closed), (24, [2, 4], closed), (41, [4, 1], closed)]
    relations = [(turn(start, 2, 24), {"type": "restriction", "restriction": "no_left_turn"}) for start in (12,)]
    path = write_osm(tmp_path / "cut.osm", PLACES, ways, relations=relations)
    region = build_region(read_osm(path), name="x", timezone="Europe/Berlin")
    assert region.metadata.report.cut_off_arcs > 0
    network, nothing = region.network, np.zeros(1)
    lost = np.flatnonzero(network.arc_way == 24)[:1].astype(np.int32)
    away = np.flatnonzero(network.arc_way == 31)[:1].astype(np.int32)
    there, here = (Positions(arc, np.full(1, 0.5), nothing, nothing, nothing) for arc in (lost, away))
    assert travel_matrix(network, region.metric, here, there, graph=region.search_graph)[0, 0] == INF
