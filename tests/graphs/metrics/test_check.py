"""Entries that cannot be used: each is refused with its own reason, the others are taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import shapely

from graphs.metrics import Arcs, Area, MetricStore, RefusalCode, TrafficEntry, TrafficUpdate, Ways
from graphs.region import Region

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
EVERYWHERE = shapely.box(8, 49, 9, 50)
NAN, INFINITE = float("nan"), float("inf")

REFUSED: list[tuple[RefusalCode, dict[str, Any]]] = [
    (RefusalCode.NO_ID, {"id": ""}),
    (RefusalCode.BAD_ID, {"id": "x" * 129}),
    (RefusalCode.BAD_ID, {"id": "a\nb"}),
    (RefusalCode.BAD_EFFECT, {"speed_kph": 5, "closed": True}),
    (RefusalCode.BAD_EFFECT, {"speed_kph": None}),
    (RefusalCode.BAD_EFFECT, {"speed_kph": [5.0, 6.0]}),
    (RefusalCode.BAD_EFFECT, {"speed_kph": [5.0, 6.0], "where": Area(EVERYWHERE)}),
    *((RefusalCode.BAD_SPEED, {"speed_kph": v}) for v in (0, -1, 300.5, 10_000, NAN, INFINITE, "fast", True, [[1]])),
    *((RefusalCode.BAD_FACTOR, {"speed_kph": None, "factor": v}) for v in (0, -1, 2.5, NAN, INFINITE, [0.5, NAN])),
    (RefusalCode.BAD_INTERVAL, {"start": NOW, "end": NOW}),
    (RefusalCode.BAD_INTERVAL, {"start": NOW + timedelta(hours=2), "end": NOW + timedelta(hours=1)}),
    (RefusalCode.BAD_INTERVAL, {"end": datetime(2026, 4, 1)}),
    (RefusalCode.EXPIRED, {"end": NOW}),
    (RefusalCode.UNKNOWN_WAY, {"where": Ways(987_654_321)}),
    (RefusalCode.UNKNOWN_WAY, {"where": Ways([987_654_321, -4])}),
    (RefusalCode.UNKNOWN_WAY, {"where": Ways(0)}),
    (RefusalCode.UNKNOWN_ARC, {"where": Arcs(-1)}),
    (RefusalCode.UNKNOWN_ARC, {"where": Arcs([0, 1 << 40])}),
    (RefusalCode.BAD_SELECTOR, {"where": Arcs([])}),
    (RefusalCode.BAD_SELECTOR, {"where": Arcs([1.5])}),
    (RefusalCode.BAD_SELECTOR, {"where": Ways("7")}),
    (RefusalCode.BAD_SELECTOR, {"where": Ways(7, "left")}),  # ty: ignore[invalid-argument-type]
    (RefusalCode.BAD_SELECTOR, {"where": "way 7"}),
    (RefusalCode.BAD_SELECTOR, {"where": Area(shapely.Point(8.6, 49.4))}),
    (RefusalCode.BAD_SELECTOR, {"where": Area(EVERYWHERE, frozenset({"footway"}))}),
    (RefusalCode.BAD_SELECTOR, {"where": Area(shapely.Polygon([(8, 49), (9, 50), (9, 49), (8, 50)]))}),
    (RefusalCode.BAD_SELECTOR, {"where": Area(shapely.box(8, 49, 909, 50))}),
    (RefusalCode.BAD_SELECTOR, {"where": Area(shapely.box(-179.9, 49, 179.9, 50))}),
    (RefusalCode.BAD_SELECTOR, {"where": Area(shapely.Polygon([(8, 49), (INFINITE, 50), (9, 49)]))}),
    (RefusalCode.BAD_SELECTOR, {"where": Area(shapely.Polygon([(8, 49), (NAN, 50), (9, 49)]))}),
    (RefusalCode.EMPTY_POLYGON, {"where": Area(shapely.Polygon())}),
    (RefusalCode.NO_ROADS, {"where": Area(shapely.box(0, 0, 1, 1))}),
    (RefusalCode.NO_ROADS, {"where": Area(EVERYWHERE, frozenset({"trunk"}))}),
]


@pytest.mark.parametrize(("code", "changes"), REFUSED)
def test_each_mistake_has_its_reason(small_town: Region, code: RefusalCode, changes: dict[str, Any]) -> None:
    """A wrong entry is refused and counted; a right one beside it is taken."""
    store = MetricStore(small_town)
    content: dict[str, Any] = {"id": "wrong", "where": Arcs(0), "speed_kph": 5, **changes}
    wrong = TrafficEntry(**content)
    right = TrafficEntry("right", Arcs([1]), closed=True)
    result = store.update(TrafficUpdate([wrong, right]), NOW)
    assert result.ignored() == {code: 1}, result.refusals
    assert result.refusals[0].message
    assert (result.accepted, result.arcs_changed) == (1, 1)


@pytest.mark.parametrize(
    ("classes", "says"), [(None, "no road touches"), ({"trunk"}, "no road of those classes touches")]
)
def test_classes_are_named_only_where_they_were_given(small_town: Region, classes: set[str] | None, says: str) -> None:
    """An area without roads says no more than it knows."""
    where = Area(shapely.box(0, 0, 1, 1), None if classes is None else frozenset(classes))
    result = MetricStore(small_town).update(TrafficUpdate([TrafficEntry("e", where, closed=True)]), NOW)
    assert says in result.refusals[0].message


def test_an_id_twice_counts_once(small_town: Region) -> None:
    """Of two entries with one id in one update the first is taken."""
    store = MetricStore(small_town)
    entries = [TrafficEntry("e", Arcs(n), closed=True) for n in (0, 1)]
    result = store.update(TrafficUpdate(entries), NOW)
    assert result.ignored() == {RefusalCode.DUPLICATE_ID: 1}
    assert (store.view().at(NOW)[1].weights[:2] >= 2**30 - 1).tolist() == [True, False]


def test_a_refused_replacement_leaves_the_old_entry(small_town: Region) -> None:
    """A known id with an impossible new speed keeps what it said before."""
    store = MetricStore(small_town)
    store.update(TrafficUpdate([TrafficEntry("e", Arcs(0), closed=True)]), NOW)
    result = store.update(TrafficUpdate([TrafficEntry("e", Arcs(0), speed_kph=NAN)]), NOW)
    assert (result.epoch, result.in_force, result.ignored()) == (1, 1, {RefusalCode.BAD_SPEED: 1})


def test_unknown_ways_beside_known_ones_are_listed(small_town: Region) -> None:
    """An entry whose ways are partly unknown applies to the others and says which it did not find."""
    way = int(small_town.network.arc_way[0])
    entry = TrafficEntry("e", Ways([way, 55_555, way]), speed_kph=[9.0, 8.0, 7.0])
    result = MetricStore(small_town).update(TrafficUpdate([entry]), NOW)
    assert (result.accepted, result.unknown_ways) == (1, (55_555,))
    assert result.arcs_changed == np.count_nonzero(small_town.network.arc_way == way)


def test_the_slowest_statement_wins_and_nothing_is_slower_than_walking(small_town: Region) -> None:
    """Of overlapping entries the slowest counts; a speed of almost nothing is taken for 1 km/h, not for a closure."""
    store = MetricStore(small_town)
    network = small_town.network
    length = float(network.arc_length_m[0])
    usual = float(network.arc_speed_kph[0])

    def after(*entries: TrafficEntry) -> int:
        update = TrafficUpdate(entries, list(store.view().snapshot.feed.entries))
        store.update(update, NOW)
        return int(store.view().at(NOW)[1].weights[0])

    fast = TrafficEntry("fast", Arcs(0), speed_kph=200)
    assert after(fast) == round(length / 200 * 3600)
    assert after(fast, TrafficEntry("half", Arcs(0), factor=0.5)) == round(length / (usual * 0.5) * 3600)
    assert after(fast, TrafficEntry("crawl", Arcs(0), speed_kph=0.001)) == round(length / 1.0 * 3600)
    assert after(fast, TrafficEntry("shut", Arcs(0), closed=True)) == 2**30 - 1
    assert after() == network.free_flow_ms[0]


def test_a_flat_polygon_holds_nothing(small_town: Region) -> None:
    """Corners on one slanting line, but for their rounding: refused, although its area is a little above zero."""
    flat = shapely.Polygon([(0.1, 0.1), (0.2, 0.2 + 1e-15), (0.3, 0.3), (0.15, 0.15)])
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    thin = shapely.Polygon([(-60, -80), (60, 80), (60, 80.001), (-60, -79.999)])
    for polygon, code in ((flat, RefusalCode.EMPTY_POLYGON), (bow, RefusalCode.BAD_SELECTOR)):
        result = MetricStore(small_town).update(TrafficUpdate([TrafficEntry("e", Area(polygon), closed=True)]), NOW)
        assert result.ignored() == {code: 1}
    parts = shapely.MultiPolygon([thin, flat])
    result = MetricStore(small_town).update(TrafficUpdate([TrafficEntry("e", Area(parts), closed=True)]), NOW)
    assert result.ignored() == {RefusalCode.EMPTY_POLYGON: 1}


def test_an_arc_given_twice_is_one_arc(small_town: Region) -> None:
    """Of one entry's statements about an arc the slower is kept, and it counts as one."""
    store = MetricStore(small_town)
    way = int(small_town.network.arc_way[0])
    store.update(TrafficUpdate([TrafficEntry("w", Ways([way, way]), closed=True)]), NOW)
    store.update(TrafficUpdate([TrafficEntry("a", Arcs([5, 3, 5]), speed_kph=[9.0, 8.0, 7.0])]), NOW)
    feed = store.view().snapshot.feed
    assert feed.arc_count(feed.entries["w"][0]) == np.count_nonzero(small_town.network.arc_way == way)
    assert feed.arc_count(feed.entries["a"][0]) == 2
    assert feed.value[-2:].tolist() == [8.0, 7.0]


def test_an_entry_that_ended_says_what_becomes_of_the_older_one(small_town: Region) -> None:
    """The older entry of its id goes, and the message does not say that nothing changes."""
    store = MetricStore(small_town)
    store.update(TrafficUpdate([TrafficEntry("e", Arcs(0), closed=True)]), NOW)
    result = store.update(TrafficUpdate([TrafficEntry("e", Arcs(0), closed=True, end=NOW)]), NOW)
    assert (result.in_force, result.expired, result.ignored()) == (0, 1, {RefusalCode.EXPIRED: 1})
    assert "nothing was changed" not in result.refusals[0].message
    assert "nor is an older entry of its id" in result.refusals[0].message


def test_parts_of_a_polygon_may_lie_at_both_ends_of_the_map(small_town: Region) -> None:
    """Only a part wider than half the Earth is taken for one read the wrong way round, not two parts far apart."""
    store = MetricStore(small_town)
    both = shapely.MultiPolygon([EVERYWHERE, shapely.box(-180, 49, -179.5, 50)])
    result = store.update(TrafficUpdate([TrafficEntry("e", Area(both), closed=True)]), NOW)
    assert not result.refusals
    assert result.arcs_changed == small_town.network.arc_count
