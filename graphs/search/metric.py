"""A metric: one set of travel times over a hierarchy, ready for queries."""

from __future__ import annotations

import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from graphs.errors import NetworkError

from . import customise, entering, labelling, nearest_few, relabelling, sweeping, unpacking, updating
from .arrays import INF, Int32, Int64, UInt32, aligned, frozen
from .few import NearestFew
from .hierarchy import Hierarchy
from .labels import Arena, Labels
from .reuse import Loan
from .seeds import Seeds

#: An update stops working edge by edge, and customises anew, after looking at this share of all edges and triangles;
#: at random places one takes about four times as long.
PATIENCE = 1 / 16
#: Fewer positions than this are labelled by one thread: each thread computes the top of the tree for itself.
SHARE_OUT_FROM = 512
#: A metric remembers which edges an update changed, up to this many: beyond, labels are made anew in any case.
MOST_REMEMBERED = 1 << 14
#: Looking for stale label rows pays up to this many changed edges a row (measured on New York with 3,000 rows).
EDGES_A_ROW = 2


@dataclass(frozen=True, eq=False)
class Change:
    """What tells a metric from the one it was updated from."""

    before: weakref.ref[Metric]
    arcs: Int64  # all whose weight differs, others among them
    edges: UInt32  # ascending; all whose time up or down differs
    times: list[Int32] = field(default_factory=list, repr=False)  # memory of `before`, once nobody reads it
    weights: list[Int32] = field(default_factory=list, repr=False)


