"""Regions out to networkx, GeoDataFrames and files, and back: ``python -m benchmarks.interop``.

The bundled city, a made-up province of 50,000 junctions and, where their data lie beside the repository, Heidelberg
and Jinan. "back" makes a region, its hierarchy included, of the graph.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from graphs.bundled import build_coquimbo
from graphs.interop.files import read_export, save_export
from graphs.interop.frames import to_geodataframes
from graphs.interop.multigraph import to_networkx
from graphs.interop.regions import region_from_networkx
from graphs.province import make_province
from graphs.region import Region, build_region
from graphs.sources.columns import ColumnMapping
from graphs.sources.reading import read_source

DATA = Path(__file__).parents[2] / "shared" / "data"
COLUMNS = ("nodes", "edges", "frames s", "networkx s", "back s", "gpkg out s", "gpkg in s", "graphml out s")


def heidelberg() -> Region:
    raw = read_source(DATA / "heidelberg-2024.osm.pbf")
    return build_region(raw, name="heidelberg", timezone="Europe/Berlin")


def jinan() -> Region:
    columns = ["edge_id=eid", "way=osm_way_id", "length=length_m", "geometry=geometry_wkt"]
    raw = read_source(
        DATA / "jinan_edges.csv.gz", nodes=DATA / "jinan_nodes.csv.gz", mapping=ColumnMapping.parse(columns)
    )
    return build_region(raw, name="jinan", timezone="Asia/Shanghai")


def province() -> Region:
    return build_region(make_province(1, junctions=50_000).raw, name="province", timezone="Etc/UTC")


def measure(region: Region, repetitions: int) -> dict[str, float]:
    """Medians in CPU seconds: all of it runs on one core, and a machine that others use counts less."""
    graph = to_networkx(region)
    with tempfile.TemporaryDirectory() as folder:
        package, markup = Path(folder) / "r.gpkg", Path(folder) / "r.graphml"
        calls: dict[str, Callable[[], Any]] = {
            "frames s": lambda: to_geodataframes(region),
            "networkx s": lambda: to_networkx(region),
            "back s": lambda: region_from_networkx(graph),
            "gpkg out s": lambda: save_export(region, package),
            "gpkg in s": lambda: read_export(package),
            "graphml out s": lambda: save_export(region, markup),
        }
        found: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(repetitions):
            for name, call in calls.items():
                begin = time.process_time()
                call()
                found[name].append(time.process_time() - begin)
    sizes = {"nodes": region.network.node_count, "edges": region.network.arc_count}
    return sizes | {name: statistics.median(seconds) for name, seconds in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    cases: dict[str, Callable[[], Region]] = {"La Serena–Coquimbo": build_coquimbo}
    if (DATA / "heidelberg-2024.osm.pbf").exists():
        cases["Heidelberg"] = heidelberg
    if (DATA / "jinan_edges.csv.gz").exists():
        cases["Jinan"] = jinan
    cases["province, 50,000"] = province
    results = {name: measure(make(), options.repetitions) for name, make in cases.items()}
    rows = [[name, *(f"{r[c]:,.0f}" if r[c] >= 100 else f"{r[c]:.2f}" for c in COLUMNS)] for name, r in results.items()]
    table = ResultTable.of("Regions to networkx and GeoDataFrames, and back", ["region", *COLUMNS], rows)
    console = Console(width=160)
    console.print(table.rich())
    if not options.no_keep:
        console.print(f"kept in {keep('interop', {'tables': [table.to_dict()], 'results': results})}")


if __name__ == "__main__":
    main()
