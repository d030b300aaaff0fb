"""A client and message builders for tests that talk to a real server over a real socket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp  # ty: ignore[missing-module-member]  # made at run time
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from grpc_health.v1 import health_pb2_grpc
from grpc_status import rpc_status
from towline.v1 import (
    dispatch_service_pb2_grpc,
    enums_pb2,
    eta_service_pb2_grpc,
    fleet_pb2,
    fleet_service_pb2_grpc,
    incident_pb2,
    incident_service_pb2_grpc,
    location_pb2,
    region_service_pb2_grpc,
    watch_service_pb2_grpc,
)

REGION = "regions/coquimbo"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
#: On a road in La Serena.
LON, LAT = -71.25, -29.91


class Client:
    """Stubs of every service over one channel."""

    def __init__(self, port: int, channel: grpc.Channel | None = None) -> None:
        limits = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
        self.port = port
        self.channel = channel or grpc.insecure_channel(f"127.0.0.1:{port}", limits)
        self.dispatch = dispatch_service_pb2_grpc.DispatchServiceStub(self.channel)
        self.eta = eta_service_pb2_grpc.EtaServiceStub(self.channel)
        self.fleet = fleet_service_pb2_grpc.FleetServiceStub(self.channel)
        self.region = region_service_pb2_grpc.RegionServiceStub(self.channel)
        self.incidents = incident_service_pb2_grpc.IncidentServiceStub(self.channel)
        self.watch = watch_service_pb2_grpc.WatchServiceStub(self.channel)
        self.health = health_pb2_grpc.HealthStub(self.channel)


@dataclass(frozen=True)
class Failure:
    """A failed call as a client sees it."""

    code: str
    message: str
    reason: str
    metadata: dict[str, str]
    fields: list[str]  # of BadRequest
    retry_s: float | None = None  # of RetryInfo


def failure(call: Callable[[], Any]) -> Failure:
    """The status of a call that must fail; asserts that it carries exactly one ErrorInfo of domain towline."""
    try:
        answer = call()
    except grpc.RpcError as error:
        status = rpc_status.from_call(error)
        if status is None:
            raise AssertionError(f"no details: {error}") from error
        infos, fields, retry_s = [], [], None
        for detail in status.details:
            if detail.Is(ErrorInfo.DESCRIPTOR):
                infos.append(info := ErrorInfo())
                detail.Unpack(info)
            elif detail.Is(BadRequest.DESCRIPTOR):
                detail.Unpack(request := BadRequest())
                fields += [violation.field for violation in request.field_violations]
            elif detail.Is(RetryInfo.DESCRIPTOR):
                detail.Unpack(retry := RetryInfo())
                retry_s = retry.retry_delay.ToMilliseconds() / 1000
        assert len(infos) == 1, status
        assert infos[0].domain == "towline"
        code, details = error.code().name, error.details()  # ty: ignore[missing-attribute]  # every RpcError of a call has them
        return Failure(code, details, infos[0].reason, dict(infos[0].metadata), fields, retry_s)
    raise AssertionError(f"did not fail but answered {answer}")


def code_of(call: Callable[[], Any]) -> grpc.StatusCode | None:
    """The code of a call that gRPC itself refuses, without details; None when it is answered."""
    try:
        call()
    except grpc.RpcError as error:
        return error.code()  # ty: ignore[missing-attribute]  # every RpcError of a call has one
    return None


def stamp(value: datetime = NOW) -> Any:
    message = Timestamp()
    message.FromDatetime(value)
    return message


def place(lon: float = LON, lat: float = LAT) -> location_pb2.Location:
    return location_pb2.Location(lon=lon, lat=lat)


def provider(key: str = "p1", **fields: Any) -> fleet_pb2.Provider:
    values: dict[str, Any] = {"name": f"{REGION}/providers/{key}"}
    return fleet_pb2.Provider(**values | fields)


def unit(key: str = "u1", provider_key: str = "p1", **fields: Any) -> fleet_pb2.Unit:
    values: dict[str, Any] = {
        "name": f"{REGION}/providers/{provider_key}/units/{key}",
        "location": place(),
        "services": [enums_pb2.SERVICE_TOWING],
        "status": enums_pb2.UNIT_STATUS_AVAILABLE,
    }
    return fleet_pb2.Unit(**values | fields)


def incident(key: str = "i1", **fields: Any) -> incident_pb2.Incident:
    values: dict[str, Any] = {
        "name": f"{REGION}/incidents/{key}",
        "location": place(),
        "service": enums_pb2.SERVICE_TOWING,
        "received_at": stamp(NOW - timedelta(minutes=1)),
    }
    return incident_pb2.Incident(**values | fields)


def fleet(*units: fleet_pb2.Unit) -> fleet_pb2.Fleet:
    """Units (by default one) with their providers left out."""
    return fleet_pb2.Fleet(units=units or [unit()])
