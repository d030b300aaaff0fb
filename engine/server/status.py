"""Errors as gRPC statuses with google.rpc details (AIP-193): one ErrorInfo, and a BadRequest if a field is at fault."""

from __future__ import annotations

import grpc
from google.protobuf.any_pb2 import Any  # ty: ignore[missing-module-member]  # made at run time
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from graphs.errors import TowlineError

DOMAIN = "towline"
#: What a caller learns of a bug; the log has the rest.
INTERNAL_REASON = "INTERNAL"
INTERNAL_MESSAGE = "the server failed on this request; this is a bug, please report it with the time of the call"
#: Details travel in HTTP/2 trailers, which must stay small (peers refuse more than 8 KiB or so).
MAX_TEXT = 1000


def to_status(error: TowlineError) -> grpc.Status:
    """Status, message and details of an error that a user caused."""
    info = ErrorInfo(reason=error.reason, domain=DOMAIN)
    for key, value in error.metadata.items():
        info.metadata[key] = _short(value)
    details = [_pack(info)]
    field = error.metadata.get("field")
    if field:
        violation = BadRequest.FieldViolation(
            field=_short(field), description=_short(error.message), reason=error.reason
        )
        details.append(_pack(BadRequest(field_violations=[violation])))
    return _status(grpc.StatusCode[error.status], error.message, details)


def internal_status() -> grpc.Status:
    """The status of a bug: says nothing of its cause."""
    info = ErrorInfo(reason=INTERNAL_REASON, domain=DOMAIN)
    return _status(grpc.StatusCode.INTERNAL, INTERNAL_MESSAGE, [_pack(info)])


def _status(code: grpc.StatusCode, message: str, details: list[Any]) -> grpc.Status:
    return rpc_status.to_status(Status(code=code.value[0], message=_short(message), details=details))


def _pack(message: ErrorInfo | BadRequest) -> Any:
    packed = Any()
    packed.Pack(message)
    return packed


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
