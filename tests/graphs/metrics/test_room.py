"""A full feed: what there is no room for costs no search for its roads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import shapely

from graphs.metrics import Arcs, Area, FeedLimits, MetricStore, RefusalCode, TrafficEntry, TrafficUpdate
from graphs.region import Region

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVERYWHERE = Area(shapely.box(8, 49, 9, 50))


def area(key: str) -> TrafficEntry:
    return TrafficEntry(key, EVERYWHERE, factor=0.5)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Each area that was looked up."""
    from graphs.metrics.locate import ArcFinder

    found: list[Any] = []
    inner = ArcFinder.touching
    monkeypatch.setattr(ArcFinder, "touching", lambda *a: found.append(a) or inner(*a))
    return found


def test_areas_after_one_too_large_are_not_looked_at(small_town: Region, looked: list[Any]) -> None:
    """Room for two of a hundred areas: two are taken, one more is looked at, all others are refused unseen."""
    arcs = MetricStore(small_town).update(TrafficUpdate([area("e")]), NOW).arcs_changed
    store = MetricStore(small_town, limits=FeedLimits(rows=2 * arcs + arcs // 2))
    looked.clear()
    result = store.update(
        TrafficUpdate([*(area(f"e{n}") for n in range(100)), TrafficEntry("s", Arcs(0), closed=True)]), NOW
    )
    assert (result.accepted, result.ignored()) == (3, {RefusalCode.FEED_FULL: 98})
    assert len(looked) == 3
    assert [refusal.index for refusal in result.refusals] == list(range(2, 100))
    looked.clear()
    assert store.update(TrafficUpdate([area("more"), area("again")]), NOW).ignored() == {RefusalCode.FEED_FULL: 2}
    assert len(looked) == 1


def test_no_area_is_looked_at_when_there_is_no_place_for_an_entry(small_town: Region, looked: list[Any]) -> None:
    """The number of entries is compared before anything else."""
    store = MetricStore(small_town, limits=FeedLimits(entries=2))
    result = store.update(TrafficUpdate([area(f"e{n}") for n in range(20)]), NOW)
    assert (result.accepted, result.ignored(), len(looked)) == (2, {RefusalCode.FEED_FULL: 18}, 2)


def test_replacing_and_removing_make_room(small_town: Region) -> None:
    """In a full feed entries are replaced, and others come for those that are taken out by the same update."""
    store = MetricStore(small_town, limits=FeedLimits(entries=2))
    store.update(TrafficUpdate([area("a"), area("b")]), NOW)
    assert store.update(TrafficUpdate([area("a"), area("b")]), NOW).accepted == 2
    result = store.update(TrafficUpdate([area("c")], ["a", "nobody"]), NOW)
    assert (result.accepted, result.removed, result.in_force) == (1, 1, 2)
