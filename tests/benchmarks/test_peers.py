"""What the comparison with other engines computes from their answers, and how it speaks to them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers.accuracy import difference, factor, table_of, towline_pairs
from benchmarks.peers.extracts import build, places, write_osm
from benchmarks.peers.matrices import from_coordinates, new_incident
from benchmarks.peers.rival import Rival, RivalError
from graphs.bundled import load_coquimbo
from graphs.position import origin_seeds
from graphs.store import save_region


def test_a_factor_takes_a_constant_ratio_away_and_the_rest_stays() -> None:
    """Trips under half a minute and trips that one engine refuses do not count."""
    truth = np.array([100.0, 200, 300, 400, 20, np.nan])
    mine = np.array([50.0, 100, 150, 100, 500, 100])
    assert factor(mine, truth) == 2.0
    found = difference(mine, truth, 2.0)
    assert (found.pairs, found.median, found.outliers) == (4, 0.0, (3,))
    assert found.p90 == pytest.approx(0.35)


def test_an_extract_is_measured_with_the_factor_of_the_other() -> None:
    """Fitting on what is measured would flatter."""
    times = {
        "a": {"towline": np.array([100.0, 100]), "osrm": np.array([110.0, 110])},
        "b": {"towline": np.array([100.0, 100]), "osrm": np.array([120.0, 120])},
    }
    _, figures = table_of(times, {"a": "b", "b": "a"})
    found = figures["a: towline to osrm"]
    assert isinstance(found, dict)
    assert found["factor"] == pytest.approx(1.2)
    assert found["median_fitted"] == pytest.approx(10 / 110)


def test_all_ways_to_ask_towline_agree() -> None:
    """Pairs, a matrix, and one new incident for units whose labels are known."""
    region = load_coquimbo()
    units, incidents = places(region.network, 40, 1), places(region.network, 40, 2)
    times = from_coordinates(region, units, incidents)
    assert np.allclose(towline_pairs(region, units, incidents), np.diag(times) / 1000)
    here = region.snapper.snap(*units.T)
    labels = region.metric.labels_from(origin_seeds(region.network, region.metric.weights, here, region.search_graph))
    for k in range(40):
        assert np.array_equal(new_incident(region, labels, here, incidents[k : k + 1]), times[:, k])


def test_a_network_written_as_openstreetmap_is_the_same_network(tmp_path: Path) -> None:
    """One-ways, shapes and lengths survive, so that every engine reads the same city."""
    network = load_coquimbo().network
    write_osm(network, tmp_path / "city.osm.pbf")
    again = build(tmp_path / "city.osm.pbf", "city").network
    assert again.arc_count == network.arc_count
    assert again.node_count == network.node_count
    assert np.sort(again.arc_length_m)[100:] == pytest.approx(np.sort(network.arc_length_m)[100:], rel=5e-3)


def test_a_process_answers_and_says_what_went_wrong(tmp_path: Path) -> None:
    """Towline as its own rival: arrays there and back, an engine's refusal, and the end of the process."""
    region = load_coquimbo()
    save_region(region, tmp_path / "city.towline")
    units = places(region.network, 5, 1)
    with Rival("towline", Path(sys.executable), "towline_worker.py") as rival:
        with pytest.raises(RivalError, match="AttributeError"):
            rival.ask("fly")
        rival.ask("open", path=tmp_path / "city.towline")
        answer = rival.ask("table", origins=units, targets=units)
        assert answer.value is not None
        assert np.array_equal(answer.value, from_coordinates(region, units, units))
        assert answer.ms > 0
        assert answer.content["rss_mb"] > 20
