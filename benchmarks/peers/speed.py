"""Matrices, routes and updates of Towline and its rivals from the same coordinates, in turns."""

from __future__ import annotations

import csv
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyroutingkit

from benchmarks.peers.extracts import places
from benchmarks.peers.matrices import from_coordinates, new_incident, route
from benchmarks.peers.rival import Rival, RivalError
from graphs.network import Float64
from graphs.position import origin_seeds
from graphs.region import Region

UNITS, COUNTS, CHANGED = 3_000, (1, 50, 500), 50
#: A rival slower than this for one answer is asked once and not for larger ones.
PATIENCE_MS = 20_000.0
Rows = dict[str, dict[str, float]]


@dataclass
class Contest:
    """One region, its rivals, and what was measured so far: row -> engine -> milliseconds (or what the row says)."""

    region: Region
    plain: Region  # the same without turn costs and rules, for engines that know graphs only
    rivals: dict[str, Rival]
    repetitions: int
    rows: Rows = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def run(self) -> Rows:
        self.units, self.incidents = (
            places(self.region.network, n, seed) for n, seed in ((UNITS, 11), (max(COUNTS), 12))
        )
        self.graph_engine()
        for count in COUNTS:
            self.matrix_of(count)
        self.known_units()
        self.one_route()
        self.update()
        return self.rows

    def turns(self, row: str, calls: dict[str, Callable[[], float]]) -> None:
        """Median of each call's own milliseconds, in turns; a call that takes long is not repeated."""
        times: dict[str, list[float]] = {name: [] for name in calls}
        for repetition in range(self.repetitions + 1):  # the first warms up
            for name, call in calls.items():
                if repetition and (not times[name] or times[name][0] > PATIENCE_MS / 4):
                    continue
                try:
                    times[name].append(call())
                except RivalError as error:
                    self.refused.append(f"{row}: {error}")
        for name, found in times.items():
            if found:
                self.rows.setdefault(row, {})[name] = statistics.median(found[1:] or found)

    def patient(self, row: str, name: str) -> bool:
        """Whether an engine was quick enough in an earlier row to be asked for more."""
        before = self.rows.get(row, {})
        return not before or before.get(name, PATIENCE_MS + 1) < PATIENCE_MS

    def graph_engine(self) -> None:
        network = self.plain.network
        topology, begin = pyroutingkit.CCHTopology(), time.perf_counter()
        topology.build(
            network.arc_tail.astype(np.uint32),
            network.arc_head.astype(np.uint32),
            network.node_lat.astype(np.float32),
            network.node_lon.astype(np.float32),
            network.node_count,
        )
        self.rk_metric = pyroutingkit.CCHMetric(topology)
        self.rk_metric.customize(network.free_flow_ms.astype(np.uint32), 1)
        self.rows.setdefault("prepare, s", {})["pyroutingkit"] = time.perf_counter() - begin
        self.unit_nodes, self.incident_nodes = (
            nearest_nodes(self.plain, where).astype(np.uint32) for where in (self.units, self.incidents)
        )

    def matrix_of(self, count: int) -> None:
        row, region, targets = f"{UNITS:,} to {count:,}, ms", self.region, self.incidents[:count]
        calls: dict[str, Callable[[], float]] = {
            "towline": lambda: timed(lambda: from_coordinates(region, self.units, targets)),
            "pyroutingkit": lambda: timed(
                lambda: self.rk_metric.distances_many_to_many(self.unit_nodes, self.incident_nodes[:count])
            ),
        }
        smaller = f"{UNITS:,} to {COUNTS[max(COUNTS.index(count) - 1, 0)]:,}, ms"
        for name, rival in self.rivals.items():
            if count == COUNTS[0] or self.patient(smaller, name):
                calls[name] = lambda rival=rival: rival.ask("table", origins=self.units, targets=targets).ms
        self.turns(row, calls)

    def known_units(self) -> None:
        region, metric = self.region, self.region.metric
        here = region.snapper.snap(*self.units.T)
        labels = metric.labels_from(origin_seeds(region.network, metric.weights, here, region.search_graph))
        row = f"new incident, {UNITS:,} units known, ms"
        place = self.incidents[:1]
        self.turns(row, {"towline": lambda: timed(lambda: new_incident(region, labels, here, place))})
        expected = from_coordinates(region, self.units, place)[:, 0]
        assert np.array_equal(new_incident(region, labels, here, place), expected)
        first = self.rows[f"{UNITS:,} to 1, ms"]
        self.rows[row].update({name: ms for name, ms in first.items() if name != "towline"})

    def one_route(self) -> None:
        region, a, b = self.region, self.units[:1], self.incidents[:1]
        route(region, a, b)  # compiles, the first time on a machine
        calls: dict[str, Callable[[], float]] = {
            "towline": lambda: timed(lambda: route(region, a, b)),
        }
        for name, rival in self.rivals.items():
            calls[name] = lambda rival=rival: rival.ask("route", origins=a, targets=b).ms
        self.turns("one route with its line, ms", calls)

    def update(self) -> None:
        """50 segments at 10 km/h, until the first new answer for 3,000 units to one incident."""
        region, network = self.region, self.region.network
        straight = np.flatnonzero(
            np.diff(network.shape_offset)[np.where(network.arc_shape >= 0, network.arc_shape, ~network.arc_shape)] == 2
        )
        arcs = np.random.default_rng(13).choice(straight, CHANGED, replace=False)
        slow = np.maximum(network.arc_length_m[arcs] * 360.0, 1).astype(np.int32)
        units, place = self.units, self.incidents[:1]
        here = region.snapper.snap(*units.T)

        def towline() -> None:
            search_arcs, which = region.search_graph.search_arcs(arcs)
            metric = region.metric.updated(search_arcs, slow[which])
            labels = metric.labels_from(origin_seeds(network, metric.weights, here, region.search_graph))
            new_incident(region, labels, here, place, metric)

        calls: dict[str, Callable[[], float]] = {"towline": lambda: timed(towline)}
        old = self.plain.network.free_flow_ms
        changed = np.random.default_rng(13).choice(old.size, CHANGED, replace=False).astype(np.uint32)

        def graph_engine() -> None:
            self.rk_metric.update_weights(changed, (old[changed] * 3).astype(np.uint32))
            self.rk_metric.distances_many_to_many(self.unit_nodes, self.incident_nodes[:1])

        calls["pyroutingkit"] = lambda: timed(graph_engine)
        for name, rival in self.rivals.items():
            if name.startswith("osrm"):
                file = rival.folder / "changes.csv"
                with file.open("w", encoding="ascii", newline="") as out:
                    ends = zip(
                        network.node_id[network.arc_tail[arcs]], network.node_id[network.arc_head[arcs]], strict=True
                    )
                    csv.writer(out).writerows((int(a), int(b), 10) for a, b in ends)
                calls[name] = lambda rival=rival, file=file: (
                    rival.ask("update", changes=str(file), origins=units, targets=place).ms
                )
            elif name == "pandana":
                calls[name] = lambda rival=rival: (
                    rival.ask("update", arcs=plain_arcs(self.plain), origins=units, targets=place).ms
                )
        self.turns(f"{CHANGED} arcs changed to first answer, ms", calls)


def timed(call: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    call()
    return 1e3 * (time.perf_counter() - begin)


def plain_arcs(region: Region) -> Float64:
    """[m, 3] tail, head, seconds."""
    network = region.network
    return np.stack((network.arc_tail, network.arc_head, network.free_flow_ms / 1000), axis=1).astype(float)


def nearest_nodes(region: Region, where: Float64) -> np.ndarray:
    """The nearer end of the nearest road: node numbers for engines that cannot look them up."""
    found = region.snapper.snap(where[:, 0], where[:, 1])
    network = region.network
    return np.where(found.fraction < 0.5, network.arc_tail[found.arc], network.arc_head[found.arc])
