"""Junction delays and surfaces of OSM files, on a hand-made crossing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from graphs.assemble import assemble
from graphs.network import RoadNetwork
from graphs.sources.osm_file import read_osm
from graphs.speeds import SpeedProfile, load_profile
from tests.graphs.sources.osm_xml import write_osm

PLACES = {1: (8.0, 49.0), 2: (8.01, 49.0), 3: (8.02, 49.0), 4: (8.01, 49.01), 5: (8.01, 49.005), 6: (8.015, 49.0)}
MAIN, SIDE = {"highway": "primary"}, {"highway": "residential"}
WAYS = [(10, [1, 2, 6, 3], MAIN), (11, [4, 5, 2], SIDE), (12, [3, 4, 1], SIDE)]


def delays(folder: Path, profile: SpeedProfile, nodes: dict[int, dict[str, str]]) -> dict[tuple[int, int], int]:
    """ms by (tail, head) in OSM's node ids."""
    network = read(folder, profile, nodes)
    ends = network.node_id[network.arc_tail].tolist(), network.node_id[network.arc_head].tolist()
    return dict(zip(zip(*ends, strict=True), network.arc_delay_ms.tolist(), strict=True))


def read(folder: Path, profile: SpeedProfile, nodes: dict[int, dict[str, str]], ways: list = WAYS) -> RoadNetwork:
    return assemble(read_osm(write_osm(folder / "x.osm", PLACES, ways, node_tags=nodes)), profile)[0]


def profile(**tables: dict[str, float]) -> SpeedProfile:
    return replace(load_profile(), **{"control_delay_s": {}, **tables})


def test_a_signal_at_a_junction_delays_whoever_enters_a_road_there(tmp_path: Path) -> None:
    """All roads that leave the junction, none that lead to it."""
    found = delays(tmp_path, profile(control_delay_s={"traffic_signals": 5}), {2: {"highway": "traffic_signals"}})
    assert {ends for ends, ms in found.items() if ms} == {(2, 1), (2, 3), (2, 4)}
    assert set(found.values()) == {0, 5000}


def test_a_sign_along_a_road_delays_those_it_faces(tmp_path: Path) -> None:
    """On the arc it stands on, in the direction it is for; without a direction in both."""
    table = profile(control_delay_s={"stop": 4, "crossing": 1})
    found = delays(tmp_path, table, {5: {"highway": "stop", "direction": "forward"}, 6: {"highway": "crossing"}})
    assert {ends: ms for ends, ms in found.items() if ms} == {(4, 2): 4000, (2, 3): 1000, (3, 2): 1000}


def test_a_side_road_yields_to_a_larger_one_without_signals(tmp_path: Path) -> None:
    """Charged on the road that ends there; through traffic goes on; at signals there is no yielding."""
    table = profile(yield_delay_s={"primary": 3})
    assert {ends for ends, ms in delays(tmp_path, table, {}).items() if ms} == {(4, 2)}
    assert not any(delays(tmp_path, table, {2: {"highway": "traffic_signals"}}).values())


def test_bad_surfaces_slow_roads_down(tmp_path: Path) -> None:
    """The worst of surface, track type and smoothness counts, below the limit too; a good one changes nothing."""
    ways = [
        (10, [1, 2, 6, 3], {**MAIN, "surface": "cobblestone", "maxspeed": "70"}),
        (11, [4, 5, 2], {**SIDE, "surface": "gravel", "smoothness": "horrible"}),
        (12, [3, 4, 1], {**SIDE, "surface": "asphalt"}),
    ]
    network = read(tmp_path, load_profile(), {}, ways)
    speed = {int(way): float(kph) for way, kph in zip(network.arc_way, network.arc_speed_kph, strict=True)}
    assert speed == {10: 30, 11: 10, 12: 30}
    assert (network.free_flow_ms >= 1).all()


def test_driven_speeds_are_a_factor_of_limits(tmp_path: Path) -> None:
    """maxspeed_factor scales posted limits and no class speeds; forward and backward limits differ."""
    ways = [(10, [1, 2, 6, 3], {**MAIN, "maxspeed:forward": "70", "maxspeed:backward": "50"}), *WAYS[1:]]
    network = read(tmp_path, replace(load_profile(), maxspeed_factor=0.8), {}, ways)
    main = network.arc_way == 10
    assert sorted(np.unique(network.arc_speed_kph[main]).tolist()) == [40.0, 56.0]
    assert set(network.arc_speed_kph[~main].tolist()) == {30.0}
