"""Clients of coverage, and what a planner in this process says to the same questions."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import Any

import grpc
from google.longrunning import operations_pb2, operations_pb2_grpc
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from google.rpc.status_pb2 import Status
from towline.v1 import coverage_service_pb2 as pb
from towline.v1 import coverage_service_pb2_grpc, planning_service_pb2_grpc
from towline.v1 import planning_service_pb2 as planning_pb

from engine.coverage.example import example_fleet
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.model import Fleet
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.metrics import MetricStore, free_flow_profile
from tests.engine.server.wire import REGION

TIMEOUT_S = 120
#: What takes minutes.
LONG = '[when]\nhours = [6, 7, 8, 9]\n[sweep]\nremove_each = "providers"\npromise.urban_minutes = "5..40"\n'


@cache
def fleet() -> Fleet:
    found = example_fleet(load_coquimbo())
    by_id = attrgetter("id")
    return Fleet(tuple(sorted(found.providers, key=by_id)), tuple(sorted(found.units, key=by_id)))


@cache
def planner() -> Planner:
    region = load_coquimbo()
    return Planner(
        region, DemandLayer.of_cells(load_coquimbo_population()), metrics=MetricStore(region, free_flow_profile())
    )


class PlanningClient:
    """Calls of one caller."""

    def __init__(self, channel: grpc.Channel, metadata: Any = None) -> None:
        self.coverage = coverage_service_pb2_grpc.CoverageServiceStub(channel)
        self.planning = planning_service_pb2_grpc.PlanningServiceStub(channel)
        self.operations = operations_pb2_grpc.OperationsStub(channel)
        self._more: dict[str, Any] = {"metadata": metadata, "timeout": TIMEOUT_S}

    def evaluate(self, **fields: Any) -> operations_pb2.Operation:
        values: dict[str, Any] = {"parent": REGION, "server_fleet": {}}
        return self.coverage.EvaluateCoverage(pb.EvaluateCoverageRequest(**values | fields), **self._more)

    def compare(self, *scenarios: Any, **fields: Any) -> operations_pb2.Operation:
        values: dict[str, Any] = {"parent": REGION, "server_fleet": {}, "scenarios": scenarios}
        return self.coverage.CompareCoverage(pb.CompareCoverageRequest(**values | fields), **self._more)

    def long(self, **fields: Any) -> operations_pb2.Operation:
        return self.compare({"toml": LONG}, **fields)

    def site(self, **fields: Any) -> operations_pb2.Operation:
        values: dict[str, Any] = {"parent": REGION, "server_fleet": {}, "service": "SERVICE_TOWING"}
        return self.planning.ChooseSites(planning_pb.ChooseSitesRequest(**values | fields), **self._more)

    def standby(self, **fields: Any) -> operations_pb2.Operation:
        values: dict[str, Any] = {"parent": REGION, "server_fleet": {}}
        return self.planning.AdviseStandby(planning_pb.AdviseStandbyRequest(**values | fields), **self._more)

    def shifts(self, rules: Any, **fields: Any) -> operations_pb2.Operation:
        values: dict[str, Any] = {"parent": REGION, "server_fleet": {}, "shift_rules": rules}
        return self.planning.PlanShifts(planning_pb.PlanShiftsRequest(**values | fields), **self._more)

    def get(self, name: str) -> operations_pb2.Operation:
        return self.operations.GetOperation(operations_pb2.GetOperationRequest(name=name), **self._more)

    def list(self, **fields: Any) -> operations_pb2.ListOperationsResponse:
        values: dict[str, Any] = {"name": REGION}
        request = operations_pb2.ListOperationsRequest(**values | fields)
        return self.operations.ListOperations(request, **self._more)

    def cancel(self, name: str) -> None:
        self.operations.CancelOperation(operations_pb2.CancelOperationRequest(name=name), **self._more)

    def delete(self, name: str) -> None:
        self.operations.DeleteOperation(operations_pb2.DeleteOperationRequest(name=name), **self._more)

    def wait(self, name: str, seconds: float = 60) -> operations_pb2.Operation:
        request = operations_pb2.WaitOperationRequest(name=name)
        request.timeout.FromMilliseconds(round(1000 * seconds))
        return self.operations.WaitOperation(request, **self._more)

    def done(self, operation: operations_pb2.Operation) -> operations_pb2.Operation:
        """The same when it is done."""
        for _ in range(3):
            if operation.done:
                break
            operation = self.wait(operation.name)
        assert operation.done, operation
        return operation

    def evaluated(self, **fields: Any) -> pb.EvaluateCoverageResponse:
        return unpacked(self.done(self.evaluate(**fields)), pb.EvaluateCoverageResponse())

    def compared(self, *scenarios: Any, **fields: Any) -> pb.CompareCoverageResponse:
        return unpacked(self.done(self.compare(*scenarios, **fields)), pb.CompareCoverageResponse())


def unpacked(operation: operations_pb2.Operation, message: Any) -> Any:
    assert operation.WhichOneof("result") == "response", operation.error
    assert operation.response.Unpack(message)
    return message


def metadata_of(operation: operations_pb2.Operation) -> pb.CoverageMetadata:
    message = pb.CoverageMetadata()
    assert operation.metadata.Unpack(message)
    return message


def info_of(status: Status) -> ErrorInfo:
    """The one ErrorInfo of a status."""
    (found,) = _details(status, ErrorInfo)
    return found


def violations_of(status: Status) -> dict[str, str]:
    """Descriptions by field."""
    return {each.field: each.description for found in _details(status, BadRequest) for each in found.field_violations}


def _details(status: Status, kind: type[Message]) -> list[Any]:
    found = []
    for detail in status.details:
        if detail.Is(kind.DESCRIPTOR):
            detail.Unpack(message := kind())
            found.append(message)
    return found
