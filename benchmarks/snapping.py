"""Putting locations on roads, beside shapely's R-tree: ``python -m benchmarks.snapping``.

One core, one call, places up to some tens of metres off the roads, headings along them and up to 45 degrees off.
``nearest`` is `Snapper.snap_each` (arc, fraction, place, metres, refusals); ``with heading and rivals`` and ``no hint``
are `Snapper.locate` (one directed arc, confidence, rivals). The R-tree does what `snap_each` does: nearest line, place
along it, metres.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import numpy as np
import shapely
from rich.console import Console

from benchmarks.machine import interleaved, keep
from benchmarks.search_graphs import DATA
from benchmarks.tables import ResultTable
from graphs.assemble import assemble
from graphs.bundled import load_coquimbo
from graphs.geodesy import from_mercator, great_circle_m, to_mercator
from graphs.network import SHAPE_SCALE, Float64, RoadNetwork
from graphs.province import make_province
from graphs.snap import Snapper
from graphs.snapping.grid import SegmentGrid
from graphs.snapping.query import LocationQuery
from graphs.sources.columns import ColumnMapping
from graphs.sources.edges_table import edges_to_raw
from graphs.sources.table_files import read_table
from graphs.speeds import load_profile

COLUMNS = (
    "segments",
    "index ms",
    "index MB",
    "R-tree/s",
    "nearest/s",
    "times",
    "with heading and rivals/s",
    "no hint/s",
)


def load_jinan() -> RoadNetwork:
    mapping = ColumnMapping.parse(["edge_id=eid", "way=osm_way_id", "length=length_m", "geometry=geometry_wkt"])
    edges, nodes = read_table(DATA / "jinan_edges.csv.gz"), read_table(DATA / "jinan_nodes.csv.gz")
    return assemble(edges_to_raw(edges, nodes, mapping=mapping), load_profile())[0]


class Tree:
    """shapely's R-tree over the same shapes."""

    def __init__(self, network: RoadNetwork) -> None:
        x, y = to_mercator(network.shape_lonlat[:, 0] / SHAPE_SCALE, network.shape_lonlat[:, 1] / SHAPE_SCALE)
        owner = np.repeat(np.arange(network.shape_offset.size - 1), np.diff(network.shape_offset))
        self.tree = shapely.STRtree(shapely.linestrings(np.column_stack((x, y)), indices=owner))

    def nearest(self, lon: Float64, lat: Float64) -> Float64:
        """Metres to the nearest road; the place along it is found on the way."""
        points = shapely.points(*to_mercator(lon, lat))
        _, shape = self.tree.query_nearest(points, all_matches=False)
        lines = self.tree.geometries[shape]
        place = shapely.line_interpolate_point(lines, shapely.line_locate_point(lines, points))
        return great_circle_m(lon, lat, *from_mercator(shapely.get_x(place), shapely.get_y(place)))


def measure(network: RoadNetwork, count: int, repetitions: int) -> dict[str, float]:
    """Median rates; the ways take turns, the R-tree on a tenth of the places."""
    rng = np.random.default_rng(1)
    points = network.shape_lonlat / SHAPE_SCALE
    starts = np.flatnonzero(
        np.diff(np.repeat(np.arange(network.shape_offset.size - 1), np.diff(network.shape_offset))) == 0
    )
    at = rng.choice(starts, count)
    east, north = (points[at + 1] - points[at]).T
    lon, lat = (points[at] + rng.normal(0, 2e-4, (count, 2))).T.copy()
    bearing = np.degrees(np.arctan2(east * np.cos(np.radians(lat)), north))
    heading = (bearing + rng.choice([0.0, 180.0], count) + rng.uniform(-45.0, 45.0, count)) % 360.0
    few = count // 10
    snapper, tree = Snapper(network), Tree(network)
    told, plain = LocationQuery(lon, lat, heading=heading), LocationQuery(lon, lat)
    assert (
        np.abs(snapper.snap_each(lon[:few], lat[:few]).positions.distance_m - tree.nearest(lon[:few], lat[:few])).max()
        < 1e-3
    )
    times = interleaved(
        {
            "tree": lambda: tree.nearest(lon[:few], lat[:few]),
            "nearest": lambda: snapper.snap_each(lon, lat),
            "heading": lambda: snapper.locate(told),
            "plain": lambda: snapper.locate(plain),
        },
        repetitions,
    )
    builds = []
    for _ in range(repetitions):
        begin = time.perf_counter()
        grid = SegmentGrid.build(network)
        builds.append(1e3 * (time.perf_counter() - begin))
    rate = {name: 1e3 * (few if name == "tree" else count) / value for name, value in times.items()}
    return {
        "segments": float(points.shape[0] - network.shape_offset.size + 1),
        "index ms": statistics.median(builds),
        "index MB": grid.nbytes / 1e6,
        "R-tree/s": rate["tree"],
        "nearest/s": rate["nearest"],
        "times": rate["nearest"] / rate["tree"],
        "with heading and rivals/s": rate["heading"],
        "no hint/s": rate["plain"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--locations", type=int, default=200_000)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--province", type=int, default=250_000, help="junctions of the made-up province; 0 for none")
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    networks: dict[str, RoadNetwork] = {"Jinan": load_jinan(), "La Serena–Coquimbo": load_coquimbo().network}
    if options.province:
        raw = make_province(1, junctions=options.province).raw
        networks[f"province, {options.province:,}"] = assemble(raw, load_profile())[0]
    results: dict[str, Any] = {
        name: measure(network, options.locations, options.repetitions) for name, network in networks.items()
    }
    rows = [[name, *(f"{r[c]:,.0f}" if r[c] >= 100 else f"{r[c]:.1f}" for c in COLUMNS)] for name, r in results.items()]
    table = ResultTable.of(f"Snapping {options.locations:,} places a call, one core", ["region", *COLUMNS], rows)
    console = Console(width=160)
    console.print(table.rich())
    if not options.no_keep:
        console.print(f"kept in {keep('snapping', {'tables': [table.to_dict()], 'results': results})}")


if __name__ == "__main__":
    main()
