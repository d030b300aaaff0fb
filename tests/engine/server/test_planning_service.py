"""PlanningService at a real server: advice is the library's, and what cannot be asked is said with its field."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from towline.v1 import enums_pb2
from towline.v1 import planning_service_pb2 as pb

from cli.planning_messages import shifts_of
from engine.coverage.siting import choose_sites
from engine.coverage.siting_candidates import heaviest_cells
from engine.dispatch import Dispatcher
from engine.model import Service
from engine.server import Server, ServerOptions
from engine.server import coverage_outgoing as outgoing
from engine.staffing import parse_rules, plan_shifts, play_shifts, usual_shares
from tests.engine.server.planning import PlanningClient, fleet, metadata_of, planner, unpacked
from tests.engine.server.wire import NOW, REGION, Client, failure, stamp, unit

RULES: dict[str, Any] = {"calls_per_day": 9, "crew_hours": 16, "only_bases": True}
RULES |= {"shift": [{"starts": [0, 8, 16]}], "base": [{"provider": "P0002"}, {"provider": "P0005"}]}
HERE = {"lon": -71.2519, "lat": -29.9027}
ZERO = [{"id": "a", "contract_cost": 5, **HERE}, {"id": "b", "contract_cost": 7, **HERE}]
RULES_TEXT = "calls_per_day = 9\ntarget = 0.5\n"
SWEEP = {"toml": "[sweep]\nwhen.hour = [1, 2]\n"}


@pytest.fixture(scope="module")
def planning(dispatcher: Dispatcher) -> Iterator[PlanningClient]:
    server = Server({"coquimbo": dispatcher}, options=ServerOptions(clock=lambda: NOW), fleets={"coquimbo": fleet()})
    yield PlanningClient(Client(server.start().port).channel)
    server.stop(grace_s=0)


def test_sites(planning: PlanningClient):
    """The library's plan, to the last bit."""
    cells = {"cell_count": 6, "mobilisation_duration": {"seconds": 300}}
    begun = planning.site(heaviest_cells=cells, site_count=1, files=["COVERAGE_FILE_FORMAT_GEOJSON"])
    assert metadata_of(begun).total_count == 1
    told = unpacked(planning.done(begun), pb.ChooseSitesResponse())
    mine = planner()
    candidates = heaviest_cells(mine.pieces, mine.demand, 6, mobilisation_minutes=5)
    wanted = choose_sites(mine, mine.stands(fleet()), candidates, Service.TOWING, sites=1)
    assert [(each.id, each.added_demand) for each in told.plan.sites] == [
        (each.id, each.adds) for each in wanted.chosen
    ]
    assert (told.plan.objective, told.plan.bound) == (wanted.objective, wanted.bound)
    assert told.plan.proven
    assert told.plan.after[0].figures == outgoing.figures(wanted.after.evaluations[0].coverage.figures)
    assert told.plan.scenario_toml == wanted.scenario.to_toml()
    assert [each.format for each in told.files] == [enums_pb2.COVERAGE_FILE_FORMAT_GEOJSON]
    assert told.files[0].content.startswith(b"{")


def test_how_far_a_search_is(planning: PlanningClient):
    """Its steps and its gap are in the metadata while it goes on, and no more when it is over."""
    rules = {"calls_per_day": 400, "crew_hours": 700, "shift": [{"starts": list(range(24)), "hours": [6, 7, 8]}]}
    name = planning.shifts({"content": rules}, gap_share=0, search_duration={"seconds": 60}).name
    seen: list[Any] = []
    until = time.monotonic() + 60
    while not (seen and seen[-1].HasField("gap_share") and seen[-1].step_count > seen[0].step_count):
        assert time.monotonic() < until, seen
        operation = planning.get(name)
        assert not operation.done, operation
        if metadata_of(operation).HasField("search"):
            seen.append(metadata_of(operation).search)
        time.sleep(0.05)
    assert seen[-1].gap_share > 0
    planning.cancel(name)
    assert not metadata_of(planning.done(planning.get(name))).HasField("search")


