"""CoverageService and its operations at a real server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import numpy as np
import pytest
from grpc_status import rpc_status
from towline.v1 import coverage_service_pb2 as pb
from towline.v1 import enums_pb2

from engine.coverage.changes import before_and_after
from engine.coverage.expected_result import expected_moments, told_expected
from engine.coverage.gaps import gaps
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.coverage.worth import provider_worth
from engine.dispatch import Dispatcher
from engine.model import Service
from engine.scenario import Scenario, parse_scenario
from engine.server import Server, ServerOptions
from engine.server import coverage_outgoing as outgoing
from engine.server.coverage_incoming import fleet_of
from tests.engine.server.planning import (
    PlanningClient,
    fleet,
    metadata_of,
    planner,
    unpacked,
    violations_of,
)
from tests.engine.server.wire import NOW, REGION, Client, failure, stamp, unit

SNOW = """
title = "Snow, and one leaves"
[when]
hours = [8, 18]
weather = "snow"
[promise]
urban_minutes = 8
[[provider]]
remove = "P0002"
"""


@pytest.fixture(scope="module")
def server(dispatcher: Dispatcher) -> Iterator[Server]:
    server = Server({"coquimbo": dispatcher}, options=ServerOptions(clock=lambda: NOW), fleets={"coquimbo": fleet()})
    yield server.start()
    server.stop(grace_s=0)


@pytest.fixture(scope="module")
def planning(server: Server) -> PlanningClient:
    return PlanningClient(Client(server.port).channel)


def test_a_fleet_as_it_is(planning: PlanningClient):
    """The figures, gaps and providers' worth that a planner in this process finds, to the last bit."""
    detail = {"gap_count": 3, "provider_count": 4, "cells": True}
    told = planning.evaluated(services=["SERVICE_TOWING"], detail=detail)
    assert told.demand.source == enums_pb2.DEMAND_SOURCE_POPULATION
    assert (told.demand.unit, told.demand.total_demand) == ("people", 451_899)
    ((found,),) = [each.evaluations for each in told.variants]
    (mine,) = planner().evaluate(planner().stands(fleet()), Scenario(), [Service.TOWING]).evaluations
    assert found.figures == outgoing.figures(mine.coverage.figures)
    assert found.moment == "tue-12"
    assert {name: getattr(found.versions, name) for name in ("region", "policy", "metric", "fleet", "demand")} == {
        name: getattr(mine.versions, name) for name in ("region", "policy", "metric", "fleet", "demand")
    }
    assert found.versions.digest == mine.versions.digest
    assert told.variants[0].digest == planner().evaluate(planner().stands(fleet()), None, [Service.TOWING]).digest
    assert told.traffic == planner().traffic == "default"  # as on the command line, of a server without a profile
    assert [gap.cell for gap in found.gaps] == [gap.cell for gap in gaps(mine.coverage, 3)]
    worth = provider_worth(mine.coverage)
    rows = [row for row in worth.ranked().tolist() if worth.crews[row]][:4]
    assert [
        (each.provider, each.lost_demand, each.unreached_demand, each.slower_minutes) for each in found.providers
    ] == [
        (f"{REGION}/providers/{worth.ids[row]}", worth.lost[row], worth.stranded[row], worth.slower_minutes[row])
        for row in rows
    ]
    assert [bool(each.never_first_reason) for each in found.providers] == [not worth.first[row] for row in rows]
    assert found.provider_count == len(set(mine.coverage.stands.provider.tolist()))
    assert not found.HasField("later_minutes")
    table, cells = mine.coverage.cells, found.cells
    times = np.frombuffer(cells.arrivals_ms, "<i4").reshape(len(cells.cells), cells.rank_count)
    assert np.array_equal(times, table.arrival_ms)
    assert list(cells.demand) == table.demand.tolist()
    assert list(cells.road_share) == table.road_share.tolist()


