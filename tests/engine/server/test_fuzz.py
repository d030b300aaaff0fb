"""Random bytes and random messages to every method: always a status or an answer, never a dead server."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import grpc
import pytest
from google.longrunning import operations_pb2
from google.protobuf.message import Message
from towline.v1 import (
    coverage_service_pb2,
    dispatch_service_pb2,
    eta_service_pb2,
    fleet_service_pb2,
    incident_service_pb2,
    location_pb2,
    planning_service_pb2,
    region_service_pb2,
    watch_service_pb2,
)

from engine.server.server import SERVICES
from tests.engine.server.wire import NOW, REGION, Client, failure, fleet, incident, stamp, unit

MODULES = (
    coverage_service_pb2,
    operations_pb2,
    dispatch_service_pb2,
    eta_service_pb2,
    fleet_service_pb2,
    incident_service_pb2,
    planning_service_pb2,
    region_service_pb2,
    watch_service_pb2,
)
METHODS = [
    method
    for module in MODULES
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in service.methods
]
SEED = 20260302
TIMEOUT_S = 60
#: What a caller's own mistakes may lead to.
EXPECTED = {"INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "ABORTED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION"}


def send(client: Client, method: object, raw: bytes) -> bytes | list[bytes]:
    path = f"/{method.containing_service.full_name}/{method.name}"  # ty: ignore[missing-attribute]
    if method.name.startswith("Watch"):  # ty: ignore[missing-attribute]
        stream = client.channel.unary_stream(path)(raw, timeout=TIMEOUT_S)
        first = next(stream)  # the others come for as long as somebody listens
        stream.cancel()
        return [first]
    if method.server_streaming:  # ty: ignore[missing-attribute]
        return list(client.channel.unary_stream(path)(raw, timeout=TIMEOUT_S))
    return client.channel.unary_unary(path)(raw, timeout=TIMEOUT_S)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_random_bytes_get_a_status(client: Client, method: object):
    """Bytes that are no message: INVALID_ARGUMENT with details. Those that happen to parse: a status all the same."""
    random_ = random.Random(f"{SEED} {method.name}")  # ty: ignore[missing-attribute]
    found = failure(lambda: send(client, method, b"\xff\xff\xff"))
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "MALFORMED_REQUEST")
    for number in range(30):
        raw = random_.randbytes(random_.randrange(1, 60))
        try:
            send(client, method, raw)
        except grpc.RpcError:
            code = failure(lambda raw=raw: send(client, method, raw)).code
            assert code in EXPECTED, f"seed {SEED}, number {number}: {raw!r}"
    client.region.ListRegions(region_service_pb2.ListRegionsRequest())


KNOWN = location_pb2.Location(
    lon=-71.25,
    lat=-29.91,
    heading_deg=90,
    heading_tolerance_deg=30,
    accuracy_m=9,
    road="Ruta 5",
    direction="norte",
    datum="DATUM_GCJ02",
    level=1,
    side="ROAD_SIDE_LEFT",
)
KILOMETRE = location_pb2.Location(kilometre_post=location_pb2.KilometrePost(road="Ruta 5", km=470, direction="norte"))


def incident_seeds() -> dict[str, Message]:
    """Requests about one incident, in whatever state the others have left it."""
    pb, name = incident_service_pb2, incident("fuzz").name
    why: dict[str, Any] = {"name": name, "reason": "said so", "request_id": "r"}
    return {
        "CreateIncident": pb.CreateIncidentRequest(parent=REGION, incident=incident("fuzz", customer="c-1")),
        "GetIncident": pb.GetIncidentRequest(name=name, read_mask={"paths": ["state", "legs"]}),
        "ListIncidents": pb.ListIncidentsRequest(
            parent=REGION, page_size=3, filter={"states": [2, 9], "at_risk": True}
        ),
        "UpdateIncident": pb.UpdateIncidentRequest(
            incident=incident("fuzz", priority=3), update_mask={"paths": ["priority", "latest"]}, reason="worse"
        ),
        "FileIncident": pb.FileIncidentRequest(incident=incident("fuzz"), language_code="zh"),
        "AssignUnit": pb.AssignUnitRequest(unit=unit().name, leg_index=0, force=True, **why),
        "UnassignUnit": pb.UnassignUnitRequest(unit=unit().name, **why),
        "AcceptOffer": pb.AcceptOfferRequest(name=f"{name}/offers/1"),
        "DeclineOffer": pb.DeclineOfferRequest(name=f"{name}/offers/1", reason="no crew"),
        "AdvanceIncident": pb.AdvanceIncidentRequest(
            unit=unit().name, state="LEG_STATE_UNDER_WAY", occurred_at=stamp(), **why
        ),
        "CancelIncident": pb.CancelIncidentRequest(validate_only=True, **why),
        "CloseIncident": pb.CloseIncidentRequest(validate_only=True, **why),
        "ReportNoShow": pb.ReportNoShowRequest(etag="e1", **why),
        "ReportWrongLocation": pb.ReportWrongLocationRequest(location=KNOWN, **why),
        "ReopenIncident": pb.ReopenIncidentRequest(**why),
        "RecordCallback": pb.RecordCallbackRequest(name=name, occurred_at=stamp()),
        "AcknowledgeEscalation": pb.AcknowledgeEscalationRequest(name=f"{name}/escalations/response-1"),
        "PurgeCustomer": pb.PurgeCustomerRequest(parent=REGION, customer="c-2"),
        "ListDecisions": pb.ListDecisionsRequest(parent=name, page_size=2),
    }


def coverage_seeds() -> dict[str, Message]:
    """Requests that are only checked: others would soon be refused because so many are under way."""
    pb = coverage_service_pb2
    asked: dict[str, Any] = {"parent": REGION, "fleet": fleet(), "validate_only": True, "request_id": "r"}
    text = '[when]\nhours = [7, 8]\n[[provider]]\nremove = "p1"\n[sweep]\npromise.urban_minutes = [20, 30]\n'
    content = {"when": {"hour": 8}, "speed": [{"factor": 0.5, "class": ["primary"]}], "demand": {"factor": 2}}
    terms = {"crews": 2, "at": stamp(), "told_duration": {"seconds": 60}}
    cells = {"cells": ["88b21919d3fffff"], "demand": [1.0], "unit": "calls"}
    name = f"{REGION}/operations/o1"
    return {
        "EvaluateCoverage": pb.EvaluateCoverageRequest(
            scenario={"toml": text}, services=["SERVICE_TOWING"], terms=terms, **asked
        ),
        "CompareCoverage": pb.CompareCoverageRequest(
            scenarios=[{"content": content}, {"toml": text}], terms={"demand": cells}, detail={"cells": True}, **asked
        ),
        **planning_seeds(asked),
        "GetOperation": operations_pb2.GetOperationRequest(name=name),
        "ListOperations": operations_pb2.ListOperationsRequest(name=REGION, filter="done = true", page_size=2),
        "CancelOperation": operations_pb2.CancelOperationRequest(name=name),
        "DeleteOperation": operations_pb2.DeleteOperationRequest(name=name),
        "WaitOperation": operations_pb2.WaitOperationRequest(name=name, timeout={"seconds": 1}),
    }


def planning_seeds(asked: dict[str, Any]) -> dict[str, Message]:
    """The same of advice."""
    pb = planning_service_pb2
    place = {"lon": -71.25, "lat": -29.91}
    candidate = {"id": "c1", "contract_cost": 5.0, "crew_count": 2, "mobilisation_duration": {"seconds": 60}, **place}
    content = {"calls_per_day": 9, "target": 0.5, "shift": [{"starts": [0, 8], "hours": [8]}], "days": {"mon": 2}}
    return {
        "ChooseSites": pb.ChooseSitesRequest(
            service="SERVICE_TOWING", candidates={"candidates": [candidate]}, budget=7.0, **asked
        ),
        "AdviseStandby": pb.AdviseStandbyRequest(
            places=[{"display_name": "here", **place}],
            units=[unit().name],
            move_count=1,
            terms={"at": stamp()},
            **asked,
        ),
        "PlanShifts": pb.PlanShiftsRequest(services=["SERVICE_TOWING"], shift_rules={"content": content}, **asked),
    }


def seeds() -> list[tuple[object, Message]]:
    """One good request of each method that does not change the shared fleet."""
    place = location_pb2.Location(lon=-71.25, lat=-29.91)
    make = {
        "Optimize": dispatch_service_pb2.OptimizeRequest(
            region=REGION, incidents=[incident()], fleet=fleet(), now=stamp()
        ),
        "Recommend": dispatch_service_pb2.RecommendRequest(
            region=REGION, incident=incident(assigned_unit=unit().name), fleet=fleet(), now=stamp()
        ),
        "OfferSlots": dispatch_service_pb2.OfferSlotsRequest(
            region=REGION,
            booking=incident("new"),
            incidents=[incident()],
            fleet=fleet(),
            now=stamp(),
            since=stamp(NOW),
            until=stamp(NOW + timedelta(hours=2)),
        ),
        "CheckPlan": dispatch_service_pb2.CheckPlanRequest(
            region=REGION,
            incidents=[incident()],
            fleet=fleet(),
            now=stamp(),
            tours=[{"unit": unit().name, "stops": [{"incident": incident().name, "arrives_at": stamp(NOW)}]}],
        ),
        **coverage_seeds(),
        "Matrix": eta_service_pb2.MatrixRequest(region=REGION, origins=[place], destinations=[place]),
        "Snap": eta_service_pb2.SnapRequest(region=REGION, locations=[place, KNOWN, KILOMETRE]),
        **incident_seeds(),
        "WatchEvents": watch_service_pb2.WatchEventsRequest(parent=REGION, after_number=0),
        "WatchTelemetry": watch_service_pb2.WatchTelemetryRequest(parent=REGION),
        "ListUnits": fleet_service_pb2.ListUnitsRequest(parent=f"{REGION}/providers/-"),
    }
    return [(method, make[method.name]) for method in METHODS if method.name in make]


@pytest.mark.parametrize(("method", "good"), seeds(), ids=lambda value: getattr(value, "name", ""))
def test_damaged_messages_get_a_status(client: Client, method: object, good: Message):
    """Good requests with some bytes changed: an answer or a typed error, never INTERNAL."""
    random_ = random.Random(SEED)
    whole = good.SerializeToString()
    for number in range(150):
        raw = bytearray(whole)
        for _ in range(random_.randrange(1, 4)):
            raw[random_.randrange(len(raw))] = random_.randrange(256)
        try:
            send(client, method, bytes(raw))
        except grpc.RpcError:
            code = failure(lambda raw=raw: send(client, method, bytes(raw))).code
            assert code in EXPECTED, f"seed {SEED}, number {number}: {bytes(raw)!r}"


def test_every_method_is_fuzzed():
    """None is forgotten."""
    assert {method.containing_service.full_name for method in METHODS} == set(SERVICES)
    assert len(METHODS) == 58
    tried = {method.name for method, _ in seeds()}  # ty: ignore[missing-attribute]
    assert {m.name for m in incident_service_pb2.DESCRIPTOR.services_by_name["IncidentService"].methods} <= tried
