"""Labels: for each position the times to, or from, all its ancestors, one contiguous row per position, root first."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .ancestry import neighbour_lengths
from .arrays import Int32, Int64, UInt32, frozen
from .labelling import copy_rows

if TYPE_CHECKING:
    from .metric import Metric


class Arena:
    """An int32 buffer that only ever grows at its end: rows once written are never touched again."""

    def __init__(self, capacity: int, used: int = 0) -> None:
        self.buffer = np.empty(capacity, np.int32)
        self.view: Int32 = frozen(self.buffer.view(), np.int32)
        self.used = used
        self._lock = threading.Lock()

    def reserve(self, length: int) -> int | None:
        """Start of `length` fresh entries, or None when the arena is full."""
        with self._lock:
            if self.used + length > self.buffer.size:
                return None
            self.used += length
            return self.used - length


@dataclass(frozen=True, eq=False)
class Labels:
    """``k`` label rows of one metric and one direction; immutable.

    Row i is ``data[start[i] : start[i] + length[i]]``; entry d belongs to the ancestor at depth d of `deep[i]`, the
    lower of the position's nodes. Two rows may be combined over their common prefix only: see `ancestry`.
    """

    metric: Metric
    outward: bool  # True: position -> ancestor; False: ancestor -> position
    deep: UInt32  # [k] inner id of the lower node
    start: Int64  # [k] first entry of a row in data
    arena: Arena

    @property
    def data(self) -> Int32:
        """The rows, and room for those to come; read-only."""
        return self.arena.view

    def __len__(self) -> int:
        return int(self.deep.size)

    @property
    def length(self) -> Int64:
        """[k] entries of each row: the number of ancestors, the node itself included."""
        return self.metric.hierarchy.node_depth[self.deep].astype(np.int64) + 1

    def row(self, index: int) -> Int32:
        """The times of one position, root first (INF = not reachable upwards)."""
        begin = int(self.start[index])
        return self.data[begin : begin + int(self.metric.hierarchy.node_depth[self.deep[index]]) + 1]

    @cached_property
    def sequence(self) -> Int64:
        """[k] rows sorted by the preorder of their nodes, so that neighbours share long prefixes."""
        return frozen(np.argsort(self.deep, kind="stable"), np.int64)

    def neighbour_lengths(self) -> Int64:
        """[k] ancestors that each row of `sequence` shares with the one before; 0 for the first."""
        common = np.empty(len(self), np.int64)
        neighbour_lengths(*self.metric.hierarchy.minima, self.deep, self.sequence, common)
        return common

    def take(self, rows: npt.ArrayLike) -> Labels:
        """Labels of some rows (repetition allowed), sharing the data."""
        chosen = np.atleast_1d(np.asarray(rows, np.int64))
        return Labels(
            self.metric,
            self.outward,
            frozen(self.deep[chosen], np.uint32),
            frozen(self.start[chosen], np.int64),
            self.arena,
        )

    def replaced(self, rows: npt.ArrayLike, other: Labels) -> Labels:
        """These labels with `rows[i]` replaced by row i of `other`; self stays valid and unchanged.

        Costs a copy of `deep` and `start` and of the new rows only. New rows go to the free end of the shared arena;
        when it is full, the rows in use move to a new one of twice their size.
        """
        if other.metric is not self.metric or other.outward != self.outward:
            raise ValueError("only rows of the same metric and direction can replace each other")
        return self._with(rows, other)

    def carried(self, rows: npt.ArrayLike, other: Labels) -> Labels:
        """Labels under the metric of `other`: `rows[i]` replaced by its row i, the others known to be equal under both.

        `Metric.stale_rows` knows them. Shares rows as `replaced` does.
        """
        if other.outward != self.outward:
            raise ValueError("rows of one direction cannot go on as rows of the other")
        return self._with(rows, other)

    def _with(self, rows: npt.ArrayLike, other: Labels) -> Labels:
        chosen = np.atleast_1d(np.asarray(rows, np.int64))
        deep, start = self.deep.copy(), self.start.copy()
        deep[chosen] = other.deep
        lengths = other.length
        total = int(lengths.sum())
        arena = self.arena
        begin = arena.reserve(total)
        if begin is None:
            start[chosen] = -1
            arena, start, begin = _moved(self, start, total)
        fresh = np.cumsum(lengths) - lengths + begin
        _copy_rows(other.data, other.start, lengths, arena.buffer, fresh)
        start[chosen] = fresh
        return Labels(other.metric, self.outward, frozen(deep, np.uint32), frozen(start, np.int64), arena)


def _moved(labels: Labels, start: Int64, extra: int) -> tuple[Arena, Int64, int]:
    """The rows with start >= 0 in a new arena with room to grow, their new starts, and where `extra` entries may go."""
    lengths = np.where(start >= 0, labels.length, 0)
    total = int(lengths.sum())
    arena = Arena(2 * (total + extra), used=total + extra)
    moved = np.cumsum(lengths) - lengths
    _copy_rows(labels.data, start, lengths, arena.buffer, moved)
    return arena, moved, total


def _copy_rows(source: Int32, source_start: Int64, lengths: Int64, target: Int32, target_start: Int64) -> None:
    copy_rows(frozen(source, np.int32), frozen(source_start, np.int64), frozen(lengths, np.int64), target, target_start)
