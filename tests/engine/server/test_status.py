"""Errors as statuses."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from engine.server.status import MAX_TEXT, internal_status, to_status
from graphs import errors as graph_errors
from tests.errors import every_error


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_and_a_reason(kind: type[graph_errors.TowlineError]):
    """The status exists, the reason is UPPER_SNAKE of at most 63 characters."""
    assert kind.status in grpc.StatusCode.__members__
    assert kind.reason.replace("_", "").isalnum()
    assert kind.reason == kind.reason.upper()
    assert len(kind.reason) <= 63


def test_long_texts_are_cut():
    """Trailers must stay small whatever a caller sent."""
    status: Any = to_status(graph_errors.InputError("x" * 10**6, value="y" * 10**6, field="z" * 10**6))
    assert len(status.details) == MAX_TEXT
    assert sum(len(value) for _, value in status.trailing_metadata) < 6 * MAX_TEXT


def test_a_bug_says_nothing_of_its_cause():
    """INTERNAL with a fixed message."""
    status: Any = internal_status()
    assert status.code is grpc.StatusCode.INTERNAL
