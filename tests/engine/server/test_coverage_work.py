"""What the processes that evaluate coverage do, in this process."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct  # ty: ignore[missing-module-member]  # made at run time
from hypothesis import given, settings
from hypothesis import strategies as st
from towline.v1 import coverage_service_pb2 as pb

from engine.coverage.layer import DemandLayer
from engine.dispatch import Dispatcher
from engine.errors import OperationCancelledError, ScenarioError, WorkerDiedError
from engine.policy import Policy
from engine.processes import giving_up
from engine.scenario import parse_scenario
from engine.server import coverage_planning
from engine.server.coverage_incoming import scenario_of
from engine.server.coverage_job import (
    Ask,
    Failed,
    Job,
    Needs,
    Summary,
    WorldParts,
    fleet_of,
    question,
    read_question,
    slices_of,
)
from engine.server.coverage_memory import Memory
from engine.server.coverage_planning import Planning
from engine.server.coverage_words import DemandSource
from engine.server.operations_options import PlanningOptions
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.metrics import free_flow_profile
from graphs.store import save_region
from tests.engine.server.planning import fleet, info_of
from tests.engine.server.wire import NOW, REGION


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = save_region(load_coquimbo(), tmp_path_factory.mktemp("world") / "a.towline-region")
    layer = DemandLayer.of_cells(load_coquimbo_population())
    source, options = DemandSource.POPULATION, PlanningOptions(variants=100)
    parts = WorldParts("coquimbo", str(path), Policy.default(), free_flow_profile(), layer, source, 0.0, None, options)
    return pickle.dumps(parts)


def job(**fields: Any) -> Job:
    values: dict[str, Any] = {"parent": REGION, "server_fleet": {}, "services": ["SERVICE_TOWING"]}
    request = pb.CompareCoverageRequest(**values | fields)
    slices = slices_of(fleet().providers, fleet().units)
    return Job("CompareCoverage", "coquimbo", request.SerializeToString(), NOW, slices)


def asked(memory: Memory, ask: Ask, *more: Any) -> Any:
    return memory.answer(b"".join(question(ask, *more)))


def test_it_says_what_it_does_not_know(world: bytes):
    """The region, the job, either; then it answers, and forgets jobs of long ago."""
    memory, first = Memory(), job(scenarios=[{"toml": ""}])
    ask = Ask("coquimbo", first.key)
    assert asked(memory, ask) == Needs(job=True, world=True)
    assert asked(memory, ask, first) == Needs(job=False, world=True)
    told = asked(memory, ask, first, world)
    assert isinstance(told, Summary)
    assert told.tasks == 1
    assert isinstance(asked(memory, Ask("coquimbo", first.key, 0)), bytes)
    for hour in (1, 2):
        other = job(scenarios=[{"content": {"when": {"hour": hour}}}])
        assert isinstance(asked(memory, Ask("coquimbo", other.key), other), Summary)
    assert asked(memory, ask) == Needs(job=True, world=False)


def test_parts_make_the_whole(world: bytes):
    """One task's bytes after the other are the response, whoever answered them."""
    asking = job(scenarios=[{"toml": "[sweep]\npromise.urban_minutes = [4, 6]\n"}, {"toml": 'title = "x"\n'}])
    one, two = Memory(), Memory()
    head = asked(one, Ask("coquimbo", asking.key), asking, world)
    assert asked(two, Ask("coquimbo", asking.key), asking, world) == head
    parts = [asked(memory, Ask("coquimbo", asking.key, number)) for number, memory in enumerate((one, two, one))]
    answer = pb.CompareCoverageResponse.FromString(b"".join([head.head, *parts]))
    assert answer.demand.unit == "people"
    told = [(each.scenario_index, each.title, [v.value for v in each.values]) for each in answer.comparisons]
    assert told == [(0, "", ["4"]), (0, "", ["6"]), (1, "x", [])]
    assert parts[0] == asked(two, Ask("coquimbo", asking.key, 0))


