"""Recommendations beside a sweep on the same server: ``python -m benchmarks.coverage_beside``.

A server process on the loopback with the fleet in the box; 20 incidents a second ask for a unit, each from the time it
was due, by turns with and without an operation of CoverageService at work. The bar: the 99th percentile under 10 ms.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import grpc
import numpy as np
from google.longrunning import operations_pb2, operations_pb2_grpc
from rich.console import Console
from towline.v1 import coverage_service_pb2 as pb
from towline.v1 import coverage_service_pb2_grpc, dispatch_service_pb2, dispatch_service_pb2_grpc, enums_pb2

from benchmarks.machine import keep
from benchmarks.tables import ResultTable

PARENT = "regions/coquimbo"
PER_S = 20
BAR_MS = 10.0
#: Calls that are not counted, before each turn.
WARM = 20
#: 800 variants of four hours, more than any turn can do.
SWEEP = '[when]\nhours = [6, 7, 8, 9]\n[sweep]\nremove_each = "providers"\npromise.urban_minutes = "5..40"\n'


class Beside:
    """A caller of one server."""

    def __init__(self, channel: grpc.Channel, seed: int) -> None:
        self._dispatch = dispatch_service_pb2_grpc.DispatchServiceStub(channel)
        self._coverage = coverage_service_pb2_grpc.CoverageServiceStub(channel)
        self._operations = operations_pb2_grpc.OperationsStub(channel)
        self._chance = np.random.default_rng(seed)

    def recommended(self, calls: int) -> list[float]:
        """Milliseconds of each call, from the time it was due."""
        times, began = [], time.perf_counter()
        for number in range(calls):
            due = began + number / PER_S
            time.sleep(max(0.0, due - time.perf_counter()))
            self._dispatch.Recommend(self._request(), timeout=60)
            times.append(1e3 * (time.perf_counter() - due))
        return times

    def begin(self) -> str:
        """The name of an operation once it has done something."""
        request = pb.CompareCoverageRequest(parent=PARENT, server_fleet={}, scenarios=[{"toml": SWEEP}])
        name = self._coverage.CompareCoverage(request, timeout=300).name
        while not self.done(name):
            time.sleep(0.1)
        return name

    def done(self, name: str) -> int:
        """Variants that an operation has done; AssertionError when it has ended."""
        operation = self._operations.GetOperation(operations_pb2.GetOperationRequest(name=name), timeout=60)
        assert not operation.done, operation.error
        metadata = pb.CoverageMetadata()
        operation.metadata.Unpack(metadata)
        return metadata.done_count

    def cancel(self, name: str) -> None:
        self._operations.CancelOperation(operations_pb2.CancelOperationRequest(name=name), timeout=60)

    def _request(self) -> dispatch_service_pb2.RecommendRequest:
        lon, lat = self._chance.uniform((-71.256, -29.92), (-71.238, -29.898))
        request = dispatch_service_pb2.RecommendRequest(region=PARENT, server_fleet={})
        request.incident.name = f"{PARENT}/incidents/x"
        request.incident.location.lon, request.incident.location.lat = lon, lat
        request.incident.service = enums_pb2.SERVICE_TOWING
        request.incident.received_at.GetCurrentTime()
        return request


def run(seconds: int, turns: int, seed: int) -> dict[str, Any]:
    """Both by turns, so many seconds in all of each."""
    command = [sys.executable, "-m", "benchmarks.coverage_beside", "--serve"]
    process = subprocess.Popen(
        command, cwd=Path(__file__).parent.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        with grpc.insecure_channel(process.stdout.readline().strip()) as channel:
            beside = Beside(channel, seed)
            times: dict[bool, list[float]] = {False: [], True: []}
            variants = 0
            beside.cancel(beside.begin())  # processes are there, kernels compiled
            for turn in range(2 * turns):
                at_work = bool(turn % 2)
                name = beside.begin() if at_work else ""
                before = beside.done(name) if at_work else 0
                beside.recommended(WARM)
                times[at_work] += beside.recommended(PER_S * seconds // turns)
                if at_work:
                    variants += beside.done(name) - before
                    beside.cancel(name)
    finally:
        process.terminate()
        process.wait(60)
    found = {kind: np.percentile(times[kind], (50, 99, 100)) for kind in times}
    rows = [
        [label, f"{len(times[kind]):,}", *(f"{value:.1f}" for value in found[kind])]
        for kind, label in ((False, "nothing"), (True, "a sweep"))
    ]
    rows.append(["ratio", "", *(f"{value:.2f}" for value in found[True] / found[False])])
    title = f"Recommend at {PER_S} a second, ms"
    table = ResultTable.of(title, ["beside it", "calls", "median", "99 %", "longest"], rows)
    held = "held" if found[True][1] < BAR_MS else "not held"
    notes = [f"{variants} variants of the sweep, four hours and all services each, were done meanwhile. Bar: {held}."]
    milliseconds = {label: found[kind].tolist() for kind, label in ((False, "alone"), (True, "beside"))}
    return {"tables": [table.to_dict()], "notes": notes, "ms": milliseconds}


def serve() -> None:
    """The server, until it is told to stop."""
    from engine.coverage.example import example_fleet
    from engine.dispatch import Dispatcher
    from engine.server import serve
    from graphs.bundled import load_coquimbo

    region = load_coquimbo()
    fleet = example_fleet(region)
    sys.exit(
        serve(
            {"coquimbo": Dispatcher(region)},
            "127.0.0.1:0",
            fleets={"coquimbo": fleet},
            on_ready=lambda server: print(server.address, flush=True),
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=int, default=30, help="of each")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--note", action="append", default=[], help="to keep with the result")
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    if options.serve:
        serve()
    result = run(options.seconds, options.turns, options.seed)
    result["notes"] += options.note
    console = Console(width=100)
    for table in result["tables"]:
        console.print(ResultTable.from_dict(table).rich())
    if not options.no_keep:
        console.print(f"kept in {keep('coverage_beside', result)}")


if __name__ == "__main__":
    main()
