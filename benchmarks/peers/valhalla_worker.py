"""Valhalla through pyvalhalla, in its own process: ``python valhalla_worker.py``."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import valhalla
from worker import children_peak_mb, serve

TOOLS = Path(valhalla.__file__).parent / "bin"
UNLIMITED = 100_000_000


def location(place: list[float]) -> dict[str, float]:
    return {"lon": place[0], "lat": place[1]}


class Valhalla:
    def prepare(self, extract: str, folder: str) -> dict[str, float]:
        place = Path(folder)
        (place / "tiles").mkdir(parents=True, exist_ok=True)
        config = valhalla.get_config(tile_extract="", tile_dir=str(place / "tiles"), verbose=False)
        config["mjolnir"]["concurrency"] = 2
        for name in ("traffic_extract", "tile_extract", "admin", "timezone", "landmarks"):
            config["mjolnir"].pop(name, None)
        config["service_limits"]["auto"].update(
            max_matrix_distance=UNLIMITED, max_matrix_location_pairs=UNLIMITED, max_distance=UNLIMITED
        )
        self.config = place / "valhalla.json"
        self.config.write_text(json.dumps(config), "utf-8")
        begin = time.perf_counter()
        subprocess.run([TOOLS / "valhalla_build_tiles", "-c", self.config, extract], check=True, capture_output=True)
        seconds = time.perf_counter() - begin
        size = sum(file.stat().st_size for file in (place / "tiles").rglob("*") if file.is_file())
        return {"seconds": seconds, "peak_mb": children_peak_mb(), "disk_mb": size / 1e6}

    def open(self) -> None:
        self.actor = valhalla.Actor(str(self.config))

    def table(self, origins: np.ndarray, targets: np.ndarray) -> np.ndarray:
        answer = self._ask(
            self.actor.matrix,
            sources=[location(p) for p in origins.tolist()],
            targets=[location(p) for p in targets.tolist()],
            verbose=False,
        )
        return np.array(answer["sources_to_targets"]["durations"], float)

    def pairs(self, origins: np.ndarray, targets: np.ndarray) -> np.ndarray:
        found = np.full(len(origins), np.nan)
        for i, (a, b) in enumerate(zip(origins.tolist(), targets.tolist(), strict=True)):
            try:
                found[i] = self._route(a, b)["trip"]["summary"]["time"]
            except (RuntimeError, ValueError):  # no path
                continue
        return found

    def route(self, origins: np.ndarray, targets: np.ndarray) -> None:
        self._route(origins[0].tolist(), targets[0].tolist())

    def _route(self, a: list[float], b: list[float]) -> Any:
        return self._ask(self.actor.route, locations=[location(a), location(b)], directions_type="none")

    def _ask(self, call: Any, **request: Any) -> Any:
        answer = call({**request, "costing": "auto"})
        return json.loads(answer) if isinstance(answer, str) else answer


if __name__ == "__main__":
    serve(Valhalla())
