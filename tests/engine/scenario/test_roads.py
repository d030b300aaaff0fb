"""Roads under a scenario."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely

from engine.errors import ScenarioError
from engine.scenario import Closure, Moment, Scenario, SpeedFactor, When, parse_scenario, road_weights
from engine.scenario.moments import moments_of
from graphs.bundled import load_coquimbo
from graphs.classes import CLASS_INDEX
from graphs.metrics import (
    Direction,
    MetricStore,
    TrafficEntry,
    TrafficProfile,
    TrafficUpdate,
    Ways,
    Weather,
    load_traffic_profile,
)
from graphs.metrics.arc_times import ArcTimes
from graphs.region import Region
from graphs.search import INF
from graphs.travel import travel_matrix

BRIDGE = 142381047
NOON = Moment(24 + 12)
NOW = datetime(2026, 1, 15, 11, 30, tzinfo=UTC)  # Thursday, 8:30 in La Serena


@pytest.fixture(scope="module")
def region() -> Region:
    return load_coquimbo()


@pytest.fixture(scope="module")
def store(region: Region) -> MetricStore:
    return MetricStore(region, load_traffic_profile())


def slow_weights(region: Region, factor: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """[arcs] by the definition: free flow, its speed times the factor, the delay as it is."""
    network = region.network
    kph = np.maximum(network.arc_speed_kph.astype(float) * factor, 1.0)
    ms = np.rint(network.arc_length_m.astype(float) / kph * 3600) + network.arc_delay_ms
    return np.where(closed, INF, np.maximum(ms, 1))


def lines(region: Region) -> list[shapely.LineString]:
    """Of each arc, taken from the network one by one."""
    return [shapely.LineString(region.network.shape(arc)) for arc in range(region.network.arc_count)]


def test_polygons_close_what_they_touch_and_slow_what_has_its_middle_in_them(region: Region) -> None:
    """Random polygons against a look at each arc's line; weights against the definition."""
    seed = 5
    rng, roads = np.random.default_rng(seed), lines(region)
    middles = [line.interpolate(0.5, normalized=True) for line in roads]
    secondary = region.network.arc_class == CLASS_INDEX["secondary"]
    times = ArcTimes(region.network, TrafficProfile.flat())
    for number in range(6):
        angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
        radius = rng.uniform(0.005, 0.03, 9)
        ring = np.column_stack((-71.25 + radius * np.cos(angles), -29.92 + radius * np.sin(angles)))
        polygon = shapely.Polygon(ring)
        if not polygon.is_valid:
            continue
        core = polygon.buffer(-0.001)
        shut = bool(number % 2) and core.geom_type == "Polygon"
        factor = float(rng.uniform(0.2, 2))
        scenario = Scenario(
            speeds=[SpeedFactor(factor, polygon=ring), SpeedFactor(0.5, classes=["secondary"])],
            closures=[Closure(polygon=core)] if shut else [],
        )
        touched = shapely.intersects(roads, core) & shut
        inside = shapely.intersects(middles, polygon)
        wanted = slow_weights(region, np.where(inside, factor, np.where(secondary, 0.5, 1)), touched)
        for base in (times, MetricStore(region)):
            found = road_weights(region, scenario, base, NOON)
            assert found.dtype == np.int32
            assert np.abs(found - wanted).max() <= 1, (seed, number)
        finished = road_weights(region, scenario, region.network.free_flow_ms)
        assert np.abs(finished - wanted).max() <= 3, (seed, number)  # of rounded times, at a third of the speed


def test_closed_ways_and_hours(region: Region, store: MetricStore) -> None:
    """A way is closed between its hours on its days only; one direction where asked; the rest is untouched."""
    night = Scenario(closures=[Closure(ways=[BRIDGE], from_hour=22, to_hour=6, days=["fri"])])
    bridge = region.network.arc_way == BRIDGE
    for slot in range(168):
        found = road_weights(region, night, store, Moment(slot))
        shut = 4 * 24 + 22 <= slot < 5 * 24 + 6
        assert ((found == INF) == (bridge & shut)).all(), slot
        assert (found[~bridge] == store.times.weights(slot, Weather.DRY)[~bridge]).all()
    forward = Scenario(closures=[Closure(ways=[242102030], direction=Direction.FORWARD)])
    shut = road_weights(region, forward, region.network.free_flow_ms) == INF
    assert (shut == ((region.network.arc_way == 242102030) & (region.network.arc_shape >= 0))).all()


