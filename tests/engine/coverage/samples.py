"""A question on the bundled region: what if one provider leaves, one comes, one moves and one hires?

Roads, travel times by hour and people are real. Providers stand in the most populated cells of a coarse grid: places
where there are customers, of no real company.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

import h3
import numpy as np

from engine.coverage.page import CoverageSeries, CoverageView, Gap, Site, SiteRole, Stage
from engine.coverage.view import Float64
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.metrics.profile_file import load_traffic_profile
from graphs.metrics.store import MetricStore
from graphs.region import Region
from graphs.routes.isochrone import isochrone
from graphs.search.arrays import INF

RESOLUTION = 8
PROMISE = 10
LIMIT_MS = 90 * 60_000
HOURS = {"Tuesday 03:00": 3, "Tuesday 08:00": 8}


def people(region_cells: Sequence[str]) -> Float64:
    """[c] people living in each cell, from the bundled population."""
    population = load_coquimbo_population()
    row = {cell: index for index, cell in enumerate(region_cells)}
    found = np.zeros(len(region_cells))
    for cell, weight in zip(population.cells, population.weight, strict=True):
        parent = h3.cell_to_parent(cell, RESOLUTION) if h3.get_resolution(cell) >= RESOLUTION else ""
        if parent in row:
            found[row[parent]] += weight
    return found


def road_names(region: Region, cells: Sequence[str]) -> list[str]:
    """[c] the road with most length in each cell, "" without a named one."""
    network = region.network
    best: dict[str, dict[str, float]] = {}
    for tail, name, length in zip(network.arc_tail, network.arc_name, network.arc_length_m, strict=True):
        if text := network.strings[name]:
            cell = h3.latlng_to_cell(network.node_lat[tail], network.node_lon[tail], RESOLUTION)
            best.setdefault(cell, {}).setdefault(text, 0.0)
            best[cell][text] += length
    return [max(best[cell], key=lambda name: best[cell][name]) if cell in best else "" for cell in cells]


def sites() -> list[Site]:
    """Seven providers and what the scenario does to them."""
    population = load_coquimbo_population()
    coarse: dict[str, dict[str, float]] = {}
    for cell, weight in zip(population.cells, population.weight, strict=True):
        coarse.setdefault(h3.cell_to_parent(cell, 6), {})[cell] = float(weight)
    order = sorted(coarse, key=lambda parent: (-sum(coarse[parent].values()), parent))
    heaviest = [max(coarse[parent], key=lambda cell: coarse[parent][cell]) for parent in order]
    places = [h3.cell_to_latlng(cell)[::-1] for cell in heaviest]
    made = [Site(f"P{i + 1}", *places[i], crews=crews) for i, crews in enumerate((4, 2, 1, 2, 1, 6))]
    made[1] = replace(made[1], role=SiteRole.REMOVED)
    made[2] = replace(made[2], role=SiteRole.ADDED)
    made[3] = replace(made[3], role=SiteRole.MOVED, moved_from=places[7])
    made[5] = replace(made[5], role=SiteRole.RESIZED, crews_before=3)
    return made


@cache
def sample() -> CoverageView:
    """Two services, two hours, before and after; isochrones of every provider."""
    region = load_coquimbo()
    store = MetricStore(region, load_traffic_profile()).view()
    fleet = {Stage.BEFORE: [], Stage.AFTER: []}
    for site in sites():
        if site.role is not SiteRole.ADDED:
            fleet[Stage.BEFORE].append(site.moved_from or (site.lon, site.lat))
        if site.role is not SiteRole.REMOVED:
            fleet[Stage.AFTER].append((site.lon, site.lat))
    places = sorted({place for stage in fleet.values() for place in stage})
    snapped = region.snapper.snap([lon for lon, _ in places], [lat for _, lat in places])
    reached: dict[tuple[str, tuple[float, float]], dict[str, int]] = {}
    for hour, clock in HOURS.items():
        _, metric = store.at(datetime(2026, 3, 3, clock, tzinfo=region.timezone))
        for index, place in enumerate(places):
            found = isochrone(region, metric, snapped.take([index]), LIMIT_MS, resolution=RESOLUTION)
            reached[hour, place] = found.cells()
    cells = sorted({cell for found in reached.values() for cell in found})
    names, demand = road_names(region, cells), people(cells)
    series = []
    for service, every in (("Breakdown repair", 1), ("Towing", 2)):  # every second provider tows
        for hour in HOURS:
            for stage, own in fleet.items():
                times = np.array([[reached[hour, place].get(cell, INF) for cell in cells] for place in own[::every]])
                times = np.sort(times, axis=0)
                series.append(_series(service, hour, stage, times, cells, names, demand))
    return CoverageView(
        title="La Serena–Coquimbo: P2 leaves, P3 comes, P4 moves",
        promise_minutes=PROMISE,
        cells=cells,
        series=series,
        sites=sites(),
        subtitle="First arrival on the fastest road of each cell, by driving time",
        places=names,
    )


def _series(
    service: str, hour: str, stage: Stage, times: Float64, cells: Sequence[str], names: Sequence[str], demand: Float64
) -> CoverageSeries:
    late = np.flatnonzero(times[0] > PROMISE * 60_000)
    late = late[np.argsort(-demand[late], kind="stable")]
    return CoverageSeries(
        service,
        hour,
        stage,
        times[0],
        demand,
        float(demand[times[0] <= PROMISE * 60_000].sum() / demand.sum()),
        times[1],
        times[2],
        gaps=[Gap(cells[row], names[row], float(demand[row]), int(times[0, row])) for row in late if demand[row] > 0],
    )