def test_standby_is_about_who_is_free(planning: PlanningClient):
    """Of two units the one that is busy neither counts nor moves."""
    busy = unit("u2", status=enums_pb2.UNIT_STATUS_BUSY, free_at=stamp(NOW + timedelta(hours=1)))
    asked: dict[str, Any] = {"server_fleet": None, "fleet": {"units": [unit("u1"), busy]}, "terms": {"at": stamp()}}
    far = {"display_name": "Coquimbo", "lon": -71.3436, "lat": -29.9533}
    told = planning.done(planning.standby(**asked, places=[far], units=[unit("u1").name], least_gain_share=0.0))
    answer = unpacked(told, pb.AdviseStandbyResponse())
    advice, versions = answer.advice, answer.versions
    assert len(answer.digest) == 16
    assert all((versions.scenario, versions.region, versions.policy, versions.metric, versions.fleet, versions.demand))
    assert (advice.free_unit_count, advice.place_count) == (1, 1)
    assert {move.unit for move in advice.moves} <= {unit("u1").name}
    assert advice.after.expected_demand >= advice.before.expected_demand > 0
    assert not advice.question.hour
    asked["terms"]["told_duration"] = timedelta(minutes=8)
    snow = {"toml": 'title = "Snow"\n[when]\nweekday = "fri"\nhour = 8\nweather = "snow"\n'}
    told = planning.done(planning.standby(**asked, places=[far], scenario=snow))
    question = unpacked(told, pb.AdviseStandbyResponse()).advice.question
    assert datetime.fromisoformat(question.moment) == NOW.replace(second=0, microsecond=0)
    assert (question.hour, question.weather, question.scenario_title) == ("fri-08", "snow", "Snow")
    assert question.told_duration.ToTimedelta() == timedelta(minutes=8)
    assert list(question.promise_minutes) == sorted(question.promise_minutes)
    assert question.services
    found = failure(lambda: planning.standby(**asked, units=[busy.name]))
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "INVALID_STANDBY")


@pytest.mark.parametrize("form", ["content", "toml"])
def test_shifts(planning: PlanningClient, form: str):
    """The library's plan, whichever way the rules are written; played unless that is not wanted."""
    toml = "calls_per_day = 9\ncrew_hours = 16\nonly_bases = true\n[[shift]]\nstarts = [0, 8, 16]\n"
    toml += '[[base]]\nprovider = "P0002"\n[[base]]\nprovider = "P0005"\n'
    rules = {form: RULES if form == "content" else toml}
    skip = form == "toml"
    done = planning.done(planning.shifts(rules, services=["SERVICE_TOWING"], gap_share=0.9, skip_play=skip))
    answer = unpacked(done, pb.PlanShiftsResponse())
    plan, mine = answer.plan, planner()
    wanted = plan_shifts(
        mine, mine.stands(fleet()), parse_rules(RULES), usual_shares((Service.TOWING,)), seconds=60, gap=0.9
    )
    assert [(each.provider, each.crew_count, each.from_hour, each.to_hour) for each in plan.shifts] == [
        (f"{REGION}/providers/{each.provider}", each.crews, each.from_hour, each.to_hour) for each in wanted.shifts
    ]
    assert (plan.covered_share, plan.crew_hours, plan.base_count) == (wanted.share, wanted.crew_hours, 2)
    assert plan.scenario_toml == wanted.scenario().to_toml()
    told = (wanted if skip else play_shifts(wanted, hours=(2, 9))).told()
    assert [each.HasField("played_share") for each in plan.hours] == 24 * [not skip]
    assert plan.HasField("played_share") is not skip
    read = shifts_of(plan, answer)
    assert [read.hours[row].played for row in (2, 9)] == [told.hours[row].played for row in (2, 9)]
    if not skip:
        assert read.played is not None
        assert (plan.played_share, plan.played_plus_minus_share) == (read.played.share, read.played.plus_minus)
    assert answer.versions == outgoing.versions(told.versions)
    assert answer.digest == read.digest
    assert (answer.digest == told.digest) is skip


