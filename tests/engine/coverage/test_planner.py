"""Scenarios evaluated: the same as building what they say by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.coverage.changes import before_and_after, change_json
from engine.coverage.example import example_fleet
from engine.coverage.frames import cells_frame, roads_frame, stands_frame, write_gis
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.coverage.result_json import result_json
from engine.coverage.stands import Stands
from engine.coverage.told import ToldResult
from engine.decision import PromiseClass
from engine.errors import DemandError, FileFormatError, ScenarioError
from engine.model import Fleet, Service
from engine.scenario import Closure, DemandChange, PromiseMinutes, RemoveProvider, Scenario, When, read_scenario
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.metrics import FREE_FLOW, MetricStore, Weather, load_traffic_profile
from graphs.search import INF

REGION = load_coquimbo()
EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "scenarios"


@pytest.fixture(scope="module")
def planner() -> Planner:
    store = MetricStore(REGION, load_traffic_profile())
    return Planner(REGION, DemandLayer.of_cells(load_coquimbo_population()), metrics=store)


@pytest.fixture(scope="module")
def stands(planner: Planner) -> Stands:
    return planner.stands(example_fleet(REGION), told_minutes=5.0)


def test_without_a_provider_is_a_fleet_without_it(planner: Planner, stands: Stands):
    """The same arrivals everywhere as of a fleet that never had it."""
    fleet = example_fleet(REGION)
    rest = Fleet(
        tuple(provider for provider in fleet.providers if provider.id != "P0017"),
        tuple(unit for unit in fleet.units if unit.provider_id != "P0017"),
    )
    scenario = Scenario(providers=[RemoveProvider("P0017")], when=When(services=(Service.TOWING,)))
    (found,) = planner.evaluate(stands, scenario).evaluations
    (alone,) = planner.evaluate(planner.stands(rest, told_minutes=5.0), Scenario(when=scenario.when)).evaluations
    assert np.array_equal(found.coverage.demand_ms, alone.coverage.demand_ms)
    assert np.array_equal(found.coverage.road_ms, alone.coverage.road_ms)
    assert found.coverage.figures == alone.coverage.figures


def test_every_hour_and_service_has_an_answer(planner: Planner, stands: Stands):
    """In order of hours, under the traffic of each; the metric's version tells which."""
    scenario = Scenario(when=When(weekday="mon", hours=(3, 8), services=(Service.TOWING, Service.BREAKDOWN_REPAIR)))
    result = planner.evaluate(stands, scenario)
    told = [(str(each.moment), each.service) for each in result.evaluations]
    assert told == [(hour, service) for hour in ("mon-03", "mon-08") for service in scenario.when.services or ()]
    night, rush = (result.evaluations[row].coverage.figures.mean_minutes for row in (0, 2))
    assert night is not None
    assert rush is not None
    assert rush > night
    assert len({each.versions.metric for each in result.evaluations}) == 2


def test_snow_is_slower_and_a_closed_way_is_not_driven(planner: Planner, stands: Stands):
    """Weather slows everybody; a closure keeps out whoever would use it, and reopens nothing."""
    towing = When(services=(Service.TOWING,))
    dry, snow = (
        planner.evaluate(stands, Scenario(when=replace(towing, weather=weather))).evaluations[0].coverage
        for weather in (None, Weather.SNOW)
    )
    assert (snow.demand_ms >= dry.demand_ms).all()
    assert (snow.demand_ms > dry.demand_ms).any()
    ways = tuple(np.unique(REGION.network.arc_way[REGION.network.arc_class == 0])[:3].tolist())
    shut = planner.evaluate(stands, Scenario(when=towing, closures=[Closure(ways=ways)])).evaluations[0].coverage
    on_them = np.isin(REGION.network.arc_way[shut.pieces.positions.arc], ways)
    assert (shut.road_ms[on_them] == INF).all()
    assert (shut.road_ms >= dry.road_ms).all()


def test_promises_and_demand_of_a_scenario(planner: Planner, stands: Stands):
    """Another promise for one class only; demand multiplied everywhere counts more, with the same shares."""
    scenario = Scenario(
        when=When(services=(Service.TOWING,)),
        promise=PromiseMinutes(urban_minutes=9.0),
        demand=DemandChange(factor=2.0),
    )
    found = planner.evaluate(stands, scenario).evaluations[0].coverage.figures
    usual = planner.evaluate(stands, Scenario(when=scenario.when)).evaluations[0].coverage.figures
    assert found.classes[PromiseClass.URBAN].promise_minutes == 9.0
    assert found.classes[PromiseClass.OTHER].promise_minutes == 60.0
    assert found.demand == pytest.approx(2 * usual.demand)
    assert found.share < usual.share
    assert found.mean_minutes == pytest.approx(usual.mean_minutes)


