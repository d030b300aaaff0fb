"""Plans whose flow is solved in another process, over the wire."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest
from towline.v1 import dispatch_service_pb2 as pb
from towline.v1 import enums_pb2

from engine.assign.problem import SparseProblem
from engine.assign.worker import FlowWorkers
from engine.dispatch import Dispatcher
from engine.server import Server, ServerOptions
from graphs.network import Int32
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, fleet, incident, place, stamp, unit

WAIT_S = 30
INCIDENTS = [incident(f"i{k}", location=place(LON + 0.001 * k, LAT)) for k in range(12)]
UNITS = [unit(f"u{k}", location=place(LON + 0.0013 * k, LAT)) for k in range(10)]
REQUEST = pb.OptimizeRequest(
    region=REGION, incidents=INCIDENTS, fleet=fleet(*UNITS), now=stamp(), tour_mode=enums_pb2.TOUR_MODE_ONE_EACH
)


class AskedWorkers(FlowWorkers):
    """Says when it was asked."""

    def __init__(self) -> None:
        super().__init__(smallest=0)
        self.asked, self.left = threading.Event(), threading.Event()

    def __call__(self, problem: SparseProblem, timeout_s: float | None) -> Int32 | None:
        self.asked.set()
        try:
            return super().__call__(problem, timeout_s)
        finally:
            self.left.set()


@pytest.fixture
def served(dispatcher: Dispatcher) -> Iterator[tuple[AskedWorkers, Client]]:
    with AskedWorkers() as flow:
        mine = Dispatcher(dispatcher.region, dispatcher.policy, flow=flow)
        server = Server({"coquimbo": mine}, options=ServerOptions(clock=lambda: NOW)).start()
        flow.asked.clear()
        flow.left.clear()
        yield flow, Client(server.port)
        server.stop(grace_s=0)


def test_the_plan_is_the_same(served: tuple[AskedWorkers, Client], client: Client):
    """Wherever the flow is solved."""
    flow, mine = served
    plan, wanted = mine.dispatch.Optimize(REQUEST).plan, client.dispatch.Optimize(REQUEST).plan
    assert flow.asked.is_set()
    assert (plan.cost, plan.gap_millimin, plan.solver) == (wanted.cost, 0, "min-cost flow")


def test_a_caller_that_leaves_frees_the_core(served: tuple[AskedWorkers, Client]):
    """Its process is killed though the flow has not come to an end; the next one is solved by a new process."""
    flow, client = served
    (pid,) = flow.pids
    os.kill(pid, signal.SIGSTOP)
    call = client.dispatch.Optimize.future(REQUEST)
    assert flow.asked.wait(WAIT_S)
    call.cancel()
    assert flow.left.wait(WAIT_S)
    assert flow.pids != [pid]
    assert client.dispatch.Optimize(REQUEST).plan.gap_millimin == 0


def test_a_process_that_is_killed_is_replaced(served: tuple[AskedWorkers, Client]):
    """As by a system short of memory, in the midst of a request: it is answered all the same."""
    flow, client = served
    (pid,) = flow.pids
    os.kill(pid, signal.SIGSTOP)
    call = client.dispatch.Optimize.future(REQUEST)
    assert flow.asked.wait(WAIT_S)
    os.kill(pid, signal.SIGKILL)
    assert call.result(WAIT_S).plan.gap_millimin == 0


def test_a_deadline_gives_the_best_plan_so_far(served: tuple[AskedWorkers, Client]):
    """A flow that does not end in time is left, and the answer still comes within the caller's deadline."""
    flow, client = served
    os.kill(flow.pids[0], signal.SIGSTOP)
    plan = client.dispatch.Optimize(REQUEST, timeout=5).plan
    assert plan.solver.startswith("greedy")
    assert len(plan.assignments) == len(UNITS)
