"""Errors as statuses."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from towline.v1 import dispatch_service_pb2 as pb

from engine.server.status import internal_status, to_status
from graphs import errors as graph_errors
from tests.engine.server.wire import REGION, Client, failure, fleet, incident
from tests.errors import every_error


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_and_a_reason(kind: type[graph_errors.TowlineError]):
    """The status exists, the reason is UPPER_SNAKE of at most 63 characters."""
    assert kind.status in grpc.StatusCode.__members__
    assert kind.reason.replace("_", "").isalnum()
    assert kind.reason == kind.reason.upper()
    assert len(kind.reason) <= 63


@pytest.mark.parametrize("letter", ["x", "é", "救", "😀", "%", "\n", "\ud800"])
def test_long_texts_are_cut(letter: str):
    """Trailers stay well below 8 KiB as they are sent, whatever a caller sent; the details can still be read."""
    text = letter * 10**5
    variables = {f"v{k}": text for k in range(50)}
    status: Any = to_status(graph_errors.InputError(text, value=text, field=text, **variables))
    message = sum(1 if 32 <= byte <= 126 and byte != ord("%") else 3 for byte in status.details.encode())
    details = sum(4 * len(value) / 3 for _, value in status.trailing_metadata)
    assert message > 300
    assert message + details < 6500
    found = Status.FromString(status.trailing_metadata[0][1])
    assert found.message == status.details
    assert len(found.details) == 2


def test_usual_texts_are_whole():
    """Nothing of a usual error is lost."""
    known = ", ".join(f"CAPABILITY_{k}" for k in range(25))
    status: Any = to_status(graph_errors.InputError(f"unknown; use one of: {known}", known=known, field="a.b"))
    found = Status.FromString(status.trailing_metadata[0][1])
    info = ErrorInfo()
    found.details[0].Unpack(info)
    assert info.metadata == {"known": known, "field": "a.b"}
    assert found.message.endswith(known)


def test_three_thousand_emoji_always_come_back_as_a_typed_error(client: Client):
    """Twenty times: none is lost on the way."""
    request = pb.RecommendRequest(region=REGION, incident=incident("😀" * 3000), fleet=fleet())
    found = {failure(lambda: client.dispatch.Recommend(request)).reason for _ in range(20)}
    assert found == {"INVALID_RESOURCE_NAME"}


def test_a_bug_says_nothing_of_its_cause():
    """INTERNAL with a fixed message."""
    status: Any = internal_status()
    assert status.code is grpc.StatusCode.INTERNAL
