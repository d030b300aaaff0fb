"""Towline in a process of its own, to see its memory: ``python towline_worker.py``."""

from __future__ import annotations

import numpy as np

from benchmarks.peers.matrices import from_coordinates
from benchmarks.peers.worker import serve
from graphs.region import Region
from graphs.store import open_region


class Towline:
    region: Region

    def open(self, path: str) -> None:
        self.region = open_region(path)

    def table(self, origins: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return from_coordinates(self.region, origins, targets)


if __name__ == "__main__":
    serve(Towline())
