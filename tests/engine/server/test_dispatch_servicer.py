"""DispatchService over the wire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from towline.v1 import dispatch_service_pb2 as pb
from towline.v1 import enums_pb2, fleet_pb2

from engine.dispatch import Dispatcher
from engine.model import Fleet, Incident, Location, Provider, Service, Unit
from tests.engine.server.wire import (
    LAT,
    LON,
    NOW,
    REGION,
    Client,
    failure,
    fleet,
    incident,
    place,
    provider,
    stamp,
    unit,
)

SPREAD = [unit(f"u{k}", location=place(LON + 0.002 * k, LAT)) for k in range(8)]


def test_recommend_answers_as_the_library(client: Client, dispatcher: Dispatcher):
    """The service adds nothing: unit, times, cost and reasons are those of the plain Python call."""
    request = pb.RecommendRequest(region=REGION, incident=incident(), fleet=fleet(*SPREAD), now=stamp())
    answer = client.dispatch.Recommend(request).recommendation
    towing = frozenset({Service.TOWING})
    units = tuple(Unit(f"u{k}", "p1", Location(LON + 0.002 * k, LAT), towing) for k in range(8))
    state = dispatcher.prepare(Fleet((Provider("p1"),), units))
    need = Incident("i1", Location(LON, LAT), Service.TOWING, NOW - timedelta(minutes=1))
    wanted = dispatcher.recommend(need, state, NOW)
    assert wanted.best is not None
    assert answer.incident == f"{REGION}/incidents/i1"
    assert answer.best.unit == f"{REGION}/providers/p1/units/{wanted.best.unit_id}"
    assert answer.best.arrives_at.ToDatetime(tzinfo=NOW.tzinfo) == wanted.best.arrives_at
    assert answer.best.slack.ToTimedelta() == wanted.best.slack
    assert answer.best.cost.total_millimin == wanted.best.cost.total
    assert not answer.best.HasField("lost")
    assert [rival.unit.rsplit("/")[-1] for rival in answer.runners_up] == [rival.unit_id for rival in wanted.runners_up]
    assert all(rival.lost.message and rival.lost.code for rival in answer.runners_up)
    assert answer.policy_version == dispatcher.policy.version
    assert answer.region_version == dispatcher.region.metadata.version
    assert answer.metric_version == "free-flow"


def test_runners_up_are_five_unless_asked(client: Client):
    """0 to 50 on request; more is coerced."""

    def ask(**fields: Any) -> int:
        request = pb.RecommendRequest(region=REGION, incident=incident(), fleet=fleet(*SPREAD), **fields)
        return len(client.dispatch.Recommend(request).recommendation.runners_up)

    assert ask() == 5
    assert ask(max_runners_up=0) == 0
    assert ask(max_runners_up=1000) == 7


def test_nobody_can_is_an_answer(client: Client):
    """An incident nobody can serve is answered with the reason, not with an error."""
    request = pb.RecommendRequest(
        region=REGION, incident=incident(required_capabilities=[enums_pb2.CAPABILITY_HEAVY]), fleet=fleet()
    )
    answer = client.dispatch.Recommend(request).recommendation
    assert not answer.HasField("best")
    assert answer.unserved.code == enums_pb2.REASON_CODE_NO_CAPABLE_UNIT
    assert answer.promise.HasField("due_at")


def test_optimize_accounts_for_every_incident(client: Client):
    """Two units, three incidents: two assigned, one left over with its reason, the cost proven."""
    incidents = [incident(f"i{k}", location=place(LON + 0.003 * k, LAT)) for k in range(3)]
    request = pb.OptimizeRequest(
        region=REGION,
        incidents=incidents,
        fleet=fleet(*SPREAD[:2]),
        now=stamp(),
        tour_mode=enums_pb2.TOUR_MODE_ONE_EACH,
    )
    plan = client.dispatch.Optimize(request).plan
    assert len(plan.assignments) == 2
    assert [left.reason.code for left in plan.unserved] == [enums_pb2.REASON_CODE_CAPACITY]
    assert {item.incident for item in (*plan.assignments, *plan.unserved)} == {item.name for item in incidents}
    parts = [item.chosen.cost for item in plan.assignments] + [item.cost for item in plan.unserved]
    assert sum(part.total_millimin for part in parts) == plan.cost.total_millimin
    assert plan.gap_millimin == 0
    assert plan.now == stamp()
    assert plan.stage_durations


def test_units_serve_several_where_one_each_is_not_enough(client: Client):
    """Two units, five incidents: all are served in order, and the plan says why, in the language asked for."""
    incidents = [incident(f"i{k}", location=place(LON + 0.003 * k, LAT)) for k in range(5)]
    request = pb.OptimizeRequest(region=REGION, incidents=incidents, fleet=fleet(*SPREAD[:2]), now=stamp())
    plan = client.dispatch.Optimize(request, timeout=120).plan  # compiles, the first time
    assert not plan.unserved
    assert plan.why.code == enums_pb2.REASON_CODE_TOURS
    assert plan.why.details["left"] == "3"
    by_name = {item.incident: item for item in plan.assignments}
    for item in plan.assignments:
        if item.tour_index:
            before = by_name[item.after]
            assert (before.chosen.unit, before.tour_index) == (item.chosen.unit, item.tour_index - 1)
            assert item.chosen.departs_at.ToDatetime() > before.chosen.arrives_at.ToDatetime()
        else:
            assert not item.after
    request.language_code = "zh"
    assert "每车" in client.dispatch.Optimize(request, timeout=5).plan.why.message
    request.tour_mode = 77  # ty: ignore[invalid-assignment]
    assert failure(lambda: client.dispatch.Optimize(request)).reason == "INVALID_INPUT"


def test_many_incidents_few_units(client: Client):
    """10,000 incidents for 5 units: each serves five of the most urgent, the others say why."""
    incidents = [incident(f"i{k}", location=place(LON + 0.00001 * (k % 500), LAT)) for k in range(10_000)]
    request = pb.OptimizeRequest(region=REGION, incidents=incidents, fleet=fleet(*SPREAD[:5]), now=stamp())
    plan = client.dispatch.Optimize(request, timeout=120).plan
    assert len(plan.assignments) == 25
    assert len(plan.unserved) == 9_975
    assert plan.why.details["planned"] == "2000"
    assert all(left.reason.message for left in plan.unserved)


def test_earlier_assignments_are_named(client: Client):
    """A previous unit that is kept is no change; a pinned one always is kept."""
    near, far = SPREAD[0], SPREAD[7]
    kept = incident("i1", assigned_unit=near.name)
    pinned = incident("i2", assigned_unit=far.name, pinned=True)
    request = pb.OptimizeRequest(region=REGION, incidents=[kept, pinned], fleet=fleet(near, far), now=stamp())
    plan = client.dispatch.Optimize(request).plan
    by_name = {item.incident: item for item in plan.assignments}
    assert by_name[kept.name].previous_unit == near.name
    assert by_name[kept.name].chosen.unit == near.name
    assert not by_name[kept.name].changed
    assert by_name[pinned.name].chosen.unit == far.name


def test_server_fleet_is_the_one_reported(start):
    """With server_fleet the decision is made with what FleetService holds."""
    units = (Unit("u9", "p1", Location(LON, LAT), frozenset(Service)),)
    _, client = start(Fleet((Provider("p1"),), units))
    request = pb.RecommendRequest(region=REGION, incident=incident(), server_fleet=fleet_pb2.ServerFleet())
    assert client.dispatch.Recommend(request).recommendation.best.unit == f"{REGION}/providers/p1/units/u9"


def test_services_of_the_provider_are_inherited(client: Client):
    """A unit without services has those of its provider in the same request."""
    mine = fleet_pb2.Fleet(providers=[provider(services=[enums_pb2.SERVICE_TOWING])], units=[unit(services=[])])
    request = pb.RecommendRequest(region=REGION, incident=incident(), fleet=mine)
    assert client.dispatch.Recommend(request).recommendation.HasField("best")
    request.incident.service = enums_pb2.SERVICE_AIRPORT_TRANSFER
    assert not client.dispatch.Recommend(request).recommendation.HasField("best")


def test_unset_now_is_the_servers_clock(client: Client):
    """The fixture's clock stands at NOW."""
    request = pb.OptimizeRequest(region=REGION, incidents=[incident()], fleet=fleet())
    assert client.dispatch.Optimize(request).plan.now == stamp(NOW)


