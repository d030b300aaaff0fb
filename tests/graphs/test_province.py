"""Made-up provinces."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from graphs.assemble import assemble
from graphs.classes import ROAD_CLASSES
from graphs.errors import InputError
from graphs.province import make_province
from graphs.raw import RawNetwork
from graphs.speeds import load_profile


def test_equal_seeds_make_equal_provinces() -> None:
    """Every array is the same for one seed and differs for another."""
    first, again, other = (make_province(seed, junctions=1500) for seed in (4, 4, 5))
    for item in fields(RawNetwork):
        a, b = getattr(first.raw, item.name), getattr(again.raw, item.name)
        assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f") if isinstance(a, np.ndarray) else a == b, item.name
    assert first.demand.cells == again.demand.cells
    assert not np.array_equal(first.raw.node_lon, other.raw.node_lon)


@pytest.mark.parametrize("seed", range(4))
def test_a_province_hangs_together_and_is_asymmetric(seed: int) -> None:
    """Nearly all of it is strongly connected, motorways are one-way with ramps, there and back differ."""
    network, report = assemble(make_province(seed, junctions=3000).raw, load_profile())
    assert 0.85 * 3000 < report.nodes_read < 1.25 * 3000, seed
    assert report.nodes_kept > 0.98 * report.nodes_read, seed
    motorway = network.arc_class == ROAD_CLASSES.index("motorway")
    assert motorway.any()
    assert (network.arc_twin[motorway] < 0).all()
    assert (network.arc_class == ROAD_CLASSES.index("motorway_link")).sum() > 4
    chosen = np.random.default_rng(seed).choice(network.node_count, 25, replace=False)
    shape = (network.node_count,) * 2
    times = dijkstra(
        csr_array((network.free_flow_ms, (network.arc_tail, network.arc_head)), shape=shape), indices=chosen
    )
    assert (times[:, chosen] != times[:, chosen].T).mean() > 0.2, seed


def test_sixty_minutes_matter_in_the_standard_province() -> None:
    """About 50,000 junctions; many pairs of places are more than an hour apart, and many less."""
    province = make_province(1)
    network, report = assemble(province.raw, load_profile())
    assert 48_000 < report.nodes_kept < 54_000
    graph = csr_array((network.free_flow_ms, (network.arc_tail, network.arc_head)), shape=(network.node_count,) * 2)
    chosen = np.random.default_rng(3).choice(network.node_count, 12, replace=False)
    hours = dijkstra(graph, indices=chosen)[:, ::50] / 3_600_000
    assert 0.4 < (hours > 1).mean() < 0.95
    assert province.demand.total > 1_000_000


@pytest.mark.parametrize(
    ("options", "words"), [({"junctions": 10}, "at least 500"), ({"width_km": 1.0, "height_km": 1.0}, "too small")]
)
def test_impossible_sizes_are_refused(options: dict[str, float], words: str) -> None:
    """Too few junctions or too little land say so."""
    with pytest.raises(InputError, match=words):
        make_province(1, **options)  # ty: ignore
