"""Positions of 8,000 units streaming in: ``python -m benchmarks.positions``.

A server process and a client process on one machine. The client sends batches in columns as fast as it is told to (or
as fast as they are taken), over one stream, and asks for recommendations at a steady pace meanwhile.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import numpy as np
from rich.console import Console
from towline.v1 import dispatch_service_pb2 as dispatch_pb
from towline.v1 import dispatch_service_pb2_grpc as dispatch_grpc
from towline.v1 import enums_pb2, fleet_pb2, incident_pb2, location_pb2
from towline.v1 import fleet_service_pb2 as fleet_service
from towline.v1 import fleet_service_pb2_grpc as fleet_grpc

from benchmarks.machine import keep
from benchmarks.served import Served, served
from benchmarks.standard import NOW
from benchmarks.tables import ResultTable
from engine.generate import generate_fleet, generate_incidents
from engine.server.wire_time import write_time
from graphs.bundled import load_coquimbo, load_coquimbo_population

REGION = "regions/coquimbo"
#: Degrees that a unit moves between two reports: some fifty metres.
STEP = 5e-4
#: Positions a second (-1: no stream; 0: as many as are taken), in a batch, with headings.
RUNS = ((-1, 1000, False), (800, 1000, False), (20_000, 1000, False), (20_000, 1000, True), (0, 2000, False))


class Fleet:
    """Where the standard fleet's units drive."""

    def __init__(self, units: int) -> None:
        region, population = load_coquimbo(), load_coquimbo_population()
        fleet = generate_fleet(region, population, seed=1, now=NOW, providers=3 * units // 8, units=units)
        self.ids = [unit.id for unit in fleet.units]
        self.lon = np.array([unit.location.lon for unit in fleet.units])
        self.lat = np.array([unit.location.lat for unit in fleet.units])
        self.random = np.random.default_rng(1)

    def batches(self, size: int, headings: bool) -> Iterator[fleet_service.StreamPositionsRequest]:
        """Rounds of the whole fleet without end."""
        while True:
            order = self.random.permutation(len(self.ids))
            for begin in range(0, order.size, size):
                rows = order[begin : begin + size]
                yield fleet_service.StreamPositionsRequest(
                    parent=REGION,
                    unit_ids=[self.ids[row] for row in rows.tolist()],
                    lon=self.lon[rows] + self.random.normal(0, STEP, rows.size),
                    lat=self.lat[rows] + self.random.normal(0, STEP, rows.size),
                    heading_deg=self.random.uniform(0, 360, rows.size) if headings else None,
                )


class Recommending:
    """Recommendations at a steady pace, each on time whether or not the one before is answered."""

    def __init__(self, server: Served, channel: grpc.Channel, per_s: float) -> None:
        region, population = load_coquimbo(), load_coquimbo_population()
        drawn = generate_incidents(region, population, seed=2, count=100, now=NOW)
        stub = dispatch_grpc.DispatchServiceStub(channel)
        self.times: list[float] = []
        self.errors = 0
        self._stop = threading.Event()

        def ask(k: int, due: float) -> None:
            place = drawn[k % len(drawn)].location
            incident = incident_pb2.Incident(
                name=f"{REGION}/incidents/i{k}",
                location=location_pb2.Location(lon=place.lon, lat=place.lat),
                service=enums_pb2.SERVICE_BREAKDOWN_REPAIR,
                received_at=write_time(server.now()),
            )
            request = dispatch_pb.RecommendRequest(
                region=REGION, incident=incident, server_fleet=fleet_pb2.ServerFleet()
            )
            future = stub.Recommend.future(request)
            future.add_done_callback(lambda done: self._done(done, due))

        def run() -> None:
            begin, k = time.perf_counter(), 0
            while not self._stop.wait(max(0.0, begin + k / per_s - time.perf_counter())):
                ask(k, begin + k / per_s)
                k += 1

        self._thread = threading.Thread(target=run)
        self._thread.start()

    def _done(self, future: Any, due: float) -> None:
        self.times.append(1e3 * (time.perf_counter() - due))
        self.errors += future.exception() is not None

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        time.sleep(0.3)


def measure(
    server: Served, fleet: Fleet, *, per_s: float, seconds: float, size: int, headings: bool, asks: float
) -> dict[str, Any]:
    """One stream of so many positions a second (0: as many as are taken), with recommendations meanwhile."""
    cpu = _cpu_s(server.pid)
    begin = time.perf_counter()
    sent = 0

    def paced() -> Iterator[fleet_service.StreamPositionsRequest]:
        nonlocal sent
        for batch in fleet.batches(size, headings):
            now = time.perf_counter()
            if now - begin > seconds:
                return
            if per_s:
                time.sleep(max(0.0, begin + sent / per_s - now))
            sent += len(batch.unit_ids)
            yield batch

    with grpc.insecure_channel(server.address) as channel, grpc.insecure_channel(server.address) as other:
        asking = Recommending(server, other, asks)
        answer = fleet_grpc.FleetServiceStub(channel).StreamPositions(paced()) if per_s >= 0 else None
        if answer is None:
            time.sleep(seconds)
        took = time.perf_counter() - begin
        asking.stop()
    return {
        "asked_per_s": per_s,
        "batch": size,
        "headings": headings,
        "seconds": took,
        "positions_per_s": answer.accepted_count / took if answer else 0,
        "refused": dict(answer.rejected_counts) if answer else {},
        "server_cores": (_cpu_s(server.pid) - cpu) / took,
        "recommend_p50_ms": float(np.quantile(asking.times, 0.5)),
        "recommend_p99_ms": float(np.quantile(asking.times, 0.99)),
        "recommendations": len(asking.times),
        "errors": asking.errors,
    }


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--asks", type=float, default=20.0, help="recommendations a second")
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    asked = parser.parse_args()
    fleet = Fleet(8000)
    results = []
    with served() as server:
        for per_s, size, headings in RUNS:
            results.append(
                measure(
                    server, fleet, per_s=per_s, seconds=asked.seconds, size=size, headings=headings, asks=asked.asks
                )
            )
    table = ResultTable.of(
        f"Positions of 8,000 units in one stream, {asked.asks:g} recommendations a second meanwhile",
        ["positions a second", "batch", "headings", "taken a second", "server's cores", "Recommend p50", "p99"],
        [
            [
                {-1: "none", 0: "as many as are taken"}.get(row["asked_per_s"], f"{row['asked_per_s']:,}"),
                f"{row['batch']:,}",
                "yes" if row["headings"] else "no",
                f"{row['positions_per_s']:,.0f}",
                f"{row['server_cores']:.2f}",
                f"{row['recommend_p50_ms']:.1f} ms",
                f"{row['recommend_p99_ms']:.1f} ms",
            ]
            for row in results
        ],
    )
    console = Console()
    console.print(table.rich())
    if not asked.no_keep:
        console.print(f"kept in {keep('positions', {'tables': [table.to_dict()], 'results': results})}")


if __name__ == "__main__":
    main()
