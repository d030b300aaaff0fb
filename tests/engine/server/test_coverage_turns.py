"""Checks of requests: callers take turns, too much is refused unread, small ones do not wait for large ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from towline.v1 import coverage_service_pb2 as pb
from towline.v1 import planning_service_pb2 as planning_pb

from engine.dispatch import Dispatcher
from engine.errors import BusyError, CancelledError, TooLargeError
from engine.server import Server, ServerOptions
from engine.server.coverage_planning import SMALL
from engine.server.coverage_size import MOST_BYTES, MOST_VALUES, check_size
from engine.server.coverage_turns import Turns
from tests.engine.server.planning import PlanningClient, fleet, metadata_of
from tests.engine.server.wire import NOW, Client, failure

PARENT: dict[str, Any] = {"parent": "regions/coquimbo", "server_fleet": {}, "validate_only": True}


def until(seconds: float = 60.0) -> float:
    return time.monotonic() + seconds


def wait_for(turns: Turns, count: int) -> None:
    """Until so many wait."""
    for _ in range(1000):
        if sum(map(len, turns._waiting.values())) == count:
            return
        time.sleep(0.01)
    raise AssertionError("they do not wait")


def test_callers_take_turns():
    """Of four requests of one caller, the first under way, and one of another that came last, the other's is next."""
    turns, order = Turns(), []

    def ask(caller: str) -> None:
        with turns.turn(caller, lambda: None, until()):
            order.append(caller)

    threads = [threading.Thread(target=ask, args=(caller,)) for caller in ("many", "many", "many", "other")]
    with turns.turn("many", lambda: None, until()):
        for count, thread in enumerate(threads, start=1):
            thread.start()
            wait_for(turns, count)
    for thread in threads:
        thread.join()
    assert order == ["other", "many", "many", "many"]


def test_who_went_away_or_waits_too_long_is_passed_over():
    """Its ticket keeps nobody waiting."""
    turns = Turns()

    def gone() -> None:
        raise CancelledError("the caller went away")

    with turns.turn("a", lambda: None, until()):
        with pytest.raises(CancelledError), turns.turn("b", gone, until()):
            pass
        with pytest.raises(BusyError), turns.turn("a", lambda: None, until(0.0)):
            pass
    with turns.turn("c", lambda: None, until()):
        assert not turns._waiting


@pytest.mark.parametrize(
    ("request_", "field", "what"),
    [
        (pb.CompareCoverageRequest(scenarios=[{"toml": "#" * (MOST_BYTES // 2)}] * 3), "scenarios", "bytes"),
        (pb.EvaluateCoverageRequest(scenario={"toml": "k=1\n" * (MOST_VALUES + 1)}), "scenario", "keys"),
        (pb.EvaluateCoverageRequest(scenario={"content": {"a": [[1, 2]] * 35_000}}), "scenario", "keys"),
        (planning_pb.PlanShiftsRequest(shift_rules={"toml": "1," * (MOST_VALUES + 1)}), "shift_rules", "keys"),
    ],
)
def test_what_is_too_large_is_not_read(request_: Any, field: str, what: str):
    """Whatever it says; the field is told."""
    with pytest.raises(TooLargeError, match=what) as refused:
        check_size(request_)
    assert refused.value.metadata["field"] == field


@pytest.mark.parametrize("request_", [pb.EvaluateCoverageRequest(), planning_pb.ChooseSitesRequest()])
def test_what_is_small_is_read(request_: Any):
    """Also a scenario that says nothing."""
    check_size(request_)
    request_.scenario.toml = "[[close]]\npolygon = [[1, 2], [3, 4], [5, 6]]\n"
    check_size(request_)


@pytest.fixture
def port(dispatcher: Dispatcher) -> Iterator[int]:
    server = Server({"coquimbo": dispatcher}, options=ServerOptions(clock=lambda: NOW), fleets={"coquimbo": fleet()})
    yield server.start().port
    server.stop(grace_s=0)


def test_many_areas_are_large(port: int):
    """However few bytes they have: each is held against all roads near it."""
    many, other = PlanningClient(Client(port).channel), PlanningClient(Client(port).channel)
    other.evaluate(validate_only=True)
    areas = "".join(f"[[close]]\npolygon=[[-72,-31],[-70,-31],[-71,-29.{number}]]\n" for number in range(100, 300))
    assert len(areas) < SMALL
    first = many.coverage.CompareCoverage.future(
        pb.CompareCoverageRequest(**PARENT, scenarios=[{"toml": areas}]), timeout=120
    )
    for _ in range(3):
        assert metadata_of(other.evaluate(validate_only=True)).total_count == 1
    assert not first.done()
    first.cancel()


def test_small_requests_do_not_wait_for_large_ones(port: int):
    """While somebody's text of many wrong keys is read, another's question is answered; the first problems are told."""
    many, other = PlanningClient(Client(port).channel), PlanningClient(Client(port).channel)
    other.evaluate(validate_only=True)  # the process is there
    junk = "".join(f"key_{number} = 1\n" for number in range(MOST_VALUES // 2))
    assert len(junk) > SMALL
    asking = pb.CompareCoverageRequest(**PARENT, scenarios=[{"toml": junk}])
    first = many.coverage.CompareCoverage.future(asking, timeout=120)
    for _ in range(3):
        assert metadata_of(other.evaluate(validate_only=True)).total_count == 1
    assert not first.done()
    found = failure(first.result)
    assert found.reason == "INVALID_SCENARIO"
    assert "at least 1,000 problems" in found.message
