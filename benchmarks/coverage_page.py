"""The coverage page of Jinan in Chromium: ``python -m benchmarks.coverage_page``.

Five services at three hours, before, after and the difference, over every H3 cell (resolution 9) with a road of the
Jinan network: how large the one HTML file is, how long Chromium needs from asking for it until it is painted and has
answered the first toggle, and how long a toggle takes. Medians; every repetition is a fresh load. Arrivals are driving
times of 80 providers drawn from a seed; after, a tenth of them is gone. The bars: 8 MB, 3 seconds.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import h3
import numpy as np
from rich.console import Console
from selenium.webdriver import Chrome

from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from engine.coverage.page import CoverageSeries, CoverageView, Gap, Site, SiteRole, Stage, coverage_page
from engine.generate.fleet import SERVICE_SHARE
from engine.render import write_html
from graphs.metrics.profile_file import load_traffic_profile
from graphs.metrics.store import MetricStore
from graphs.position import origin_seeds
from graphs.region import Region, build_region
from graphs.routes.isochrone import along
from graphs.search.arrays import INF
from graphs.sources.columns import ColumnMapping
from graphs.sources.edges_table import edges_to_raw
from graphs.sources.table_files import read_table
from tests.browser import CHROMEDRIVER, CHROMIUM, choose, chromium, settled, sized, wait

DATA = Path(__file__).parents[2] / "shared" / "data"
HOURS = (3, 8, 18)
PROVIDERS = 80
RESOLUTION = 9
PROMISE = 15
SEED = 1
BAR_MB, BAR_SECONDS = 8.0, 3.0


def jinan() -> Region:
    """The network beside the repository as a region."""
    mapping = ColumnMapping.parse(["edge_id=eid", "way=osm_way_id", "length=length_m", "geometry=geometry_wkt"])
    edges, nodes = read_table(DATA / "jinan_edges.csv.gz"), read_table(DATA / "jinan_nodes.csv.gz")
    raw = edges_to_raw(edges, nodes, mapping=mapping)
    return build_region(raw, name="jinan", title="Jinan, China", timezone="Asia/Shanghai")


@dataclass(frozen=True, eq=False)
class Points:
    """Points along every road, in the order of their cells."""

    region: Region
    cells: np.ndarray  # [c] ascending
    first: np.ndarray  # [c] first point of each cell
    slot: np.ndarray  # [p] arc of the search graph a point is on
    share: np.ndarray  # [p] of that arc

    @staticmethod
    def on(region: Region) -> Points:
        road = region.search_graph.road_arc
        slots = np.flatnonzero(road >= 0)
        edge_m = h3.average_hexagon_edge_length(RESOLUTION, unit="m")
        pieces = np.ceil(region.network.arc_length_m[road[slots]] / (edge_m / 2)).astype(np.int64) + 1
        slot = np.repeat(slots, pieces)
        share = (np.arange(slot.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)) / np.repeat(pieces, pieces)
        lon, lat = along(region, road[slot], share)
        ids = np.array([h3.latlng_to_cell(y, x, RESOLUTION) for x, y in zip(lon, lat, strict=True)])
        order = np.argsort(ids, kind="stable")
        cells, first = np.unique(ids[order], return_index=True)
        return Points(region, cells, first, slot[order], share[order])

    def earliest(self, node_ms: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """[c] ms, from the time at every junction."""
        ahead = np.rint(self.share * weights[self.slot]).astype(np.int64)
        at = node_ms[self.region.search_graph.tail[self.slot]] + ahead
        return np.minimum(np.minimum.reduceat(at, self.first), INF)


def view(region: Region) -> CoverageView:
    """Arrivals along the roads, the earliest in each cell, by service and hour."""
    network, rng = region.network, np.random.default_rng(SEED)
    points = Points.on(region)
    cells = points.cells
    demand = np.zeros(cells.size)  # junctions stand for demand
    for lon, lat in zip(network.node_lon, network.node_lat, strict=True):
        row = np.searchsorted(cells, h3.latlng_to_cell(lat, lon, RESOLUTION))
        demand[row] += 1
    nodes = rng.choice(network.node_count, PROVIDERS, replace=False)
    crews = np.minimum(rng.zipf(1.8, PROVIDERS), 40)
    snapped = region.snapper.snap(network.node_lon[nodes], network.node_lat[nodes])
    gone = rng.random(PROVIDERS) < 0.1
    offers = {str(service): rng.random(PROVIDERS) < share for service, share in SERVICE_SHARE.items()}
    store = MetricStore(region, load_traffic_profile()).view()
    series = []
    for hour in HOURS:
        _, metric = store.at(datetime(2026, 3, 3, hour, tzinfo=region.timezone))
        times = np.full((PROVIDERS, cells.size), INF, np.int64)
        for row in range(PROVIDERS):
            seeds = origin_seeds(network, metric.weights, snapped.take([row]), region.search_graph)
            times[row] = points.earliest(metric.one_to_all(seeds), metric.weights)
        for service, offered in offers.items():
            for stage, kept in ((Stage.BEFORE, offered), (Stage.AFTER, offered & ~gone)):
                first, second, third = np.partition(times[kept], (0, 1, 2), axis=0)[:3]
                late = np.flatnonzero((first > PROMISE * 60_000) & (demand > 0))
                late = late[np.argsort(-demand[late], kind="stable")][:50]
                gaps = [Gap(str(cells[row]), "", demand[row], int(first[row])) for row in late]
                share = float(demand[first <= PROMISE * 60_000].sum() / demand.sum())
                name = service.replace("_", " ").capitalize()
                series.append(
                    CoverageSeries(name, f"{hour:02d}:00", stage, first, demand, share, second, third, gaps=gaps)
                )
    sites = [
        Site(
            f"Provider {row + 1}",
            float(network.node_lon[nodes[row]]),
            float(network.node_lat[nodes[row]]),
            int(crews[row]),
            SiteRole.REMOVED if gone[row] else SiteRole.KEPT,
            tuple(service.replace("_", " ").capitalize() for service, offered in offers.items() if offered[row]),
        )
        for row in range(PROVIDERS)
    ]
    return CoverageView(
        "Jinan: a tenth of the providers leaves", PROMISE, cells.tolist(), series, sites, demand_name="junctions"
    )


def measure(driver: Chrome, file: Path) -> tuple[float, float, dict[str, int]]:
    """(ms from asking for the file to painted and one toggle answered, ms of a later toggle, features drawn)."""
    driver.get("about:blank")
    begin = time.perf_counter()
    driver.get(file.as_uri())
    wait(driver, "return document.documentElement.dataset.ready === 'true'")
    settled(driver)
    choose(driver, "Fleet", "Difference")
    ready = time.perf_counter() - begin
    begin = time.perf_counter()
    choose(driver, "Hour", "18:00")
    again = time.perf_counter() - begin
    drawn = driver.execute_script("return JSON.parse(document.documentElement.dataset.drawn)")
    return 1e3 * ready, 1e3 * again, drawn


def run(repetitions: int) -> dict[str, Any]:
    region = jinan()
    shown = view(region)
    page = coverage_page(shown, region.network, credits=("© OpenStreetMap contributors",))
    with tempfile.TemporaryDirectory() as folder, chromium(Path(folder)) as driver:
        file = write_html(page, Path(folder) / "jinan.html")
        size_mb = file.stat().st_size / 1e6
        sized(driver)
        found = [measure(driver, file) for _ in range(repetitions + 1)][1:]
        version = driver.capabilities["browserVersion"]
    ready, again = (statistics.median(each[k] for each in found) for k in (0, 1))
    table = ResultTable.of(
        "One page",
        ["what", "measured", "bar"],
        [
            ["size, MB", f"{size_mb:.2f}", f"{BAR_MB:g}"],
            ["painted and one toggle answered, s", f"{ready / 1e3:.2f}", f"{BAR_SECONDS:g}"],
            ["one more toggle, s", f"{again / 1e3:.2f}", ""],
        ],
    )
    drawn = found[-1][2]
    note = (
        f"{len(shown.cells):,} cells, {len(shown.series)} series of three arrivals, {len(shown.sites)} providers; "
        f"drawn at once: {drawn['cells']:,} cells, {drawn['roads']:,} streets. Chromium {version}, headless, without a "
        "graphics card, 1280 × 900."
    )
    return {"tables": [table.to_dict()], "notes": [note], "size_mb": size_mb, "ready_ms": ready, "toggle_ms": again}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    console = Console()
    if not (CHROMIUM and CHROMEDRIVER) or not (DATA / "jinan_edges.csv.gz").exists():
        console.print("left out: needs chromium, chromedriver and the data of Jinan beside the repository")
        return
    result = run(arguments.repetitions)
    for table in result["tables"]:
        console.print(ResultTable.from_dict(table).rich())
    console.print(*result["notes"])
    console.print(f"wrote {keep('coverage_page', result)}")


if __name__ == "__main__":
    main()