def test_the_weights_are_fit_for_customising(region: Region, store: MetricStore) -> None:
    """Where the bridge is closed, the way around it takes longer."""
    closed = region.customise(road_weights(region, Scenario(closures=[Closure(ways=[BRIDGE])]), store))
    usual = region.customise(road_weights(region, Scenario(), store))
    places = region.snapper.snap([-71.2462, -71.2455], [-29.9000, -29.8950])
    before, after = (
        travel_matrix(region.network, metric, places, places, graph=region.search_graph) for metric in (usual, closed)
    )
    assert (after >= before).all()
    assert (after > before).any()
    assert (after < INF).all()


def test_weather_and_hours_come_from_the_profile(region: Region, store: MetricStore) -> None:
    """As the store has them; from weights that are there only roads can change."""
    snow = Scenario(when=When(weekday="fri", hour=8, weather=Weather.SNOW))
    assert (road_weights(region, snow, store) == store.times.weights(4 * 24 + 8, Weather.SNOW)).all()
    assert (road_weights(region, snow, store.times) == store.times.weights(4 * 24 + 8, Weather.SNOW)).all()
    with pytest.raises(ScenarioError, match="cannot be put on finished weights"):
        road_weights(region, snow, region.network.free_flow_ms)
    with pytest.raises(ScenarioError, match="34,145 integers"):
        road_weights(region, Scenario(), [1, 2])


def test_a_live_feed_counts_at_a_date(region: Region) -> None:
    """Its closures stay, its speeds and factors are multiplied; without a date it is not asked."""
    store = MetricStore(region)
    entries = [
        TrafficEntry("a", Ways(BRIDGE), closed=True, end=NOW + timedelta(hours=1)),
        TrafficEntry("b", Ways(35821839), speed_kph=20.0),
        TrafficEntry("c", Ways(301944408), factor=0.5),
    ]
    assert store.update(TrafficUpdate(entries), NOW).accepted == 3
    at = When(at=datetime(2026, 1, 15, 8, 30))
    (moment,) = moments_of(at, region.timezone)
    assert moment.at == NOW
    network = region.network
    base = road_weights(region, Scenario(when=at), store)
    assert (base == region.search_graph.road_weights(store.view().at(NOW)[1].weights)).all()
    halved = road_weights(region, Scenario(when=at, speeds=[SpeedFactor(0.5)]), store)
    driving = base.astype(float) - network.arc_delay_ms
    wanted = np.where(base == INF, INF, np.rint(driving * 2) + network.arc_delay_ms)
    assert np.abs(halved - wanted).max() <= 2
    assert (base[network.arc_way == BRIDGE] == INF).all()
    later = Scenario(when=When(at=datetime(2026, 1, 15, 9, 30)))
    assert (road_weights(region, later, store)[network.arc_way == BRIDGE] < INF).all()
    assert (road_weights(region, Scenario(when=When(weekday="thu", hour=8)), store) == network.free_flow_ms).all()


def test_what_is_closed_already_stays_closed(region: Region) -> None:
    """And nothing that is open is made slower than 1 km/h."""
    base = region.network.free_flow_ms.copy()
    base[7] = INF
    found = road_weights(region, Scenario(speeds=[SpeedFactor(1e-9)]), base)
    assert found[7] == INF
    crawl = np.rint(region.network.arc_length_m.astype(float) * 3600) + region.network.arc_delay_ms
    assert np.abs(np.delete(found - crawl, 7)).max() <= 1


def test_two_polygons_side_by_side_share_no_road(region: Region) -> None:
    """Roads across the border between two are in one of them, so different factors are no contradiction."""
    text = "[[speed]]\nfactor = {}\npolygon = [[{}, -29.93], [{}, -29.93], [{}, -29.89], [{}, -29.89]]\n"
    both = [
        text.format(factor, west, east, east, west)
        for factor, west, east in ((0.5, -71.26, -71.25), (0.8, -71.25, -71.24))
    ]
    found = road_weights(region, parse_scenario("".join(both)), region.network.free_flow_ms)
    assert (found > region.network.free_flow_ms).sum() > 1000
    border = shapely.LineString([[-71.25, -29.93], [-71.25, -29.89]])
    assert shapely.intersects(lines(region), border).sum() > 10
