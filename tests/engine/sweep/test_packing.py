"""A world as bytes: small, without the region, and the same when it is opened."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from engine.coverage.planner import Planner
from engine.model import Service
from engine.scenario import Closure, Scenario, SpeedFactor, When
from engine.sweep.packing import packed, unpacked
from graphs.errors import RegionNotFoundError
from graphs.metrics import MetricStore, load_traffic_profile
from graphs.store import content_digest, open_region, save_region, stored_at

from .world import world


def test_a_planner_travels_without_its_region(tmp_path):
    """Opened on the same file elsewhere it gives the same figures; arrays stay read-only, which kernels ask for."""
    planner, stands = world()
    other = open_region(save_region(planner.region, tmp_path / "copy.towline-region"))
    raw = packed((planner, stands), planner.region)
    assert len(raw) < 0.6 * (tmp_path / "copy.towline-region").stat().st_size
    copy, same = unpacked(raw, other)
    assert copy.region is other
    assert copy.promises._network is other.network
    assert not same.crews.flags.writeable or stands.crews.flags.writeable
    assert not copy.demand.weight.flags.writeable
    scenario = Scenario(when=When(services=(Service.TOWING,)), speeds=(SpeedFactor(0.5),))
    mine, its = (each.evaluate(s, scenario).evaluations[0] for each, s in ((planner, stands), (copy, same)))
    assert mine.coverage.figures == its.coverage.figures
    assert mine.versions == its.versions


def test_a_checked_scenario_travels(tmp_path):
    """Its closures are arcs of the region there."""
    planner, stands = world()
    way = int(planner.region.network.arc_way[500])
    known = planner.checked(Scenario(when=When(services=(Service.TOWING,)), closures=(Closure(ways=(way,)),)), stands)
    other = open_region(save_region(planner.region, tmp_path / "copy.towline-region"))
    copy = unpacked(packed(known, planner.region), other)
    assert copy.roads.network is other.network
    assert copy.version == known.version
    base = planner._times
    assert np.array_equal(copy.weights(base), known.weights(base))


@pytest.mark.parametrize("at", [None, datetime(2026, 3, 3, 8)])
def test_a_store_travels_with_its_snapshot(at: datetime | None):
    """Hours, weather and the live feed as they were when it was packed."""
    region = world()[0].region
    store = MetricStore(region, load_traffic_profile())
    planner = Planner(region, world()[0].demand.layer, metrics=store)
    stands = world()[1]
    scenario = Scenario(when=When(at=at, services=(Service.TOWING,)))
    copy, same = unpacked(packed((planner, stands), region), region)
    mine, its = (each.evaluate(s, scenario).evaluations[0] for each, s in ((planner, stands), (copy, same)))
    assert mine.versions == its.versions
    assert mine.coverage.figures == its.coverage.figures


def test_where_a_region_is_stored(tmp_path):
    """A file that was replaced since, or is gone, is not taken for the region that was opened from it."""
    region = world()[0].region
    path = save_region(region, tmp_path / "a.towline-region")
    opened = open_region(path)
    assert stored_at(opened) == path
    digest = content_digest(path)
    assert len(digest) == 32
    save_region(opened, tmp_path / "b.towline-region")
    assert content_digest(tmp_path / "b.towline-region") == digest
    path.write_bytes(b"another")
    assert stored_at(opened) is None
    path.unlink()
    assert stored_at(opened) is None
    with pytest.raises(RegionNotFoundError):
        open_region(path)
