"""Operations as messages of google.longrunning, and who asks about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import grpc
from google.longrunning import operations_pb2
from google.protobuf.any_pb2 import Any as AnyMessage  # ty: ignore[missing-module-member]  # made at run time
from google.protobuf.message import Message
from towline.v1 import coverage_service_pb2 as pb

from engine.server.coverage_job import Summary
from engine.server.operations_store import Operation, Operations, Owner
from engine.server.peers import connection
from engine.server.security import caller
from engine.server.security.identity import ANONYMOUS, Role
from engine.server.wire_time import write_time

_TYPES = "type.googleapis.com/"


def owner_of(context: grpc.ServicerContext) -> Owner:
    """Who calls: its subject; where nobody is asked who he is, places are shared by connection."""
    who: Any = caller(context)
    key = (connection(context) or "") if who is ANONYMOUS else who.subject
    return Owner(who.subject, key, Role.ADMIN in who.roles, Role.AUDITOR in who.roles)


def message_of(operations: Operations, operation: Operation, *, with_response: bool = True) -> operations_pb2.Operation:
    """As it is now."""
    search = operation.search
    ended, kept_until = operation.ended_at, operations.kept_until(operation)
    metadata = pb.CoverageMetadata(
        method=operation.method,
        subject=operation.owner.subject,
        created_at=write_time(operation.created_at),
        started_at=write_time(operation.started_at) if operation.started_at else None,
        ended_at=write_time(ended) if ended else None,
        done_count=operation.done,
        total_count=operation.total,
        kept_until=write_time(kept_until) if kept_until else None,
        search=None if search is None else pb.SearchProgress(step_count=search.steps, gap_share=search.gap),
    )
    message = operations_pb2.Operation(name=operation.name, metadata=_packed(metadata), done=ended is not None)
    if ended is not None and operation.error is not None:
        message.error.CopyFrom(operation.error)
    elif ended is not None and with_response:
        message.response.CopyFrom(AnyMessage(type_url=_TYPES + operation.response_type, value=operation.response))
    return message


def checked_only(
    method: str, owner: Owner, now: datetime, summary: Summary, response_type: str
) -> operations_pb2.Operation:
    """What would have begun: done, without a name, its response without results."""
    metadata = pb.CoverageMetadata(
        method=method, subject=owner.subject, created_at=write_time(now), total_count=summary.tasks
    )
    response = AnyMessage(type_url=_TYPES + response_type, value=summary.head)
    return operations_pb2.Operation(metadata=_packed(metadata), done=True, response=response)


def _packed(message: Message) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(message)
    return packed