@pytest.mark.parametrize("minutes", [1, 45])
def test_promise_can_be_overridden(client: Client, minutes: int):
    """The request's duration replaces the policy's."""
    need = incident(promise_duration=timedelta(minutes=minutes))
    answer = client.dispatch.Recommend(pb.RecommendRequest(region=REGION, incident=need, fleet=fleet()))
    promise = answer.recommendation.promise
    assert promise.promise_class == enums_pb2.PROMISE_CLASS_OVERRIDE
    assert promise.due_at == stamp(NOW + timedelta(minutes=minutes - 1))


def test_reasons_in_chinese(client: Client):
    """The language code chooses the messages; codes stay, and a language that is not spoken is refused."""
    heavy = incident(required_capabilities=[enums_pb2.CAPABILITY_HEAVY])

    def ask(code: str) -> tuple[Any, Any]:
        known: dict[str, Any] = {"region": REGION, "fleet": fleet(*SPREAD), "now": stamp(), "language_code": code}
        one = client.dispatch.Recommend(pb.RecommendRequest(incident=heavy, **known)).recommendation.unserved
        plan = client.dispatch.Optimize(pb.OptimizeRequest(incidents=[heavy, incident("i2")], **known)).plan
        lost = plan.assignments[0].runners_up[0].lost
        assert plan.unserved[0].reason == one
        return one, lost

    (english, lost), (chinese, verloren) = ask(""), ask("zh-CN")
    assert english.message == "no unit can do towing, heavy"
    assert chinese.message == "没有能承担拖车、重型的救援车辆"
    assert (english.code, lost.code) == (chinese.code, verloren.code)
    assert lost.message != verloren.message
    found = failure(lambda: ask("fr"))
    assert (found.reason, found.fields) == ("VALUE_OUT_OF_RANGE", ["language_code"])


def test_an_accident_over_the_wire(client: Client):
    """One answer a unit, each with the chance of keeping the promise; the second is named after the first."""
    both = pb.OptimizeRequest(region=REGION, incidents=[incident(unit_count=2)], fleet=fleet(*SPREAD), now=stamp())
    plan = client.dispatch.Optimize(both).plan
    assert [answer.incident for answer in plan.assignments] == [incident().name, incident().name + "#2"]
    assert all(0.9 < answer.chosen.promise_probability <= 1 for answer in plan.assignments)
