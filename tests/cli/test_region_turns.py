"""Turning costs time in regions built from OpenStreetMap, unless it is not wanted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import osmium.osm
import pytest

from graphs.speeds import PROFILES
from graphs.store import open_region


@pytest.fixture
def crossing(tmp_path: Path) -> Path:
    """Two streets that cross, as an OpenStreetMap file."""
    path = tmp_path / "crossing.osm"
    writer = osmium.SimpleWriter(str(path))
    mutable = osmium.osm.mutable
    for node, (x, y) in enumerate([(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)], start=1):
        writer.add_node(mutable.Node(id=node, location=(117.0 + x / 100, 36.6 + y / 100)))
    for way, nodes in enumerate([(2, 1, 3), (4, 1, 5)], start=1):
        writer.add_way(mutable.Way(id=way, nodes=list(nodes), tags={"highway": "secondary", "name": f"street {way}"}))
    writer.close()
    return path


@pytest.mark.parametrize(("options", "costs"), [((), True), (("--turns",), True), (("--no-turns",), False)])
def test_turns_cost_time_in_openstreetmap(
    towline_json: Callable[..., Any], crossing: Path, tmp_path: Path, options: tuple[str, ...], costs: bool
) -> None:
    """By default and on request; a left turn then costs more than a right one."""
    out = tmp_path / "crossing.towline-region"
    found = towline_json("region", "build", crossing, "--timezone", "Asia/Shanghai", "--out", out, *options)
    assert found["file"] == str(out)
    graph = open_region(out).search_graph
    assert (graph.extra_arc.size > 0) == costs
    if costs:
        assert np.unique(graph.turn_ms[graph.turn_ms < 20_000]).size >= 3  # straight on, right, left


def test_a_speed_profile_decides_unless_told_otherwise(
    towline_json: Callable[..., Any], crossing: Path, tmp_path: Path
) -> None:
    """A profile without [turn] has no costs, and may be given the standard ones."""
    out = tmp_path / "crossing.towline-region"
    common = ("region", "build", crossing, "--timezone", "Asia/Shanghai", "--speeds", PROFILES / "default.toml")
    towline_json(*common, "--out", out)
    assert open_region(out).search_graph.is_identity
    towline_json(*common, "--turns", "--out", out)
    assert not open_region(out).search_graph.is_identity
