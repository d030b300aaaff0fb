"""The benchmarks' own functions: tables of growth, provinces as OpenStreetMap files, who publishes how often."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.growth import known, shown, snapped, table, use
from benchmarks.province_file import write_osm
from graphs.metrics import LabelBook
from graphs.province import make_province
from graphs.region import Region, build_region
from graphs.sources.reading import read_source
from graphs.store import save_region
from graphs.travel import travel_matrix


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Region]:
    """The smallest province, as a file of OpenStreetMap and as the region read from it."""
    path = tmp_path_factory.mktemp("growth") / "small.osm.pbf"
    write_osm(make_province(3, junctions=600).raw, path)
    return path, build_region(read_source(path), name="province", timezone="Etc/UTC")


def test_a_province_comes_back_from_its_file(province: tuple[Path, Region]) -> None:
    """Junctions, directed roads, classes and lengths read from the file are those of the province it was made of."""
    raw = make_province(3, junctions=600).raw
    read = province[1].network
    direct = build_region(raw, name="province", timezone="Etc/UTC").network
    assert (read.node_count, read.arc_count) == (direct.node_count, direct.arc_count)
    assert np.array_equal(np.bincount(read.arc_class), np.bincount(direct.arc_class))
    assert np.allclose(np.sort(read.arc_length_m), np.sort(direct.arc_length_m), atol=0.2)
    assert np.array_equal(np.sort(read.node_lon.round(6)), np.sort(direct.node_lon.round(6)))


def test_known_units_get_the_times_of_a_search_from_scratch(province: tuple[Path, Region]) -> None:
    """What the benchmark asks of units with labels equals the matrix from coordinates, pairs on one street included."""
    region = province[1]
    units, incidents = snapped(region, 300, 1), snapped(region, 200, 2)
    expected = travel_matrix(region.network, region.metric, units, incidents, graph=region.search_graph)
    assert np.array_equal(known(LabelBook(region, units), incidents), expected)


def test_every_figure_of_use_is_there(province: tuple[Path, Region], tmp_path: Path) -> None:
    """One round over a tiny region measures everything, and checks its answers."""
    path = tmp_path / "small.towline-region"
    save_region(province[1], path)
    figures = use(path, 1)
    assert {"open from disk ms", "500 x 3,000 known ms", "update 50 arcs ms", "use peak MB"} <= figures.keys()
    assert all(value >= 0 for name, value in figures.items() if name not in ("own MB", "mapped MB")), figures


def test_growth_is_per_junction() -> None:
    """A figure that grows as the junctions do has 1 in the last column, one that grows with their square the ratio."""
    least = {"nodes": 10, "flat": 3.0, "line": 2.0, "square": 1.0}
    most = {"nodes": 40, "flat": 3.0, "line": 8.0, "square": 16.0}
    rows = table({10: least, 40: most})
    assert [row[-1] for row in rows.rows] == ["", "0.25", "1.00", "4.00"]
    assert [shown(value) for value in (0.1234, 12.34, 1234.5)] == ["0.12", "12.3", "1,234"]
