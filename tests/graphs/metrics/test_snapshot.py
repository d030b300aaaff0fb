"""Departures by metric: each its own while few metrics do, beyond that spans whose two metrics bound it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from graphs.metrics import Arcs, MetricStore, TrafficEntry, TrafficUpdate, Weather, WeatherSpell, load_traffic_profile
from graphs.metrics.hours import HOUR_MS, to_ms
from graphs.region import Region
from graphs.search import INF

NOW = datetime(2026, 3, 3, 8, 20, tzinfo=UTC)


def busy_store(region: Region, seed: int, count: int) -> MetricStore:
    """Entries of every kind on few arcs, so that they overlap, beginning and ending within five hours; two spells."""
    rng = np.random.default_rng(seed)
    effects: list[dict[str, Any]] = [{"closed": True}, {"factor": 0.4}, {"factor": 1.9}, {"speed_kph": 9}]
    effects.append({"speed_kph": 150})
    entries = []
    for n in range(count):
        start = NOW + timedelta(seconds=int(rng.integers(-3600, 4 * 3600)))
        end = max(start, NOW) + timedelta(seconds=int(rng.integers(1, 3 * 3600)))
        arcs = rng.integers(0, min(60, region.network.arc_count), 5)
        entries.append(TrafficEntry(f"e{n}", Arcs(arcs), start=start, end=end, **effects[rng.integers(5)]))
    store = MetricStore(region, load_traffic_profile())
    store.update(TrafficUpdate(entries), NOW, strict=True)
    rain = NOW + timedelta(minutes=70)
    store.set_weather([WeatherSpell(Weather.RAIN, rain, rain + timedelta(minutes=33))], NOW)
    return store


@pytest.mark.parametrize("seed", range(5))
def test_each_departure_has_its_own_metric(small_town: Region, seed: int) -> None:
    """Departures grouped by metric have the keys that each has alone, and so have the spans where there is room."""
    snapshot = busy_store(small_town, seed, 40).view().snapshot
    departures = to_ms(NOW) + np.random.default_rng(seed).integers(0, 4 * HOUR_MS, 300)
    alone = [snapshot.key_at(int(ms)) for ms in departures]
    keys, group = snapshot.grouped(departures)
    assert [keys[g] for g in group] == alone, f"seed {seed}"
    assert len(set(keys)) == len(keys)
    spans, span_of = snapshot.spans(departures, 1000)
    assert [spans[s].key for s in span_of] == alone, f"seed {seed}"


@pytest.mark.parametrize("limit", [2, 4, 8])
@pytest.mark.parametrize("seed", range(4))
def test_bounds_hold_what_every_departure_has(small_town: Region, seed: int, limit: int) -> None:
    """No arc is faster or slower for a departure than its span's two metrics say, and times lie between theirs."""
    view = busy_store(small_town, seed, 40).view()
    departures = to_ms(NOW) + np.random.default_rng(seed).integers(0, 5 * HOUR_MS, 150)
    spans, span_of = view.spans(departures, limit)
    assert len(spans) <= limit // 2
    assert not all(span.key for span in spans)
    closed = loose = 0
    for ms, number in zip(departures, span_of, strict=True):
        own = view.metric(view.snapshot.key_at(int(ms))).weights
        fastest, slowest = (metric.weights for metric in view.bounds(spans[number]))
        assert (fastest <= own).all(), f"seed {seed}, {ms}"
        assert (own <= slowest).all(), f"seed {seed}, {ms}"
        closed += int((own >= INF).sum())
        loose += int((fastest < slowest).sum())
    assert closed, f"seed {seed}"
    assert loose, f"seed {seed}"


def test_bounds_are_those_of_customising_anew(small_town: Region) -> None:
    """Metrics of spans, made by differences from another, have the shortcuts of metrics made from scratch."""
    store = busy_store(small_town, 9, 40)
    store.warm(NOW)
    view = store.view()
    spans, _ = view.spans(to_ms(NOW) + np.arange(0, 3 * HOUR_MS, 60_000), 6)
    for span in spans:
        for metric in view.bounds(span):
            road_weights = metric.weights[: small_town.network.arc_count]
            assert (small_town.customise(road_weights).times == metric.times).all()


def test_a_span_stays_the_same_while_time_goes_by(small_town: Region) -> None:
    """Asked a little later, nothing having begun or ended, the later hours' spans and metrics are those made before."""
    view = busy_store(small_town, 3, 60).view()
    departures = to_ms(NOW) + np.arange(0, 3 * HOUR_MS, 60_000)
    before, after = (view.spans(departures + shift, 8)[0] for shift in (0, 10))
    assert before[1:] == after[1:]
    assert [view.bounds(span) for span in before[1:]] == [view.bounds(span) for span in after[1:]]


def test_the_same_hour_a_week_later_is_another_span(small_town: Region) -> None:
    """A closure of this week does not hold for a departure in the same hour of the next."""
    store = MetricStore(small_town)
    store.update(TrafficUpdate([TrafficEntry("e", Arcs(1), closed=True, end=NOW + timedelta(days=1))]), NOW)
    week = np.array([to_ms(NOW), to_ms(NOW) + 168 * HOUR_MS])
    for limit in (8, 2):
        spans, span_of = store.view().spans(week, limit)
        closed = [[metric.weights[1] >= INF for metric in store.view().bounds(spans[s])] for s in span_of]
        assert closed == [[True, True], [False, False]]


def test_no_departures_need_no_metric(small_town: Region) -> None:
    """An empty fleet asks for nothing."""
    keys, group = MetricStore(small_town).view().snapshot.grouped(np.empty(0, np.int64))
    assert (keys, group.size) == ([], 0)
    spans, group = MetricStore(small_town).view().spans(np.empty(0, np.int64))
    assert (spans, group.size) == ([], 0)
