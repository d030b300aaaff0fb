"""Small made-up road networks for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from graphs.raw import RawNetwork, SourceInfo
from graphs.sources.edges_table import edges_to_raw

DATA = Path(__file__).parents[2].parent / "shared" / "data"
CLASSES = ["residential", "tertiary", "secondary", "motorway", "service"]


def town_table(seed: int, side: int = 6) -> pd.DataFrame:
    """A jittered grid of ``side`` x ``side`` junctions: bent streets, about a third one-way either way, one loop."""
    rng = np.random.default_rng(seed)
    lon = 8.6 + 0.002 * (np.arange(side * side) % side) + rng.uniform(-4e-4, 4e-4, side * side)
    lat = 49.4 + 0.0015 * (np.arange(side * side) // side) + rng.uniform(-3e-4, 3e-4, side * side)
    node = np.arange(side * side).reshape(side, side)
    u = np.concatenate((node[:, :-1].ravel(), node[:-1].ravel(), [0]))
    v = np.concatenate((node[:, 1:].ravel(), node[1:].ravel(), [0]))
    lines = []
    for a, b in zip(u, v, strict=True):
        ends = np.array([[lon[a], lat[a]], [lon[b], lat[b]]])
        bend = ends.mean(axis=0) + rng.uniform(-2e-4, 2e-4, (1 + (a == b) * 2, 2))
        lines.append(shapely.LineString(np.vstack((ends[:1], bend, ends[1:])).round(7)))
    return pd.DataFrame(
        {
            "u": 1000 + u,
            "v": 1000 + v,
            "highway": rng.choice(CLASSES, u.size),
            "oneway": rng.choice(["no", "no", "no", "no", "yes", "-1"], u.size),
            "maxspeed": rng.choice(["30", "50", "", "20 mph", "walk"], u.size),
            "name": [f"Street {i}" for i in range(u.size)],
            "osmid": np.arange(u.size) + 7,
            "geometry": shapely.to_wkt(np.array(lines), rounding_precision=-1),
        }
    )


def town(seed: int, side: int = 6) -> RawNetwork:
    """`town_table` as a raw network."""
    return edges_to_raw(town_table(seed, side), directed=False, info=SourceInfo("made-up town"))
