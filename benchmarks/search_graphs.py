"""The road graphs of the search benchmark; each loader says why when its data is not there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from graphs.dimacs import read_coordinates, read_graph

DATA = Path(__file__).parents[2] / "shared" / "data"
JINAN_KPH = 40.0


class SkippedError(Exception):
    """The data of a graph is not on this machine."""


@dataclass(frozen=True)
class RoadGraph:
    """Directed arcs with travel times in ms, and coordinates for the rivals that need them."""

    title: str
    tail: npt.NDArray[np.int32]
    head: npt.NDArray[np.int32]
    weights: npt.NDArray[np.int32]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]

    @property
    def node_count(self) -> int:
        return int(self.lon.size)

    def csr(self) -> sparse.csr_matrix:
        """scipy's graph; of parallel arcs the fastest (scipy would add them up)."""
        order = np.lexsort((self.weights, self.head, self.tail))
        first = np.append(True, (np.diff(self.tail[order]) != 0) | (np.diff(self.head[order]) != 0))
        kept = order[first]
        shape = (self.node_count, self.node_count)
        return sparse.csr_matrix((self.weights[kept].astype(float), (self.tail[kept], self.head[kept])), shape=shape)


def load_ny() -> RoadGraph:
    """9th DIMACS challenge, New York, travel times (taken as ms); symmetric."""
    folder = _existing(DATA / "dimacs-ny")
    graph = read_graph(folder / "USA-road-t.NY.gr.gz")
    lon, lat = read_coordinates(folder / "USA-road-d.NY.co.gz").T
    return RoadGraph("DIMACS New York", graph.tail, graph.head, graph.weights, lon, lat)


def load_jinan() -> RoadGraph:
    """Jinan from OpenStreetMap, 40 km/h everywhere, its largest strongly connected part; many one-ways."""
    nodes = pd.read_csv(_existing(DATA / "jinan_nodes.csv.gz"))
    edges = pd.read_csv(_existing(DATA / "jinan_edges.csv.gz"), usecols=["u", "v", "length_m"])
    place = pd.Series(np.arange(len(nodes)), index=nodes["node"])
    tail, head = place[edges["u"]].to_numpy(), place[edges["v"]].to_numpy()
    links = sparse.coo_matrix((np.ones(tail.size), (tail, head)), shape=(len(nodes), len(nodes)))
    _count, part = connected_components(links, connection="strong")
    inside = part == np.bincount(part).argmax()
    renumbered = np.cumsum(inside) - 1
    kept = inside[tail] & inside[head]
    weights = np.maximum(1, np.rint(edges["length_m"].to_numpy()[kept] * 3600 / JINAN_KPH)).astype(np.int32)
    return RoadGraph(
        "Jinan (OSM, ODbL)",
        renumbered[tail[kept]].astype(np.int32),
        renumbered[head[kept]].astype(np.int32),
        weights,
        nodes["lon"].to_numpy()[inside],
        nodes["lat"].to_numpy()[inside],
    )


def load_coquimbo() -> RoadGraph:
    """The bundled region: La Serena-Coquimbo from OpenStreetMap, free-flow times."""
    try:
        from graphs import bundled
    except ImportError as error:
        raise SkippedError(f"graphs.bundled cannot be imported ({error})") from error
    network = bundled.load_coquimbo().network
    return RoadGraph(
        "La Serena-Coquimbo (OSM, ODbL)",
        np.array(network.arc_tail),
        np.array(network.arc_head),
        np.array(network.free_flow_ms),
        np.array(network.node_lon),
        np.array(network.node_lat),
    )


LOADERS = {"ny": load_ny, "jinan": load_jinan, "coquimbo": load_coquimbo}


def _existing(path: Path) -> Path:
    if not path.exists():
        raise SkippedError(f"{path.name} is not there")
    return path
