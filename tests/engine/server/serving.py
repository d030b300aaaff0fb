"""A process that serves La Serena-Coquimbo; prints its address, and the pids of its flow processes, once it is ready.

Used by tests of whole processes.
"""

from __future__ import annotations

import sys

from engine.assign.worker import FlowWorkers
from engine.dispatch import Dispatcher
from engine.model import Fleet, Location, Provider, Service, Unit
from engine.server import serve
from graphs.bundled import load_coquimbo
from graphs.metrics import MetricStore


def fleet() -> Fleet:
    """Twelve units of three providers around La Serena."""
    units = tuple(
        Unit(f"u{k}", f"p{k % 3}", Location(-71.25 + 0.002 * k, -29.91), frozenset(Service)) for k in range(12)
    )
    return Fleet(tuple(Provider(f"p{k}") for k in range(3)), units)


if __name__ == "__main__":
    with FlowWorkers() as flow:
        region = load_coquimbo()
        code = serve(
            {"coquimbo": Dispatcher(region, flow=flow, metrics=MetricStore(region))},
            "127.0.0.1:0",
            fleets={"coquimbo": fleet()},
            on_ready=lambda server: print(server.address, *flow.pids, flush=True),
        )
    sys.exit(code)
