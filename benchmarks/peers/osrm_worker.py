"""OSRM through osrm-bindings, in its own process: ``python osrm_worker.py CH|MLD``."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import osrm
from worker import children_peak_mb, serve

HOME = Path(osrm.__file__).parent
UNLIMITED = 1_000_000


class Osrm:
    def __init__(self, algorithm: str) -> None:
        self.algorithm = algorithm

    def prepare(self, extract: str, folder: str) -> dict[str, float]:
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(extract, place / "map.osm.pbf")
        self.base = place / "map.osrm"
        begin = time.perf_counter()
        self._tool("extract", "-p", str(HOME / "share/profiles/car.lua"), str(place / "map.osm.pbf"))
        if self.algorithm == "MLD":
            self._tool("partition", str(self.base))
        self._tool("contract" if self.algorithm == "CH" else "customize", str(self.base))
        seconds = time.perf_counter() - begin
        size = sum(file.stat().st_size for file in place.glob("map.osrm*"))
        return {"seconds": seconds, "peak_mb": children_peak_mb(), "disk_mb": size / 1e6}

    def open(self) -> None:
        self.engine = osrm.OSRM(
            algorithm=self.algorithm,
            storage_config=str(self.base),
            use_shared_memory=False,
            max_locations_distance_table=UNLIMITED,
            max_locations_viaroute=UNLIMITED,
        )

    def table(self, origins: np.ndarray, targets: np.ndarray) -> np.ndarray:
        places = [*map(tuple, origins.tolist()), *map(tuple, targets.tolist())]
        answer = self.engine.Table(
            osrm.TableParameters(
                coordinates=places,
                sources=list(range(len(origins))),
                destinations=list(range(len(origins), len(places))),
            )
        )
        return np.array(answer["durations"], float)

    def pairs(self, origins: np.ndarray, targets: np.ndarray) -> np.ndarray:
        found = np.full(len(origins), np.nan)
        for i, (a, b) in enumerate(zip(origins.tolist(), targets.tolist(), strict=True)):
            try:
                found[i] = self._route(a, b, "false")["routes"][0]["duration"]
            except RuntimeError:  # NoRoute
                continue
        return found

    def route(self, origins: np.ndarray, targets: np.ndarray) -> None:
        self._route(origins[0].tolist(), targets[0].tolist(), "full")

    def update(self, changes: str, origins: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """New speeds of segments, made known to the engine, and the first answer with them."""
        tool = "contract" if self.algorithm == "CH" else "customize"
        self._tool(tool, "--segment-speed-file", changes, str(self.base))
        self.open()
        return self.table(origins, targets)

    def _route(self, a: list[float], b: list[float], overview: str) -> Any:
        return self.engine.Route(osrm.RouteParameters(coordinates=[tuple(a), tuple(b)], overview=overview))

    def _tool(self, name: str, *arguments: str) -> None:
        subprocess.run([HOME / "bin" / f"osrm-{name}", *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    serve(Osrm(sys.argv[1]))
