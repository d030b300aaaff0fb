"""How cost grows with a region: ``python -m benchmarks.growth``.

Made-up provinces of 50,000, 250,000 and a million junctions (cities, towns, villages, motorways; as dense as each
other), written as OpenStreetMap files. One process reads, prepares and saves a region, another opens and uses it, each
within 8 GiB; peaks are theirs, interpreter and libraries (about 220 MB) included. Kernels have been compiled and loaded
before by a tiny province. "From coordinates" snaps both sides and computes all labels; with "labels known" the
units stand labelled and only the incidents are new. "From disk" opens a file that the page cache has been told to
forget. A traffic update is timed until the ETAs of 3,000 units are fresh, and checked against a metric made from
scratch. "Per junction" is how much more a junction costs in the largest than in the smallest.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.machine import keep
from benchmarks.province_file import write_osm
from benchmarks.tables import ResultTable
from benchmarks.traffic import UNITS, Case, freshness, places, updates
from engine.server.serve import share_fairly
from graphs.metrics import LabelBook
from graphs.network import Int32
from graphs.position import Positions, destination_seeds, direct_ms
from graphs.province import make_province
from graphs.region import Region, build_region
from graphs.routes import find_route
from graphs.search import matrix
from graphs.sources.reading import read_source
from graphs.store import open_region, save_region
from graphs.travel import same_street, travel_matrix

SIZES = (50_000, 250_000, 1_000_000)
TINY = 600
MOST_BYTES = 8 << 30
INCIDENTS = (1, 50, 500)
#: Coordinates are drawn between the ends of arcs, and motorways bend.
FARTHEST_M = 20_000.0


def clock(call: Callable[[], Any]) -> tuple[float, Any]:
    """(seconds, answer)."""
    begin = time.perf_counter()
    answer = call()
    return time.perf_counter() - begin, answer


def median_ms(call: Callable[[int], Any], repetitions: int) -> float:
    """Of calls with the numbers 1 to `repetitions`, after one that does not count."""
    call(0)
    return 1e3 * statistics.median(clock(lambda n=n: call(n + 1))[0] for n in range(repetitions))


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident_mb() -> tuple[float, float]:
    """(memory of its own, pages of mapped files) of this process."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    anonymous, mapped = (int(lines[key].split()[0]) / 1024 for key in ("RssAnon", "RssFile"))
    return anonymous, mapped


def prepare(source: Path, target: Path) -> dict[str, float]:
    """Read, assemble, order and customise, save."""
    begun: dict[str, float] = {}

    def progress(stage: str, done: int, _total: int) -> None:
        begun[f"{stage} {done}"] = time.perf_counter()

    read_s, raw = clock(lambda: read_source(source))
    region = build_region(raw, name="province", timezone="Etc/UTC", progress=progress)
    customise_s, _ = clock(lambda: region.metric)
    save_s, _ = clock(lambda: save_region(region, target))
    shape = region.hierarchy.stats()
    return {
        "nodes": region.network.node_count,
        "arcs": region.network.arc_count,
        "height": shape["height"],
        "triangles": shape["triangles"],
        "read s": read_s,
        "assemble s": begun["assemble 1"] - begun["assemble 0"],
        "order s": begun["tree 1"] - begun["order 0"],
        "contract s": begun["done 4"] - begun["tree 1"],
        "customise ms": 1e3 * customise_s,
        "save s": save_s,
        "file MB": target.stat().st_size / 2**20,
        "prepare peak MB": peak_mb(),
    }


