"""Regions: building, metadata, versions."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from graphs.errors import InputError, TimeZoneError
from graphs.region import Region, RegionMetadata, build_region
from graphs.search.seeds import Seeds
from graphs.speeds import SpeedProfile, load_profile
from tests.graphs.towns import town


def built(seed: int = 1, **options: object) -> Region:
    return build_region(town(seed), **{"name": "town", "timezone": "Europe/Berlin", **options})  # ty: ignore


def test_a_built_region_answers_like_dijkstra() -> None:
    """The free-flow metric of a region gives Dijkstra's times over its network."""
    region = built(4)
    network = region.network
    times = region.metric.one_to_all(Seeds.at_nodes([0]))
    best: dict[tuple[int, int], int] = {}
    for a, b, w in zip(
        network.arc_tail.tolist(), network.arc_head.tolist(), network.free_flow_ms.tolist(), strict=True
    ):
        best[a, b] = min(w, best.get((a, b), w))
    ends = np.array(list(best)).T
    graph = csr_array((list(best.values()), (ends[0], ends[1])), shape=(network.node_count,) * 2)
    assert np.array_equal(times, dijkstra(graph, indices=0).astype(np.int64))


def test_metadata_survives_json_and_says_where_things_come_from() -> None:
    """Name, zone, source, credits, profile and report are kept; the time is UTC."""
    when = datetime(2024, 5, 1, 12, tzinfo=UTC)
    metadata = built(created=when, title="A town").metadata
    assert RegionMetadata.from_dict(metadata.to_dict()) == metadata
    assert metadata.created == "2024-05-01T12:00:00+00:00"
    assert (metadata.source, metadata.title, metadata.profile_name) == ("made-up town", "A town", "default")
    assert any("strongly connected" in line for line in metadata.report.lines())


def test_the_version_changes_with_roads_speeds_and_zone_only() -> None:
    """Equal content built at another time has the same version; a speed, a road or the zone changes it."""
    default = load_profile()
    slower = SpeedProfile("default", {**default.kph, "service": 10.0})
    version = built().metadata.version
    assert built(created=datetime(2020, 1, 1, tzinfo=UTC), name="other").metadata.version == version
    others = [built(2), built(profile=slower), built(timezone="UTC")]
    assert len({version, *(other.metadata.version for other in others)}) == 4


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "Europe", "GMT+25"])
def test_an_unknown_time_zone_is_refused(zone: str) -> None:
    """Only IANA names pass; the message shows one."""
    with pytest.raises(TimeZoneError, match="America/Santiago"):
        built(timezone=zone)


@pytest.mark.parametrize("name", ["", "La Serena", "a/b", "-a", "a" * 64, "ä"])
def test_a_name_that_cannot_be_in_a_resource_name_is_refused(name: str) -> None:
    """Region names are resource ids."""
    with pytest.raises(InputError, match="lower-case"):
        built(name=name)


def test_progress_is_told_stage_by_stage() -> None:
    """Every stage reports steps done that never exceed the steps in all."""
    told: list[tuple[str, int, int]] = []
    built(progress=lambda *step: told.append(step))
    assert {"assemble", "order"} <= {stage for stage, _, _ in told}
    assert all(0 <= done <= total for _, done, total in told)


def test_importing_regions_loads_no_geographic_libraries() -> None:
    """Start-up time: geopandas, osmnx, osmium and pandas are imported only when a source needs them."""
    code = "import sys, graphs.region, graphs.store, graphs.bundled; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"geopandas", "osmnx", "osmium", "pandas", "networkx", "pyarrow"} & set(loaded)
