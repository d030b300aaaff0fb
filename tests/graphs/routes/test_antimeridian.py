"""Routes and isochrones across the antimeridian stay where the road is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graphs.errors import OutsideRegionError
from graphs.region import Region, build_region
from graphs.routes import find_route, isochrone
from graphs.routes.isochrone import along
from graphs.sources.osm_file import read_osm
from tests.graphs.sources.osm_xml import write_osm


@pytest.fixture
def region(tmp_path: Path) -> Region:
    """One street from 179.99 degrees east to 179.99 west, and on."""
    places = {1: (179.98, 0.0), 2: (179.99, 0.0), 3: (-179.99, 0.0), 4: (-179.98, 0.0)}
    streets = [(10, [1, 2], {"highway": "residential"}), (11, [2, 3, 4], {"highway": "residential"})]
    return build_region(
        read_osm(write_osm(tmp_path / "fiji.osm", places, streets)), name="fiji", timezone="Pacific/Fiji"
    )


def test_a_route_is_cut_where_the_places_are(region: Region) -> None:
    """Its ends are the places themselves, its line is as long as it says."""
    here, there = (region.snapper.snap([lon], [0.0]) for lon in (179.985, -179.985))
    route = find_route(region, region.metric, here, there)
    assert route.lonlat[0] == pytest.approx([179.985, 0.0], abs=1e-6)
    assert route.lonlat[-1] == pytest.approx([-179.985, 0.0], abs=1e-6)
    assert route.length_m == pytest.approx(3335.8, rel=1e-3)
    assert np.abs(np.abs(route.lonlat[:, 0]) - 180).max() < 0.03


def test_an_isochrone_has_cells_at_the_street_only(region: Region) -> None:
    """No sample lies in the middle of the world."""
    lon, _ = along(region, np.arange(region.network.arc_count, dtype=np.int32), np.full(region.network.arc_count, 0.4))
    assert np.abs(np.abs(lon) - 180).max() < 0.03
    found = isochrone(region, region.metric, region.snapper.snap([180.0], [0.0]), 120_000)
    assert 3 <= found.cell.size <= 40


def test_its_extent_is_the_street_and_swapped_places_are_not_guessed(region: Region) -> None:
    """West of the antimeridian to east of it; places far away are not taken for swapped ones."""
    assert region.bounds == pytest.approx((179.98, 0.0, -179.98, 0.0))
    with pytest.raises(OutsideRegionError, match="km from the nearest road"):
        region.snapper.snap([0.05], [20.0])
