"""A table of places: what `towline eta` reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.policy import Policy
from engine.tables.numbers import coordinates
from engine.tables.places import Places, on_roads_of
from engine.tables.problems import Problems
from engine.tables.read import read_table
from engine.tables.words import identifiers
from graphs.region import Region


@dataclass(frozen=True)
class Points:
    """``k`` named places, degrees."""

    ids: list[str]
    lon: npt.NDArray[np.float64]  # [k]
    lat: npt.NDArray[np.float64]  # [k]


def load_points(path: str | Path, region: Region, policy: Policy, problems: Problems) -> Points:
    """Places with columns ``lon``, ``lat`` and perhaps ``id`` (else row numbers); wrong rows go to ``problems``."""
    table = read_table(path, problems)
    table.require(("lon", "lat"), ("id",), problems)
    ids = identifiers(table, "id", problems) if "id" in table else [str(row) for row in table.rows]
    lon, lat, usable = coordinates(table, "lon", "lat", problems)
    on_roads_of(region, policy.limits.max_snap_m)(Places(table, "lon", "lat", lon, lat, usable), problems)
    return Points(ids, lon, lat)
