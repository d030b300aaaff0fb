"""Watchers while incidents come in: ``python -m benchmarks.watch``.

A server process; a process of watchers, some of everything and more of something; and this process, which takes
incidents in at a steady pace, whether or not those before are answered, lets units go through them and closes them. A
stream of positions and some watchers of telemetry run along. Some watchers break their stream off and resume it.

Measured is from the time in the event, which is when the server worked on it, before it was on disk, until a watcher
has it. What each watcher got is held against what its filter lets through of all events: in order, none missing, none
twice.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import numpy as np
from rich.console import Console
from towline.v1 import enums_pb2, incident_pb2, location_pb2
from towline.v1 import fleet_service_pb2_grpc as fleet_grpc
from towline.v1 import incident_service_pb2 as pb
from towline.v1 import incident_service_pb2_grpc as incident_grpc

from benchmarks.machine import keep
from benchmarks.positions import REGION, Fleet, _cpu_s
from benchmarks.served import Served, served
from benchmarks.standard import NOW
from benchmarks.tables import ResultTable
from engine.generate import generate_incidents
from graphs.bundled import load_coquimbo, load_coquimbo_population

#: What a unit does with an incident before it is closed, one after the other; the long way with all of it.
SHORT = (enums_pb2.LEG_STATE_UNDER_WAY,)
LONG = (
    enums_pb2.LEG_STATE_ACCEPTED,
    enums_pb2.LEG_STATE_UNDER_WAY,
    enums_pb2.LEG_STATE_ON_SCENE,
    enums_pb2.LEG_STATE_DONE,
)
#: Seconds between two of them.
PAUSE_S = 0.5


class Load:
    """Incidents at a steady pace, each taken through its steps; several callers, as in a call centre."""

    def __init__(self, server: Served, per_s: float, seconds: float, steps: Sequence[int]) -> None:
        self._steps = steps
        region, population = load_coquimbo(), load_coquimbo_population()
        self._drawn = generate_incidents(region, population, seed=3, count=500, now=NOW)
        self._channel = grpc.insecure_channel(server.address)
        self._stub = incident_grpc.IncidentServiceStub(self._channel)
        self._lock, self.failed, self.created, self.times = threading.Lock(), 0, 0, list[float]()
        self.why: dict[str, int] = {}
        begin = time.perf_counter()
        with ThreadPoolExecutor(150) as callers:
            for k in range(round(per_s * seconds)):
                time.sleep(max(0.0, begin + k / per_s - time.perf_counter()))
                callers.submit(self._live, k)
        self.took_s = time.perf_counter() - begin
        self._channel.close()

    def _live(self, k: int) -> None:
        place = self._drawn[k % len(self._drawn)].location
        asked = incident_pb2.Incident(
            location=location_pb2.Location(lon=place.lon, lat=place.lat),
            service=enums_pb2.SERVICE_BREAKDOWN_REPAIR,
            customer=f"c{k}",
        )
        try:
            begin = time.perf_counter()
            kept = self._stub.CreateIncident(pb.CreateIncidentRequest(parent=REGION, incident=asked)).incident
            self.times.append(1e3 * (time.perf_counter() - begin))
            for step in self._steps:
                time.sleep(PAUSE_S)
                kept = self._advance(kept, step)
            time.sleep(PAUSE_S)
            if kept.state < enums_pb2.INCIDENT_STATE_DONE:
                self._stub.CloseIncident(pb.CloseIncidentRequest(name=kept.name, reason="over"))
        except grpc.RpcError as error:
            with self._lock:
                self.failed += 1
                text = f"{error.code().name} {error.details()[:60]}"  # ty: ignore[missing-attribute]
                self.why[text] = self.why.get(text, 0) + 1
        with self._lock:
            self.created += 1

    def _advance(self, kept: incident_pb2.Incident, step: Any) -> incident_pb2.Incident:
        """The next step of its unit; planning again may have given it another one meanwhile."""
        while kept.state < enums_pb2.INCIDENT_STATE_DONE and (unit := next((leg.unit for leg in kept.legs), "")):
            try:
                request = pb.AdvanceIncidentRequest(name=kept.name, unit=unit, state=step)
                return self._stub.AdvanceIncident(request).incident
            except grpc.RpcError as error:
                if error.code() is not grpc.StatusCode.FAILED_PRECONDITION:  # ty: ignore[missing-attribute]
                    raise
                kept = self._stub.GetIncident(pb.GetIncidentRequest(name=kept.name)).incident
        return kept


def stream_positions(server: Served, stop: threading.Event) -> None:
    """All units every ten seconds, in batches of 1,000."""
    fleet = Fleet(8000)

    def batches() -> Any:
        for batch in fleet.batches(1000, headings=False):
            if stop.wait(1.25):
                return
            yield batch

    with grpc.insecure_channel(server.address) as channel:
        fleet_grpc.FleetServiceStub(channel).StreamPositions(batches())


def measure(
    full: int, filtered: int, board: int, per_s: float, seconds: float, steps: Sequence[int] = SHORT
) -> dict[str, Any]:
    with served() as server:
        arguments = [server.address, str(server.behind_s), str(full), str(filtered), str(board)]
        command = [sys.executable, "-m", "benchmarks.watchers", *arguments]
        watchers = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert watchers.stdout is not None
        assert watchers.stdin is not None
        watchers.stdout.readline()  # all are watching
        stop = threading.Event()
        positions = threading.Thread(target=stream_positions, args=(server, stop))
        positions.start()
        cpu, begin = _cpu_s(server.pid), time.perf_counter()
        load = Load(server, per_s, seconds, steps)
        cores = (_cpu_s(server.pid) - cpu) / (time.perf_counter() - begin)
        stop.set()
        positions.join()
        time.sleep(1.0)
        watchers.stdin.close()
        told = json.loads(watchers.stdout.read())
        watchers.wait()
    return {
        "incidents_per_s": per_s,
        "seconds": load.took_s,
        "incidents": load.created,
        "failed": load.failed,
        "why": load.why,
        "create_p50_ms": float(np.quantile(load.times, 0.5)),
        "create_p99_ms": float(np.quantile(load.times, 0.99)),
        "server_cores": cores,
        "full": full,
        "filtered": filtered,
        "telemetry": board,
        **told,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", type=int, default=10)
    parser.add_argument("--filtered", type=int, default=90)
    parser.add_argument("--telemetry", type=int, default=10)
    parser.add_argument("--per-s", type=float, default=20.0, help="incidents a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--long", action="store_true", help="units report every step")
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    asked = parser.parse_args()
    found = measure(
        asked.full, asked.filtered, asked.telemetry, asked.per_s, asked.seconds, LONG if asked.long else SHORT
    )
    table = ResultTable.of(
        f"{asked.full} watchers of everything and {asked.filtered} of something, {asked.per_s:g} incidents a second",
        ["events", "told", "event to watcher p50", "p99", "largest", "resumes", "wrong", "server's cores"],
        [
            [
                f"{found['events']:,}",
                f"{found['told']:,}",
                f"{found['p50_ms']:.1f} ms",
                f"{found['p99_ms']:.1f} ms",
                f"{found['max_ms']:.1f} ms",
                f"{found['resumes']:,}",
                f"{len(found['wrong'])}",
                f"{found['server_cores']:.2f}",
            ]
        ],
    )
    console = Console()
    console.print(table.rich())
    console.print({key: value for key, value in found.items() if key != "wrong"})
    if found["wrong"]:
        console.print(found["wrong"][:5])
    if not asked.no_keep:
        console.print(f"kept in {keep('watch', {'tables': [table.to_dict()], **found})}")


if __name__ == "__main__":
    main()
