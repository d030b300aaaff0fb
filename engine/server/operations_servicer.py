"""google.longrunning.Operations: what has become of operations, and what callers may do about them."""

from __future__ import annotations

import time

import grpc
from google.longrunning import operations_pb2 as pb
from google.longrunning import operations_pb2_grpc
from google.protobuf.empty_pb2 import Empty  # ty: ignore[missing-module-member]  # made at run time

from engine.errors import CancelledError, PageSizeError, ValueRangeError
from engine.server.budget import Budget
from engine.server.hosted import HostedRegions
from engine.server.names import parse_operation, parse_region
from engine.server.operations_messages import message_of, owner_of
from engine.server.operations_store import Operation, Operations
from engine.server.options import ServerOptions
from engine.server.paging import page
from engine.server.wire_time import read_duration

#: How often a call that waits looks whether its caller still does.
LOOK_S = 0.5
#: What a list can be narrowed to; blanks do not count.
FILTERS = {"": None, "done=true": True, "done=false": False}


class OperationsServicer(operations_pb2_grpc.OperationsServicer):
    """Callers see their own operations; admin and auditor see all."""

    def __init__(self, regions: HostedRegions, options: ServerOptions, operations: Operations) -> None:
        self._regions, self._options, self._operations = regions, options, operations

    def GetOperation(self, request: pb.GetOperationRequest, context: grpc.ServicerContext) -> pb.Operation:
        return message_of(self._operations, self._named(request.name, context))

    def ListOperations(
        self, request: pb.ListOperationsRequest, context: grpc.ServicerContext
    ) -> pb.ListOperationsResponse:
        region = self._regions.get(parse_region(request.name.removesuffix("/operations"), "name"), "name").id
        wanted = request.filter.replace(" ", "")
        if wanted not in FILTERS:
            raise ValueRangeError(
                f"filter {request.filter[:80]!r} is not understood; use done=true, done=false or none", field="filter"
            )
        if request.page_size < 0:
            raise PageSizeError(f"page_size {request.page_size} must be 0 or more", field="page_size")
        found = {each.id: each for each in self._operations.listed(owner_of(context), region)}
        shown = [key for key, each in found.items() if FILTERS[wanted] in (None, each.ended)]
        scope = f"ListOperations {region} {wanted}"
        keys, following = page(shown, request.page_size, request.page_token, scope)
        # Responses may be megabytes: GetOperation has them.
        messages = [message_of(self._operations, found[key], with_response=False) for key in keys]
        return pb.ListOperationsResponse(operations=messages, next_page_token=following)

    def CancelOperation(self, request: pb.CancelOperationRequest, context: grpc.ServicerContext) -> Empty:
        operation = self._named(request.name, context, change=True)
        self._operations.cancel_by(owner_of(context), operation)
        return Empty()

    def DeleteOperation(self, request: pb.DeleteOperationRequest, context: grpc.ServicerContext) -> Empty:
        self._operations.delete(self._named(request.name, context, change=True))
        return Empty()

    def WaitOperation(self, request: pb.WaitOperationRequest, context: grpc.ServicerContext) -> pb.Operation:
        operation = self._named(request.name, context)
        longest = self._options.planning.wait_s
        if request.HasField("timeout"):
            longest = min(longest, read_duration(request.timeout).total_seconds())
        until = time.monotonic() + min(longest, Budget(context, self._options).left_s())
        while (left := until - time.monotonic()) > 0 and not self._operations.wait(operation, min(left, LOOK_S)):
            if not context.is_active():
                raise CancelledError("the caller went away")
        return message_of(self._operations, operation)

    def _named(self, name: str, context: grpc.ServicerContext, *, change: bool = False) -> Operation:
        region, key = parse_operation(name, "name")
        self._regions.get(region, "name")
        return self._operations.get(owner_of(context), region, key, change=change)