def test_what_to_expect_when_crews_are_busy(planning: PlanningClient):
    """As a planner in this process reckons it, of every variant; services that nobody offers have no calls."""
    sweep = {"toml": "[when]\nhour = 18\n[sweep]\npromise.urban_minutes = [8, 20]\n"}
    towing, driver = Service.TOWING, Service.DESIGNATED_DRIVER
    asked: dict[str, Any] = {"server_fleet": None, "fleet": {"units": [unit("u1", services=["SERVICE_TOWING"])]}}
    services = ["SERVICE_TOWING", "SERVICE_DESIGNATED_DRIVER"]
    told = planning.evaluated(scenario=sweep, services=services, calls_per_day=30, **asked)
    request = pb.EvaluateCoverageRequest(fleet=asked["fleet"])
    stands = planner().stands(fleet_of(request, None, "coquimbo", None, NOW))
    for variant, minutes in zip(told.variants, (8, 20), strict=True):
        scenario = parse_scenario(f"[when]\nhour = 18\n[promise]\nurban_minutes = {minutes}\n")
        (mine,) = told_expected(
            expected_moments(planner(), stands, scenario, 30.0), planner().evaluate(stands, scenario, [towing, driver])
        ).rows
        assert {each.service: each.calls_per_day for each in variant.calls} == {enums_pb2.SERVICE_TOWING: 30.0}
        found = {each.service: each for each in variant.evaluations}
        assert found[enums_pb2.SERVICE_TOWING].expected == outgoing.expected(mine)
        assert found[enums_pb2.SERVICE_TOWING].expected.plus_minus_share > 0
        assert not found[enums_pb2.SERVICE_DESIGNATED_DRIVER].HasField("expected")
    first, then = (each.evaluations[0].expected.covered_share for each in told.variants)
    assert first < then
    assert not planning.evaluated(services=["SERVICE_TOWING"]).variants[0].evaluations[0].HasField("expected")
    wrong = failure(lambda: planning.evaluate(calls_per_day=-1))
    assert (wrong.reason, wrong.fields) == ("VALUE_OUT_OF_RANGE", ["calls_per_day"])


def test_calls_of_some_services_alone(planning: PlanningClient):
    """All calls are of those, as a shift plan has it; the others have none; which of them is said without any calls."""
    some = ["SERVICE_TOWING", "SERVICE_BREAKDOWN_REPAIR"]
    every = planning.evaluated(services=some, calls_per_day=30).variants[0]
    told = planning.evaluated(services=some, calls_per_day=30, call_services=["SERVICE_TOWING"]).variants[0]
    assert len(every.calls) > 1
    assert sum(each.calls_per_day for each in every.calls) == pytest.approx(30)
    assert {each.service: each.calls_per_day for each in told.calls} == {enums_pb2.SERVICE_TOWING: 30.0}
    before, after = ({each.service: each.expected for each in part.evaluations} for part in (every, told))
    tows, repairs = enums_pb2.SERVICE_TOWING, enums_pb2.SERVICE_BREAKDOWN_REPAIR
    assert after[tows].calls_per_hour > 3 * before[tows].calls_per_hour
    assert before[repairs].calls_per_hour > 0
    assert [each.HasField("expected") for each in told.evaluations] == [
        each.service == tows for each in told.evaluations
    ]
    wrong = failure(lambda: planning.evaluate(call_services=["SERVICE_TOWING"]))
    assert (wrong.reason, wrong.fields) == ("VALUE_OUT_OF_RANGE", ["call_services"])


