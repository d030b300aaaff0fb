"""Outward labels of the same positions under several metrics, made when asked for."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from datetime import datetime

import numpy as np

from graphs.metrics.once import OnceCache
from graphs.metrics.snapshot import MetricKey
from graphs.metrics.store import MetricView
from graphs.metrics.yielding import let_others
from graphs.network import Int64
from graphs.position import Positions, origin_seeds
from graphs.region import Region
from graphs.search import Labels, Metric

#: Metrics under which a book keeps labels: the departures of one question need no more, see `METRICS_A_QUESTION`.
METRICS_HELD = 10
#: Room for them, if that is less; those of 8,000 units in New York take 5 MB a metric.
BUDGET_BYTES = 512 << 20
#: One core stays free for questions, which go on while a fleet is labelled anew.
THREADS = max(1, min(4, (os.cpu_count() or 1) - 1))
#: With more than this share of rows to be made anew, all of them are: they have most ancestors in common.
MOST_CARRIED = 0.6


class LabelBook:
    """Positions and their labels; the positions never change, a change makes a new book. Thread-safe."""

    def __init__(self, region: Region, positions: Positions) -> None:
        self.region, self.positions = region, positions
        self._labels: OnceCache[Metric, Labels] = OnceCache(BUDGET_BYTES, _share_of)

    def under(self, metric: Metric) -> Labels:
        """The labels under a metric; made once, about 2 µs a position in a large fleet."""
        return self._labels.get(metric, lambda: self._carried(metric) or self._made(metric, self.positions))

    def follow(self, view: MetricView, keys: Sequence[MetricKey], _now: datetime) -> None:
        """For `MetricStore.follow`: be labelled under each snapshot before questions see it."""
        metrics = [view.metric(key) for key in keys]
        for metric in metrics:
            self.under(metric)
        if len(keys) > 1:
            self.keep_only(metrics)

    def keep_only(self, metrics: Collection[Metric]) -> None:
        """Forget labels under other metrics, so that they are not carried along when units move."""
        self._labels.keep_only(metrics)

    def replaced(self, rows: Int64, fresh: Positions, positions: Positions) -> LabelBook:
        """The book after `rows` moved to `fresh`; `positions` are everybody's. Only these rows are labelled."""
        book = LabelBook(self.region, positions)
        for metric, labels in self._labels.items():
            moved = labels.replaced(rows, self._made(metric, fresh))
            book._labels.get(metric, lambda moved=moved: moved)
        return book

    def taken(self, rows: Int64, positions: Positions) -> LabelBook:
        """The book of some rows (repetition allowed), which stand at `positions`."""
        book = LabelBook(self.region, positions)
        chosen = np.asarray(rows, np.int64)
        for metric, labels in self._labels.items():
            book._labels.get(metric, lambda labels=labels: labels.take(chosen))
        return book

    def _carried(self, metric: Metric) -> Labels | None:
        """The labels under the metric that `metric` was updated from, where they are there and few rows differ."""
        let_others()
        before = metric.change.before() if metric.change else None
        old = self._labels.peek(before) if before else None
        rows = metric.stale_rows(old) if old else None
        if before is None or old is None or rows is None:
            return None
        arcs, twins = self.positions.arc, self.region.network.arc_twin[self.positions.arc]
        own = [before.weights[on] != metric.weights[on] for on in (arcs, twins)]  # a twin of -1 is some arc: harmless
        rows = np.union1d(rows, np.flatnonzero(np.logical_or(*own)))
        if rows.size > MOST_CARRIED * len(old):
            return None
        let_others()
        return old.carried(rows, self._made(metric, self.positions.take(rows)))

    def _made(self, metric: Metric, positions: Positions) -> Labels:
        region = self.region
        seeds = origin_seeds(region.network, metric.weights, positions, region.search_graph)
        return metric.labels_from(seeds, threads=THREADS)


def _share_of(labels: Labels) -> int:
    """Of the budget: the bytes of its rows, and at least what leaves room for `METRICS_HELD`."""
    return max(4 * int(labels.length.sum()), BUDGET_BYTES // METRICS_HELD)
