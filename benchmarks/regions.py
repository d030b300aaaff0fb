"""Building, storing, opening and snapping in regions: ``python -m benchmarks.regions``.

The bundled city and made-up provinces of 50,000 and 250,000 junctions. Opening includes the check of every checksum;
the file is in the page cache, as it is after the first reading. The first snap builds the index of the region.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from graphs.bundled import build_coquimbo
from graphs.province import make_province
from graphs.region import Region, build_region
from graphs.store import open_region, save_region

LOCATIONS = 8_000
COLUMNS = (
    "nodes",
    "arcs",
    "build s",
    "file MB",
    "save ms",
    "open ms",
    "free-flow metric ms",
    "index ms",
    "8,000 snaps ms",
)


def province(junctions: int) -> Region:
    return build_region(make_province(1, junctions=junctions).raw, name="province", timezone="Etc/UTC")


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    answer = call()
    return time.perf_counter() - begin, answer


def measure(make: Callable[[], Region], repetitions: int) -> dict[str, float]:
    """One region; every figure but the build is a median."""
    build_s, region = timed(make)
    rng = np.random.default_rng(1)
    node = rng.integers(0, region.network.node_count, LOCATIONS)
    lon = region.network.node_lon[node] + rng.normal(0, 5e-4, LOCATIONS)
    lat = region.network.node_lat[node] + rng.normal(0, 5e-4, LOCATIONS)
    found: dict[str, list[float]] = {name: [] for name in COLUMNS[4:]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.towline-region"
        for _ in range(repetitions):
            found["save ms"].append(timed(lambda: save_region(region, path))[0])
            seconds, opened = timed(lambda: open_region(path))
            found["open ms"].append(seconds)
            found["free-flow metric ms"].append(timed(lambda opened=opened: opened.metric)[0])
            found["index ms"].append(timed(lambda opened=opened: opened.snapper.snap_each(lon[:1], lat[:1]))[0])
            found["8,000 snaps ms"].append(timed(lambda opened=opened: opened.snapper.snap_each(lon, lat))[0])
        size = path.stat().st_size / 1e6
    figures = {
        "nodes": region.network.node_count,
        "arcs": region.network.arc_count,
        "build s": build_s,
        "file MB": size,
    }
    return figures | {name: 1e3 * statistics.median(values) for name, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    build_coquimbo()  # compiles the kernels
    cases = {
        "La Serena–Coquimbo": build_coquimbo,
        "province, 50,000": lambda: province(50_000),
        "province, 250,000": lambda: province(250_000),
    }
    results = {name: measure(make, options.repetitions) for name, make in cases.items()}
    rows = [[name, *(f"{r[c]:,.0f}" if r[c] >= 100 else f"{r[c]:.1f}" for c in COLUMNS)] for name, r in results.items()]
    table = ResultTable.of("Regions (build includes making up the province)", ["region", *COLUMNS], rows)
    console = Console(width=160)
    console.print(table.rich())
    if not options.no_keep:
        console.print(f"kept in {keep('regions', {'tables': [table.to_dict()], 'results': results})}")


if __name__ == "__main__":
    main()