@pytest.mark.parametrize(
    ("method", "fields", "reason", "field"),
    [
        ("site", {}, "REQUIRED_FIELD", "candidate_source"),
        ("site", {"candidates": {"candidates": [{"id": "P0001", **HERE}]}}, "DUPLICATE_ID", "candidates[0].id"),
        ("site", {"candidates": {"candidates": [{"id": "a", **HERE}, {"id": "a", **HERE}]}}, "DUPLICATE_ID", "[0].id"),
        ("site", {"candidates": {"candidates": [{"id": "a", "contract_cost": 1, **HERE}, {"id": "b", **HERE}]}},
            "INVALID_SITING", "candidates[1].contract_cost"),
        ("site", {"candidates": {"candidates": [{"id": "a", "lon": 1, "lat": 1}]}},
            "LOCATION_OUTSIDE_REGION", "candidates[0]"),
        ("site", {"heaviest_cells": {"cell_count": 0}}, "VALUE_OUT_OF_RANGE", "heaviest_cells.cell_count"),
        ("site", {"heaviest_cells": {"cell_count": 2}, "scenario": SWEEP}, "INVALID_SCENARIO", "scenario.toml.sweep"),
        ("site", {"heaviest_cells": {"cell_count": 5}, "site_count": 7}, "INVALID_SITING", "site_count"),
        ("site", {"heaviest_cells": {"cell_count": 5}}, "INVALID_SITING", "site_count"),
        ("site", {"heaviest_cells": {"cell_count": 5}, "budget": 5}, "INVALID_SITING", "budget"),
        ("site", {"heaviest_cells": {"cell_count": 5}, "site_count": 1, "busy_share": 0.5}, "INVALID_SITING",
            "busy_share"),
        ("site", {"candidates": {"candidates": ZERO}, "budget": 0}, "SITING_IMPOSSIBLE", "budget"),
        ("site", {"candidates": {"candidates": ZERO}, "budget": 0, "goal": "SITING_GOAL_EXPECTED", "busy_share": 0.3},
            "SITING_IMPOSSIBLE", "budget"),
        ("site", {"candidates": {"candidates": [{"id": "a", "services": ["SERVICE_AIRPORT_TRANSFER"], **HERE}]},
            "site_count": 1}, "INVALID_SITING", "candidates.candidates"),
        ("site", {"candidates": {"candidates": [{"id": "n", **HERE}]}, "site_count": 1, "scenario": {"toml":
            '[[provider]]\nadd = "n"\nlon = -71.2519\nlat = -29.9027\n'}}, "INVALID_SITING",
            "candidates.candidates[0].id"),
        ("standby", {"scenario": {"toml": '[[provider]]\nremove = "P0001"\n'}}, "INVALID_STANDBY",
            "scenario.toml.provider[0]"),
        ("standby", {"scenario": {"content": {"when": {"hours": [3, 4]}}}}, "INVALID_STANDBY",
            "scenario.content.when.hours"),
        ("standby", {"units": [f"{REGION}/providers/NOPE/units/P0002-01"]}, "INVALID_STANDBY", "units[0]"),
        ("shifts", {"rules": {"toml": RULES_TEXT + '[[base]]\nprovider = "P0002"\n[[base]]\nprovider = "zz"\n'}},
            "INVALID_STAFFING", "shift_rules.toml.base[1].provider"),
        ("shifts", {"rules": {"toml": RULES_TEXT + "[[shift]]\nstrts = 1\n"}}, "INVALID_STAFFING",
            "shift_rules.toml.shift[0].strts"),
        ("shifts", {"rules": {"toml": RULES_TEXT}, "scenario": {"toml":
            '[[shift]]\nprovider = "P0002"\ncrews = 1\nfrom = 1\nto = 2\n'}}, "INVALID_STAFFING",
            "scenario.toml.shift"),
        ("standby", {"scenario": SWEEP}, "INVALID_SCENARIO", "scenario.toml.sweep"),
        ("shifts", {"rules": {"content": {"calls_per_day": 9, "target": 0.5}}, "scenario": SWEEP},
            "INVALID_SCENARIO", "scenario.toml.sweep"),
        ("standby", {"terms": {"crews": "CREW_SELECTION_ALL"}}, "INVALID_INPUT", "terms.crews"),
        ("standby", {"terms": {"demand": {"cells": ["xyz"], "demand": [1]}}}, "INVALID_DEMAND",
            "terms.demand.cells[0]"),
        ("standby", {"move_count": 11}, "VALUE_OUT_OF_RANGE", "move_count"),
        ("standby", {"places": [{"lon": 1, "lat": 1}]}, "LOCATION_OUTSIDE_REGION", "places[0]"),
        ("standby", {"units": ["regions/x/providers/p/units/u"]}, None, "units[0]"),
        ("standby", {"scenario": {"toml": "[when]\nhour = 99\n"}}, "INVALID_SCENARIO", "scenario.toml.when.hour"),
        ("shifts", {"rules": {"content": {"calls_per_day": 9}}}, "INVALID_STAFFING", "shift_rules.content.target"),
        ("shifts", {"rules": {"toml": "x = ["}}, "INVALID_STAFFING", "shift_rules.toml"),
        ("shifts", {"rules": {"toml": "x = " + "9" * 5000}}, "INVALID_STAFFING", "shift_rules.toml"),
        ("shifts", {"rules": {"content": {"wehn": 1}}}, "INVALID_STAFFING", "shift_rules.content.wehn"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(
    planning: PlanningClient, method: str, fields: dict[str, Any], reason: str | None, field: str
):
    """A typed error with the field, before anything begins."""
    before = len(planning.list().operations)
    found = failure(lambda: getattr(planning, method)(**fields, validate_only=True))
    assert reason in (None, found.reason)
    assert any(each.endswith(field) for each in found.fields), found.fields
    assert len(planning.list().operations) == before


def test_numbers_are_written_out(planning: PlanningClient):
    """Of what was sent and of the bounds."""
    found = failure(lambda: planning.evaluate(detail={"gap_count": 1_000_000}, validate_only=True))
    assert found.message == "detail.gap_count 1,000,000 must be 0 to 1,000"
    found = failure(lambda: planning.shifts({"toml": RULES_TEXT}, search_duration={"seconds": 99_999_999}))
    assert "e+" not in found.message


@pytest.mark.parametrize("format", ["PNG", "GPKG"])
def test_files_that_nobody_draws_are_refused(planning: PlanningClient, format: str):
    """A comparison has a page alone, a plan of shifts a page and a picture."""
    files = [f"COVERAGE_FILE_FORMAT_{format}"]
    found = failure(lambda: planning.compare({"content": {}}, comparison_files=files, validate_only=True))
    assert (found.reason, found.fields) == ("VALUE_OUT_OF_RANGE", ["comparison_files[0]"])
    if format != "PNG":
        found = failure(lambda: planning.shifts({"toml": RULES_TEXT}, files=files, validate_only=True))
        assert (found.reason, found.fields) == ("VALUE_OUT_OF_RANGE", ["files[0]"])


def test_files_of_several_variants_are_refused(planning: PlanningClient):
    """Which one would they be of?"""
    found = failure(
        lambda: planning.compare({"content": {}}, {"content": {}}, detail={"files": ["COVERAGE_FILE_FORMAT_PNG"]})
    )
    assert (found.reason, found.fields) == ("VALUE_OUT_OF_RANGE", ["detail.files"])
