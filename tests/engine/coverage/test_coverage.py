"""Key figures, cells, gaps and each provider's worth: against the same reckoned place by place."""

from __future__ import annotations

from datetime import UTC, datetime

import h3
import numpy as np
import pytest

from engine.coverage.arrivals import Reach
from engine.coverage.coverage import Coverage, grouped_median, weighted_quantiles
from engine.coverage.gaps import gaps
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.coverage.worth import provider_worth
from engine.decision import PromiseClass
from engine.generate import generate_fleet
from engine.model import Service
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.search import INF

NOW = datetime(2026, 3, 3, 11, 30, tzinfo=UTC)
TIGHT = {PromiseClass.URBAN: 6.0, PromiseClass.HIGHWAY: 9.0, PromiseClass.OTHER: 8.0}


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner(load_coquimbo(), DemandLayer.of_cells(load_coquimbo_population()), highway_share=0.1)


def coverage_of(planner: Planner, seed: int, **sizes) -> Coverage:
    fleet = generate_fleet(planner.region, load_coquimbo_population(), seed=seed, now=NOW, **sizes)
    return planner.coverage(planner.stands(fleet), Service.TOWING, promise_minutes=TIGHT)


def test_figures_are_sums_over_places(planner: Planner):
    """Shares by class and by unit, means and quantiles, each place looked at by itself."""
    coverage = coverage_of(planner, 1, providers=30, units=80)
    figures, ms = coverage.figures, coverage.demand_ms
    minutes = [TIGHT[kind] for kind in (PromiseClass.URBAN, PromiseClass.HIGHWAY, PromiseClass.OTHER)]
    rows = list(zip(coverage.demand.weight.tolist(), coverage.demand.places.kind.tolist(), ms.tolist(), strict=True))
    for rank, told in enumerate((figures.covered, figures.covered_twice, figures.covered_thrice)):
        assert told == pytest.approx(sum(w for w, kind, row in rows if row[rank] <= 60_000 * minutes[kind]))
    for index, kind in enumerate(figures.classes):
        mine = [(w, row[0]) for w, k, row in rows if k == index]
        assert figures.classes[kind].demand == pytest.approx(sum(w for w, _ in mine))
        within = sum(w for w, first in mine if first <= 60_000 * minutes[index])
        assert figures.classes[kind].covered == pytest.approx(within)
    assert figures.mean_minutes == pytest.approx(sum(w * row[0] for w, _, row in rows) / figures.demand / 60_000)
    assert figures.longest_minutes == max(row[0] for _, _, row in rows) / 60_000
    assert 0.2 < figures.share < 0.999
    assert figures.share >= figures.share_twice >= figures.share_thrice


def test_nobody_left(planner: Planner):
    """Without anybody nothing is covered and no time is told."""
    coverage = coverage_of(planner, 1, providers=3, units=3)
    none = planner.coverage(coverage.stands.take(np.empty(0, np.int64)), Service.TOWING).figures
    assert (none.covered, none.unreached) == (0.0, none.demand)
    assert (none.mean_minutes, none.median_minutes, none.longest_minutes) == (None, None, None)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_medians_of_groups(seed: int):
    """The least value that half of a group's weight does not exceed; INF of an empty group."""
    rng = np.random.default_rng(seed)
    group, values, weight = rng.integers(0, 9, 60), rng.integers(0, 12, 60), rng.integers(1, 5, 60).astype(float)
    group[group == 4] = 5
    found = grouped_median(group, values.astype(np.int32), weight, 10)
    for each in range(10):
        mine = sorted((int(v), w) for g, v, w in zip(group, values, weight, strict=True) if g == each)
        half = sum(w for _, w in mine) / 2
        expected = next((v for k, (v, _) in enumerate(mine) if sum(w for _, w in mine[: k + 1]) >= half), INF)
        assert found[each] == expected, f"seed {seed}, group {each}"
        if mine:
            told = weighted_quantiles(values[group == each].astype(float), weight[group == each], (0.5,))
            assert told == [expected], f"seed {seed}, group {each}"


def test_cells_hold_all_demand_and_all_roads(planner: Planner):
    """Demand and what is covered of it add up to the figures; medians lie within the cell's arrivals."""
    coverage = coverage_of(planner, 2, providers=20, units=50)
    cells, figures = coverage.cells, coverage.figures
    assert cells.demand.sum() == pytest.approx(figures.demand)
    assert cells.covered.sum() == pytest.approx(figures.covered)
    assert (np.diff(cells.cell) > 0).all()
    for row in range(0, cells.cell.size, 25):
        inside = planner.pieces.cell == cells.cell[row]
        first = coverage.road_ms[inside, 0]
        if first.size:
            assert first.min() <= cells.arrival_ms[row, 0] <= first.max()
    assert (np.diff(cells.arrival_ms, axis=1) >= 0).all()


@pytest.mark.parametrize(("seed", "sizes"), [(1, {"providers": 30, "units": 80}), (5, {"providers": 4, "units": 150})])
def test_worth_is_what_is_lost_without(planner: Planner, seed: int, sizes: dict):
    """For every provider the same as evaluating the fleet without it, also where one has all that is near."""
    coverage = coverage_of(planner, seed, **sizes)
    worth, stands = provider_worth(coverage), coverage.stands
    weight, first = coverage.demand.weight, coverage.demand_ms[:, 0].astype(np.int64)
    owner = stands.provider[coverage.at_demand.told[1][:, 0]]
    for row in range(len(worth.ids)):
        rest = Reach(planner.region, planner.region.metric, stands.take(np.flatnonzero(stands.provider != row)))
        second = rest.at(coverage.demand.places, 1).unit_ms(1)[:, 0].astype(np.int64)
        gone = (first <= coverage.demand_within_ms) & (second > coverage.demand_within_ms)
        assert worth.lost[row] == pytest.approx(weight[gone].sum()), f"seed {seed}, {worth.ids[row]}"
        mine = owner == row
        assert worth.first[row] == pytest.approx(weight[mine].sum()), f"seed {seed}, {worth.ids[row]}"
        later = (weight * (second - first))[mine & (second < INF)].sum() / max(weight[mine].sum(), 1) / 60_000
        assert worth.slower_minutes[row] == pytest.approx(later), f"seed {seed}, {worth.ids[row]}"
    ranked = worth.lost[worth.ranked()]
    assert (np.diff(ranked) <= 0).all()


def test_gaps_are_the_cells_with_most_left_out(planner: Planner):
    """In order, with the demand, the place and who would come first."""
    coverage = coverage_of(planner, 1, providers=30, units=80)
    found, cells = gaps(coverage, 8), coverage.cells
    left = np.sort(cells.demand - cells.covered)[::-1]
    assert [gap.uncovered for gap in found] == pytest.approx(left[:8].tolist())
    for gap in found:
        assert h3.latlng_to_cell(gap.lat, gap.lon, 8) == gap.cell
        assert gap.arrival_minutes is not None
        assert gap.arrival_minutes > 6.0
        assert gap.nearest_provider is not None


def test_half_a_fleet_is_no_better(planner: Planner):
    """Taking crews out never lets anybody arrive sooner."""
    coverage = coverage_of(planner, 6, providers=40, units=90)
    half = planner.coverage(coverage.stands.take(np.arange(0, len(coverage.stands), 2)), Service.TOWING)
    assert (half.demand_ms >= coverage.demand_ms).all()
    assert (half.road_ms >= coverage.road_ms).all()
