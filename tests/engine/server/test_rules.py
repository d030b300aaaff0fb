"""The rules declared in the contract, on a real server: each has its effect, and none more is asked than they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from towline.v1 import eta_service_pb2, fleet_service_pb2, location_pb2, region_service_pb2, traffic_pb2

from engine.server.options import ServerOptions
from engine.server.validation.declared import FLOATS, full_name, is_list, read_fields, rules_of
from tests.engine.server.rules import Case, bad_values, breaks, edges, fill, owner, put, reach, walk
from tests.engine.server.test_fuzz import METHODS as ALL
from tests.engine.server.test_fuzz import send
from tests.engine.server.wire import REGION, Client, failure, place, unit
from tests.proto.descriptors import methods

OPTIONS = ServerOptions()
#: Rules are declared in the contract's own messages; those of operations are google.longrunning's.
METHODS = [method for method in ALL if method.containing_service.file.package == "towline.v1"]
#: What breaks no rule by itself, but is never right.
MALFORMED = {"REQUIRED_FIELD", "VALUE_OUT_OF_RANGE", "INVALID_RESOURCE_NAME", "INVALID_INPUT", "INVALID_FIELD_MASK"}
#: Fields of requests in which any value will do, or which the server's state alone judges.
FREE = {
    *("Provider.display_name", "Garage.display_name", "KilometrePost.direction", "IncidentFilter.customer"),
    *("WatchEventsRequest.after_number", "WatchEventsRequest.ledger", "StreamPositionsRequest.observed_at_ms"),
    *("TrafficArcs.region_version", "TrafficArea.road_classes", "TrafficNumbers.values"),
}


def described(kind: Any) -> Any:
    return kind.DESCRIPTOR


def least(method: Any) -> Any:
    """A request that has what the rules require, and nothing else."""
    request = fill(method.input_type._concrete_class())
    if method.name == "StreamPositions":  # the first of a stream
        request.parent = REGION
    if method.name == "BatchUpsertUnits":  # units that the server does not know yet
        request.units[0].location.CopyFrom(place())
    return request


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_each_rule_has_its_effect(client: Client, method: Any):
    """Of a request that keeps all rules but one: exactly one ErrorInfo, with the rule's reason and the field's path."""
    cases = list(breaks(method.input_type, OPTIONS))
    assert cases or not method.input_type.fields
    wrong = []
    for case in cases:
        request = case.apply(least(method))
        found = failure(lambda request=request: send(client, method, request.SerializeToString()))
        if (found.reason, found.metadata.get("field")) != (case.reason, case.path):
            wrong.append((case.path, case.rule, case.reason, found.reason, found.metadata.get("field"), found.message))
    assert wrong == []


def tried(client: Client, method: Any, request: Message) -> tuple[str, str]:
    """Reason and field of the refusal; empty when it was answered."""
    try:
        send(client, method, request.SerializeToString())
    except grpc.RpcError as error:
        refused = error

        def told() -> None:  # what was said the first time: a second one may find another state
            raise refused

        found = failure(told)
        return found.reason, found.metadata.get("field", "")
    return "", ""


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_what_keeps_the_rules_is_not_malformed(client: Client, method: Any):
    """The least request is answered, or refused for the server's state alone; so is one at the edges of its numbers."""
    assert tried(client, method, least(method))[0] not in MALFORMED
    for steps, path, field, part in walk(method.input_type):
        rules = rules_of(field)
        if (part is not None and field.name in (*part.not_read, *part.refused)) or rules.list.apart:
            continue
        for value in [] if field.message_type is not None else edges(rules, field.cpp_type in FLOATS):
            request = Case(steps, field, "edge", lambda m, f=field, v=value: put(m, f, _number(f, v))).apply(
                least(method)
            )
            reason, where = tried(client, method, request)
            assert not (reason in MALFORMED | {rules.reason} and where == path), (path, value, reason)


def _number(field: Any, value: float) -> float:
    return value if field.cpp_type in FLOATS else int(value)


def test_positions_are_judged_one_by_one(start: Any):
    """Each rule of an entry of ReportPositions has its effect on that entry alone."""
    _, mine = start()
    cases = list(breaks(fleet_service_pb2.UnitPosition.DESCRIPTOR, OPTIONS))
    entries = [case.apply(fill(fleet_service_pb2.UnitPosition())) for case in cases]
    request = fleet_service_pb2.ReportPositionsRequest(parent=REGION, positions=entries)
    told = mine.fleet.ReportPositions(request).rejected_positions
    assert [(each.reason, each.metadata["field"]) for each in told] == [
        (case.reason, f"positions[{index}].{case.path}") for index, case in enumerate(cases)
    ]


def test_places_are_judged_one_by_one(client: Client):
    """Each rule of a location has its effect on that result of Snap alone."""
    cases = list(breaks(location_pb2.Location.DESCRIPTOR, OPTIONS))
    places = [*(case.apply(fill(location_pb2.Location())) for case in cases), place()]
    results = client.eta.Snap(eta_service_pb2.SnapRequest(region=REGION, locations=places)).results
    assert [(each.error.reason, each.error.metadata["field"]) for each in results[:-1]] == [
        (case.reason, f"locations[{index}].{case.path}") for index, case in enumerate(cases)
    ]
    assert results[-1].HasField("snapped_location")


