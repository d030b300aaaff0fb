"""The cell index against looking at everybody, on real and made-up roads and every resolution."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from engine.dispatch import Dispatcher
from engine.fleet import FleetState
from engine.fleet.candidates import CandidateSearch
from engine.fleet.cells import CellIndex
from engine.intake import Intake
from engine.model import Incident
from graphs.province import make_province
from graphs.region import Region, build_region
from tests.engine.fleets import NOW, random_fleet, random_incidents


@pytest.fixture(scope="module")
def province() -> Region:
    """Cities joined by dual carriageways, many streets one-way."""
    return build_region(make_province(3, junctions=4000).raw, name="province", timezone="Asia/Shanghai")


def _everybody(state: FleetState) -> FleetState:
    """One cell per base cell of H3, too wide to bound anything: each question looks at every unit."""
    wide = CellIndex.build(state.positions.lon, state.positions.lat, 0)
    return replace(state, cells=replace(wide, radius_m=np.full(wide.cell.size, 1e9)))


def _answers(state: FleetState, dispatcher: Dispatcher, incidents: list[Incident], best: int) -> list[list[int]]:
    intake = Intake.of(incidents, state, dispatcher.promises, NOW)
    found = CandidateSearch(state, intake, dispatcher.fastest).ranked(np.full(len(incidents), best))
    return [
        np.concatenate([a[found.of(i)] for a in (found.row, found.cost, found.travel_ms)]).tolist()
        for i in range(len(incidents))
    ]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["coquimbo", "province"])
def test_every_resolution_equals_everybody(name: str, seed: int, request: pytest.FixtureRequest) -> None:
    """Rows, costs and times are those of the full scan, also for incidents on the very streets units stand on."""
    region: Region = request.getfixturevalue(name)
    rng = Random(seed)
    dispatcher = Dispatcher(region)
    fleet = random_fleet(region, rng, 900)
    incidents = random_incidents(region, rng, 60)
    near = rng.sample(list(fleet.units), 30)
    incidents += [replace(incidents[n], id=f"near{n}", location=unit.location) for n, unit in enumerate(near)]
    state = dispatcher.prepare(fleet)
    expected = _answers(_everybody(state), dispatcher, incidents, 20)
    assert any(len(answer) == 60 for answer in expected)
    for resolution in range(4, 12):
        cells = CellIndex.build(state.positions.lon, state.positions.lat, resolution)
        found = _answers(replace(state, cells=cells), dispatcher, incidents, 20)
        assert found == expected, f"seed {seed}, resolution {resolution}"


def test_closed_roads_do_not_mislead_the_index(province: Region) -> None:
    """With a third of the roads closed, unreachable units are left out and the rest ranked as by a full scan."""
    rng = np.random.default_rng(8)
    weights = np.where(rng.random(province.network.arc_count) < 0.33, 2**30 - 1, province.network.free_flow_ms)
    dispatcher = Dispatcher(province, metric=province.hierarchy.customise(weights.astype(np.int32)))
    fleet = random_fleet(province, Random(8), 500)
    incidents = random_incidents(province, Random(9), 60)
    state = dispatcher.prepare(fleet)
    assert _answers(state, dispatcher, incidents, 12) == _answers(_everybody(state), dispatcher, incidents, 12)
