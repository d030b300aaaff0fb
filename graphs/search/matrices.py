"""Travel-time matrices from labels."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from . import tiling
from .arrays import Int32, Int64, UInt32, aligned
from .combining import one_to_rows
from .labels import Labels

#: Up to this many rows (or columns) each one is combined by a plain scan.
FEW = 4
#: Rows in a group: enough to reuse a tile, few enough to share a low ancestor.
GROUP = 32


def one_to_many(out: Labels, row: int, into: Labels) -> Int32:
    """[l] ms from position `row` of `out` to every position of `into`, INF when unreachable."""
    _check_pair(out, into)
    times = np.empty(len(into), np.int32)
    _scan(out, row, into, times)
    return times


def many_to_one(out: Labels, into: Labels, row: int) -> Int32:
    """[k] ms from every position of `out` to position `row` of `into`, INF when unreachable."""
    _check_pair(out, into)
    times = np.empty(len(out), np.int32)
    _scan(into, row, out, times)
    return times


def matrix(out: Labels, into: Labels, threads: int = 1) -> Int32:
    """[k, l] ms from every position of `out` to every position of `into`, INF when unreachable.

    With `threads` > 1 the rows are shared out among that many threads; the kernels hold no lock.
    """
    _check_pair(out, into)
    few = min(len(out), len(into))
    if few <= FEW:
        times = np.empty((len(out), len(into)), np.int32)
        if few == len(out):
            for row in range(few):
                _scan(out, row, into, times[row])
        else:
            for column in range(few):
                times[:, column] = many_to_one(out, into, column)
        return times
    if len(into) < tiling.WIDTH and len(into) < len(out):  # columns must fill tiles: swap the sides
        return _tiled(into, out, threads, swapped=True)
    return _tiled(out, into, threads, swapped=False)


@dataclass(frozen=True)
class _Tiles:
    """The columns of a matrix, transposed tile by tile."""

    common: Int64  # [l] ancestors shared with the column before
    place: UInt32  # [l] place of a column in the sequence
    first: Int64  # [tiles] first entry in data
    data: Int32


def _tiled(rows: Labels, columns: Labels, threads: int, swapped: bool) -> Int32:
    common = rows.neighbour_lengths()
    group_first = np.empty(len(rows) + 1, np.int64)
    groups = int(tiling.split_groups(common, GROUP, group_first))
    tiles = _tiles(columns)
    shape = (len(columns), len(rows)) if swapped else (len(rows), len(columns))
    times = np.empty(shape, np.int32)
    row_step, column_step = (1, len(rows)) if swapped else (len(columns), 1)
    pitch = tiles.first.size * tiling.WIDTH
    largest = int(np.diff(group_first[: groups + 1]).max())

    def work(begin: int, end: int) -> None:
        tiling.group_times(
            *rows.metric.hierarchy.minima,
            rows.data, rows.start, rows.deep, rows.sequence, common, group_first, begin, end,
            columns.data, columns.start, columns.deep, columns.sequence, tiles.common, tiles.place,
            tiles.first, tiles.data, aligned(largest * pitch), pitch, row_step, column_step, times.reshape(-1),
        )  # fmt: skip

    if threads <= 1 or groups <= 1:
        work(0, groups)
        return times
    cuts = np.linspace(0, groups, min(groups, 4 * threads) + 1).astype(int).tolist()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, cuts[:-1], cuts[1:]))
    return times


def _tiles(columns: Labels) -> _Tiles:
    common = columns.neighbour_lengths()
    sequence = columns.sequence
    shared = common.copy()  # a tile's columns share the least of these, its first column's length included
    heads = np.arange(0, len(columns), tiling.WIDTH)
    shared[heads] = columns.length[sequence[heads]]
    length = np.minimum.reduceat(shared, heads)
    first = (np.cumsum(length) - length) * tiling.WIDTH
    data = aligned(int(length.sum()) * tiling.WIDTH)
    tiling.fill_tiles(columns.data, columns.start, sequence, length, first, data)
    place = np.empty(len(columns), np.uint32)
    place[sequence] = np.arange(len(columns), dtype=np.uint32)
    return _Tiles(common, place, first, data)


def _scan(labels: Labels, row: int, others: Labels, times: Int32) -> None:
    one_to_rows(
        *labels.metric.hierarchy.minima, labels.data, labels.start[row], labels.deep[row],
        others.data, others.start, others.deep, times,
    )  # fmt: skip


def _check_pair(out: Labels, into: Labels) -> None:
    """Labels only combine within one metric, outward with inward ones."""
    if out.metric is not into.metric or not out.outward or into.outward:
        raise ValueError("combine labels_from with labels_to of the same metric")