def use(path: Path, repetitions: int) -> dict[str, float]:
    """Open a region and ask everything of it."""
    file = os.open(path, os.O_RDONLY)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(file)
    before = resident_mb()
    disk_s, region = clock(lambda: open_region(path))
    figures = {"open from disk ms": 1e3 * disk_s, "open ms": median_ms(lambda _: open_region(path), repetitions)}
    figures["index ms"] = 1e3 * clock(lambda: region.snapper.snap_each(*_first_node(region)))[0]
    case = Case(region)
    after = resident_mb()
    figures |= {"own MB": after[0] - before[0], "mapped MB": after[1] - before[1]}
    figures |= questions(region, repetitions)
    share_fairly()
    network = region.network
    for name, arcs in (("50 arcs", 50), ("1 % of arcs", network.arc_count // 100)):
        case.clear()
        figures[f"update {name} ms"] = freshness(case, updates(region, arcs, arcs == 50, 7), repetitions)["staleness "]
    return figures | {"use peak MB": peak_mb()}


def questions(region: Region, repetitions: int) -> dict[str, float]:
    """Matrices from coordinates and from known units, and routes."""
    metric, figures = region.metric, {}
    book = LabelBook(region, snapped(region, UNITS, 1))
    book.under(metric)
    for count in INCIDENTS:

        def cold(n: int, count: int = count) -> Int32:
            units, incidents = snapped(region, UNITS, 10 + n), snapped(region, count, 100 + n)
            return travel_matrix(region.network, metric, units, incidents, graph=region.search_graph)

        figures[f"{count} x {UNITS:,} ms"] = median_ms(cold, repetitions)
        warm = median_ms(lambda n, count=count: known(book, snapped(region, count, 100 + n)), repetitions)
        figures[f"{count} x {UNITS:,} known ms"] = warm
    ends = [[snapped(region, 1, seed + n) for n in range(51)] for seed in (1000, 2000)]
    figures["route ms"] = median_ms(lambda n: find_route(region, metric, ends[0][n], ends[1][n]).lonlat, 50)
    return figures


def snapped(region: Region, count: int, seed: int) -> Positions:
    """Coordinates near roads, put on roads."""
    drawn = places(region, count, seed)
    return region.snapper.snap(drawn.lon, drawn.lat, FARTHEST_M)


def known(book: LabelBook, incidents: Positions) -> Int32:
    """[units, incidents] ms, the units' labels being there."""
    region, metric = book.region, book.region.metric
    into = metric.labels_to(destination_seeds(region.network, metric.weights, incidents, region.search_graph))
    times = matrix(book.under(metric), into)
    for row, column in same_street(region.network, book.positions, incidents):
        direct = direct_ms(region.network, metric.weights, book.positions.take(row), incidents.take(column))
        times[row, column] = np.minimum(times[row, column], direct)
    return times


def _first_node(region: Region) -> tuple[Any, Any]:
    return region.network.node_lon[:1], region.network.node_lat[:1]


def child(task: str, source: Path, target: Path, repetitions: int) -> dict[str, float]:
    """Figures of one task in a process of its own."""
    call = [sys.executable, "-m", "benchmarks.growth", "--task", task, str(source), str(target)]
    done = subprocess.run([*call, "--repetitions", str(repetitions)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def run_task(task: str, source: Path, target: Path, repetitions: int) -> dict[str, float]:
    """What `child` runs: the tiny province first, so that kernels are there, then the real one; 8 GiB for all."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    tiny = target.with_name("tiny.towline-region")
    if task == "prepare":
        prepare(source.with_name("tiny.osm.pbf"), tiny)
        return prepare(source, target)
    use(tiny, 1)
    return use(target, repetitions)


def measure(junctions: int, folder: Path, repetitions: int) -> dict[str, float]:
    """All figures of one size."""
    source, target = folder / f"{junctions}.osm.pbf", folder / f"{junctions}.towline-region"
    write_osm(make_province(1, junctions=junctions).raw, source)
    figures = {"pbf MB": source.stat().st_size / 2**20} | child("prepare", source, target, repetitions)
    source.unlink()
    figures |= child("use", source, target, repetitions)
    target.unlink()
    return figures


def table(results: dict[int, dict[str, float]]) -> ResultTable:
    """A row for each figure; the last column is its growth less that of the junctions."""
    least, most = min(results), max(results)
    nodes = results[most]["nodes"] / results[least]["nodes"]
    rows = []
    for name in results[least]:
        values = [results[size][name] for size in results]
        growth = values[-1] / values[0] / nodes if values[0] else float("nan")
        rows.append([name, *(shown(value) for value in values), "" if name == "nodes" else f"{growth:.2f}"])
    heads = [f"{size:,}" for size in results]
    return ResultTable.of("Provinces by junctions asked for", ["", *heads, "per junction"], rows)


def shown(value: float) -> str:
    """Three figures that count, or the whole number."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    parser.add_argument("--task", nargs=3, metavar=("TASK", "SOURCE", "TARGET"), help="one measurement; for itself")
    options = parser.parse_args()
    if options.task:
        task, source, target = options.task
        print(json.dumps(run_task(task, Path(source), Path(target), options.repetitions)))
        return
    console = Console(width=120)
    results: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        write_osm(make_province(1, junctions=TINY).raw, Path(folder) / "tiny.osm.pbf")
        for size in sorted(options.sizes):
            results[size] = measure(size, Path(folder), options.repetitions)
            console.print(f"{size:,}: {results[size]}")
    found = table(results)
    console.print(found.rich())
    if not options.no_keep:
        content = {"tables": [found.to_dict()], "results": {str(size): r for size, r in results.items()}}
        console.print(f"kept in {keep('growth', content)}")


if __name__ == "__main__":
    main()
