"""A table of places: what `towline eta` reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.model import Location
from engine.policy import Policy
from engine.tables.locations import COLUMNS, Reading, locations, required
from engine.tables.places import on_roads_of
from engine.tables.problems import Problems
from engine.tables.read import read_table
from engine.tables.words import identifiers
from graphs.region import Region


@dataclass(frozen=True)
class Points:
    """``k`` named places."""

    ids: list[str]
    places: list[Location]


def load_points(
    path: str | Path,
    region: Region,
    policy: Policy,
    problems: Problems,
    reading: Reading = Reading(),  # noqa: B008 - immutable
) -> Points:
    """Places with columns ``lon``, ``lat`` and perhaps ``id`` (else row numbers); wrong rows go to ``problems``."""
    table = read_table(path, problems)
    table.require(required(table, ("lon", "lat")), ("id", *COLUMNS), problems)
    ids = identifiers(table, "id", problems) if "id" in table else [str(row) for row in table.rows]
    found, places = locations(table, problems, reading)
    on_roads_of(region, policy.limits.max_snap_m)(places, problems)
    return Points(ids, [place or Location(0.0, 0.0) for place in found])
