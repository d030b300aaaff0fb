"""The search core against pyroutingkit, scipy and networkx: ``python -m benchmarks.search [--graph ny]``.

pyroutingkit is RoutingKit's customizable contraction hierarchy in C++ (its matrix is one pinned query a source); scipy
and networkx run Dijkstra. One thread unless said. "Ready" means the labels exist; "cold" computes the labels too, with
kernels compiled. Every value is compared in the same run: matrices with pyroutingkit's in full and with scipy's from a
sample of sources, sweeps with scipy's, updates with a metric made from scratch, paths by adding up their arcs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pyroutingkit
from rich.console import Console
from scipy.sparse.csgraph import dijkstra

from benchmarks.machine import RESULTS, interleaved, keep
from benchmarks.search_graphs import LOADERS, RoadGraph, SkippedError
from benchmarks.tables import ResultTable
from graphs.search import Hierarchy, Metric, Seeds, matrix, one_to_many
from graphs.search.ordering import dissect, undirected

SOURCES, TARGETS, SAMPLE = 1_000, 3_000, 12
RIVALS = ("towline", "pyroutingkit", "scipy", "networkx")
Calls = dict[str, Callable[[], Any]]


@dataclass
class Bench:
    """One graph prepared by all rivals, the drawn positions, and the rows measured so far."""

    graph: RoadGraph
    repetitions: int
    rows: dict[str, dict[str, float]] = field(default_factory=dict)

    def run(self) -> dict[str, dict[str, float]]:
        self.prepare()
        self.customisation()
        self.matrices()
        self.sweeps()
        self.updates()
        return self.rows

    def once(self, row: str, rival: str, call: Callable[[], Any]) -> Any:
        """Time a call that is too slow, or too rare, to repeat."""
        begin = time.perf_counter()
        answer = call()
        self.rows.setdefault(row, {})[rival] = 1e3 * (time.perf_counter() - begin)
        return answer

    def turns(self, row: str, calls: Calls, repetitions: int | None = None) -> None:
        """Median of each rival's call, in turns."""
        self.rows.setdefault(row, {}).update(interleaved(calls, repetitions or self.repetitions))

    def prepare(self) -> None:
        graph, n = self.graph, self.graph.node_count
        Hierarchy.build(np.array([0, 1]), np.array([1, 0]), 2)  # kernels are compiled, or read from their cache, here
        order = self.once("order", "towline", lambda: dissect(*undirected(graph.tail, graph.head, n)))
        self.hierarchy: Hierarchy = self.once(
            "topology", "towline", lambda: Hierarchy.build(graph.tail, graph.head, n, order=order)
        )
        topology = pyroutingkit.CCHTopology()
        arcs = graph.tail.astype(np.uint32), graph.head.astype(np.uint32)
        places = graph.lat.astype(np.float32), graph.lon.astype(np.float32)
        self.once("order + topology", "pyroutingkit", lambda: topology.build(*arcs, *places, n))
        both = self.rows["order"]["towline"] + self.rows["topology"]["towline"]
        self.rows["order + topology"]["towline"] = both
        self.rival = pyroutingkit.CCHMetric(topology)
        self.csr = graph.csr()
        draw = np.random.default_rng(2024)
        self.from_nodes = draw.integers(0, n, SOURCES)
        self.to_nodes = draw.integers(0, n, TARGETS)
        self.draw = draw

    def customisation(self) -> None:
        weights = self.graph.weights
        self.turns(
            "customise",
            {
                "towline": lambda: self.hierarchy.customise(weights),
                "pyroutingkit": lambda: self.rival.customize(weights.astype(np.uint32), 1),
            },
        )
        self.metric: Metric = self.hierarchy.customise(weights)

    def matrices(self) -> None:
        metric, sources, targets = self.metric, Seeds.at_nodes(self.from_nodes), Seeds.at_nodes(self.to_nodes)
        out, into = metric.labels_from(sources), metric.labels_to(targets)
        rk_from, rk_to = self.from_nodes.astype(np.uint32), self.to_nodes.astype(np.uint32)
        many = self.rival.distances_many_to_many
        sample = self.from_nodes[:SAMPLE]
        times = matrix(out, into)
        same(times, many(rk_from, rk_to))
        same(times[:SAMPLE], dijkstra(self.csr, indices=sample)[:, self.to_nodes])
        same(times, matrix(out, into, threads=2))
        self.turns("label 3,000 positions", {"towline": lambda: metric.labels_to(targets)})
        self.turns("label 1 position", {"towline": lambda: metric.labels_from(sources[0])}, 50)
        ready, cold = "1,000 x 3,000, ready", "1,000 x 3,000, cold"
        self.turns(ready, {"towline": lambda: matrix(out, into), "pyroutingkit": lambda: many(rk_from, rk_to)}, 3)
        self.turns(ready, {"towline": lambda: matrix(out, into)})
        self.turns(f"{ready}, 2 threads", {"towline": lambda: matrix(out, into, threads=2)})
        self.turns(cold, {"towline": lambda: matrix(metric.labels_from(sources), metric.labels_to(targets))})
        scipy_ms = interleaved({"": lambda: dijkstra(self.csr, indices=sample)}, 1)[""] * SOURCES / SAMPLE
        for row in (ready, cold):
            self.rows[row].update(scipy=scipy_ms, pyroutingkit=self.rows[ready]["pyroutingkit"])
        self.rows[f"{ready}, 2 threads"]["pyroutingkit"] = self.rows[ready]["pyroutingkit"]
        self.turns(
            "1 x 3,000, ready",
            {
                "towline": lambda: one_to_many(out, 0, into),
                "pyroutingkit": lambda: many(rk_from[:1], rk_to),
                "scipy": lambda: dijkstra(self.csr, indices=sample[0]),
            },
        )
        self.pair(out, into)

    def pair(self, out: Any, into: Any) -> None:
        metric, source, target = self.metric, int(self.from_nodes[0]), int(self.to_nodes[0])
        here, there = Seeds.at_nodes(source), Seeds.at_nodes(target)
        one_out, one_in = out.take([0]), into.take([0])
        row = "one pair, the path's arcs"
        self.turns("one pair, ready", {"towline": lambda: one_to_many(one_out, 0, one_in)}, 50)
        self.turns(
            row,
            {"towline": lambda: metric.path(here, there), "pyroutingkit": lambda: self.rival.query(source, target)},
            50,
        )
        network = nx.from_scipy_sparse_array(self.csr, create_using=nx.DiGraph)
        lengths = []
        for node in self.to_nodes[:3].tolist():
            begin = time.perf_counter()
            lengths.append(nx.bidirectional_dijkstra(network, source, node)[0])
            self.rows[row]["networkx"] = 1e3 * (time.perf_counter() - begin)
        same(one_to_many(out, 0, into)[:3], np.array(lengths))
        arcs, time_ms = metric.path(here, there)
        assert time_ms == self.graph.weights[arcs].sum() == one_to_many(out, 0, into)[0]

    def sweeps(self) -> None:
        metric, source, targets = self.metric, Seeds.at_nodes(self.from_nodes[0]), Seeds.at_nodes(self.to_nodes)
        self.turns(
            "one to all",
            {
                "towline": lambda: metric.one_to_all(source),
                "scipy": lambda: dijkstra(self.csr, indices=self.from_nodes[0]),
            },
        )
        self.turns(
            "nearest of 3,000 for every node",
            {
                "towline": lambda: metric.nearest(targets),
                "scipy": lambda: dijkstra(self.csr, indices=self.to_nodes, min_only=True),
            },
        )
        same(metric.one_to_all(source), dijkstra(self.csr, indices=self.from_nodes[0]))
        times, index = metric.nearest(targets)
        same(times, dijkstra(self.csr, indices=self.to_nodes, min_only=True))
        out = metric.labels_from(targets)
        for node in self.draw.integers(0, self.graph.node_count, 20):
            column = matrix(out, metric.labels_to(Seeds.at_nodes(node)))[:, 0]
            assert (column.argmin(), column.min()) == (index[node], times[node])

    def updates(self) -> None:
        weights, draw = self.graph.weights, self.draw
        for row, count in (("update of 50 arcs", 50), ("update of 1 % of the arcs", weights.size // 100)):
            arcs = draw.choice(weights.size, count, replace=False)
            slower = np.minimum(weights[arcs] * draw.uniform(0.5, 3, count), 2**29).astype(np.int32)
            turn = {"towline": 0, "pyroutingkit": 0}

            def alternating(name: str, arcs: Any = arcs, slower: Any = slower, turn: Any = turn) -> Any:
                turn[name] += 1
                return slower if turn[name] % 2 else weights[arcs]

            def towline(arcs: Any = arcs, next_weights: Any = alternating) -> None:
                self.metric = self.metric.updated(arcs, next_weights("towline"))

            def rival(arcs: Any = arcs, next_weights: Any = alternating) -> None:
                self.rival.update_weights(arcs.astype(np.uint32), next_weights("pyroutingkit").astype(np.uint32))

            self.turns(row, {"towline": towline, "pyroutingkit": rival}, self.repetitions | 1)
            assert np.array_equal(self.metric.times, self.hierarchy.customise(self.metric.weights).times)
            few, into = self.from_nodes[:5], Seeds.at_nodes(self.to_nodes)
            times = matrix(self.metric.labels_from(Seeds.at_nodes(few)), self.metric.labels_to(into))
            same(times, self.rival.distances_many_to_many(few.astype(np.uint32), self.to_nodes.astype(np.uint32)))


def same(mine: np.ndarray, other: np.ndarray) -> None:
    """Every value equal, or the run stops."""
    if not np.array_equal(mine.astype(np.int64), np.asarray(other).astype(np.int64)):
        raise SystemExit("values differ: no figures")


def table_of(graph: RoadGraph, stats: dict[str, float], rows: dict[str, dict[str, float]]) -> ResultTable:
    """Milliseconds of each rival, and how many times slower than Towline they are."""

    def cell(row: dict[str, float], rival: str) -> str:
        if rival not in row:
            return "–"
        figure = f"{row[rival]:,.3f}" if row[rival] < 1 else f"{row[rival]:,.1f}"
        return figure if rival == "towline" else f"{figure} ({row[rival] / row['towline']:,.1f}x)"

    title = (
        f"{graph.title}: {graph.node_count:,} nodes, {graph.tail.size:,} arcs, height {stats['height']:,.0f}, "
        f"{stats['triangles'] / 1e6:,.1f}M triangles (ms)"
    )
    return ResultTable.of(title, ["", *RIVALS], [[name, *(cell(row, r) for r in RIVALS)] for name, row in rows.items()])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graph", choices=[*LOADERS, "all"], default="all")
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--out", type=Path, default=RESULTS / "search.json", help="where to keep the result")
    options = parser.parse_args()
    console = Console()
    tables, figures, notes = [], {}, []
    for name in LOADERS if options.graph == "all" else [options.graph]:
        try:
            graph = LOADERS[name]()
        except SkippedError as reason:
            console.print(f"skipped {name}: {reason}")
            notes.append(f"Skipped {name}: {reason}.")
            continue
        bench = Bench(graph, options.repetitions)
        figures[name] = bench.run()
        table = table_of(graph, bench.hierarchy.stats(), figures[name])
        tables.append(table.to_dict())
        console.print(table.rich())
    notes.append(
        "Ratios are against Towline. scipy's matrices are extrapolated from 12 of 1,000 sources; networkx answers one "
        "pair by bidirectional Dijkstra; pyroutingkit orders by inertial flow, and updates in place where Towline "
        "makes a new metric."
    )
    console.print(notes[-1])
    kept = keep(options.out.stem, {"tables": tables, "notes": notes, "median_ms": figures}, options.out.parent)
    console.print(f"kept in {kept}")


if __name__ == "__main__":
    main()