@pytest.mark.parametrize("form", ["toml", "content"])
def test_what_if(planning: PlanningClient, form: str):
    """Before and after of a scenario, whichever way it is written."""
    content = {
        "title": "Snow, and one leaves",
        "when": {"hours": [8, 18], "weather": "snow"},
        "promise": {"urban_minutes": 8},
        "provider": [{"remove": "P0002"}],
    }
    told = planning.compared({form: SNOW if form == "toml" else content}, services=["SERVICE_TOWING"])
    before, after = before_and_after(planner(), planner().stands(fleet()), parse_scenario(SNOW), [Service.TOWING])
    (found,) = told.comparisons
    assert (found.title, found.scenario_index, list(found.values)) == ("Snow, and one leaves", 0, [])
    assert (found.before_digest, found.after_digest) == (before.digest, after.digest)
    for messages, result in ((found.before, before), (found.after, after)):
        assert [each.moment for each in messages] == ["tue-08", "tue-18"]
        assert [each.figures for each in messages] == [outgoing.figures(e.coverage.figures) for e in result.evaluations]
        assert [each.versions.digest for each in messages] == [each.versions.digest for each in result.evaluations]
    assert found.after[0].figures.covered_share < found.before[0].figures.covered_share
    assert not found.before[0].gaps
    assert found.after[0].gaps


def test_a_sweep_beside_a_scenario(planning: PlanningClient):
    """Variants in the sweep's order, each with its values; scenarios in the request's."""
    nested = {"sweep": {"promise": {"urban_minutes": [5, 10]}, "remove_each": ["P0001", "P0002"]}}
    begun = planning.compare({"content": {"when": {"hour": 3}}}, {"content": nested}, services=["SERVICE_TOWING"])
    assert metadata_of(begun).total_count == 5
    done = planning.done(begun)
    progress = metadata_of(done)
    assert (progress.done_count, progress.total_count, progress.method) == (5, 5, "CompareCoverage")
    assert progress.HasField("started_at")
    assert progress.HasField("ended_at")
    assert progress.HasField("kept_until")
    rows = unpacked(done, pb.CompareCoverageResponse()).comparisons
    told = [(row.scenario_index, [(each.key, each.value) for each in row.values]) for row in rows]
    assert told == [
        (0, []),
        (1, [("promise.urban_minutes", "5"), ("remove", "P0001")]),
        (1, [("promise.urban_minutes", "5"), ("remove", "P0002")]),
        (1, [("promise.urban_minutes", "10"), ("remove", "P0001")]),
        (1, [("promise.urban_minutes", "10"), ("remove", "P0002")]),
    ]
    assert not any(each.HasField("later_minutes") for row in rows for each in row.after)  # several variants
    assert rows[1].after[0].figures.covered_share < rows[3].after[0].figures.covered_share


def test_a_fleet_and_demand_of_the_request(planning: PlanningClient):
    """One unit beside one cell, and who it is that counts."""
    cell = "88b21919d3fffff"
    terms = {"demand": {"unit": "calls", "cells": [cell], "demand": [7]}, "told_duration": {"seconds": 120}}
    units = [unit("u1"), unit("u2", status=enums_pb2.UNIT_STATUS_OFF_DUTY)]
    asked: dict[str, Any] = {"server_fleet": None, "fleet": {"units": units}, "services": ["SERVICE_TOWING"]}
    told = planning.evaluated(terms=terms, **asked)
    assert told.demand.source == enums_pb2.DEMAND_SOURCE_REQUEST
    assert told.demand.unit == "calls"
    (found,) = told.variants[0].evaluations
    assert found.unit_count == 2
    assert found.figures.demand == pytest.approx(7)
    assert found.figures.mean_minutes > 2
    duty = planning.evaluated(terms={"crews": "CREW_SELECTION_ON_DUTY", "at": stamp()}, **asked)
    assert duty.variants[0].evaluations[0].unit_count == 1


