"""What is kept of operations, for how long, and who may have how many."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.errors import (
    BusyError,
    CallerLimitError,
    NotFoundError,
    OperationCancelledError,
    OperationRunningError,
    RequestConflictError,
    StoppingError,
)
from engine.server.operations_options import PlanningOptions
from engine.server.operations_store import Operation, Operations, Owner

A, B, ADMIN = Owner("a", "a"), Owner("b", "b"), Owner("c", "c", admin=True)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def store(**options: Any) -> Operations:
    return Operations(PlanningOptions(**options), lambda: NOW)


def add(operations: Operations, owner: Owner = A, **more: Any) -> Operation:
    values: dict[str, Any] = {"total": 1, "response_type": "x", "work": None}
    return operations.add(owner, "r", "Evaluate", **values | more)


def run(operations: Operations, response: bytes = b"") -> Operation:
    """The next one, done."""
    found = operations.next()
    assert found is not None
    operations.end(found, response, None)
    return found


def test_places_are_limited():
    """Of one caller and in all; those that are done take none, callers without a key share none."""
    operations = store(operations=3, caller_operations=2)
    add(operations)
    add(operations)
    with pytest.raises(CallerLimitError) as caught:
        add(operations)
    assert float(caught.value.metadata["retry_after_s"]) > 0
    add(operations, B)
    with pytest.raises(BusyError):
        add(operations, ADMIN)
    run(operations)
    add(operations)
    assert (operations.count(running=True), operations.count(running=False)) == (0, 3)
    free = store(caller_operations=1)
    for _ in range(3):
        add(free, Owner("anonymous", ""))


def test_first_come_first_served():
    """Whatever ends first."""
    operations = store()
    begun = [add(operations) for _ in range(3)]
    assert [operations.next(), operations.next(), operations.next()] == begun


def test_what_is_over_is_forgotten():
    """The first that was done goes first: by number, by bytes, by time."""
    operations = store(kept=2, operations=99, caller_operations=99)
    names = [add(operations).id for _ in range(3)]
    for _ in names:
        run(operations)
    assert [each.id for each in operations.listed(A, "r")] == names[1:]
    operations = store(kept_bytes=10, operations=99, caller_operations=99)
    names = [add(operations).id for _ in range(3)]
    for _ in names:
        run(operations, b"12345")
    assert [each.id for each in operations.listed(A, "r")] == names[1:]
    operations = store(kept_s=0.0)
    gone = add(operations)
    run(operations)
    with pytest.raises(NotFoundError, match="ask again"):
        operations.get(A, "r", gone.id)


def test_a_request_id_begins_one():
    """Per caller; with other content it is refused; once the operation is forgotten, so is the id."""
    operations = store()
    first = add(operations, request_id="x", digest=b"1")
    assert add(operations, request_id="x", digest=b"1") is first
    assert add(operations, B, request_id="x", digest=b"2") is not first
    with pytest.raises(RequestConflictError):
        add(operations, request_id="x", digest=b"2")
    with pytest.raises(RequestConflictError):
        operations.known(A, "r", "Evaluate", "x", b"2")
    run(operations)
    operations.delete(first)
    assert add(operations, request_id="x", digest=b"2") is not first


def test_cancelling():
    """What waits ends at once, what runs when its work looks; what is done stays as it is."""
    operations = store()
    running, waiting, done = (add(operations) for _ in range(3))
    assert operations.next() is running
    operations.cancel(waiting)
    assert waiting.ended
    assert waiting.error is not None
    assert waiting.error.code == 1
    operations.cancel(running)
    assert not running.ended
    with pytest.raises(OperationCancelledError):
        running.check()
    run(operations)
    operations.cancel(done)
    assert (done.error, done.cause, done.response) == (None, "", b"")
    with pytest.raises(OperationRunningError):
        operations.delete(running)


def test_who_sees_what():
    """One's own, in their region; the admin all."""
    operations = store()
    mine = add(operations)
    for owner, region in ((B, "r"), (A, "other")):
        with pytest.raises(NotFoundError):
            operations.get(owner, region, mine.id)
    assert operations.get(ADMIN, "r", mine.id) is mine
    assert (operations.listed(B, "r"), operations.listed(A, "other")) == ([], [])


def test_stopping():
    """All end as cancelled, those who wait are woken, workers are sent home, nothing more is taken."""
    operations = store()
    begun = [add(operations), add(operations)]
    assert operations.next() is begun[0]
    woken: list[bool] = []
    waiter = threading.Thread(target=lambda: woken.append(operations.wait(begun[1], 20)))
    waiter.start()
    operations.stop()
    waiter.join(20)
    assert woken == [True]
    assert all(each.error is not None and each.error.code == 1 for each in begun)
    assert operations.next() is None
    operations.end(begun[0], b"late", None)
    assert begun[0].response is None
    with pytest.raises(StoppingError):
        add(operations)
