"""Labels of positions under several metrics, as units move, come and go."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from graphs.metrics import Arcs, LabelBook, MetricStore, TrafficEntry, TrafficUpdate
from graphs.position import Positions, destination_seeds
from graphs.region import Region
from graphs.search import Metric, matrix
from graphs.travel import travel_matrix

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


def places(region: Region, count: int, seed: int) -> Positions:
    rng = np.random.default_rng(seed)
    arc = rng.integers(0, region.network.arc_count, count).astype(np.int32)
    return Positions(arc, rng.random(count), np.zeros(count), np.zeros(count), np.zeros(count))


def times(book: LabelBook, metric: Metric, targets: Positions) -> np.ndarray:
    region = book.region
    seeds = destination_seeds(region.network, metric.weights, targets, region.search_graph)
    return matrix(book.under(metric), metric.labels_to(seeds))


def test_books_follow_the_store_through_moves(small_town: Region) -> None:
    """After updates of traffic and of positions, times equal those of labels made from scratch."""
    store = MetricStore(small_town)
    book = LabelBook(small_town, places(small_town, 40, 1))
    followed: list[int] = []

    def follow(view, keys, now) -> None:
        followed.append(view.epoch)
        book.follow(view, keys, now)

    store.follow(follow)
    store.warm(NOW)
    rng = np.random.default_rng(3)
    targets = places(small_town, 15, 2)
    for step in range(4):
        closed = rng.integers(0, small_town.network.arc_count, 6)
        store.update(TrafficUpdate([TrafficEntry("works", Arcs(closed), closed=True)]), NOW)
        rows = rng.choice(40, 7, replace=False)
        fresh = places(small_town, 7, 100 + step)
        merged = Positions(book.positions.arc.copy(), book.positions.fraction.copy(), *(np.zeros(40),) * 3)
        merged.arc[rows], merged.fraction[rows] = fresh.arc, fresh.fraction
        book = book.replaced(rows, fresh, merged)
        for metric in (store.view().at(NOW)[1], small_town.metric):
            fresh_book = LabelBook(small_town, merged)
            assert np.array_equal(times(book, metric, targets), times(fresh_book, metric, targets)), f"step {step}"
            direct = travel_matrix(small_town.network, metric, merged, targets, graph=small_town.search_graph)
            assert (times(book, metric, targets) >= direct).all()
    some = rng.integers(0, 40, 12)
    taken = book.taken(some, merged.take(some))
    metric = store.view().at(NOW)[1]
    assert np.array_equal(times(taken, metric, targets), times(book, metric, targets)[some])
    book.keep_only([])
    assert np.array_equal(times(taken, metric, targets), times(book, metric, targets)[some])
    assert followed == [0, 1, 1, 2, 2, 3, 3, 4, 4]


@pytest.mark.parametrize("seed", range(3))
def test_small_updates_carry_labels_on(small_town: Region, seed: int) -> None:
    """Single arcs change, those that units stand on among them; labels are as if made anew, and rows are shared."""
    rng = np.random.default_rng(seed)
    store = MetricStore(small_town)
    positions = places(small_town, 200, seed)
    book = LabelBook(small_town, positions)
    store.follow(book.follow)
    store.warm(NOW)
    shared = 0
    for step in range(12):
        before = book.under(store.view().at(NOW)[1])
        some = small_town.network.arc_count if step % 2 else 0
        arc = int(rng.integers(some)) if some else int(rng.choice(positions.arc))
        effect: Any = {"closed": True} if rng.random() < 0.3 else {"speed_kph": float(rng.uniform(3, 90))}
        store.update(TrafficUpdate([TrafficEntry(f"e{rng.integers(4)}", Arcs(arc), **effect)]), NOW)
        metric = store.view().at(NOW)[1]
        labels, anew = book.under(metric), LabelBook(small_town, positions).under(metric)
        assert labels.metric is metric
        rows = [labels.row(i).tolist() for i in range(len(labels))]
        assert rows == [anew.row(i).tolist() for i in range(len(anew))], f"seed {seed}, step {step}"
        shared += labels.arena is before.arena
    assert shared, f"seed {seed}"
