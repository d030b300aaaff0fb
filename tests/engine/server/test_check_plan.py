"""CheckPlan over the wire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from towline.v1 import check_pb2, enums_pb2, fleet_pb2
from towline.v1 import dispatch_service_pb2 as pb

from engine.server import ServerOptions
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, failure, incident, place, provider, stamp, unit

UNITS = [unit(f"u{k}", location=place(LON + 0.002 * k, LAT)) for k in range(3)]
INCIDENTS = [incident(f"i{k}", location=place(LON, LAT + 0.002 * k)) for k in range(3)]


def tour(key: str, *incidents: str, provider_key: str = "p1") -> check_pb2.PlannedTour:
    stops = [check_pb2.PlannedStop(incident=f"{REGION}/incidents/{each}") for each in incidents]
    return check_pb2.PlannedTour(unit=f"{REGION}/providers/{provider_key}/units/{key}", stops=stops)


def request(*tours: check_pb2.PlannedTour, **fields: Any) -> pb.CheckPlanRequest:
    values: dict[str, Any] = {
        "region": REGION,
        "incidents": INCIDENTS,
        "fleet": fleet_pb2.Fleet(units=UNITS),
        "now": stamp(),
    }
    return pb.CheckPlanRequest(tours=tours, **values | fields)


def codes(answer: pb.CheckPlanResponse) -> list[str]:
    return [enums_pb2.ViolationCode.Name(each.code).removeprefix("VIOLATION_CODE_") for each in answer.violations]


def test_a_good_plan_stands_beside_others(client: Client):
    """No violation; figures of three plans, and arrivals of its own."""
    answer = client.dispatch.CheckPlan(request(tour("u0", "i0", "i2"), tour("u1", "i1")))
    assert codes(answer) == []
    assert [item.tour_index for item in answer.plan.assignments] == [0, 0, 1]
    assert answer.plan.assignments[2].after == f"{REGION}/incidents/i0"
    figures = [answer.figures, answer.towline_figures, answer.nearest_figures]
    assert {each.kept_count + each.broken_count + each.unserved_count for each in figures} == {3}
    assert answer.figures.cost == answer.plan.cost
    assert answer.towline_figures.cost.total_millimin <= answer.figures.cost.total_millimin
    assert [each.HasField("gap_millimin") for each in figures] == [False, True, False]


def test_what_is_wrong_is_answered_not_refused(client: Client):
    """Unknown names, an incident twice, one left over, a time that cannot be: violations, with names and amounts."""
    early = tour("u0", "i0")
    early.stops[0].arrives_at.CopyFrom(stamp(NOW - timedelta(minutes=5)))
    answer = client.dispatch.CheckPlan(
        request(early, tour("u1", "i0", "i9"), tour("ghost", "i1"), tour("u2", provider_key="p9"), violations_only=True)
    )
    assert sorted(codes(answer)) == [
        "INCIDENT_TWICE", "NOT_PLANNED", "NOT_PLANNED", "TOO_EARLY", "UNKNOWN_INCIDENT", "UNKNOWN_UNIT", "UNKNOWN_UNIT",
    ]  # fmt: skip
    found = {enums_pb2.ViolationCode.Name(each.code): each for each in answer.violations}
    late = found["VIOLATION_CODE_TOO_EARLY"]
    assert (late.unit, late.incident, late.tour_index) == (UNITS[0].name, INCIDENTS[0].name, 0)
    assert late.duration.ToTimedelta() >= timedelta(minutes=5)
    assert late.severity == enums_pb2.VIOLATION_SEVERITY_RULE
    unknown = {each.unit for each in answer.violations if each.code == enums_pb2.VIOLATION_CODE_UNKNOWN_UNIT}
    assert unknown == {f"{REGION}/providers/p1/units/ghost", f"{REGION}/providers/p9/units/u2"}
    assert not answer.HasField("towline_figures")


def test_messages_are_in_the_language_asked_for(client: Client):
    """Codes stay as they are."""
    answer = client.dispatch.CheckPlan(request(tour("u0", "i0"), language_code="zh-CN", violations_only=True))
    assert codes(answer) == ["NOT_PLANNED", "NOT_PLANNED"]
    assert answer.violations[0].message == "i1没有安排车辆"


@pytest.mark.parametrize(
    ("broken", "reason", "field"),
    [
        (request(check_pb2.PlannedTour()), "REQUIRED_FIELD", "tours[0].unit"),
        (request(tour("u0", "")), "INVALID_RESOURCE_NAME", "tours[0].stops[0].incident"),
        (request(incidents=[]), "REQUIRED_FIELD", "incidents"),
        (request(fleet=None), "REQUIRED_FIELD", "fleet_source"),
        (request(tour_mode=9), "INVALID_INPUT", "tour_mode"),
    ],
)
def test_malformed_plans_are_refused_by_path(client: Client, broken: pb.CheckPlanRequest, reason: str, field: str):
    """A name that is none, or nothing to check."""
    found = failure(lambda: client.dispatch.CheckPlan(broken))
    assert (found.reason, found.fields) == (reason, [field])


def test_absurd_times_and_sizes_are_refused(client: Client):
    """A planned time in ten years; more stops than any plan has."""
    far = tour("u0", "i0")
    far.stops[0].arrives_at.CopyFrom(stamp(NOW + timedelta(days=3660)))
    found = failure(lambda: client.dispatch.CheckPlan(request(far)))
    assert (found.reason, found.fields) == ("INVALID_TIME", ["tours[0].stops[0].arrives_at"])
    long = request(tour("u0", *["i0"] * (2 * ServerOptions().max_incidents + 1)))
    assert failure(lambda: client.dispatch.CheckPlan(long)).reason == "REQUEST_TOO_LARGE"


def test_the_servers_fleet_can_be_asked(client: Client):
    """With server_fleet the units are those that the server keeps."""
    from towline.v1 import fleet_service_pb2 as kept

    client.fleet.BatchUpsertProviders(kept.BatchUpsertProvidersRequest(parent=REGION, providers=[provider()]))
    client.fleet.BatchUpsertUnits(kept.BatchUpsertUnitsRequest(parent=REGION, units=UNITS))
    asked = pb.CheckPlanRequest(
        region=REGION, incidents=INCIDENTS[:1], server_fleet={}, now=stamp(), tours=[tour("u1", "i0")]
    )
    assert codes(client.dispatch.CheckPlan(asked)) == []