def test_the_same_again_has_the_same_version(planner: Planner, stands: Stands):
    """Documents are equal byte for byte; another fleet, scenario or demand has another version."""
    scenario = read_scenario(EXAMPLES / "snow.toml")
    once, again = (json.dumps(result_json(planner.evaluate(stands, scenario), providers_shown=3)) for _ in range(2))
    assert once == again
    versions = [
        planner.evaluate(*asked).evaluations[0].versions.digest
        for asked in (
            (stands, scenario),
            (stands, Scenario()),
            (stands.take(np.arange(1, len(stands))), scenario),
            (stands, scenario.changed(demand=DemandChange(factor=1.5))),
        )
    ]
    assert len(set(versions)) == 4


def test_one_digest_of_a_result(planner: Planner, stands: Stands):
    """Of all moments and services, in the figures' order, whoever tells it; it names whose traffic it is."""
    hours = Scenario(when=When(hours=(3, 18)))
    free = Planner(planner.region, planner.demand.layer)
    drivers, tow = Service.DESIGNATED_DRIVER, Service.TOWING
    asked = [(planner, [drivers]), (free, [drivers]), (planner, [tow]), (planner, [drivers, tow])]
    results = [of.evaluate(stands, hours, services) for of, services in asked]
    assert len({each.digest for each in results}) == 4
    assert [ToldResult.of(each).digest for each in results] == [each.digest for each in results]
    night, free_night = (each.evaluations[0].coverage.figures for each in results[:2])
    assert night == free_night
    assert [each.evaluations[0].traffic for each in results] == ["default", FREE_FLOW, "default", "default"]


def test_before_and_after(planner: Planner, stands: Stands):
    """Before has nothing of the scenario but its moments and services; changes are after less before."""
    scenario = read_scenario(EXAMPLES / "contractor-leaves.toml")
    before, after = before_and_after(planner, stands, scenario, [Service.TOWING])
    document = change_json(before, after)["evaluations"][0]
    plain = planner.evaluate(stands, None, [Service.TOWING]).evaluations[0].coverage.figures
    assert before.evaluations[0].coverage.figures == plain
    figures = after.evaluations[0].coverage.figures
    assert document["change"]["covered"] == pytest.approx(figures.covered - plain.covered, abs=0.001)
    assert document["after"]["figures"]["share"] == pytest.approx(figures.share, abs=1e-6)


def test_a_scenario_of_another_world_is_refused(planner: Planner, stands: Stands):
    """Providers that are not there; factors that leave nothing."""
    with pytest.raises(ScenarioError, match="nobody"):
        planner.evaluate(stands, Scenario(providers=[RemoveProvider("nobody")]))
    with pytest.raises(DemandError, match="no demand"):
        planner.demand.weighing(np.zeros(len(planner.demand.places)))


def test_frames_and_files(planner: Planner, stands: Stands, tmp_path: Path):
    """GeoDataFrames add up to the figures, and come back from every kind of file."""
    import geopandas
    import pyarrow.parquet
    import pyogrio

    result = planner.evaluate(stands, None, [Service.DESIGNATED_DRIVER])
    coverage = result.evaluations[0].coverage
    cells, roads, places = cells_frame(coverage), roads_frame(coverage), stands_frame(coverage)
    assert cells["covered"].sum() == pytest.approx(coverage.figures.covered)
    assert len(roads) == len(coverage.pieces)
    assert places["crews"].sum() == coverage.stands.crews.sum()
    assert cells.geometry.is_valid.all()
    for name in ("cells.parquet", "cells.geojson", "all.gpkg"):
        write_gis(coverage, tmp_path / name, result.origin())
    for found in (
        geopandas.read_parquet(tmp_path / "cells.parquet"),
        geopandas.read_file(tmp_path / "cells.geojson"),
        geopandas.read_file(tmp_path / "all.gpkg", layer="cells"),
    ):
        assert found["demand"].sum() == pytest.approx(coverage.figures.demand)
        assert found.crs == "EPSG:4326"
    assert len(geopandas.read_file(tmp_path / "all.gpkg", layer="stands")) == len(coverage.stands)
    origins = (
        pyarrow.parquet.read_schema(tmp_path / "cells.parquet").metadata[b"towline"],
        pyogrio.read_info(tmp_path / "all.gpkg", layer="roads")["dataset_metadata"]["towline"],
        json.dumps(json.loads((tmp_path / "cells.geojson").read_text("utf-8"))["towline"]),
    )
    assert [json.loads(each) for each in origins] == 3 * [result.origin()]
    assert result.origin()["result"] == result.digest
    with pytest.raises(FileFormatError, match=r"\.xlsx"):
        write_gis(coverage, tmp_path / "cells.xlsx")