@dataclass(frozen=True, eq=False)
class Metric:
    """Customised times of all edges; immutable, so readers never see half an update."""

    hierarchy: Hierarchy
    weights: Int32  # [m] ms per input arc
    times: Int32  # [2e] ms per slot
    change: Change | None = None  # when it is a small update of another metric
    loans: tuple[Loan, ...] = field(default=(), repr=False)  # of weights and times

    @classmethod
    def of(cls, hierarchy: Hierarchy, weights_ms: npt.ArrayLike) -> Metric:
        """Full customisation. Raises `NetworkError` unless there is one weight of 0 .. INF per arc."""
        weights = _checked(weights_ms, hierarchy.arc_count)
        times = np.empty(2 * hierarchy.edge_count, np.int32)
        h = hierarchy
        customise.copy_weights(h.arc_slot, frozen(weights, np.int32), times)
        customise.relax_triangles(h.up_first, h.up_depth, h.down_first, h.down_edge, h.down_start, h.height, times)
        return cls._lent(hierarchy, weights, times, None)

    @classmethod
    def _lent(cls, hierarchy: Hierarchy, weights: Int32, times: Int32, change: Change | None) -> Metric:
        loans = Loan(weights), Loan(times)
        return cls(hierarchy, loans[0].view(), loans[1].view(), change, loans)

    def updated(self, arcs: npt.ArrayLike, weights: npt.ArrayLike) -> Metric:
        """The metric with `weights[i]` on arc `arcs[i]` (the last one wins), exactly as if customised anew."""
        changed = np.atleast_1d(np.asarray(arcs, np.int64))
        if changed.size and not (changed.min() >= 0 and changed.max() < self.weights.size):
            raise NetworkError(f"Arcs must be 0 to {self.weights.size - 1}.", arcs=self.weights.size)
        wanted = _within_bounds(weights)
        fresh, times = self._copies()
        fresh[changed] = wanted
        h = self.hierarchy
        lows = unpacking.lower_nodes(h.up_first, h.arc_slot[changed])
        moved = np.empty(MOST_REMEMBERED, np.uint32)
        left, edges = updating.update_times(
            h.up_first, h.up_depth, h.up_node, h.down_first, h.down_edge, h.down_start, h.node_depth, h.arc_slot,
            h.slot_arc, self.weights, frozen(fresh, np.int32), changed, lows, self.times, times,
            int(PATIENCE * (h.triangle_count + h.edge_count)), moved,
        )  # fmt: skip
        if left < 0:
            return Metric.of(h, fresh)
        if edges > moved.size:
            return Metric._lent(h, fresh, times, None)
        change = Change(weakref.ref(self), changed, frozen(np.sort(moved[:edges]), np.uint32))
        if self.loans:
            self.loans[0].heir, self.loans[1].heir = change.weights, change.times
        return Metric._lent(h, fresh, times, change)

    def _copies(self) -> tuple[Int32, Int32]:
        """Copies of weights and times, in the memory of the metric before this one if nobody reads that any more."""
        change = self.change
        if change is None:
            return self.weights.copy(), self.times.copy()
        try:
            weights = change.weights.pop()
            updating.copy_arcs(change.arcs, self.weights, weights)
        except IndexError:
            weights = self.weights.copy()
        try:
            times = change.times.pop()
            updating.copy_edges(change.edges, self.times, times)
        except IndexError:
            times = self.times.copy()
        return weights, times

    def stale_rows(self, labels: Labels) -> Int64 | None:
        """Rows of `labels`, which are of the metric this one was updated from, that differ under this one; ascending.

        For positions whose own seeds cost the same under both. None when labelling all anew is faster, or when the
        labels are of some other metric.
        """
        change, before = self.change, labels.metric
        if change is None or change.before() is not before or change.edges.size > EDGES_A_ROW * len(labels):
            return None
        h = self.hierarchy
        group = np.zeros(h.node_count, np.int32)
        group_first = np.empty(change.edges.size + 1, np.int64)
        edges = np.empty(change.edges.size, np.uint32)
        side = 0 if labels.outward else 1
        count = relabelling.group_changed(
            h.up_first, before.times, self.times, side, change.edges, edges, group, group_first
        )
        stale = np.zeros(len(labels), np.uint8)
        relabelling.find_stale(
            h.up_depth, h.node_depth, h.parent, before.times, self.times, side, edges[:count], group, group_first,
            labels.sequence, labels.neighbour_lengths(), labels.deep, labels.start, labels.data, h.height, stale,
        )  # fmt: skip
        return np.flatnonzero(stale)

    def labels_from(self, seeds: Seeds, threads: int = 1) -> Labels:
        """Label rows of times from each position to its ancestors; many positions are shared out among threads."""
        return self._labels(seeds, outward=True, threads=threads)

    def labels_to(self, seeds: Seeds, threads: int = 1) -> Labels:
        """Label rows of times to each position from its ancestors; many positions are shared out among threads."""
        return self._labels(seeds, outward=False, threads=threads)

    def one_to_all(self, seeds: Seeds) -> Int32:
        """[n] ms from one position to every node, by original id."""
        return self._sweep(seeds, outward=True)

    def all_to_one(self, seeds: Seeds) -> Int32:
        """[n] ms from every node, by original id, to one position."""
        return self._sweep(seeds, outward=False)

    def nearest(self, seeds: Seeds, reverse: bool = False) -> tuple[Int32, Int32]:
        """([n] ms from the nearest position to every node, [n] its index); `reverse`: to the nearest position.

        INF and -1 where no position is reachable; of equally near ones the smallest index.
        """
        h = self.hierarchy
        lower, low_cost, upper, high_cost = self._entered(seeds)
        keys = np.full(h.node_count, np.int64(INF) << 32)
        sweeping.seed_keys(lower, low_cost, upper, high_cost, keys)
        time, index = np.empty(h.node_count, np.int32), np.empty(h.node_count, np.int32)
        sweeping.nearest(
            h.up_first, h.up_depth, h.up_node, h.node_depth, h.node_of,
            self.times, 0 if reverse else 1, keys, h.height, time, index,
        )  # fmt: skip
        return time, index

    def nearest_few(self, seeds: Seeds, few: int, reverse: bool = False) -> NearestFew:
        """The `few` nearest positions of every node, to be asked for at places; `reverse`: the nearest to reach."""
        h = self.hierarchy
        if not 1 <= few <= nearest_few.MOST:
            raise ValueError(f"few must be 1 to {nearest_few.MOST}, not {few}")
        lists = np.full(h.node_count * few, nearest_few.NOBODY)
        nearest_few.seed_lists(*self._entered(seeds), few, lists)
        nearest_few.sweep_lists(
            h.up_first, h.up_depth, h.up_node, h.node_depth, self.times, 0 if reverse else 1, lists, few, h.height
        )
        return NearestFew(h, few, frozen(lists, np.int64))

    def path(self, out: Seeds, into: Seeds) -> tuple[Int64, int]:
        """Input arcs of a fastest path from one position to another in driving order, and its time in ms.

        The time includes the seeds' costs, the arcs do not include the seeds' own. Of parallel arcs the cheapest is
        named. Unreachable: no arcs and INF.
        """
        h = self.hierarchy
        rows, vias = [], []
        entered = [self._entered(one_of(out)), self._entered(one_of(into))]
        for side, (lower, low_cost, upper, high_cost) in enumerate(entered):
            length = int(h.node_depth[lower[0]]) + 1
            row, via = np.empty(length, np.int32), np.empty(length, np.int64)
            unpacking.climb_via(
                h.up_first, h.up_depth, h.node_depth, h.parent, self.times, side, row, via,
                lower[0], low_cost[0], upper[0], high_cost[0],
            )  # fmt: skip
            rows.append(row)
            vias.append(via)
        common = int(h.common(entered[0][0], entered[1][0])[0])
        sums = rows[0][:common] + rows[1][:common]
        apex = int(np.argmin(sums))
        if sums[apex] >= INF:
            return np.empty(0, np.int64), INF
        slots = np.empty(2 * h.height, np.int64)
        climbed = unpacking.slots_down(h.up_first, h.node_depth, vias[0], apex, 0, slots)
        slots[:climbed] = slots[:climbed][::-1].copy()
        descended = unpacking.slots_down(h.up_first, h.node_depth, vias[1], apex, 1, slots[climbed:])
        arcs = unpacking.unpack(
            h.up_first, h.up_node, h.down_first, h.down_edge, h.down_start, h.arc_slot, h.slot_arc,
            self.weights, self.times, slots[: climbed + descended], np.empty(256, np.int64),
        )  # fmt: skip
        return arcs, int(sums[apex])

    def _entered(self, seeds: Seeds) -> tuple[UInt32, Int32, UInt32, Int32]:
        """Inner id and cost of each position's lower and upper node (the same, at INF, when there is only one)."""
        k = len(seeds)
        entered = np.empty(k, np.uint32), np.empty(k, np.int32), np.empty(k, np.uint32), np.empty(k, np.int32)
        h = self.hierarchy
        wrong = entering.enter(*h.minima, h.inner_of, seeds.node_a, seeds.cost_a, seeds.node_b, seeds.cost_b, *entered)
        if wrong >= 0:
            raise ValueError(f"seed {wrong >> 2}: {entering.WRONG[wrong & 3]}")
        return entered

    def _labels(self, seeds: Seeds, outward: bool, threads: int = 1) -> Labels:
        h = self.hierarchy
        lower, low_cost, upper, high_cost = self._entered(seeds)
        length = h.node_depth[lower].astype(np.int64) + 1
        end = np.cumsum(length)
        start = end - length
        total = int(end[-1]) if end.size else 0
        labels = Labels(self, outward, frozen(lower, np.uint32), frozen(start, np.int64), Arena(2 * total, used=total))
        data = labels.arena.buffer
        side = 0 if outward else 1
        topology = h.up_first, h.up_depth, h.node_depth, h.parent, self.times, side
        if len(seeds) ** 2 < h.node_count:  # below about √n positions too few ancestors are shared (measured)
            labelling.climb(*topology, labels.deep, low_cost, upper, high_cost, labels.start, data)
        else:
            stride = (h.height + 63) // 32 * 32
            sequence, common = labels.sequence, labels.neighbour_lengths()

            def work(begin: int, end: int) -> None:
                shared = common[begin:end].copy()
                shared[:1] = 0  # the first of a part has no row before it
                labelling.label_sorted(
                    *topology, sequence[begin:end], shared, labels.deep, low_cost, upper, high_cost,
                    labels.start, data, aligned(h.height * stride), stride,
                )  # fmt: skip

            if threads == 1 or len(seeds) < SHARE_OUT_FROM:
                work(0, len(seeds))
            else:
                cuts = np.linspace(0, len(seeds), threads + 1).astype(int).tolist()
                with ThreadPoolExecutor(threads) as pool:
                    list(pool.map(work, cuts[:-1], cuts[1:]))
        return labels

    def _sweep(self, seeds: Seeds, outward: bool) -> Int32:
        h = self.hierarchy
        labels = self._labels(one_of(seeds), outward)
        times = np.empty(h.node_count, np.int32)
        sweeping.sweep(
            h.up_first, h.up_depth, h.node_depth, h.node_of, h.parent, self.times, 1 if outward else 0,
            labels.row(0), labels.deep[0], h.height, times,
        )  # fmt: skip
        return times


def one_of(seeds: Seeds) -> Seeds:
    """The seeds, if they are exactly one position."""
    if len(seeds) != 1:
        raise ValueError(f"expected one position, got {len(seeds)}")
    return seeds


def _checked(weights_ms: npt.ArrayLike, arc_count: int) -> Int32:
    weights = _within_bounds(weights_ms)
    if weights.shape != (arc_count,):
        raise NetworkError(f"Expected one weight for each of {arc_count} arcs, got {weights.shape}.", arcs=arc_count)
    return weights


def _within_bounds(weights_ms: npt.ArrayLike) -> Int32:
    weights = np.asarray(weights_ms)
    if weights.size and not np.issubdtype(weights.dtype, np.integer):
        raise NetworkError(f"Weights must be whole milliseconds, got {weights.dtype}.", dtype=weights.dtype)
    if weights.size and not (weights.min() >= 0 and weights.max() <= INF):
        raise NetworkError(f"Weights must be 0 to {INF} ms.", least=weights.min(), greatest=weights.max())
    return weights.astype(np.int32)
