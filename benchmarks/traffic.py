"""From a traffic update to fresh ETAs: ``python -m benchmarks.traffic``.

New York of the 9th DIMACS challenge (264,346 nodes, 733,846 arcs), 3,000 units with warm labels, the default traffic
profile at a Tuesday's 08:30. An update is timed from the call until the snapshot is published: entries checked, road
weights computed, metric customised, all units labelled again; 200 questions right after it are compared with a metric
customised from scratch. Meanwhile another thread asks for the ETAs of all units to random places, one after the other;
its latency with updates coming one after another is compared with its latency without. Threads share Python as the
server has them share it. Updates that come while one is being published are published together, so a busy feed of
single arcs makes fewer snapshots than it sends updates.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console

from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from engine.server.serve import share_fairly
from graphs.classes import CLASS_INDEX
from graphs.dimacs import read_coordinates, read_graph
from graphs.metrics import Arcs, LabelBook, MetricStore, TrafficEntry, TrafficUpdate, load_traffic_profile
from graphs.network import Int32
from graphs.position import Positions, destination_seeds
from graphs.raw import RawNetwork, SourceInfo
from graphs.region import Region, build_region
from graphs.search import many_to_one

DATA = Path(__file__).parents[2] / "shared" / "data" / "dimacs-ny"
NOW = datetime(2026, 3, 3, 13, 30, tzinfo=UTC)
UNITS = 3_000
#: Senders of single arcs, each waiting for its update to be published before the next.
SENDERS = 4
#: Updates made beforehand for each sender: making them is the work of its own process.
MADE = 8
#: TIGER's four speeds, as shares of the fastest; travel time in the files is distance over these.
CLASSES = {1.0: "motorway", 0.8: "primary", 0.6: "secondary", 0.4: "residential"}
FASTEST_KPH = 100.0


def new_york(folder: Path) -> Region:
    """The graph as a region: straight arcs, the classes that its speeds show, two-way streets paired."""
    distance, travel = read_graph(folder / "USA-road-d.NY.gr.gz"), read_graph(folder / "USA-road-t.NY.gr.gz")
    lonlat = read_coordinates(folder / "USA-road-d.NY.co.gz")
    share = distance.weights / np.maximum(travel.weights, 1)
    levels = np.array(list(CLASSES))
    level = np.abs(share[:, None] - levels).argmin(axis=1)
    low, high = np.minimum(distance.tail, distance.head), np.maximum(distance.tail, distance.head)
    along = distance.tail == low
    arcs = pd.DataFrame({"low": low, "high": high, "along": along})
    arcs["rank"] = arcs.groupby(["low", "high", "along"]).cumcount()
    groups = arcs.groupby(["low", "high", "rank"])
    shape = groups.ngroup().to_numpy(np.int32)
    ends = groups.first().reset_index()[["low", "high"]].to_numpy().reshape(-1)
    none = np.zeros(shape.size, np.int32)
    raw = RawNetwork(
        node_id=np.arange(distance.node_count, dtype=np.int64),
        node_lon=lonlat[:, 0],
        node_lat=lonlat[:, 1],
        arc_tail=distance.tail,
        arc_head=distance.head,
        arc_length_m=np.maximum(distance.weights / 10.0, 0.1),
        arc_class=np.array([CLASS_INDEX[name] for name in CLASSES.values()], np.uint8)[level],
        arc_maxspeed_kph=(FASTEST_KPH * levels[level]).astype(np.float32),
        arc_way=shape.astype(np.int64) + 1,
        arc_name=none,
        arc_ref=none,
        arc_shape=np.where(along, shape, ~shape).astype(np.int32),
        shape_offset=np.arange(0, ends.size + 1, 2),
        shape_lonlat=np.rint(lonlat[ends] * 1e7).astype(np.int32),
        strings=("",),
        info=SourceInfo("9th DIMACS challenge, New York", ("9th DIMACS Implementation Challenge",), "public domain"),
    )
    return build_region(raw, name="new-york", timezone="America/New_York")


def places(region: Region, count: int, seed: int) -> Positions:
    rng = np.random.default_rng(seed)
    network = region.network
    arc = rng.integers(0, network.arc_count, count).astype(np.int32)
    fraction = rng.random(count)
    tail, head = network.arc_tail[arc], network.arc_head[arc]
    lon = network.node_lon[tail] * (1 - fraction) + network.node_lon[head] * fraction
    lat = network.node_lat[tail] * (1 - fraction) + network.node_lat[head] * fraction
    return Positions(arc, fraction, lon, lat, np.zeros(count))


class Case:
    """A store, units whose labels follow it, and questions."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.store = MetricStore(region, load_traffic_profile())
        self.book = LabelBook(region, places(region, UNITS, 1))
        self.targets = [places(region, 1, 1000 + n) for n in range(500)]
        self.store.follow(self.book.follow)
        self.store.warm(NOW)

    def clear(self) -> None:
        """Take out all entries."""
        self.store.clear(NOW)

    def ask(self, number: int) -> Int32:
        """ETAs of all units to one place, under the newest snapshot."""
        _, metric = self.store.view().at(NOW)
        target = self.targets[number % len(self.targets)]
        seeds = destination_seeds(self.region.network, metric.weights, target, self.region.search_graph)
        return many_to_one(self.book.under(metric), metric.labels_to(seeds), 0)