@pytest.mark.parametrize("name", ["lon", "lat", "heading_deg"])
def test_columns_are_judged_one_by_one(start: Any, name: str):
    """Each rule of a column of StreamPositions has its effect on that position alone."""
    _, mine = start()
    field = described(fleet_service_pb2.StreamPositionsRequest).fields_by_name[name]
    bad = [
        (value, reason)
        for _, value, reason in bad_values(field)
        if not (name == "heading_deg" and value == float("-inf"))  # not known, as all below 0
    ]
    count = len(bad)
    request = fleet_service_pb2.StreamPositionsRequest(
        parent=REGION, unit_ids=["u1"] * count, lon=[-71.25] * count, lat=[-29.91] * count
    )
    request.ClearField(name)
    getattr(request, name).extend(value for value, _ in bad)
    told = mine.fleet.StreamPositions(iter([request])).rejected_positions
    assert [each.reason for each in told] == [reason for _, reason in bad]


def test_traffic_is_judged_one_by_one(begin: Any):
    """Each rule of an entry of traffic has its effect on that entry alone, as a reason of `ignored`."""
    _, mine, _ = begin()
    wrong = []
    for case in breaks(traffic_pb2.TrafficEntry.DESCRIPTOR, OPTIONS):
        if owner(case.field) == "TrafficNumbers.values":  # of speeds or factors, whose reason it then has
            continue
        entry = case.apply(fill(traffic_pb2.TrafficEntry()))
        answer = mine.region.UpdateTraffic(region_service_pb2.UpdateTrafficRequest(parent=REGION, entries=[entry]))
        told = [each.reason for each in answer.result.ignored]
        if told != [case.reason]:
            wrong.append((case.path, case.rule, case.reason, told))
    assert wrong == []


def asked_fields() -> Iterator[Any]:
    """Every field that some request is read for, entries that stand for themselves included."""
    seen: set[str] = set()

    def within(message: Any) -> Iterator[Any]:
        if message.full_name in seen:
            return
        seen.add(message.full_name)
        for field in read_fields(message):
            yield field
            if field.message_type is not None and field.message_type.file.package == "towline.v1":
                yield from within(field.message_type)

    for method in methods():
        yield from within(method.input_type)


def test_every_field_has_its_rules():
    """A new field of a request has rules, or is known to need none; switches, tokens and messages always do."""
    bare = {
        owner(field)
        for field in asked_fields()
        if not rules_of(field).ByteSize() and field.message_type is None and field.enum_type is None
        if field.cpp_type != field.CPPTYPE_BOOL and field.name not in ("etag", "page_token", "id_prefix")
    }
    assert bare == FREE


def test_rules_are_of_requests_only():
    """A rule on a field that no request is read for would have no effect."""
    asked = {field.full_name for field in asked_fields()}
    for method in methods():
        for field in method.output_type.fields:
            assert field.full_name in asked or not rules_of(field).ByteSize(), field.full_name
    assert rules_of(described(traffic_pb2.TrafficEntry).fields_by_name["arc_count"]).output_only


def test_the_kinds_of_rules_fit_their_fields():
    """Lists have list rules, numbers bounds, texts forms: nothing is declared where it cannot mean anything."""
    for field in asked_fields():
        rules = rules_of(field)
        text = field.cpp_type == field.CPPTYPE_STRING
        assert not (rules.form or rules.max_character_count) or text, field.full_name
        assert not rules.HasField("list") or is_list(field), field.full_name
        assert not rules.HasField("part") or field.message_type is not None, field.full_name
        assert not (rules.positive or rules.HasField("shortest") or rules.HasField("longest")) or (
            full_name(field) == "google.protobuf.Duration"
        ), field.full_name
        assert not rules.only or field.enum_type is not None, field.full_name
        beside = field.containing_type.fields_by_name
        for name in (rules.required_unless, rules.part.reads_if, rules.part.reads_mask):
            assert not name or name in beside, field.full_name
        for name in (*rules.part.may_lack, *rules.part.not_read, *rules.part.refused, *rules.part.reads):
            assert name in field.message_type.fields_by_name, field.full_name


def test_a_draft_is_read_for_little(start: Any):
    """What is not read of a draft keeps no rules; what is read does."""
    from towline.v1 import incident_service_pb2 as pb

    _, mine = start()
    odd = {"customer": "c", "unit_count": 99, "service": 77}
    draft = pb.CreateIncidentRequest(parent=REGION, incident=odd, draft=True)
    assert mine.incidents.CreateIncident(draft).incident.customer == "c"
    draft.incident.customer = "x" * 129
    found = failure(lambda: mine.incidents.CreateIncident(draft))
    assert (found.reason, found.fields) == ("INVALID_INPUT", ["incident.customer"])
    draft.incident.assigned_unit = unit().name
    assert failure(lambda: mine.incidents.CreateIncident(draft)).reason == "INVALID_INPUT"


def test_reach_makes_its_way():
    """The helper above keeps all other rules on its way down."""
    request = fill(eta_service_pb2.RouteRequest())
    assert reach(request, ("stops",)).lon == -71.25
    assert len(request.stops) == 2
