"""Routes in a real city against the signs in the OSM file itself."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.position import Positions, destination_seeds, origin_seeds
from graphs.region import Region, build_region
from graphs.search.arrays import INF
from graphs.sources.osm_file import read_osm
from tests.graphs.rules.osm_walker import OsmWalker
from tests.graphs.towns import DATA

FILE = DATA / "heidelberg-2024.osm.pbf"
pytestmark = [
    pytest.mark.skipif(not FILE.exists(), reason=f"{FILE.name} is not beside the repository"),
    pytest.mark.nightly,
]


@pytest.fixture(scope="module")
def walker() -> OsmWalker:
    return OsmWalker(FILE)


@pytest.fixture(scope="module")
def region() -> Region:
    return build_region(read_osm(FILE), name="heidelberg", timezone="Europe/Berlin")


def driven(region: Region, start: int, end: int) -> list[int]:
    """Road arcs of a fastest trip from the middle of one arc to the middle of another, both included; [] if none."""
    network, graph, metric = region.network, region.search_graph, region.metric
    half, nothing = np.full(1, 0.5), np.zeros(1)
    origin = Positions(np.array([start], np.int32), half, nothing, nothing, nothing)
    target = Positions(np.array([end], np.int32), half, nothing, nothing, nothing)
    path, time = metric.path(
        origin_seeds(network, metric.weights, origin, graph), destination_seeds(network, metric.weights, target, graph)
    )
    if time >= INF:
        return []
    starts, ends = ([a for a in (arc, int(network.arc_twin[arc])) if a >= 0] for arc in (start, end))
    first = [graph.head[graph.start_arc[a]] for a in starts]
    last = [graph.tail[graph.end_arc[a]] for a in ends]
    begin, stop = (graph.tail[path[0]], graph.head[path[-1]]) if path.size else (None, None)
    for a, node in zip(starts, first, strict=True):
        for b, other in zip(ends, last, strict=True):
            if (node, other) == (begin, stop) or (begin is None and node == other):
                return [a, *graph.road_arcs(path).tolist(), b]
    raise AssertionError((start, end))


def along_way(region: Region, walker: OsmWalker, arcs: list[int]) -> list[tuple[int, int, int, int, bool]]:
    """The route in OSM's terms; which way round a way is driven is found from its nodes, not from the importer."""
    network, route = region.network, []
    for arc in arcs:
        start, end = int(network.node_id[network.arc_tail[arc]]), int(network.node_id[network.arc_head[arc]])
        way, count = int(network.arc_way[arc]), len(network.shape(arc))
        for forward in (True, False):
            try:
                walker.steps(way, start, end, count, forward)
            except AssertionError:
                continue
            route.append((way, start, end, count, forward))
            break
        else:
            pytest.fail(f"way {way} does not join nodes {start} and {end}")
    return route


def test_no_route_between_public_roads_breaks_a_rule(region: Region, walker: OsmWalker) -> None:
    """Random trips keep every restriction, one-way, barrier and access tag of the file."""
    seed = 5
    rng = np.random.default_rng(seed)
    public = np.flatnonzero(region.network.arc_access == 0)
    assert public.size > 0.8 * region.network.arc_count
    walked = 0
    for start, end in rng.choice(public, (400, 2)).tolist():
        arcs = driven(region, start, end)
        wrong = walker.broken_rules(along_way(region, walker, arcs), guest=False)
        assert not wrong, (seed, start, end, wrong)
        walked += len(arcs)
    assert walked > 10_000


def test_contradictions_are_counted(region: Region, walker: OsmWalker) -> None:
    """The one turn that is both forbidden and the only one allowed is in the report."""
    assert len(walker.contradictory) == 1
    ignored = region.metadata.report.ignored
    assert ignored["restriction: no_ and only_ contradict each other, only_ holds"] == 1
    assert region.metadata.report.restrictions > 430


def test_trips_across_every_restriction_keep_it(region: Region, walker: OsmWalker) -> None:
    """From each "from" road to each road that leaves its junction, and 20 more: no restriction is ever broken."""
    network = region.network
    from_ways = {start for _, start, _, _ in walker.restrictions}
    vias = {via for _, _, via, _ in walker.restrictions}
    starts = np.flatnonzero(
        np.isin(network.arc_way, list(from_ways)) & np.isin(network.node_id[network.arc_head], list(vias))
    )
    rng = np.random.default_rng(6)
    walked = 0
    for start in starts.tolist():
        node = int(network.arc_head[start])
        near = range(int(network.first_arc[node]), int(network.first_arc[node + 1]))
        for end in (*near, int(rng.integers(network.arc_count))):
            arcs = driven(region, start, end)
            wrong = [w for w in walker.broken_rules(along_way(region, walker, arcs), guest=True) if "from" in w]
            assert not wrong, (start, end, wrong)
            walked += bool(arcs)
    assert walked > 1000


def test_trips_from_and_to_private_roads_use_them_at_their_ends_only(region: Region, walker: OsmWalker) -> None:
    """A zone is left once and entered once; what lies between is public."""
    seed = 7
    rng = np.random.default_rng(seed)
    network = region.network
    for start, end in rng.choice(np.flatnonzero(network.arc_access == 1), (300, 2)).tolist():
        arcs = driven(region, start, end)
        zone = [k for k, arc in enumerate(arcs) if network.arc_access[arc] == 0]
        if zone:
            middle = arcs[zone[0] : zone[-1] + 1]
            assert not network.arc_access[middle].any(), (seed, start, end)
            assert not walker.broken_rules(along_way(region, walker, middle), guest=False), (seed, start, end)
        assert not walker.broken_rules(along_way(region, walker, arcs), guest=True), (seed, start, end)
