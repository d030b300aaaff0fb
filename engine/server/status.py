"""Errors as gRPC statuses with google.rpc details (AIP-193): one ErrorInfo, a BadRequest if a field is at fault,
and a RetryInfo if waiting helps."""

from __future__ import annotations

import math
import string
from urllib.parse import quote

import grpc
from google.protobuf.any_pb2 import Any  # ty: ignore[missing-module-member]  # made at run time
from google.protobuf.duration_pb2 import Duration  # ty: ignore[missing-module-member]  # made at run time
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from engine.errors import DemandRowsError, ScenarioError
from graphs.errors import TowlineError

DOMAIN = "towline"
#: What a caller learns of a bug; the log has the rest.
INTERNAL_REASON = "INTERNAL"
INTERNAL_MESSAGE = "the server failed on this request; this is a bug, please report it with the time of the call"
#: Details travel in HTTP/2 trailers: beyond 8 KiB peers drop them, and the status with them. Bytes, not characters:
#: of the message as gRPC sends it (percent-encoded), of one text in the details, and of all variables together.
MAX_MESSAGE, MAX_TEXT, MAX_VARIABLES = 1000, 500, 1500
#: Of all violations together, where several are told.
MAX_VIOLATIONS = 2400
#: What gRPC does not percent-encode in a message.
_PLAIN = string.punctuation.replace("%", "") + " "


def to_status(error: TowlineError) -> grpc.Status:
    """The same as gRPC sends it."""
    return rpc_status.to_status(status_of(error))


def status_of(error: TowlineError) -> Status:
    """Status, message and details of an error that a user caused."""
    info = ErrorInfo(reason=error.reason, domain=DOMAIN)
    room = MAX_VARIABLES
    for key, value in error.metadata.items():
        room -= len(key)
        if room > 0:
            info.metadata[key] = _short(value, min(MAX_TEXT, room))
            room -= len(info.metadata[key].encode())
    details = [_pack(info)]
    if after := error.metadata.get("retry_after_s"):
        delay = Duration()
        delay.FromMilliseconds(math.ceil(1000 * float(after)))
        details.append(_pack(RetryInfo(retry_delay=delay)))
    field = error.metadata.get("field")
    if isinstance(error, ScenarioError | DemandRowsError) and error.problems:
        details.append(_pack(BadRequest(field_violations=_problems(error, field or ""))))
    elif field:
        violation = BadRequest.FieldViolation(
            field=_short(field), description=_short(error.message), reason=error.reason
        )
        details.append(_pack(BadRequest(field_violations=[violation])))
    return _status(grpc.StatusCode[error.status], error.message, details)


def _problems(error: ScenarioError | DemandRowsError, field: str) -> list[BadRequest.FieldViolation]:
    """One violation for each problem of a scenario, or row of demand, as many as there is room for.

    The error's metadata has their number.
    """
    found: list[BadRequest.FieldViolation] = []
    room = MAX_VIOLATIONS
    for problem in error.problems:
        path = ".".join(part for part in (field, problem.key) if part)
        where = f"line {problem.line}: " if problem.line else ""
        violation = BadRequest.FieldViolation(
            field=_short(path), description=_short(where + problem.message), reason=error.reason
        )
        room -= violation.ByteSize()
        if room < 0 and found:
            break
        found.append(violation)
    return found


def internal_status() -> grpc.Status:
    """The status of a bug, as gRPC sends it."""
    return rpc_status.to_status(internal())


def internal() -> Status:
    """The status of a bug: says nothing of its cause."""
    info = ErrorInfo(reason=INTERNAL_REASON, domain=DOMAIN)
    return _status(grpc.StatusCode.INTERNAL, INTERNAL_MESSAGE, [_pack(info)])


def _status(code: grpc.StatusCode, message: str, details: list[Any]) -> Status:
    message = _short(message, MAX_MESSAGE)
    while len(quote(message, safe=_PLAIN)) > MAX_MESSAGE:
        message = _short(message, len(message.encode()) * 9 // 10)
    return Status(code=code.value[0], message=message, details=details)


def _pack(message: ErrorInfo | BadRequest | RetryInfo) -> Any:
    packed = Any()
    packed.Pack(message)
    return packed


def _short(text: str, most: int = MAX_TEXT) -> str:
    """The text, cut to ``most`` bytes of UTF-8."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= most:
        return raw.decode()
    end = "…" if most >= 3 else ""
    return raw[: most - len(end.encode())].decode("utf-8", "ignore") + end