def test_demand_by_place(planning: PlanningClient):
    """Each weighs as it is sent, or 1, and is put on the nearest road, as of a table in this process."""
    lon, lat = [-71.25, -71.26, -71.34], [-29.91, -29.92, -29.96]
    asked: dict[str, Any] = {"services": ["SERVICE_TOWING"]}
    for weight in ([], [3.0, 1.0, 0.5]):
        points = {"lon": lon, "lat": lat, "demand": weight, "unit": "calls", "display_name": "last year"}
        told = planning.evaluated(terms={"demand_points": points}, **asked)
        assert told.demand.source == enums_pb2.DEMAND_SOURCE_REQUEST
        assert (told.demand.display_name, told.demand.unit) == ("last year", "calls")
        mine = Planner(
            planner().region, DemandLayer.of_points(lon, lat, weight or None), metrics=planner().metrics
        ).evaluate(planner().stands(fleet()), None, [Service.TOWING])
        assert told.variants[0].digest == mine.digest
        assert told.variants[0].evaluations[0].figures == outgoing.figures(mine.evaluations[0].coverage.figures)


@pytest.mark.parametrize(
    ("scenario", "violations"),
    [
        ({"toml": "[when]\nhour = 25\n[[provider]]\nremove = 'nobody'\n"}, {"toml.when.hour": "line 2"}),
        (
            {"content": {"provider": [{"remove": "nobody"}, {"resize": "P0001", "crews": -1}], "wehn": {}}},
            {"content.provider[1].crews": "0", "content.wehn": "when"},
        ),
        ({"content": {"provider": [{"remove": "P00021"}, {"remove": "nobody"}]}}, {
            "content.provider[0].remove": "did you mean", "content.provider[1].remove": "nobody"}),
        ({"toml": "include = ['/etc/passwd']\n"}, {"toml.include": "line 1: cannot be followed"}),
        ({"toml": "[demand]\nlayer = '/etc/passwd'\n"}, {"toml.demand.layer": "line 2"}),
        ({"content": {"include": "/etc/passwd"}}, {"content.include": "cannot be followed"}),
        ({"content": {"demand": {"layer": "x.csv"}}}, {"content.demand.layer": ""}),
        ({"content": {"when": {"at": "2026-02-30T08:00:00"}}}, {"content.when.at": "date"}),
        ({"toml": "when = ["}, {"toml": "TOML"}),
    ],
)  # fmt: skip
def test_scenarios_that_cannot_be(planning: PlanningClient, scenario: dict, violations: dict):
    """Every problem is a violation with its key; files of the server's machine are neither read nor spoken of."""
    with pytest.raises(grpc.RpcError) as caught:
        planning.compare({"content": {}}, scenario)
    status = rpc_status.from_call(caught.value)
    assert status is not None
    assert status.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    found = violations_of(status)
    for field, words in violations.items():
        assert words in found[f"scenarios[1].{field}"], found
    assert "root:" not in str(status)
    assert failure(lambda: planning.compare({"content": {}}, scenario)).reason == "INVALID_SCENARIO"