def test_processes_share_an_operation(dispatcher: Dispatcher):
    """With two workers both have done a part, answers come in order, and cancelling ends both."""
    asking = job(scenarios=[{"toml": '[sweep]\npromise.urban_minutes = "4..15"\n'}])
    done: list[int] = []
    planning = Planning({"coquimbo": dispatcher}, PlanningOptions(workers=2))
    try:
        raw = planning.run(asking, planning.check(asking), done.append)
        assert all(process.doing == "idle" for process in planning._workers._all)

        def give_up() -> None:
            raise OperationCancelledError("enough", cause="caller")

        with giving_up(give_up), pytest.raises(OperationCancelledError):
            planning.run(asking, planning.check(asking), done.append)
    finally:
        planning.close()
    assert done == list(range(1, 13))
    answer = pb.CompareCoverageResponse.FromString(raw)
    assert [each.values[0].value for each in answer.comparisons] == [str(minutes) for minutes in range(4, 16)]
    shares = [each.after[0].figures.covered_share for each in answer.comparisons]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]


NOBODY = "[[demand.area]]\nfactor = 0\npolygon = [[-73, -31], [-70, -31], [-70, -28], [-73, -28]]\n"


def test_a_variant_that_cannot_be(world: bytes):
    """Its error is part of the answer, beside the fleet as it is; the other scenario's figures are there."""
    memory, asking = Memory(), job(scenarios=[{"toml": NOBODY}, {"toml": 'title = "x"\n'}])
    head = asked(memory, Ask("coquimbo", asking.key), asking, world)
    parts = [asked(memory, Ask("coquimbo", asking.key, number)) for number in range(2)]
    bad, fine = pb.CompareCoverageResponse.FromString(b"".join([head.head, *parts])).comparisons
    assert (info_of(bad.error).reason, bad.error.code) == ("INVALID_DEMAND", 3)
    assert (len(bad.before), len(bad.after), bad.after_digest) == (1, 0, "")
    assert bad.before == fine.before
    assert (bad.scenario_index, fine.scenario_index) == (0, 1)
    assert fine.after
    assert not fine.HasField("error")
    scenario = {"toml": NOBODY + "[sweep]\npromise.urban_minutes = [4, 6]\n"}
    request = pb.EvaluateCoverageRequest(parent=REGION, server_fleet={}, scenario=scenario)
    alone = replace(asking, method="EvaluateCoverage", request=request.SerializeToString())
    assert asked(memory, Ask("coquimbo", alone.key), alone).tasks == 2
    (variant,) = pb.EvaluateCoverageResponse.FromString(asked(memory, Ask("coquimbo", alone.key, 1))).variants
    assert (info_of(variant.error).reason, variant.values[0].value) == ("INVALID_DEMAND", "6")


@pytest.mark.parametrize("lost", [1, coverage_planning.MOST_LOST, coverage_planning.MOST_LOST + 1])
def test_variants_that_nobody_survives(dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch, lost: int):
    """Some have their error, and the others go on; with one more than that the operation is given up."""
    planning = Planning({"coquimbo": dispatcher}, PlanningOptions())
    asking = job(scenarios=[{"toml": '[sweep]\npromise.urban_minutes = "4..9"\n'}])
    ask = planning._workers.ask

    def deadly(parts: list[bytes], left_s: float, told: Any) -> bytes | None:
        question, _, _ = read_question(b"".join(parts))
        if question.number is None or question.number >= lost or question.error is not None:
            return ask(parts, left_s, told)
        if question.number == 0:
            raise RuntimeError("KeyError here.py:3")
        return None

    monkeypatch.setattr(planning._workers, "ask", deadly)
    try:
        summary = planning.check(asking)
        if lost > coverage_planning.MOST_LOST:
            with pytest.raises(WorkerDiedError):
                planning.run(asking, summary, lambda _: None)
            return
        found = pb.CompareCoverageResponse.FromString(planning.run(asking, summary, lambda _: None)).comparisons
    finally:
        planning.close()
    reasons = [info_of(each.error).reason if each.HasField("error") else "" for each in found]
    assert reasons == ["INTERNAL", *["WORKER_DIED"] * (lost - 1), *[""] * (6 - lost)]
    assert "KeyError" not in str(found[0])
    assert [bool(each.after) for each in found] == [not reason for reason in reasons]


