"""From a feed's call to the first fresh answer: ``python -m benchmarks.live_traffic``.

A server in a process of its own (`towline serve`, the default traffic profile), asked over gRPC: La Serena–Coquimbo
with the standard number of 8,000 units, and New York of the 9th DIMACS challenge with 3,000. One client sends updates
of traffic; another, in its own process, asks `Recommend` for random places, one after the other, without a pause.
Staleness is the time from sending an update to receiving the first recommendation that was decided under it, the
fleet's labels included. Afterwards a store in this process is given the same updates, and travel times are compared to
the millisecond.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import grpc
import numpy as np
from rich.console import Console
from towline.v1 import dispatch_service_pb2 as dispatch_pb
from towline.v1 import dispatch_service_pb2_grpc as dispatch_grpc
from towline.v1 import (
    enums_pb2,
    eta_service_pb2,
    eta_service_pb2_grpc,
    fleet_pb2,
    fleet_service_pb2,
    fleet_service_pb2_grpc,
    incident_pb2,
    location_pb2,
    traffic_pb2,
)
from towline.v1 import region_service_pb2 as region_pb
from towline.v1 import region_service_pb2_grpc as region_grpc

from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from benchmarks.traffic import DATA, new_york
from engine.dispatch import Dispatcher
from engine.server.incoming_traffic import read_entries
from graphs.bundled import load_coquimbo
from graphs.metrics import MetricStore, TrafficUpdate, load_traffic_profile
from graphs.region import Region
from graphs.store import save_region

PAIRS = 40
#: An answer: when it was asked for and came (s, the system's monotonic clock, equal in all processes), and its epoch.
Answer = tuple[float, float, int]
Entries = list[traffic_pb2.TrafficEntry]


def places(region: Region, count: int, seed: int) -> list[location_pb2.Location]:
    """Near random junctions."""
    nodes = np.random.default_rng(seed).integers(0, region.network.node_count, count)
    lon, lat = region.network.node_lon[nodes].tolist(), region.network.node_lat[nodes].tolist()
    return [location_pb2.Location(lon=x, lat=y) for x, y in zip(lon, lat, strict=True)]


@contextmanager
def serving(path: str) -> Generator[str]:
    """The address of a server of one region; ended afterwards."""
    command = [sys.executable, "-m", "cli", "serve", "--region", path, "--address", "127.0.0.1:0", "--json"]
    process = subprocess.Popen(
        [*command, "--profile", "default"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["address"]
    finally:
        process.terminate()
        process.wait()


def ask(address: str, region: str, targets: list[bytes], pipe: Connection) -> None:
    """In a process of its own: recommendations until told to stop; sends its answers when asked for them."""
    where = [location_pb2.Location.FromString(raw) for raw in targets]
    found: list[Answer] = []
    with grpc.insecure_channel(address) as channel:
        stub = dispatch_grpc.DispatchServiceStub(channel)
        number = 0
        while True:
            if pipe.poll():
                if pipe.recv() == "stop":
                    return
                pipe.send(found)
                found = []
            number += 1
            begin = time.monotonic()
            now = datetime.now(UTC)
            incident = incident_pb2.Incident(
                name=f"{region}/incidents/i", location=where[number % len(where)], service=enums_pb2.SERVICE_TOWING
            )
            incident.received_at.FromDatetime(now)
            request = dispatch_pb.RecommendRequest(region=region, incident=incident, server_fleet={})
            version = stub.Recommend(request).recommendation.metric_version
            found.append((begin, time.monotonic(), int(version.split(".")[0])))


class Case:
    """A server with a fleet, and who asks it."""

    def __init__(self, region: Region, address: str, units: int) -> None:
        self.region, self.name = region, f"regions/{region.name}"
        self.channel = grpc.insecure_channel(address)
        self.regions = region_grpc.RegionServiceStub(self.channel)
        self._fill(units)
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        targets = [place.SerializeToString() for place in places(region, 300, 2)]
        self.asker = context.Process(target=ask, args=(address, self.name, targets, theirs), daemon=True)
        self.asker.start()
        time.sleep(4.0)
        self.answers()

    def _fill(self, units: int) -> None:
        fleet = fleet_service_pb2_grpc.FleetServiceStub(self.channel)
        provider = fleet_pb2.Provider(name=f"{self.name}/providers/p")
        fleet.BatchUpsertProviders(
            fleet_service_pb2.BatchUpsertProvidersRequest(parent=self.name, providers=[provider])
        )
        batch = [
            fleet_pb2.Unit(
                name=f"{provider.name}/units/u{number}",
                location=place,
                services=[enums_pb2.SERVICE_TOWING],
                status=enums_pb2.UNIT_STATUS_AVAILABLE,
            )
            for number, place in enumerate(places(self.region, units, 1))
        ]
        fleet.BatchUpsertUnits(fleet_service_pb2.BatchUpsertUnitsRequest(parent=self.name, units=batch))

    def answers(self) -> list[Answer]:
        """What came since the last time."""
        self.pipe.send("more")
        return self.pipe.recv()

    def update(self, entries: Entries) -> tuple[float, traffic_pb2.TrafficResult]:
        """(when it was sent, what became of it)."""
        begin = time.monotonic()
        request = region_pb.UpdateTrafficRequest(parent=self.name, entries=entries)
        result = self.regions.UpdateTraffic(request).result
        assert not result.ignored_counts, result.ignored_counts
        return begin, result

    def compare(self, sent: list[Entries]) -> None:
        """Travel times of the server and of a store that was given the same: equal."""
        store = MetricStore(self.region, load_traffic_profile())
        now = datetime.now(UTC)
        for entries in sent:
            store.update(TrafficUpdate(read_entries(entries, "").entries), now)
        some = places(self.region, PAIRS, 3)
        request = eta_service_pb2.MatrixRequest(region=self.name, origins=some, destinations=some)
        request.departure.FromDatetime(now)
        answer = eta_service_pb2_grpc.EtaServiceStub(self.channel).Matrix(request)
        lon, lat = [place.lon for place in some], [place.lat for place in some]
        expected = Dispatcher(self.region, metrics=store).matrix(lon, lat, lon, lat, now)
        assert np.array_equal(np.frombuffer(answer.durations_ms, "<i4").reshape(PAIRS, PAIRS), expected)

    def close(self) -> None:
        self.pipe.send("stop")
        self.asker.join()
        self.channel.close()


def kinds(region: Region) -> dict[str, Callable[[int], Entries]]:
    """Updates of each kind; the number of the update changes what it says."""
    rng = np.random.default_rng(5)
    arcs = rng.choice(region.network.arc_count, region.network.arc_count // 100, replace=False).tolist()
    middle = places(region, 1, 6)[0]
    corners = [(-0.01, -0.01), (0.01, -0.01), (0.01, 0.01), (-0.01, 0.01)]
    ring = {"lon": [middle.lon + x for x, _ in corners], "lat": [middle.lat + y for _, y in corners]}

    def single(count: int) -> Callable[[int], Entries]:
        return lambda turn: [
            traffic_pb2.TrafficEntry(id=f"e{n}", arcs={"arc_ids": [arc]}, speed_kph=5 + (7 * n + 13 * turn) % 80)
            for n, arc in enumerate(arcs[:count])
        ]

    def table(turn: int) -> Entries:
        speeds = [5.0 + (7 * n + 13 * turn) % 80 for n in range(len(arcs))]
        content: dict[str, Any] = {"arcs": {"arc_ids": arcs}, "speeds_kph": {"values": speeds}}
        return [traffic_pb2.TrafficEntry(id="table", **content)]

    def area(turn: int) -> Entries:
        content: dict[str, Any] = {"area": {"polygons": [{"outer": ring}]}, "factor": 0.2 + 0.1 * (turn % 6)}
        return [traffic_pb2.TrafficEntry(id="area", **content)]

    return {
        "one arc": single(1),
        "50 arcs, an entry each": single(50),
        "1 % of arcs, one table": table,
        "1 % of arcs, an entry each": single(len(arcs)),
        "an area of 2 km": area,
    }


def measure(case: Case, make: Callable[[int], Entries], repetitions: int, every_s: float) -> dict[str, Any]:
    """Staleness in ms of updates that come every so often, and the latencies of the questions meanwhile."""
    case.answers()
    updates, sent = [], []
    for turn in range(repetitions):
        sent.append(make(turn))
        updates.append(case.update(sent[-1]))
        time.sleep(max(0.0, updates[-1][0] + every_s - time.monotonic()))
    found = case.answers()
    while not any(epoch >= updates[-1][1].epoch for _, _, epoch in found):
        time.sleep(0.1)
        found += case.answers()
    stale = []
    for begin, result in updates:
        stale.append(1e3 * (min(came for _, came, epoch in found if epoch >= result.epoch) - begin))
    inside = [_inside(result) for _, result in updates]
    case.compare(sent[-1:])
    case.regions.ClearTraffic(region_pb.ClearTrafficRequest(parent=case.name))
    return {"staleness": stale, "inside": inside, "latency": [1e3 * (came - begun) for begun, came, _ in found]}


def _inside(result: traffic_pb2.TrafficResult) -> float:
    return (result.checking.ToTimedelta() + result.preparing.ToTimedelta()) / timedelta(milliseconds=1)


def run(title: str, region: Region, path: str, units: int, repetitions: int, every_s: float) -> dict[str, Any]:
    with serving(path) as address:
        case = Case(region, address, units)
        try:
            time.sleep(repetitions * every_s)
            idle = [1e3 * (came - begun) for begun, came, _ in case.answers()]
            found = {name: measure(case, make, repetitions, every_s) for name, make in kinds(region).items()}
        finally:
            case.close()
    return {"title": title, "units": units, "idle": idle, "kinds": found}


def tables(found: dict[str, Any], every_s: float) -> list[ResultTable]:
    idle = found["idle"]
    bar = float(np.quantile(idle, 0.99))
    fresh = [
        [
            name,
            *(f"{value:.0f}" for value in (statistics.median(r["staleness"]), max(r["staleness"]))),
            f"{statistics.median(r['inside']):.1f}",
        ]
        for name, r in found["kinds"].items()
    ]
    meanwhile = [
        [
            name,
            *(f"{value:.2f}" for value in (statistics.median(taken), float(np.quantile(taken, 0.99)), max(taken))),
            f"{float(np.quantile(taken, 0.99)) / bar:.1f}",
            f"{len(taken):,}",
        ]
        for name, taken in (("no updates", idle), *((name, r["latency"]) for name, r in found["kinds"].items()))
    ]
    where = f"{found['title']}, {found['units']:,} units"
    return [
        ResultTable.of(
            f"{where}: ms from sending an update to the first recommendation decided under it",
            ["update", "median", "greatest", "of which in the server until published"],
            fresh,
        ),
        ResultTable.of(
            f"{where}: ms a recommendation while an update comes every {every_s:g} s",
            ["updates", "median", "p99", "max", "p99, times that without", "recommendations"],
            meanwhile,
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=20, help="updates of each kind")
    parser.add_argument("--every", type=float, default=0.5, help="seconds between two updates")
    parser.add_argument("--small", action="store_true", help="leave New York out")
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    console = Console(width=140)
    results = [run("Coquimbo", load_coquimbo(), "coquimbo", 8_000, options.repetitions, options.every)]
    if not options.small and DATA.exists():
        region = new_york(DATA)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "new-york.towline-region"
            save_region(region, path)
            results.append(run("New York", region, str(path), 3_000, options.repetitions, options.every))
    made = [table for found in results for table in tables(found, options.every)]
    for table in made:
        console.print(table.rich())
    if not options.no_keep:
        content = {"tables": [table.to_dict() for table in made]}
        console.print(f"kept in {keep('live_traffic', content)}")


if __name__ == "__main__":
    main()