def test_other_requests_that_cannot_be(planning: PlanningClient):
    """Typed errors with the field, before anything begins."""
    before = len(planning.list().operations)
    wrong = unit("u1", location={"lon": 0, "lat": 0})
    found = failure(lambda: planning.evaluate(server_fleet=None, fleet={"units": [wrong]}))
    assert (found.reason, found.fields) == ("LOCATION_OUTSIDE_REGION", ["fleet.units[0].location"])
    found = failure(lambda: planning.evaluate(terms={"demand": {"cells": ["88b21919d3fffff"]}}))
    assert (found.reason, found.fields) == ("INVALID_DEMAND", ["terms.demand.demand"])
    found = failure(lambda: planning.evaluate(terms={"demand": {"cells": ["8844c0a305fffff"], "demand": [1]}}))
    assert (found.reason, found.fields) == ("INVALID_DEMAND", ["terms.demand.cells[0]"])
    afar = {"lon": [-71.25, -60, -61], "lat": [-29.9, -29.9, -29.9]}
    found = failure(lambda: planning.evaluate(terms={"demand_points": afar}))
    fields = ["terms.demand_points.lon[1]", "terms.demand_points.lon[2]"]
    assert (found.reason, found.fields, found.metadata["rows"]) == ("INVALID_DEMAND", fields, "2")
    found = failure(lambda: planning.evaluate(terms={"demand_points": {"lon": [-71.25], "lat": [-29.9, -29.8]}}))
    assert (found.reason, found.fields) == ("INVALID_DEMAND", ["terms.demand_points.lat"])
    found = failure(lambda: planning.evaluate(terms={"demand_points": {"lon": [-71.25], "lat": [91]}}))
    assert (found.reason, found.fields) == ("VALUE_OUT_OF_RANGE", ["terms.demand_points.lat[0]"])
    found = failure(lambda: planning.evaluate(terms={"demand_points": {"lon": [-71], "lat": [-29.9], "demand": [0]}}))
    assert (found.reason, found.fields) == ("INVALID_DEMAND", ["terms.demand_points"])
    named = {"toml": "[demand]\nlayer = 'calls.csv'\n", "demand_points": afar}
    found = failure(lambda: planning.compare({"content": {}}, named))
    fields = [f"scenarios[1].demand_points.lon[{row}]" for row in (1, 2)]
    assert (found.reason, found.fields) == ("INVALID_DEMAND", fields)
    found = failure(lambda: planning.evaluate(scenario={"content": {}, "demand_points": afar}))
    assert (found.reason, found.fields) == ("INVALID_DEMAND", ["scenario.demand_points"])
    many = '[when]\nweekday = "mon"\n[sweep]\nremove_each = "providers"\nwhen.hour = "0..23"\n'
    many += "promise.urban_minutes = " + str(list(range(1, 61))) + "\n"
    found = failure(lambda: planning.compare({"toml": many}))
    assert (found.code, found.reason) == ("RESOURCE_EXHAUSTED", "REQUEST_TOO_LARGE")
    assert int(found.metadata["count"]) == 24 * 24 * 60
    assert len(planning.list().operations) == before


def test_validate_only(planning: PlanningClient):
    """Nothing is begun; the answer says how large it would be, and of what."""
    before = len(planning.list().operations)
    told = planning.long(validate_only=True)
    assert (told.name, told.done) == ("", True)
    assert metadata_of(told).total_count == 24 * 36
    assert unpacked(told, pb.CompareCoverageResponse()).demand.unit == "people"
    assert len(planning.list().operations) == before


def test_a_repeated_request_begins_nothing(planning: PlanningClient):
    """Its operation comes back as it is now; other content under the id is refused."""
    first = planning.evaluate(request_id="r-1", services=["SERVICE_TOWING"])
    planning.done(first)
    again = planning.evaluate(request_id="r-1", services=["SERVICE_TOWING"])
    assert (again.name, again.done) == (first.name, True)
    assert failure(lambda: planning.evaluate(request_id="r-1")).reason == "REQUEST_ID_REUSED"


def test_listing(planning: PlanningClient):
    """By pages, by whether they are done, without their answers."""
    names = {planning.done(planning.evaluate(services=["SERVICE_TOWING"])).name for _ in range(3)}
    every = [each.name for each in planning.list(page_size=1000).operations]
    assert names <= set(every)
    paged, token = [], ""
    while True:
        answer = planning.list(page_size=2, page_token=token)
        paged += [each.name for each in answer.operations]
        assert not any(each.HasField("response") for each in answer.operations)
        token = answer.next_page_token
        if not token:
            break
    assert paged == every
    assert planning.list(filter="done = false").operations == []
    assert failure(lambda: planning.list(filter="x")).fields == ["filter"]
    assert failure(lambda: planning.list(page_size=-1)).reason == "INVALID_PAGE_SIZE"
    assert failure(lambda: planning.list(name="regions/x")).code == "NOT_FOUND"
    gone = names.pop()
    planning.delete(gone)
    found = failure(lambda: planning.get(gone))
    assert (found.code, found.reason) == ("NOT_FOUND", "NOT_FOUND")
    assert "ask again" in found.message
    assert failure(lambda: planning.get("regions/coquimbo")).reason == "INVALID_RESOURCE_NAME"
