"""pandana (contraction hierarchies over a plain graph), in its own process: ``python pandana_worker.py``."""

from __future__ import annotations

import numpy as np
import pandana
import pandas as pd
from worker import serve


class Pandana:
    def prepare(self, nodes: np.ndarray, arcs: np.ndarray) -> None:
        """``nodes`` [n, 2] lon, lat; ``arcs`` [m, 3] tail, head, seconds."""
        self.nodes, self.arcs = pd.DataFrame(nodes, columns=["x", "y"]), arcs
        self.open()

    def open(self) -> None:
        weights = pd.DataFrame({"seconds": self.arcs[:, 2]})
        tail, head = (pd.Series(self.arcs[:, k].astype(int)) for k in (0, 1))
        self.network = pandana.Network(self.nodes.x, self.nodes.y, tail, head, weights, twoway=False)

    def table(self, origins: np.ndarray, targets: np.ndarray) -> np.ndarray:
        here, there = (self.network.get_node_ids(p[:, 0], p[:, 1]).to_numpy() for p in (origins, targets))
        a, b = np.repeat(here, len(there)), np.tile(there, len(here))
        return np.array(self.network.shortest_path_lengths(a, b)).reshape(len(here), len(there))

    def route(self, origins: np.ndarray, targets: np.ndarray) -> None:
        here, there = (self.network.get_node_ids(p[:1, 0], p[:1, 1]).to_numpy() for p in (origins, targets))
        self.network.shortest_path(here[0], there[0])

    def update(self, arcs: np.ndarray, origins: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """New weights: the hierarchy is built again."""
        self.arcs = arcs
        self.open()
        return self.table(origins, targets)


if __name__ == "__main__":
    serve(Pandana())
