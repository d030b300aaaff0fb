"""One rival's share of demand within reach, in a process of its own: ``python what_if_rival.py NAME in.npz out.json``.

Imports nothing of Towline, so that it runs in the rivals' environment (benchmarks/queues-requirements.txt). in.npz
holds tail, head and ms of every arc, lon and lat of every node, the nodes that count, those of the bases, and the ms
within which they reach.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np


def scipy(data):
    """One multi-source search."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    n, order = data["lon"].size, np.lexsort((data["ms"], data["head"], data["tail"]))
    tail, head, ms = (data[name][order] for name in ("tail", "head", "ms"))
    first = np.append(True, (np.diff(tail) != 0) | (np.diff(head) != 0))  # of parallel arcs the fastest
    graph = csr_matrix((ms[first].astype(float), (tail[first], head[first])), shape=(n, n))

    def ask(bases):
        return int((dijkstra(graph, indices=bases, min_only=True)[data["counted"]] <= data["within"]).sum())

    return ask


def networkx(data):
    """OSMnx's own way to isochrones: an ego graph of networkx around every base, and the union of their nodes."""
    import networkx as nx

    graph, counted = nx.MultiDiGraph(), set(data["counted"].tolist())
    graph.add_nodes_from(range(data["lon"].size))
    arcs = zip(data["tail"].tolist(), data["head"].tolist(), data["ms"].tolist())  # noqa: B905
    graph.add_edges_from((tail, head, {"ms": ms}) for tail, head, ms in arcs)

    def ask(bases):
        reached = set()
        for base in bases.tolist():
            reached.update(nx.ego_graph(graph, base, radius=int(data["within"]), distance="ms").nodes)
        return len(reached & counted)

    return ask


def pandana(data):
    """The nearest base of every node, over the arcs turned round, since pandana searches from the places."""
    import pandana as engine
    import pandas as pd

    # seconds: it keeps thousandths as 32-bit integers, which milliseconds would overflow
    weights = pd.DataFrame({"seconds": data["ms"] / 1000.0})
    tail, head = pd.Series(data["tail"].astype(int)), pd.Series(data["head"].astype(int))
    network = engine.Network(pd.Series(data["lon"]), pd.Series(data["lat"]), head, tail, weights, twoway=False)
    within = float(data["within"]) / 1000.0
    turn = iter(range(1_000))

    def ask(bases):
        # the bases are given by their nodes' own coordinates, so they snap to these nodes or to ones at the same place
        name = f"bases{next(turn)}"
        network.set_pois(name, within, 1, pd.Series(data["lon"][bases]), pd.Series(data["lat"][bases]))
        far = network.nearest_pois(within, name, num_pois=1)[1].to_numpy()  # whoever is not reached has `within`
        return int((far[data["counted"]] < within).sum())

    return ask


def main() -> None:
    name, source, target = sys.argv[1:]
    with np.load(source) as arrays:
        data = dict(arrays)
    began = time.perf_counter()
    ask = {"scipy": scipy, "networkx": networkx, "pandana": pandana}[name](data)
    ready = time.perf_counter() - began
    bases, seconds, counts = data["bases"], [], []
    for gone in range(int(data["times"])):
        began = time.perf_counter()
        counts.append(ask(np.delete(bases, gone)))
        seconds.append(time.perf_counter() - began)
    with open(target, "w") as file:  # noqa: PTH123
        json.dump({"ready": ready, "seconds": seconds, "counts": counts}, file)


if __name__ == "__main__":
    main()
