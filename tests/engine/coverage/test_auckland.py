"""Coverage of a city of 54,000 junctions against Dijkstra from every crew."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from benchmarks.auckland import DATA, auckland_region
from engine.coverage.arrivals import Reach
from engine.coverage.places import Places, RoadPieces
from engine.coverage.stands import Stands
from engine.generate import generate_fleet
from engine.model import Service
from engine.policy import Policy
from engine.promise import PromiseTable

from .slow import all_arrivals, first_few

NOW = datetime(2026, 3, 3, 11, 30, tzinfo=UTC)


@pytest.mark.skipif(not DATA.is_dir(), reason="shared/data/auckland is not there")
@pytest.mark.parametrize("share", [0.0, 0.4])
def test_arrivals_are_those_of_dijkstra(share: float):
    """Who is first, second, third and fourth at 3,000 pieces of road, to the millisecond; territories hold."""
    region = auckland_region()
    fleet = generate_fleet(region, None, seed=1, now=NOW, providers=40, units=120, territory_share=share)
    stands = Stands.of(region, fleet, Policy.default())
    serving = stands.take(stands.serving(Service.TOWING))
    pieces = RoadPieces(region, PromiseTable(region.network, Policy.default()))
    rows = np.sort(np.random.default_rng(1).choice(len(pieces), 3000, replace=False))
    places = Places(region, pieces.promises, pieces.positions.take(rows))
    ms, who = first_few(all_arrivals(region, region.metric, serving, places), 4)
    found = Reach(region, region.metric, serving).at(places, 4).told
    assert np.array_equal(found[0], ms)
    assert np.array_equal(found[1], who)