def test_failures_are_told_as_they_are(world: bytes):
    """Typed errors come over with all that they know; jobs that failed are not kept."""
    memory, wrong = Memory(), job(scenarios=[{"toml": '[[provider]]\nremove = "x"\nmove = "y"\n[when]\nhour = 99\n'}])
    found = asked(memory, Ask("coquimbo", wrong.key), wrong, world)
    assert isinstance(found, Failed)
    error = pickle.loads(pickle.dumps(found)).error
    assert isinstance(error, ScenarioError)
    assert (len(error.problems), error.metadata["field"]) == (2, "scenarios[0].toml")
    many = job(scenarios=[{"toml": '[sweep]\npromise.urban_minutes = "1..101"\n'}])
    assert asked(memory, Ask("coquimbo", many.key), many).error.reason == "REQUEST_TOO_LARGE"
    assert asked(memory, Ask("coquimbo", wrong.key)) == Needs(job=True, world=False)


def test_fleets_travel_whole():
    """Slices give the fleet again, whatever its order was."""
    known = fleet()
    assert fleet_of(slices_of(known.providers[::-1], known.units[::-1])) == known


def test_both_forms_mean_the_same():
    """JSON has neither whole numbers nor dates."""
    text = """
title = "x"
[when]
at = 2026-01-15T08:30:00
[[provider]]
add = "n"
lon = -71.25
lat = -29.9
crews = 2
[[close]]
way = [4611686018, 3]
[demand]
factor = 1.5
"""
    content = {
        "title": "x",
        "when": {"at": "2026-01-15T08:30:00"},
        "provider": [{"add": "n", "lon": -71.25, "lat": -29.9, "crews": 2}],
        "close": [{"way": [4611686018, 3]}],
        "demand": {"factor": 1.5},
    }
    by_text = scenario_of(pb.CoverageScenario(toml=text), "s")
    by_content = scenario_of(pb.CoverageScenario(content=json_format.ParseDict(content, Struct())), "s")
    assert by_text == by_content == parse_scenario(text)
    assert by_text.version == by_content.version


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=8,
)
TABLES = st.dictionaries(
    st.sampled_from(["title", "when", "promise", "provider", "shift", "close", "speed", "demand", "sweep", "include"]),
    JSON | st.lists(st.dictionaries(st.sampled_from(["add", "way", "factor", "hour", "polygon"]), JSON, max_size=3)),
    max_size=4,
)


@settings(max_examples=300, deadline=None)
@given(TABLES)
def test_no_content_is_a_bug(content: dict[str, Any]):
    """Whatever JSON is sent: a scenario, or its problems with the field."""
    struct = Struct()
    struct.update(content)
    problem = None
    try:
        scenario_of(pb.CoverageScenario(content=struct), "scenario")
    except ScenarioError as error:
        problem = error
    assert problem is None or (problem.metadata["field"] == "scenario.content" and problem.problems)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["", "\ufeff", "\r\n"]),
    st.text(alphabet=st.sampled_from("[]{}=\"'.,#\n abinclude012-:T"), max_size=60),
)
def test_no_text_reads_a_file(before: str, text: str):
    """Whatever text is sent, included files are refused before they are looked for."""
    include = f'{before}include = ["{__file__}", "/no/such/file"]\n'
    with pytest.raises(ScenarioError) as caught:
        scenario_of(pb.CoverageScenario(toml=include + text), "scenario")
    assert caught.value.metadata["field"] == "scenario.toml"
    assert "cannot be read" not in caught.value.message
    with pytest.raises(ScenarioError) as caught:
        scenario_of(pb.CoverageScenario(toml=include), "scenario")
    assert [each.key for each in caught.value.problems] == ["include"]