def updates(region: Region, arcs: int, entries: bool, seed: int, prefix: str = "e") -> Callable[[], TrafficUpdate]:
    """Each call: new speeds for the same `arcs` random arcs, as one table or as an entry each."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(region.network.arc_count, arcs, replace=False)
    until = NOW + timedelta(hours=2)

    def make() -> TrafficUpdate:
        speed = rng.uniform(5, 90, arcs)
        if not entries:
            return TrafficUpdate([TrafficEntry("table", Arcs(chosen), speed_kph=speed, end=until)])
        pairs = enumerate(zip(chosen.tolist(), speed.tolist(), strict=True))
        return TrafficUpdate([TrafficEntry(f"{prefix}{n}", Arcs(a), speed_kph=s, end=until) for n, (a, s) in pairs])

    return make


def freshness(case: Case, make: Callable[[], TrafficUpdate], repetitions: int) -> dict[str, float]:
    """Milliseconds from call to published, and of its parts."""
    found: dict[str, list[float]] = {"checking": [], "staleness": [], "call": []}
    for turn in range(repetitions + 1):
        update = make()
        begin = time.perf_counter()
        result = case.store.update(update, NOW)
        call = time.perf_counter() - begin
        assert result.accepted == len(update.upserts), result.refusals[:3]
        if turn:
            found["checking"].append(1e3 * result.checking.total_seconds())
            found["staleness"].append(1e3 * result.staleness.total_seconds())
            found["call"].append(1e3 * call)
    _check(case)
    return {
        f"{name} {what}": pick(v)
        for name, v in found.items()
        for what, pick in (("", statistics.median), ("p95", _p95))
    }


def _check(case: Case) -> None:
    """Every answer equals that of a metric made from scratch."""
    _, metric = case.store.view().at(NOW)
    fresh = case.region.hierarchy.customise(metric.weights)
    book = LabelBook(case.region, case.book.positions)
    for target in case.targets[:200]:
        seeds = destination_seeds(case.region.network, fresh.weights, target, case.region.search_graph)
        expected = many_to_one(book.under(fresh), fresh.labels_to(seeds), 0)
        seeds = destination_seeds(case.region.network, metric.weights, target, case.region.search_graph)
        assert np.array_equal(many_to_one(case.book.under(metric), metric.labels_to(seeds), 0), expected)


def _p95(values: list[float]) -> float:
    return float(np.quantile(values, 0.95))


def latency(
    case: Case, seconds: float, senders: Sequence[Sequence[TrafficUpdate]] = (), pause_s: float = 0.0
) -> dict[str, float]:
    """Milliseconds of questions asked one after the other, while each sender's updates come `pause_s` after another.

    A sender goes through its updates again and again; no two that follow each other are equal.
    """
    stop = threading.Event()
    counts = [0] * len(senders)

    def feed(number: int, sent: Sequence[TrafficUpdate]) -> None:
        while not stop.is_set():
            case.store.update(sent[counts[number] % len(sent)], NOW)
            counts[number] += 1
            stop.wait(pause_s)

    epoch = case.store.view().epoch
    writers = [threading.Thread(target=feed, args=pair) for pair in enumerate(senders)]
    for writer in writers:
        writer.start()
    times = []
    until = time.perf_counter() + seconds
    number = 0
    while (begin := time.perf_counter()) < until:
        case.ask(number)
        number += 1
        times.append(1e3 * (time.perf_counter() - begin))
    stop.set()
    for writer in writers:
        writer.join()
    return {
        "questions": len(times),
        "updates": sum(counts),
        "snapshots": case.store.view().epoch - epoch,
        "median": statistics.median(times),
        "p99": float(np.quantile(times, 0.99)),
        "max": max(times),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=10.0, help="of questions in each case")
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    console = Console(width=140)
    if not DATA.exists():
        console.print(f"skipped: there is no {DATA.name} in ../shared/data")
        return
    region = new_york(DATA)
    case = Case(region)
    one_per_cent = region.network.arc_count // 100
    kinds = {
        "50 arcs": updates(region, 50, True, 2),
        "1 % of arcs, one table": updates(region, one_per_cent, False, 3),
        "1 % of arcs, an entry each": updates(region, one_per_cent, True, 4),
    }
    sent = {name: [make() for _ in range(MADE)] for name, make in kinds.items()}
    each = [updates(region, 1, True, 10 + n, f"s{n}-") for n in range(SENDERS)]
    singles = [[make() for _ in range(MADE)] for make in each]
    share_fairly()
    fresh: dict[str, Any] = {}
    for name, make in kinds.items():
        case.clear()
        fresh[name] = freshness(case, make, options.repetitions)
    latencies = {"idle": latency(case, options.seconds)}
    for name in kinds:
        latencies[f"{name}, every second"] = latency(case, options.seconds, [sent[name]], 1.0)
        latencies[f"{name}, without a pause"] = latency(case, options.seconds, [sent[name]])
    case.clear()
    latencies[f"1 arc, {SENDERS} senders, without a pause"] = latency(case, options.seconds, singles)
    idle = latencies["idle"]["p99"]
    tables = [
        ResultTable.of(
            f"New York, {UNITS:,} units: ms from a traffic update to fresh ETAs of all units",
            ["update", "median", "p95", "of which checking", "call returns (next hour warm, too)"],
            [
                [name, *(f"{r[k]:.1f}" for k in ("staleness ", "staleness p95", "checking ", "call "))]
                for name, r in fresh.items()
            ],
        ),
        ResultTable.of(
            f"Meanwhile: ms to the ETAs of {UNITS:,} units to one place",
            ["updates", "median", "p99", "p99, times idle", "max", "questions", "updates made", "snapshots"],
            [
                [
                    name,
                    *(f"{r[k]:.2f}" for k in ("median", "p99")),
                    f"{r['p99'] / idle:.1f}",
                    f"{r['max']:.1f}",
                    f"{r['questions']:,}",
                    f"{r['updates']:,}",
                    f"{r['snapshots']:,}",
                ]
                for name, r in latencies.items()
            ],
        ),
    ]
    for table in tables:
        console.print(table.rich())
    if not options.no_keep:
        content = {"tables": [t.to_dict() for t in tables], "freshness": fresh, "latency": latencies}
        console.print(f"kept in {keep('traffic', content)}")


if __name__ == "__main__":
    main()
