"""What turning costs, by angle and side, and where turning back is offered."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from graphs.assemble import assemble_with_rules
from graphs.network import RoadNetwork
from graphs.position import Positions
from graphs.raw import RawNetwork
from graphs.region import build_region
from graphs.routes import find_route
from graphs.rules.cut_off import reached_and_left
from graphs.rules.turning import SMALLER, bearings, turn_seconds, turn_table
from graphs.sources.osm_file import read_osm
from graphs.speeds import TurnTimes, load_profile
from tests.graphs.towns import DATA, town

TIMES = TurnTimes(sharp_s=7.5, oncoming_s=2.0, u_turn_s=20.0, bias=1.075)


def costly(raw: RawNetwork) -> RoadNetwork:
    return assemble_with_rules(raw, load_profile()).network


def test_the_sharper_a_turn_the_more_it_costs_and_across_traffic_most() -> None:
    """Straight on is nearly free; a turn across oncoming traffic costs more than the same turn away from it."""
    angle = np.array([0.0, 30, 60, 90, 120, 150, 180])
    two_way = np.zeros(angle.size, bool)
    away, across = turn_seconds(angle, TIMES, two_way), turn_seconds(-angle, TIMES, two_way)
    assert away[0] < 0.05
    assert np.all(np.diff(away) > 0)
    assert np.all(np.diff(across[1:]) > 0)
    assert np.all(across[1:] > away[1:])
    assert away[-1] == pytest.approx(7.5, abs=0.1)
    nothing_comes = turn_seconds(-angle, TIMES, ~two_way)
    assert nothing_comes[3] == pytest.approx(across[3] - 2.0 / (1 + math.exp(-3.25)))


def test_bearings_are_those_of_the_first_and_last_metres() -> None:
    """Against angles worked out point by point along each shape."""
    network = costly(town(4))
    begin, end = bearings(network)
    for arc in range(0, network.arc_count, 7):
        points = network.shape(arc)
        for bearing, line in ((begin[arc], points), ((end[arc] + 180) % 360, points[::-1])):
            scale = math.cos(math.radians(line[0, 1])) * 111_194.93
            x, y = (line[:, 0] - line[0, 0]) * scale, (line[:, 1] - line[0, 1]) * 111_194.93
            along = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
            near = min(10.0, along[-1])
            expected = math.degrees(math.atan2(np.interp(near, along, x), np.interp(near, along, y))) % 360
            assert abs((bearing - expected + 180) % 360 - 180) < 0.1, arc


def test_left_hand_traffic_is_the_mirror_image() -> None:
    """What costs more turning left where people drive on the right costs as much turning right elsewhere."""
    network = costly(town(5))
    east_west = replace(
        network,
        node_lon=-network.node_lon,
        shape_lonlat=(network.shape_lonlat * np.array([-1, 1])).astype(np.int32),
    )
    right, left = turn_table(network, TIMES), turn_table(east_west, TIMES, drives_left=True)
    assert np.abs(right.ms - left.ms).max() <= 1
    assert not np.array_equal(right.ms, turn_table(network, TIMES, drives_left=True).ms)


def test_turning_back_is_offered_at_junctions_and_dead_ends_only() -> None:
    """On roads below trunk roads; every other pair of arcs is in the table once."""
    network = costly(town(6))
    turns = turn_table(network, TIMES)
    back = network.arc_twin[turns.before] == turns.after
    assert np.all(turns.ms[back] == 20_000)
    into, out = np.bincount(network.arc_head), np.bincount(network.arc_tail)
    pairs = int((into * out).sum())
    twins = network.arc_twin[np.flatnonzero(network.arc_twin >= 0)]
    streets = np.array(
        [
            np.unique(
                np.concatenate((network.arc_head[network.arc_tail == v], network.arc_tail[network.arc_head == v]))
            ).size
            for v in range(network.node_count)
        ]
    )
    many = (streets[network.arc_tail] >= 3) & (network.arc_class >= SMALLER)
    barred = sum(1 for arc in twins if not many[arc] and out[network.arc_tail[arc]] > 1)
    assert len(turns) == pairs - barred
    assert np.unique(np.stack((turns.before, turns.after)), axis=1).shape[1] == len(turns)


@pytest.mark.parametrize("seed", range(6))
def test_costs_cut_nothing_off(seed: int) -> None:
    """What can be reached and left with free turns still can be where turning back mid-street is not offered."""
    raw = town(seed)
    profile = load_profile()
    free = assemble_with_rules(raw, profile)
    costs = assemble_with_rules(raw, replace(profile, turn=TIMES))
    for before, after in zip(reached_and_left(free.graph), reached_and_left(costs.graph), strict=True):
        assert np.all(after | ~before), seed


def test_a_routes_parts_sum_to_its_duration() -> None:
    """Each turn is counted with the road it leads onto."""
    region = build_region(town(7), name="town", timezone="UTC", profile=replace(load_profile(), turn=TIMES))
    rng = np.random.default_rng(7)
    turned = 0
    for _ in range(30):
        arcs = rng.integers(0, region.network.arc_count, 2).astype(np.int32)
        places = Positions(arcs, rng.random(2), *(np.zeros(2),) * 3)
        route = find_route(region, region.metric, places.take([0]), places.take([1]))
        assert abs(int(route.durations_ms.sum()) - route.duration_ms) <= 1, arcs
        turned += len(route.arcs) > 2
    assert turned > 10


@pytest.mark.skipif(not (DATA / "heidelberg-2024.osm.pbf").exists(), reason="heidelberg-2024.osm.pbf is not there")
def test_heidelberg_keeps_every_arc_reachable() -> None:
    """A real city with 476 restrictions, zones and dead ends: turn costs cut nothing off."""
    raw = read_osm(DATA / "heidelberg-2024.osm.pbf")
    free = assemble_with_rules(raw, load_profile(), country="DE")
    costs = assemble_with_rules(raw, replace(load_profile(), turn=TIMES), country="DE")
    for before, after in zip(reached_and_left(free.graph), reached_and_left(costs.graph), strict=True):
        assert np.all(after | ~before)
